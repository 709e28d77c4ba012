//! How failures look: a page for browsers, `application/problem+json` for machines.
//!
//! Handlers and layers answer with a [`Problem`] (by `respond::problem`) or, like axum itself, with a
//! bare status. Here, around all of them, the answer gets its form by `Accept`, the request id, and
//! nothing of the cause. Headers that belong to the failure (`Allow`, `Retry-After`) stay.

use super::pages::problem::{Fault, fault_shell};
use super::{headers, respond};
use crate::domain::ids::CallId;
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use futures::FutureExt;
use leptos::prelude::provide_context;
use std::any::Any;
use std::panic::AssertUnwindSafe;

/// What stays of a refused answer.
const KEPT: [HeaderName; 5] = [
    header::ALLOW,
    header::RETRY_AFTER,
    header::SET_COOKIE,
    header::WWW_AUTHENTICATE,
    super::request_id::HEADER,
];

/// Gives failures their form, and `OPTIONS` its answer.
pub async fn present(app: &App, request: Request, next: impl AsyncFnOnce(Request) -> Response) -> Response {
    let asked = Asked {
        method: request.method().clone(),
        id: request.extensions().get::<CallId>().copied(),
        page: wants_page(request.headers()).then(|| page_request(&request)),
    };
    let response = next(request).await;
    if asked.method == Method::OPTIONS && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        return allowed(&response);
    }
    let Some(problem) = failure(&response) else {
        return response;
    };
    if response.status().is_server_error() {
        let status = response.status().as_u16();
        let id = asked.id.map(|id| id.to_string()).unwrap_or_default();
        tracing::error!(request_id = id, status, method = %asked.method, code = problem.code.code(), "a request failed");
    }
    dress(app, response, problem, asked).await
}

/// What the failure's page needs to know of the request, which is gone by then.
struct Asked {
    method: Method,
    id: Option<CallId>,
    /// For a browser: what its page is rendered with.
    page: Option<Request>,
}

/// Browsers name `text/html`; everything else is a machine.
fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}

/// A GET of the same address by the same person, for rendering.
fn page_request(request: &Request) -> Request {
    let mut page = Request::new(Body::empty());
    *page.uri_mut() = request.uri().clone();
    *page.extensions_mut() = request.extensions().clone();
    page
}

/// The problem behind a failed answer; `None` where the answer is no failure or is already a page
/// or a document of its own.
fn failure(response: &Response) -> Option<Problem> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    // axum's own refusals are plain text that may quote the request.
    let kind = response.headers().get(header::CONTENT_TYPE);
    let bare = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    bare.then(|| Problem::new(code_of(status)))
}

const fn code_of(status: StatusCode) -> Code {
    match status.as_u16() {
        401 => Code::SignedOut,
        403 => Code::Forbidden,
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        408 => Code::TooSlow,
        413 => Code::TooLarge,
        415 => Code::UnsupportedMediaType,
        422 => Code::Unprocessable,
        429 => Code::RateLimited,
        503 => Code::Unavailable,
        500..=599 => Code::Internal,
        _ => Code::BadRequest,
    }
}

/// Replaces the body, keeps the headers that mean something.
async fn dress(app: &App, bare: Response, problem: Problem, asked: Asked) -> Response {
    // A call that failed has an id of its own.
    let own = bare.headers().get(super::request_id::HEADER);
    let id = own.and_then(|id| id.to_str().ok()?.parse().ok()).or(asked.id);
    let mut dressed = match asked.page {
        Some(request) => page(app, problem, id, request).await,
        None => respond::problem(&problem, id),
    };
    let (kept, headers) = (bare.headers(), dressed.headers_mut());
    headers.remove(header::RETRY_AFTER);
    for name in KEPT {
        for value in kept.get_all(&name) {
            headers.append(name.clone(), value.clone());
        }
    }
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    if asked.method == Method::HEAD {
        *dressed.body_mut() = Body::empty();
    }
    dressed
}

/// The failure as a page; if even that cannot be rendered, as a few plain words.
async fn page(app: &App, problem: Problem, id: Option<CallId>, mut request: Request) -> Response {
    let status = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    request
        .headers_mut()
        .insert(header::ACCEPT, HeaderValue::from_static("text/html"));
    let fault = Fault {
        problem: problem.clone(),
        id,
    };
    let context = {
        let app = app.clone();
        move || {
            provide_context(app.clone());
            provide_context(fault.clone());
            headers::page_policy();
        }
    };
    let rendering = leptos_axum::render_app_async_with_context(context, fault_shell)(request);
    let mut response = match AssertUnwindSafe(rendering).catch_unwind().await {
        Ok(response) => response,
        Err(_) => plain(&problem, id),
    };
    *response.status_mut() = status;
    response
}

fn plain(problem: &Problem, id: Option<CallId>) -> Response {
    let id = id.map(|id| format!("\n\nRequest {id}")).unwrap_or_default();
    let text = format!("{}\n{}{id}\n", problem.message(), problem.code.help());
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

/// 204 with the methods that the address takes.
fn allowed(refused: &Response) -> Response {
    let methods = refused
        .headers()
        .get(header::ALLOW)
        .and_then(|value| value.to_str().ok());
    let methods = methods.map_or_else(|| "OPTIONS".to_owned(), |methods| format!("{methods},OPTIONS"));
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    if let Ok(value) = HeaderValue::from_str(&methods) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// What a panic in a handler becomes. The payload may hold anything, so it is not looked at.
#[must_use]
pub fn panicked(_: Box<dyn Any + Send>) -> Response {
    respond::problem(&Problem::new(Code::Internal), None)
}
