//! Pages that need no account: what they must say, and that nothing on them leads away unasked.

use crate::support::{Engine, TestApp};
use spectr::domain::problem::Code;

const PAGES: &[&str] = &[
    "/",
    "/privacy",
    "/privacy/subprocessors",
    "/privacy/cookies",
    "/terms",
    "/security",
    "/docs",
    "/guide",
    "/contact",
    "/signup",
    "/login",
    "/forgot",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_policy_says_what_it_has_to() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let page = app.client().get("/privacy").await.expect(200);
    for words in [
        "Last updated",
        "supervisory authority",
        "90 days",
        "30 days",
        "https://www.edpb.europa.eu/",
    ] {
        assert!(page.body.contains(words), "{words}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_loads_anything_from_elsewhere_or_links_into_the_void() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    for path in PAGES {
        let page = app.client().get(path).await.expect(200);
        assert!(page.body.len() < 40_000, "{path} has {} bytes", page.body.len());
        assert_eq!(page.body.matches("<h1").count(), 1, "{path}");
        for attribute in ["src=\"", "action=\""] {
            for value in page.body.split(attribute).skip(1) {
                assert!(
                    value.starts_with('/'),
                    "{path}: {attribute}{}",
                    &value[..value.len().min(40)]
                );
            }
        }
        for link in page.body.split("href=\"").skip(1) {
            let link = link.split('"').next().unwrap();
            if link.starts_with('/') && !link.contains('.') {
                let target = link.split('#').next().unwrap();
                let reply = app.client().get(target).await;
                assert!(reply.status.as_u16() < 400, "{path} leads to {link}: {}", reply.status);
            }
        }
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documentation_has_an_anchor_for_every_problem() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let page = app.client().get("/docs").await.expect(200);
    for code in Code::ALL {
        assert!(
            page.body.contains(&format!("id=\"problem-{}\"", code.code())),
            "{}",
            code.code()
        );
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn security_txt_is_valid_for_half_a_year_from_now() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let reply = app.client().get("/.well-known/security.txt").await.expect(200);
    assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(reply.body.contains("Expires: 2026-10-31T00:00:00Z"), "{}", reply.body);
    assert!(reply.body.contains("Contact: mailto:hello@localhost"));
    app.stop().await;
}
