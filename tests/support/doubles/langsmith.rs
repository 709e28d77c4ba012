//! A strict local stand-in for LangSmith: takes runs by `POST /runs/batch` and lists projects by
//! `GET /sessions`, refuses what LangSmith refuses, keeps every request, and can be told to fail.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Keys that begin so are accepted.
pub const GOOD_KEY: &str = "lsv2_pt_double";

/// Fields of a run; anything else is refused.
const FIELDS: [&str; 14] = [
    "id",
    "trace_id",
    "dotted_order",
    "name",
    "run_type",
    "session_name",
    "start_time",
    "end_time",
    "inputs",
    "outputs",
    "error",
    "events",
    "extra",
    "tags",
];
const RUN_TYPES: [&str; 7] = ["llm", "chain", "tool", "retriever", "embedding", "prompt", "parser"];

/// The running stand-in; it ends when this is dropped.
pub struct LangSmith {
    pub url: String,
    shared: Arc<Shared>,
    server: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Inner {
    /// Method, path and body of every request.
    requests: Vec<(Method, String, Value)>,
    runs: BTreeSet<String>,
    script: VecDeque<u16>,
}

struct Shared {
    inner: Mutex<Inner>,
    /// A permit for each answer; many unless a test holds them back.
    gate: Semaphore,
}

impl Shared {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LangSmith {
    /// Starts on a free port, or on this one.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub async fn start_at(port: Option<u16>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port.unwrap_or_default())).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            inner: Mutex::default(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
        });
        let app = axum::Router::new().fallback(serve).with_state(shared.clone());
        let server = tokio::spawn(async move {
            axum::serve(listener, app).await.ok();
        });
        Ok(Self { url, shared, server })
    }

    /// The statuses of the next answers, in place of the usual ones.
    pub fn next(&self, statuses: &[u16]) {
        self.shared.inner().script.extend(statuses);
    }

    /// Answers nothing until [`LangSmith::release`].
    pub fn hold(&self) {
        self.shared.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub fn release(&self) {
        self.shared.gate.add_permits(Semaphore::MAX_PERMITS);
    }

    /// How many requests came, of whatever kind.
    pub fn count(&self) -> usize {
        self.shared.inner().requests.len()
    }

    /// Every run that was handed in, also those that were not taken.
    pub fn handed_in(&self) -> Vec<Value> {
        let inner = self.shared.inner();
        let bodies = inner.requests.iter().map(|(_, _, body)| body);
        bodies
            .flat_map(|body| body["post"].as_array().cloned().unwrap_or_default())
            .collect()
    }

    /// How many runs it keeps.
    pub fn kept(&self) -> usize {
        self.shared.inner().runs.len()
    }

    /// Everything that was ever sent here, as one text.
    pub fn everything(&self) -> String {
        let inner = self.shared.inner();
        let texts = inner.requests.iter().map(|(_, path, body)| format!("{path} {body}"));
        texts.collect()
    }
}

impl Drop for LangSmith {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let json: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let scripted = {
        let mut inner = shared.inner();
        inner.requests.push((method.clone(), uri.to_string(), json.clone()));
        inner.script.pop_front()
    };
    // The gate is never closed.
    let permit = shared.gate.acquire().await;
    drop(permit);
    let detail = |text: &str| json!({ "detail": text });
    if let Some(status) = scripted {
        return super::json(status, &detail("as the test wants it"));
    }
    let key = headers.get("x-api-key").and_then(|value| value.to_str().ok());
    if key.is_none() || headers.contains_key("authorization") || headers.contains_key("origin") {
        return super::json(401, &detail("Invalid token"));
    }
    if !key.is_some_and(|key| key.starts_with(GOOD_KEY)) {
        return super::json(403, &detail("Forbidden"));
    }
    match (method, uri.path()) {
        (Method::GET, "/sessions") => super::json(200, &json!([])),
        (Method::POST, "/runs/batch") => match take(&shared, &json) {
            Ok(()) => super::json(202, &json!({"message": "Runs batch ingested"})),
            Err((status, text)) => super::json(status, &detail(&text)),
        },
        _ => super::json(404, &detail("Not Found")),
    }
}

/// Keeps the runs of a batch, unless one of them is wrong or known.
fn take(shared: &Shared, body: &Value) -> Result<(), (u16, String)> {
    let unknown = |object: &Value, known: &[&str]| {
        let fields = object.as_object().into_iter().flatten();
        fields
            .map(|(name, _)| name.clone())
            .find(|name| !known.contains(&name.as_str()))
    };
    if let Some(name) = unknown(body, &["post", "patch"]) {
        return Err((422, format!("unknown field {name}")));
    }
    let runs = body["post"].as_array().filter(|runs| !runs.is_empty());
    let runs = runs.ok_or((422, "post is empty".to_owned()))?;
    let mut ids = Vec::new();
    for run in runs {
        if let Some(name) = unknown(run, &FIELDS) {
            return Err((422, format!("unknown field {name}")));
        }
        ids.push(check(run).ok_or_else(|| (422, format!("not a run: {run}")))?);
    }
    let mut inner = shared.inner();
    if ids.iter().any(|id| inner.runs.contains(id)) {
        return Err((409, "payload already received".to_owned()));
    }
    inner.runs.extend(ids);
    Ok(())
}

/// The id of a run that LangSmith would take.
fn check(run: &Value) -> Option<String> {
    let text = |name: &str| run[name].as_str().filter(|text| !text.is_empty());
    let id = uuid::Uuid::parse_str(text("id")?).ok()?.to_string();
    let order = text("dotted_order")?;
    let (at, last) = order.split_once('Z')?;
    let is_time = at.len() == 21 && at.as_bytes().get(8) == Some(&b'T');
    let is_whole = text("trace_id")? == id
        && last == id
        && is_time
        && RUN_TYPES.contains(&text("run_type")?)
        && text("name").is_some()
        && text("session_name").is_some()
        && text("start_time")?.ends_with('Z')
        && run["inputs"].is_object()
        && run["outputs"].is_object()
        && run.pointer("/extra/metadata").is_some_and(Value::is_object);
    is_whole.then_some(id)
}
