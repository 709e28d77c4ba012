//! One log line and two metrics per request: method, route template, status, time, request id.
//!
//! Never the path itself, the query, an address, a header or an account: a template such as
//! `/erasure/{receipt}` says what was asked for without saying by whom or about whom. The time ends
//! with the head of the answer, so that a stream counts with its first byte.

use super::request_id;
use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// Where the inner router leaves the template that it matched.
#[derive(Clone, Debug, Default)]
struct RouteSlot(Arc<OnceLock<String>>);

/// Around everything: measures, counts and logs.
pub async fn request(mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let slot = RouteSlot::default();
    fill(&slot, &request);
    request.extensions_mut().insert(slot.clone());
    let method = method_name(request.method());
    let response = next.run(request).await;
    let route = slot.0.get().map_or("other", String::as_str);
    let status = response.status().as_u16();
    let seconds = start.elapsed().as_secs_f64();
    let labels = [("method", method.to_owned()), ("route", route.to_owned())];
    metrics::histogram!("spectr_http_request_seconds", &labels).record(seconds);
    let [method_label, route_label] = labels;
    let labels = [method_label, route_label, ("status", status.to_string())];
    metrics::counter!("spectr_http_requests_total", &labels).increment(1);
    let id = response.headers().get(request_id::HEADER);
    let id = id.and_then(|id| id.to_str().ok()).unwrap_or_default();
    let ms = (seconds * 1_000_000.0).round() / 1_000.0;
    // Files and health checks would drown the rest.
    if route == "other" || matches!(route, "/healthz" | "/readyz") {
        tracing::debug!(request_id = id, method, route, status, ms, "request");
    } else {
        tracing::info!(request_id = id, method, route, status, ms, "request");
    }
    response
}

/// Inside the router of pages and doors: tells [`request`] which route it was.
pub async fn route(request: Request, next: Next) -> Response {
    if let Some(slot) = request.extensions().get::<RouteSlot>() {
        fill(slot, &request);
    }
    next.run(request).await
}

fn fill(slot: &RouteSlot, request: &Request) {
    if let Some(path) = request.extensions().get::<MatchedPath>() {
        // The outer router may have filled it already: the first template is the right one.
        slot.0.get_or_init(|| path.as_str().to_owned());
    }
}

/// Methods are labels: an invented one must not make a new time series.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
