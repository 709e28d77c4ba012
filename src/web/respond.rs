//! Problems as answers: `application/problem+json` (RFC 9457) for machines.

use crate::domain::ids::CallId;
use crate::domain::problem::Problem;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

/// The problem as JSON, with `Retry-After` where a time is known.
#[must_use]
pub fn problem(problem: &Problem, request_id: Option<CallId>) -> Response {
    let body = serde_json::json!({
        "type": format!("/docs#problem-{}", problem.code.code()),
        "title": problem.code.title(),
        "status": problem.code.status(),
        "code": problem.code.code(),
        "detail": problem.message(),
        "help": problem.code.help(),
        "field": problem.field,
        "request_id": request_id,
    });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // `faults` makes a page of it where a browser asked.
    response.extensions_mut().insert(problem.clone());
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
