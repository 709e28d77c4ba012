//! Every request gets an id: in the header `x-spectr-request-id`, on error pages, in the log.
//!
//! It is a UUIDv7 of our own; one that a client sends is never taken over, since it would end up in
//! the log. A handler that has an id of its own for the answer (a call's) may set the header itself.

use crate::domain::ids::CallId;
use crate::features::App;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

pub const HEADER: HeaderName = HeaderName::from_static("x-spectr-request-id");

/// Puts a fresh [`CallId`] into the request's extensions and onto the response.
pub async fn assign(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = CallId(app.clock.new_id());
    request.extensions_mut().insert(id);
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().entry(HEADER).or_insert(value);
    }
    response
}
