//! What the server is measured against: a proxy that only passes bytes on, and one that also parses
//! every line. No session, no key, no limits, no metering.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use axum::serve::ListenerExt;
use futures::StreamExt;
use tokio::net::TcpListener;

#[derive(Clone)]
struct Proxy {
    client: reqwest::Client,
    upstream: String,
    parses: bool,
}

pub async fn serve(upstream: &str, parses: bool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    let tls = spectr::infra::http::tls::config().unwrap();
    let builder = reqwest::Client::builder().tls_backend_preconfigured(tls);
    let client = builder.tcp_nodelay(true).no_proxy().build().unwrap();
    let proxy = Proxy {
        client,
        upstream: format!("http://{upstream}/v1/chat/completions"),
        parses,
    };
    let router = Router::new()
        .route("/v1/chat/completions", post(pass))
        .with_state(proxy);
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
    axum::serve(listener, router).await.unwrap();
}

async fn pass(State(proxy): State<Proxy>, body: Bytes) -> Response {
    let answer = proxy.client.post(&proxy.upstream).body(body).send().await.unwrap();
    let mut rest = Vec::new();
    let stream = answer.bytes_stream().map(move |piece| {
        if let (Ok(piece), true) = (&piece, proxy.parses) {
            rest.extend_from_slice(piece);
            parse_lines(&mut rest);
        }
        piece
    });
    Response::builder()
        .header("content-type", "text/event-stream")
        .body(Body::from_stream(stream))
        .unwrap()
}

fn parse_lines(rest: &mut Vec<u8>) {
    while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
        let line: Vec<u8> = rest.drain(..=at).collect();
        if let Some(json) = line.strip_prefix(b"data: {") {
            let json = [b"{", json].concat();
            std::hint::black_box(serde_json::from_slice::<serde_json::Value>(&json).unwrap());
        }
    }
}
