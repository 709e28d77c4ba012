//! By which names the server answers, and what proxies may say of the scheme.

use crate::support::{Engine, TestApp};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The status of `GET /login` under this host.
async fn under(app: &TestApp, host: &str) -> u16 {
    let client = app.client();
    let request = client.request(Method::GET, "/login").header("host", host);
    client.send(request).await.status.as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_for_its_own_machine_answers_to_no_name_of_others() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    for own in [
        "127.0.0.1",
        "127.0.0.1:3000",
        "localhost:3000",
        "LOCALHOST",
        "app.localhost",
        "[::1]:3000",
    ] {
        assert_eq!(under(&app, own).await, 200, "{own}");
    }
    for other in [
        "evil.example",
        "evil.example:3000",
        "127.0.0.1.evil.example",
        "192.0.2.1",
        "localhost.evil.example",
    ] {
        assert_eq!(under(&app, other).await, 403, "{other}");
    }
    // As a page does whose name leads to this machine: to its browser it is of the same origin.
    let client = app.client();
    let rebound = client
        .request(Method::POST, "/forgot")
        .header("host", "evil.example")
        .header("origin", "http://evil.example")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("email=ada%40example.org");
    client.send(rebound).await.expect(403);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_names_one_host() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let address = app.url.strip_prefix("http://").unwrap();
    let heads = [
        ("GET /login HTTP/1.1\r\n\r\n", "HTTP/1.1 400"),
        (
            "GET /login HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\n\r\n",
            "HTTP/1.1 400",
        ),
        ("GET /login HTTP/1.1\r\nhost: localhost\r\n\r\n", "HTTP/1.1 200"),
        ("GET /login HTTP/1.0\r\n\r\n", "HTTP/1.0 200"),
    ];
    for (head, status) in heads {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&begin), status, "{head}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_the_scheme_of_the_origin_counts_and_clear_text_is_led_away() {
    let settings = [
        ("SPECTR_PUBLIC_URL", "https://spectr.example"),
        ("SPECTR_REGION", "EU"),
        ("SPECTR_OPERATOR", "Example"),
        ("SPECTR_CONTACT", "privacy@spectr.example"),
        ("SPECTR_TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let app = TestApp::spawn_with(Engine::Sqlite, &settings).await;
    let client = app.client();
    let post = |origin: &str| {
        let request = client.request(Method::POST, "/forgot").header("host", "spectr.example");
        request
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body("email=ada%40example.org")
    };
    client.send(post("https://spectr.example")).await.see_other();
    client.send(post("http://spectr.example")).await.expect(403);
    let get = |scheme: &str| {
        let request = client.request(Method::GET, "/login?next=%2Fdashboard");
        request
            .header("host", "spectr.example")
            .header("x-forwarded-proto", scheme)
    };
    client.send(get("https")).await.expect(200);
    let led = client.send(get("http")).await.expect(308);
    assert_eq!(
        led.header("location"),
        Some("https://spectr.example/login?next=%2Fdashboard")
    );
    app.stop().await;
    // Nobody else is believed.
    let app = TestApp::spawn_with(Engine::Sqlite, &settings[..4]).await;
    let client = app.client();
    let said = client
        .request(Method::GET, "/login")
        .header("x-forwarded-proto", "http");
    client.send(said).await.expect(200);
    app.stop().await;
}
