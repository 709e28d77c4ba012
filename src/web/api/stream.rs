//! `POST /stream/chat`: the door of every streaming island. Session and same origin are checked by
//! the layers around it.

use super::sse::SseBody;
use crate::domain::chat::ChatRequest;
use crate::domain::ids::{CallId, UserId};
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use crate::features::engine::{self, About, EngineStream};
use crate::web::auth::SignedInApi;
use crate::web::respond;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use std::time::Duration;

/// Whose page asks. A page that stayed open while somebody else signed in must not speak for them.
const ACCOUNT: HeaderName = HeaderName::from_static("x-spectr-account");
const UPSTREAM_ID: HeaderName = HeaderName::from_static("x-spectr-upstream-id");
const OVERHEAD: HeaderName = HeaderName::from_static("x-spectr-overhead-us");
const COST: HeaderName = HeaderName::from_static("x-spectr-cost");
const CREDENTIAL: HeaderName = HeaderName::from_static("x-spectr-credential");
/// The limit of tokens that the engine set because little of the budget is left.
const MAX_TOKENS: HeaderName = HeaderName::from_static("x-spectr-max-tokens");

/// Answers a stream of events, or a problem where the call fails before its first output. The
/// request's id is also the call's.
pub async fn chat(
    State(app): State<App>,
    Extension(id): Extension<CallId>,
    SignedInApi(user): SignedInApi,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let opened = match read(&body) {
        _ if is_of_another(&headers, user.id) => Err(Code::OtherAccount.into()),
        Ok(_) if user.restricts_calls => Err(Code::Restricted.into()),
        Ok(request) => engine::open(&app, user.id, id, request).await,
        Err(problem) => Err(problem),
    };
    match opened {
        Ok(stream) => answer(stream, app.engine.timing().heartbeat),
        Err(problem) => respond::problem(&problem, Some(id)),
    }
}

/// Whether the page that asks belongs to another account; callers that name none speak for the session's.
fn is_of_another(headers: &HeaderMap, user: UserId) -> bool {
    let named = headers.get(ACCOUNT).map(HeaderValue::as_bytes);
    named.is_some_and(|named| named != user.to_string().as_bytes())
}

/// # Errors
/// `unprocessable` for what is not the JSON of a [`ChatRequest`], with the field where there is one.
fn read(body: &[u8]) -> Result<ChatRequest, Problem> {
    serde_json::from_slice(body).map_err(|_| misread(body))
}

/// Read once more, only to find the place. It is told, the words are not: they may repeat what was typed.
fn misread(body: &[u8]) -> Problem {
    let problem = Problem::new(Code::Unprocessable);
    let mut json = serde_json::Deserializer::from_slice(body);
    let Err(error) = serde_path_to_error::deserialize::<_, ChatRequest>(&mut json) else {
        return problem.detail("Something follows after the JSON.");
    };
    let place = error.path().to_string();
    let (line, column) = (error.inner().line(), error.inner().column());
    if !error.inner().is_data() {
        return problem.detail(format!(
            "The JSON breaks off or is none at line {line}, column {column}."
        ));
    }
    if place == "." {
        return problem.detail("Required are provider, model and messages.");
    }
    problem
        .detail("A value has another type than the documentation names, or is not one of those that it names.")
        .field(place)
}

fn answer(stream: EngineStream, heartbeat: Duration) -> Response {
    let about = stream.about().clone();
    let mut response = Response::new(Body::new(SseBody::new(stream, heartbeat)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    describe(headers, &about);
    response
}

fn describe(headers: &mut HeaderMap, about: &About) {
    headers.insert(
        OVERHEAD,
        HeaderValue::from(u64::try_from(about.overhead.as_micros()).unwrap_or(u64::MAX)),
    );
    headers.insert(CREDENTIAL, HeaderValue::from_static(about.credential.id()));
    if let Some(id) = &about.upstream_id {
        insert(headers, UPSTREAM_ID, id);
    }
    if let Some(cost) = about.cost_nano_usd {
        headers.insert(COST, HeaderValue::from(cost));
    }
    if let Some(tokens) = about.max_tokens {
        headers.insert(MAX_TOKENS, HeaderValue::from(tokens));
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
