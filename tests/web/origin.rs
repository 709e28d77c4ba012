//! What other sites may not do with a visitor's browser.

use crate::support::{Engine, TestApp};
use reqwest::Method;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_this_site_may_change_anything() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let own = app.url.as_str();
    // Sec-Fetch-Site, Origin, whether it is refused
    let cases: &[(Option<&str>, Option<&str>, bool)] = &[
        (Some("same-origin"), Some(own), false),
        (Some("same-origin"), None, false),
        (None, Some(own), false),
        (None, None, false),
        (Some("cross-site"), Some("https://evil.example"), true),
        (Some("cross-site"), Some(own), true),
        (Some("same-site"), Some("http://other.localhost"), true),
        (Some("none"), None, true),
        (None, Some("https://evil.example"), true),
        (None, Some("null"), true),
        (None, Some(""), true),
    ];
    for (site, origin, refused) in cases {
        for path in ["/contact", "/login", "/stream/chat", "/settings/keys", "/no/such/page"] {
            let client = app.client();
            let mut request = client
                .request(Method::POST, path)
                .header("content-type", "application/x-www-form-urlencoded")
                .body("a=b");
            if let Some(site) = site {
                request = request.header("sec-fetch-site", *site);
            }
            if let Some(origin) = origin {
                request = request.header("origin", *origin);
            }
            let reply = client.send(request).await;
            assert_eq!(
                reply.status == 403,
                *refused,
                "{site:?} {origin:?} {path}: {}",
                reply.status
            );
        }
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_from_other_sites_work() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let client = app.client();
    let request = client
        .request(Method::GET, "/privacy")
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://evil.example");
    client.send(request).await.expect(200);
    app.stop().await;
}
