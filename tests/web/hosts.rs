//! What a request may say of the host and the scheme it came by.

use crate::support::{Engine, TestApp};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_whose_name_leads_here_changes_nothing_on_a_server_for_its_own_machine() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let client = app.client();
    // To its browser such a page is of the same origin: both headers agree.
    let post = |host: &str, site: Option<&str>| {
        let request = client
            .request(Method::POST, "/forgot")
            .header("host", host)
            .header("origin", format!("http://{host}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("email=ada%40example.org");
        match site {
            Some(site) => request.header("sec-fetch-site", site),
            None => request,
        }
    };
    for site in [None, Some("same-origin")] {
        for own in ["127.0.0.1:3000", "localhost", "app.localhost:3000", "[::1]:3000"] {
            client.send(post(own, site)).await.see_other();
        }
        for other in [
            "evil.example",
            "127.0.0.1.evil.example:3000",
            "192.0.2.1",
            "localhost.evil.example",
        ] {
            client.send(post(other, site)).await.expect(403);
        }
    }
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
