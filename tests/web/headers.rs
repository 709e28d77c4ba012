//! Every answer carries the headers, whatever it is and however it came about.

use crate::support::{Engine, Reply, TestApp};
use reqwest::Method;

/// Addresses of all kinds: pages, closed pages, doors, files, nothing.
pub const PATHS: &[&str] = &[
    "/",
    "/signup",
    "/login",
    "/forgot",
    "/reset",
    "/verify",
    "/privacy",
    "/privacy/subprocessors",
    "/privacy/cookies",
    "/privacy/proof",
    "/privacy/proof/canary",
    "/terms",
    "/security",
    "/docs",
    "/guide",
    "/contact",
    "/healthz",
    "/readyz",
    "/.well-known/security.txt",
    "/dashboard",
    "/assistant",
    "/reports",
    "/settings",
    "/settings/keys",
    "/settings/profile",
    "/settings/security",
    "/settings/budgets",
    "/stream/chat",
    "/robots.txt",
    "/shell.js",
    "/reports.js",
    "/analyzer-worker.js",
    "/pkg/spectr.css",
    "/contact/sent/x",
    "/no/such/page",
    "/%2e%2e/etc/passwd",
    "/%ff",
    "//",
    "/.git/config",
];

fn check(reply: &Reply, what: &str) {
    let get = |name: &str| {
        reply
            .header(name)
            .unwrap_or_else(|| panic!("{what}: {name} is missing"))
    };
    let csp = get("content-security-policy");
    assert!(
        csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"),
        "{what}: {csp}"
    );
    assert!(!csp.contains("unsafe-inline") && !csp.contains("http"), "{what}: {csp}");
    assert_eq!(get("x-frame-options"), "DENY", "{what}");
    assert_eq!(get("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(get("referrer-policy"), "same-origin", "{what}");
    assert_eq!(get("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(get("cross-origin-embedder-policy"), "require-corp", "{what}");
    assert_eq!(get("cross-origin-resource-policy"), "same-origin", "{what}");
    assert!(get("x-spectr-request-id").len() == 36, "{what}");
    assert!(reply.header("set-cookie").is_none(), "{what}: a visitor gets no cookie");
    assert!(!reply.status.is_server_error(), "{what}: {}", reply.status);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_routes_by_all_methods_carry_the_headers() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let methods = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
    ];
    for path in PATHS {
        for method in methods {
            for accept in ["text/html", "*/*"] {
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                let client = app.client();
                let request = client.request(method.clone(), path).header("accept", accept);
                let reply = client.send(request).await;
                let what = format!("{method} {path} ({accept})");
                check(&reply, &what);
                if reply.status == 405 {
                    assert!(reply.header("allow").is_some(), "{what}");
                }
                if method == Method::HEAD {
                    assert!(reply.body.is_empty(), "{what}");
                }
            }
        }
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_https_every_answer_asks_for_https() {
    let settings = [
        ("SPECTR_PUBLIC_URL", "https://spectr.example"),
        ("SPECTR_REGION", "EU"),
        ("SPECTR_OPERATOR", "Example"),
        ("SPECTR_CONTACT", "hello@spectr.example"),
    ];
    let app = TestApp::spawn_with(Engine::Sqlite, &settings).await;
    for path in ["/", "/healthz", "/no/such/page", "/stream/chat"] {
        let reply = app.client().get(path).await;
        let hsts = reply.header("strict-transport-security").unwrap();
        assert!(hsts.contains("max-age=63072000"), "{path}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_has_a_fresh_nonce_each_time_and_uses_it() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..5 {
        let reply = app.client().get("/").await.expect(200);
        let csp = reply.header("content-security-policy").unwrap();
        let nonce = csp
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        assert!(reply.body.contains(&format!("nonce=\"{nonce}\"")));
        assert!(!reply.body.contains(" style=") && !reply.body.contains(" onclick="));
        assert!(seen.insert(nonce));
    }
    app.stop().await;
}
