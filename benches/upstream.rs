//! The paced upstream: speaks OpenAI's stream, stamps every chunk with the time at which it is
//! written, and remembers when a connection was closed.
//!
//! A prompt says what it does: `pace CHUNKS GAP_US ID PHASE;` with the phases `run`, `head` (never
//! answers) and `text` (answers, but sends no text). `GET /begun/ID` and `GET /closed/ID` tell when that
//! one arrived and when it was closed.

use super::client::now;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// When what happened, by the path that asks for it.
type Events = Arc<Mutex<HashMap<String, u64>>>;

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

pub async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    let events = Events::default();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        tokio::spawn(converse(stream, Arc::clone(&events)));
    }
}

struct Plan {
    chunks: usize,
    gap: Duration,
    id: String,
    phase: String,
}

impl Plan {
    fn read(body: &str) -> Self {
        let plan = body.split_once("pace ").unwrap().1.split_once(';').unwrap().0;
        let words: Vec<&str> = plan.split(' ').collect();
        Self {
            chunks: words[0].parse().unwrap(),
            gap: Duration::from_micros(words[1].parse().unwrap()),
            id: words[2].to_owned(),
            phase: words[3].to_owned(),
        }
    }
}

async fn converse(mut stream: TcpStream, events: Events) {
    let note = |event: &str, id: &str| events.lock().unwrap().insert(format!("/{event}/{id}"), now());
    let mut buffer = Vec::new();
    while let Some((line, body)) = read_request(&mut stream, &mut buffer).await {
        let answer = match line.split(' ').nth(1).unwrap() {
            "/v1/models" => whole(r#"{"object":"list","data":[{"id":"gpt-4o-mini"}]}"#),
            path if path.starts_with("/closed/") || path.starts_with("/begun/") => {
                let at = events.lock().unwrap().get(path).copied();
                whole(&at.map(|at| at.to_string()).unwrap_or_default())
            }
            _ => {
                let plan = Plan::read(&body);
                note("begun", &plan.id);
                if play(&mut stream, &plan).await.is_none() {
                    note("closed", &plan.id);
                    return;
                }
                continue;
            }
        };
        if stream.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// `None` when the other side has gone.
async fn play(stream: &mut TcpStream, plan: &Plan) -> Option<()> {
    if plan.phase == "head" {
        return until_closed(stream).await;
    }
    stream.write_all(HEAD).await.ok()?;
    if plan.phase == "text" {
        return until_closed(stream).await;
    }
    let mut clock = tokio::time::interval(plan.gap.max(Duration::from_nanos(1)));
    for _ in 0..plan.chunks {
        if !plan.gap.is_zero() {
            tokio::select! {
                _ = clock.tick() => {}
                gone = until_closed(stream) => return gone,
            }
        }
        send(stream, &format!(
            r#"{{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{{"index":0,"delta":{{"content":"t={}; token"}},"finish_reason":null}}]}}"#,
            now()
        )).await?;
    }
    send(
        stream,
        r#"{"id":"chatcmpl-bench","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    )
    .await?;
    send(
        stream,
        r#"{"id":"chatcmpl-bench","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":50}}"#,
    )
    .await?;
    stream.write_all(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n").await.ok()
}

async fn send(stream: &mut TcpStream, json: &str) -> Option<()> {
    let frame = format!("{:x}\r\ndata: {json}\n\n\r\n", json.len() + 8);
    stream.write_all(frame.as_bytes()).await.ok()
}

async fn until_closed(stream: &mut TcpStream) -> Option<()> {
    while stream.read(&mut [0; 256]).await.is_ok_and(|read| read > 0) {}
    None
}

fn whole(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, String)> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
            let length = head
                .split("content-length:")
                .nth(1)
                .map_or(0, |rest| rest.lines().next().unwrap().trim().parse::<usize>().unwrap());
            if buffer.len() >= end + 4 + length {
                let line = String::from_utf8_lossy(&buffer[..end])
                    .lines()
                    .next()
                    .unwrap()
                    .to_owned();
                let body = String::from_utf8_lossy(&buffer[end + 4..end + 4 + length]).into_owned();
                buffer.drain(..end + 4 + length);
                return Some((line, body));
            }
        }
        let read = stream.read_buf(buffer).await.ok()?;
        if read == 0 {
            return None;
        }
    }
}
