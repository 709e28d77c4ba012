//! The vault, from outside: what is tested, what is kept, what never comes out.

mod keys;
mod models;
mod safety;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// The key that the stand-in for a provider takes.
pub const GOOD: &str = "sk-canary-5d41402abc4b2a76b9719d911017c592";
/// Another one, for replacing the first.
pub const BETTER: &str = "sk-canary-7b52009b64fd0a2a49e6d8a939753077";

/// Status and body of the answers to come.
type Answers = VecDeque<(u16, Vec<u8>)>;

/// A server that lists models for good keys, or answers what it was told to.
#[derive(Clone)]
pub struct Provider {
    pub url: String,
    script: Arc<Mutex<Answers>>,
    pub asked: Arc<Mutex<Vec<String>>>,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            script: Arc::default(),
            asked: Arc::default(),
        };
        let router = axum::Router::new().fallback(answer).with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// The next answer, in place of the usual one.
    pub fn next(&self, status: u16, body: impl Into<Vec<u8>>) {
        self.script.lock().unwrap().push_back((status, body.into()));
    }

    pub fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

async fn answer(State(provider): State<Provider>, request: Request) -> Response {
    let key = request
        .headers()
        .get("authorization")
        .map_or("", |value| value.to_str().unwrap());
    provider
        .asked
        .lock()
        .unwrap()
        .push(format!("{} {key}", request.uri().path()));
    let scripted = provider.script.lock().unwrap().pop_front();
    let (status, body) = scripted.unwrap_or_else(|| {
        if key.is_empty() || key == format!("Bearer {GOOD}") || key == format!("Bearer {BETTER}") {
            (
                200,
                br#"{"data":[{"id":"small-1"},{"id":"large-1"},{"id":"gpt-4.1"}]}"#.to_vec(),
            )
        } else {
            (
                401,
                br#"{"error":{"message":"Incorrect API key provided: CANARY","code":"invalid_api_key"}}"#.to_vec(),
            )
        }
    });
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap()
}
