//! Promises about what the browser gets: cookies, hosts, headers, secrets. The request log of a real
//! browser over all routes is `end2end/support/guards.ts`, which every browser test passes.

use crate::on_both_engines;
use crate::support::{Client, PASSWORD, Reply};
use crate::web::headers::PATHS;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use spectr::features::privacy::proof::{self, Standing};
use std::collections::BTreeSet;

/// Pages for signed-in people.
const CLOSED: [&str; 10] = [
    "/dashboard",
    "/assistant",
    "/reports",
    "/settings",
    "/settings/profile",
    "/settings/security",
    "/settings/keys",
    "/settings/budgets",
    "/settings/platform-keys",
    "/privacy/proof",
];

/// Every path of this site that a page links to, walked from the first page on.
async fn crawl(client: &Client) -> Vec<(String, Reply)> {
    let mut waiting: Vec<String> = PATHS.iter().chain(&CLOSED).map(|path| (*path).to_owned()).collect();
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut pages = Vec::new();
    while let Some(path) = waiting.pop() {
        let reply = client.get(&path).await;
        for link in reply.body.split("href=\"").skip(1) {
            let link = link.split(['"', '#']).next().unwrap().replace("&amp;", "&");
            if link.starts_with('/') && !link.starts_with("//") && seen.len() < 200 && seen.insert(link.clone()) {
                waiting.push(link);
            }
        }
        pages.push((path, reply));
    }
    pages
}

on_both_engines! {
    async fn clause_06_there_is_one_signed_cookie_and_no_other(app: TestApp) {
        let client = app.sign_up("Ada", "ada@example.org").await;
        let mut names = BTreeSet::new();
        for (_, reply) in crawl(&client).await.iter().chain(&crawl(&app.client()).await) {
            names.extend(reply.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().split('=').next().unwrap().to_owned()));
        }
        assert!(names.iter().all(|name| name == "session"), "{names:?}");
        // Signed: a changed secret under the old signature is nobody's.
        let cookie = client.cookie().unwrap();
        let (secret, signature) = cookie.split_once('.').unwrap();
        let forged = format!("{}{}.{signature}", if secret.starts_with('A') { "B" } else { "A" }, &secret[1..]);
        client.set_cookie(Some(&forged));
        client.get("/settings").await.see_other();
        // Worth nothing after signing out.
        client.set_cookie(Some(&cookie));
        client.get("/settings").await.expect(200);
        client.post("/logout", &[]).await.see_other();
        client.set_cookie(Some(&cookie));
        client.get("/settings").await.see_other();
    }

    async fn clause_07_no_page_loads_anything_from_another_host(app: TestApp) {
        let person = app.signed_in_user().await;
        let pages = crawl(&person.client).await;
        assert!(pages.iter().filter(|(_, page)| page.status == 200).count() > 25);
        for (path, page) in &pages {
            for attribute in [" src=\"", " srcset=\"", " action=\"", " formaction=\"", " poster=\"", " data=\""] {
                for value in page.body.split(attribute).skip(1) {
                    let value = value.split('"').next().unwrap();
                    assert!(value.starts_with('/') && !value.starts_with("//"), "{path}:{attribute}{value}");
                }
            }
            for link in page.body.split("<link ").skip(1) {
                let tag = link.split('>').next().unwrap();
                let href = tag.split_once("href=\"").unwrap().1;
                assert!(href.starts_with('/') && !href.starts_with("//"), "{path}: {tag}");
            }
            let policy = page.header("content-security-policy").unwrap();
            assert!(!policy.contains("http") && !policy.contains('*'), "{path}: {policy}");
        }
    }

    async fn clause_14_the_signing_secret_never_leaves_the_server(app: TestApp) {
        let key = app.app.keys.cookie_key();
        let person = app.signed_in_user().await;
        let mut bodies: Vec<Vec<u8>> = Vec::new();
        for (_, reply) in crawl(&person.client).await {
            bodies.push(reply.body.into_bytes());
            bodies.push(format!("{:?}", reply.headers).into_bytes());
        }
        for path in ["/pkg/spectr.wasm", "/pkg/spectr.js", "/shell.js", "/dashboard/usage.json", "/dashboard/usage.csv"] {
            let response = person.client.request(Method::GET, path).send().await.unwrap();
            bodies.push(response.bytes().await.unwrap().to_vec());
        }
        // Whole and by halves, in each shape in which it could be written.
        for part in [&key[..], &key[..32], &key[32..]] {
            for shape in [part.to_vec(), hex::encode(part).into(), STANDARD.encode(part).into(), URL_SAFE_NO_PAD.encode(part).into()] {
                let holds = bodies.iter().any(|body| body.windows(shape.len()).any(|window| window == shape));
                assert!(!holds, "the secret stands in an answer");
            }
        }
        let report = proof::report(&app.app).await;
        assert_eq!(report.entry(14).unwrap().finding.standing, Standing::Kept);
    }

    async fn clause_15_every_response_carries_the_security_headers(app: TestApp) {
        let person = app.signed_in_user().await;
        let wanted = [("x-frame-options", "DENY"), ("x-content-type-options", "nosniff"), ("referrer-policy", "same-origin")];
        let check = |what: &str, reply: &Reply| {
            let policy = reply.header("content-security-policy").unwrap_or_else(|| panic!("{what} has no policy"));
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
            for (name, value) in wanted {
                assert_eq!(reply.header(name), Some(value), "{what}");
            }
        };
        for (path, reply) in crawl(&person.client).await {
            check(&path, &reply);
        }
        for path in PATHS {
            for method in [Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
                let reply = person.client.send(person.client.request(method.clone(), path)).await;
                check(&format!("{method} {path}"), &reply);
                person.client.set_cookie(None);
            }
        }
        // Too much, not changed, and a problem of a machine's door.
        let large = app.client().post_raw("/contact", vec![b'a'; 200_000]).await;
        assert_eq!(large.status, 413);
        check("413", &large);
        // The site's files are there once `cargo xtask` has built them.
        if let Some(etag) = app.client().get("/shell.js").await.header("etag") {
            let client = app.client();
            let unchanged = client.send(client.request(Method::GET, "/shell.js").header("if-none-match", etag)).await;
            assert_eq!(unchanged.status, 304);
            check("304", &unchanged);
        }
        let report = proof::report(&app.app).await;
        assert_eq!(report.entry(15).unwrap().finding.standing, Standing::Kept);
    }

    async fn clause_32_without_cookies_public_pages_work_and_sign_in_explains(app: TestApp) {
        app.sign_up("Ada", "ada@example.org").await;
        // A browser that drops every cookie.
        let get = async |path: &str, referer: &str| {
            let client = app.client();
            client.send(client.request(Method::GET, path).header("referer", format!("{}{referer}", app.url))).await
        };
        for path in ["/", "/privacy", "/privacy/proof", "/privacy/cookies", "/terms", "/docs", "/login", "/signup", "/contact"] {
            get(path, "/").await.expect(200);
        }
        let signed_in = app.client().post("/login", &[("email", "ada@example.org"), ("password", PASSWORD)]).await;
        let next = signed_in.see_other().to_owned();
        let sent_back = get(&next, "/login").await;
        let explained = get(sent_back.see_other(), "/login").await.expect(200).body;
        assert!(explained.contains("cookie"), "the page says what is missing");
        let plain = app.client().get("/login").await.expect(200).body;
        assert_ne!(explained.matches("cookie").count(), plain.matches("cookie").count());
    }
}
