//! The client against small servers on this machine.

use super::*;
use crate::domain::providers::{Auth, BaseRule};
use futures::StreamExt;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn http(settings: &[(&str, &str)]) -> Http {
    let settings = settings
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Http::open(&Config::from_settings(&settings.collect()).unwrap()).unwrap()
}

fn get() -> WireRequest {
    WireRequest {
        path: "/v1/models".to_owned(),
        rule: BaseRule::Vendor,
        auth: Auth::Bearer,
        headers: vec![],
        body: None,
    }
}

fn post(body: &str) -> WireRequest {
    WireRequest {
        body: Some(body.as_bytes().to_vec()),
        ..get()
    }
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    (listener, addr)
}

fn operator(addr: SocketAddr) -> Target {
    Target::Operator(Url::parse(&format!("http://{addr}")).unwrap())
}

fn user(text: &str) -> Target {
    Target::User(Url::parse(text).unwrap())
}

/// Reads one request's head (and what came with it).
async fn read_head(stream: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    while !seen.windows(4).any(|w| w == b"\r\n\r\n") {
        let mut piece = [0; 1024];
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "the client went away");
        seen.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&seen).into_owned()
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-request-id: abc\r\n\r\nok";

#[tokio::test]
async fn one_connection_serves_request_after_request() {
    let (listener, addr) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heads = Vec::new();
        for _ in 0..3 {
            heads.push(read_head(&mut stream).await);
            stream.write_all(OK).await.unwrap();
        }
        heads
    });
    let http = http(&[]);
    for _ in 0..3 {
        let response = http
            .send(get(), &operator(addr), Some(&"sk-canary".into()))
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.header("x-request-id").as_deref(), Some("abc"));
        assert_eq!(response.read(100).await.unwrap(), b"ok");
    }
    let heads = server.await.unwrap();
    let head = heads[0].to_lowercase();
    assert!(head.starts_with("get /v1/models http/1.1\r\n"));
    assert!(head.contains("authorization: bearer sk-canary\r\n"));
    for absent in ["origin:", "cookie:", "referer:", "accept-encoding:"] {
        assert!(!head.contains(absent), "{absent}");
    }
}

#[tokio::test]
async fn redirects_are_answers_and_not_followed() {
    let (listener, addr) = listen().await;
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await;
        let answer =
            b"HTTP/1.1 307 Temporary Redirect\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
    });
    let response = http(&[])
        .send(get(), &user(&format!("http://{addr}")), None)
        .await
        .unwrap();
    assert_eq!(response.status(), 307);
}

/// Waits until the other end of the connection is gone.
async fn closed(mut stream: TcpStream) {
    let mut rest = [0; 1024];
    while !matches!(stream.read(&mut rest).await, Ok(0) | Err(_)) {}
}

#[tokio::test]
async fn giving_up_before_the_answer_closes_the_connection() {
    let (listener, addr) = listen().await;
    let http = http(&[]);
    let call = tokio::spawn(async move { http.send(post("{}"), &operator(addr), None).await });
    let (mut stream, _) = listener.accept().await.unwrap();
    read_head(&mut stream).await;
    call.abort();
    closed(stream).await;
}

#[tokio::test]
async fn dropping_the_body_closes_the_connection() {
    let (listener, addr) = listen().await;
    let http = http(&[]);
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            .await
            .unwrap();
        closed(stream).await;
    });
    let mut body = http.send(get(), &operator(addr), None).await.unwrap().into_stream();
    assert_eq!(body.next().await.unwrap().unwrap(), "first");
    drop(body);
    server.await.unwrap();
}

#[tokio::test]
async fn a_cut_body_and_a_large_one_are_told_apart() {
    let (listener, addr) = listen().await;
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_head(&mut stream).await;
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")
                .await
                .unwrap();
        }
    });
    let http = http(&[]);
    let call = async || http.send(get(), &operator(addr), None).await.unwrap();
    assert_eq!(call().await.read(100).await, Err(BodyError::Cut));
    assert_eq!(call().await.read(3).await, Err(BodyError::TooLarge));
}

#[tokio::test]
async fn what_is_wrong_with_a_connection_is_named() {
    let (listener, addr) = listen().await;
    drop(listener);
    let http = http(&[]);
    let target = user(&format!("http://{addr}"));
    assert_eq!(http.send(get(), &target, None).await.unwrap_err(), SendError::Refused);

    let (listener, addr) = listen().await;
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = [0; 4096];
            if stream.read(&mut hello).await.unwrap() > 0 {
                drop(stream.write_all(b"this is no TLS at all\r\n\r\n").await);
                closed(stream).await;
            }
        }
    });
    let target = user(&format!("https://{addr}"));
    assert_eq!(http.send(get(), &target, None).await.unwrap_err(), SendError::Tls);

    let (listener, addr) = listen().await;
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await;
    });
    assert_eq!(
        http.send(get(), &operator(addr), None).await.unwrap_err(),
        SendError::Broken
    );
    let nowhere = user("https://does-not-exist.invalid");
    assert_eq!(
        http.send(get(), &nowhere, None).await.unwrap_err(),
        SendError::UnknownHost
    );
    let odd = http.send(get(), &target, Some(&"a\nb".into())).await;
    assert_eq!(odd.unwrap_err(), SendError::Unsendable);
}

#[tokio::test]
async fn a_users_address_is_guarded_by_name_and_by_number() {
    let (listener, addr) = listen().await;
    let strict = http(&[("SPECTR_ADDR", "0.0.0.0:3131")]);
    let loopback = SendError::Denied(Denied::Address(Kind::Loopback));
    for text in [format!("http://{addr}"), format!("https://localhost:{}", addr.port())] {
        assert_eq!(
            strict.send(get(), &user(&text), None).await.unwrap_err(),
            loopback,
            "{text}"
        );
    }
    let own = addr.to_string();
    let own = http(&[("SPECTR_ADDR", own.as_str())]);
    let back = own.send(get(), &user(&format!("http://{addr}")), None).await;
    assert_eq!(back.unwrap_err(), SendError::Denied(Denied::Own));
    let accepted = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
    assert!(accepted.is_err(), "nothing was dialled");
}

#[tokio::test]
async fn errors_show_no_address_and_no_key() {
    let http = http(&[]);
    let target = user("https://canary.invalid/secret-path");
    let error = http.send(get(), &target, Some(&"sk-canary".into())).await.unwrap_err();
    let shown = format!("{error} {error:?} {:?}", Problem::from(error.clone()));
    assert!(!shown.contains("canary") && !shown.contains("secret-path"), "{shown}");
}
