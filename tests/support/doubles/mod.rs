//! Strict local servers that speak the protocols of the five providers and of a compatible server.
//!
//! They refuse what the vendors refuse (wrong key, missing header, unknown field, `Origin`), list
//! models in pages as the vendors do, stream at a pace, and misbehave on demand: by the name of the
//! model (`double-stall`, see [`script::BY_MODEL`]) or by [`Doubles::next`]. Every request is kept;
//! [`Doubles::until`] waits for what a test wants to see, such as a socket that was closed.

mod check;
pub mod langsmith;
mod models;
mod script;
mod wire;

pub use script::Script;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::Response;
use axum::serve::ListenerExt;
use futures::StreamExt;
use serde_json::Value;
use spectr::domain::providers::Provider;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Keys that begin so are accepted, all others are refused as the vendor would.
pub const GOOD_KEY: &str = "double-key-";

/// The providers that are doubled, and the settings that send the server to them.
pub const DOUBLED: [(Provider, &str); 6] = [
    (Provider::Anthropic, "SPECTR_ANTHROPIC_BASE_URL"),
    (Provider::OpenAi, "SPECTR_OPENAI_BASE_URL"),
    (Provider::Google, "SPECTR_GOOGLE_BASE_URL"),
    (Provider::Mistral, "SPECTR_MISTRAL_BASE_URL"),
    (Provider::Groq, "SPECTR_GROQ_BASE_URL"),
    // No setting of the server: the address that a person enters for an own server.
    (Provider::Compatible, "DOUBLE_COMPATIBLE_BASE_URL"),
];

/// How a request ended, seen from the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The answer was sent whole.
    Sent,
    /// The other side closed the connection before that.
    Closed(Instant),
}

/// One request as it came in.
#[derive(Clone, Debug)]
pub struct Call {
    pub provider: Provider,
    pub method: Method,
    /// Path and query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
    /// Bytes of the answer handed to the network so far.
    pub sent: usize,
    pub ended: Option<Ended>,
}

/// The running servers; they end when this is dropped.
pub struct Doubles {
    shared: Arc<Shared>,
    addresses: Vec<(Provider, SocketAddr)>,
    servers: Vec<tokio::task::JoinHandle<()>>,
}

struct Shared {
    calls: Mutex<Vec<Call>>,
    scripts: Mutex<VecDeque<(Provider, Script)>>,
    changed: watch::Sender<u64>,
}

impl Shared {
    fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a call and wakes those who wait.
    fn change(&self, id: usize, change: impl FnOnce(&mut Call)) {
        if let Some(call) = self.calls().get_mut(id) {
            change(call);
        }
        self.changed.send_modify(|count| *count += 1);
    }

    fn take_script(&self, provider: Provider) -> Option<Script> {
        let mut scripts = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        let place = scripts.iter().position(|(wanted, _)| *wanted == provider)?;
        scripts.remove(place).map(|(_, script)| script)
    }
}

impl Doubles {
    /// Starts all servers on free ports.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> std::io::Result<Self> {
        Self::start_at(None).await
    }

    /// Starts all servers, on consecutive ports from `first` where it is given.
    ///
    /// # Errors
    /// When a port is taken.
    pub async fn start_at(first: Option<u16>) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            calls: Mutex::default(),
            scripts: Mutex::default(),
            changed: watch::channel(0).0,
        });
        let mut doubles = Self {
            shared,
            addresses: Vec::new(),
            servers: Vec::new(),
        };
        for (offset, (provider, _)) in (0..).zip(DOUBLED) {
            let port = first.map_or(0, |first| first + offset);
            let listener = TcpListener::bind(("127.0.0.1", port)).await?;
            doubles.addresses.push((provider, listener.local_addr()?));
            let listener = listener.tap_io(|socket| {
                socket.set_nodelay(true).ok();
            });
            let app = axum::Router::new()
                .fallback(serve)
                .with_state((provider, doubles.shared.clone()));
            doubles.servers.push(tokio::spawn(async move {
                axum::serve(listener, app).await.ok();
            }));
        }
        Ok(doubles)
    }

    /// `http://127.0.0.1:PORT` of one provider.
    pub fn base(&self, provider: Provider) -> String {
        let found = self.addresses.iter().find(|(known, _)| *known == provider);
        found
            .map(|(_, address)| format!("http://{address}"))
            .unwrap_or_default()
    }

    /// Names of settings and their values, as they would stand in the environment.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        DOUBLED
            .iter()
            .map(|(provider, name)| (*name, self.base(*provider)))
            .collect()
    }

    /// What the provider does with its next chat request, whatever the model.
    pub fn next(&self, provider: Provider, script: Script) {
        let mut scripts = self.shared.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        scripts.push_back((provider, script));
    }

    /// All requests so far, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls().clone()
    }

    /// Waits until `look` finds what it looks for.
    pub async fn until<T>(&self, mut look: impl FnMut(&[Call]) -> Option<T>) -> T {
        let mut changed = self.shared.changed.subscribe();
        loop {
            changed.mark_unchanged();
            if let Some(found) = look(&self.shared.calls()) {
                return found;
            }
            // The sender lives as long as this.
            changed.changed().await.ok();
        }
    }

    /// Waits until the other side has closed call `id`, and says when.
    pub async fn closed(&self, id: usize) -> Instant {
        self.until(|calls| match calls.get(id)?.ended? {
            Ended::Closed(at) => Some(at),
            Ended::Sent => None,
        })
        .await
    }
}

impl Drop for Doubles {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

/// Notes how a call ended, also when its future or body is dropped half-way.
struct Watch {
    shared: Arc<Shared>,
    id: usize,
    is_sent: bool,
}

impl Drop for Watch {
    fn drop(&mut self) {
        let ended = if self.is_sent {
            Ended::Sent
        } else {
            Ended::Closed(Instant::now())
        };
        self.shared.change(self.id, |call| call.ended = Some(ended));
    }
}

async fn serve(
    State((provider, shared)): State<(Provider, Arc<Shared>)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = check::Request {
        provider,
        method: method.clone(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers: headers.clone(),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let id = {
        let mut calls = shared.calls();
        calls.push(Call {
            provider,
            method,
            path: uri.to_string(),
            headers,
            body: request.body.clone(),
            sent: 0,
            ended: None,
        });
        calls.len() - 1
    };
    shared.change(id, |_| {});
    let mut watch = Watch {
        shared: shared.clone(),
        id,
        is_sent: false,
    };
    let script = match check::check(&request) {
        Err(refusal) => return watched(refusal.into_response(provider), watch),
        Ok(check::Wanted::Models) => return watched(models::list(&request), watch),
        Ok(check::Wanted::Chat { model, question }) => shared
            .take_script(provider)
            .unwrap_or_else(|| Script::for_model(&model, &question)),
    };
    match script.play(provider, &request) {
        script::Play::Silence => {
            // Dropped with the connection, and the watch with it.
            std::future::pending::<()>().await;
            watch.is_sent = true;
            Response::new(Body::empty())
        }
        script::Play::Answer(response) => watched(response, watch),
    }
}

/// The response with its body watched: counted, and noted when it ends or is dropped.
fn watched(response: Response, mut watch: Watch) -> Response {
    let (parts, body) = response.into_parts();
    let mut stream = body.into_data_stream();
    let body = async_stream::stream! {
        while let Some(piece) = stream.next().await {
            if let Ok(bytes) = &piece {
                watch.shared.change(watch.id, |call| call.sent += bytes.len());
            }
            yield piece;
        }
        watch.is_sent = true;
        drop(watch);
    };
    Response::from_parts(parts, Body::from_stream(body))
}

fn json(status: u16, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
