//! Every request gets an id: in the header `x-spectr-request-id`, on error pages, in the log.
//!
//! It is a UUIDv7 of our own; one that a client sends is never taken over, since it would end up in
//! the log. A handler that has an id of its own for the answer (a call's) may set the header itself.

use crate::domain::ids::CallId;
use crate::features::App;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

pub const HEADER: HeaderName = HeaderName::from_static("x-spectr-request-id");

/// Puts a fresh [`CallId`] into the request's extensions.
pub fn assign(app: &App, request: &mut Request) -> CallId {
    let id = CallId(app.clock.new_id());
    request.extensions_mut().insert(id);
    id
}

/// Puts the id onto the answer, unless its handler has set one.
pub fn put(id: CallId, response: &mut Response) {
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().entry(HEADER).or_insert(value);
    }
}
