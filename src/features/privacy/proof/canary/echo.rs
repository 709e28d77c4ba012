//! A provider of our own: a server on loopback, for one call, that speaks OpenAI's Chat Completions
//! and answers with the question. It takes one key and keeps nothing.

use crate::features::engine::Echo;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use secrecy::SecretString;
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// Characters in one piece of the answer: the string is cut, as a provider would cut it.
const PIECE: usize = 7;

/// The running server; it ends with this.
pub(super) struct EchoServer {
    base: Url,
    key: String,
    task: JoinHandle<()>,
}

impl EchoServer {
    /// Listens on a free port. The key holds the string too.
    pub(super) async fn start(text: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base = base(listener.local_addr()?)?;
        let key = format!("sk-{text}");
        let router = Router::new()
            .route("/v1/chat/completions", post(answer))
            .with_state(key.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::debug!(%error, "the echo ended");
            }
        });
        Ok(Self { base, key, task })
    }

    /// How the engine reaches it.
    pub(super) fn as_provider(&self) -> Echo {
        Echo {
            base: self.base.clone(),
            secret: SecretString::from(self.key.as_str()),
        }
    }
}

impl Drop for EchoServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn base(addr: SocketAddr) -> std::io::Result<Url> {
    Url::parse(&format!("http://{addr}")).map_err(|_| std::io::ErrorKind::AddrNotAvailable.into())
}

#[derive(Deserialize)]
struct Question {
    messages: Vec<Turn>,
}

#[derive(Deserialize)]
struct Turn {
    content: String,
}

async fn answer(State(key): State<String>, headers: HeaderMap, body: Bytes) -> Response {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given != Some(format!("Bearer {key}").as_str()) {
        return status(StatusCode::UNAUTHORIZED);
    }
    let Ok(question) = serde_json::from_slice::<Question>(&body) else {
        return status(StatusCode::BAD_REQUEST);
    };
    let text = question.messages.last().map_or("", |turn| turn.content.as_str());
    let mut response = Response::new(Body::from(stream(text)));
    let kind = HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The text in small pieces, as events of the wire.
fn stream(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut event = |delta: serde_json::Value, finish: Option<&str>| {
        let data = serde_json::json!({
            "id": "echo", "object": "chat.completion.chunk", "created": 0, "model": "echo",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        });
        out.push_str(&format!("data: {data}\n\n"));
    };
    for piece in chars.chunks(PIECE) {
        let piece: String = piece.iter().collect();
        event(serde_json::json!({ "content": piece }), None);
    }
    event(serde_json::json!({}), Some("stop"));
    out.push_str("data: [DONE]\n\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_cut_so_that_no_piece_holds_the_question() {
        let text = "Prompt canary0123456789";
        let out = stream(text);
        assert!(!out.contains(text) && out.contains("Prompt "));
        assert!(out.ends_with("data: [DONE]\n\n"));
    }
}
