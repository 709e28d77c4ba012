//! One log line and two metrics per request: method, route template, status, time, request id.
//!
//! Never the path itself, the query, an address, a header or an account: a template such as
//! `/erasure/{receipt}` says what was asked for without saying by whom or about whom. The time ends
//! with the head of the answer, so that a stream counts with its first byte.

use super::request_id;
use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::response::Response;
use metrics::Label;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// Where the inner router leaves the template that it matched.
#[derive(Clone, Debug, Default)]
struct RouteSlot(Arc<OnceLock<Cow<'static, str>>>);

/// One request, from before everything to after everything.
pub struct Watch {
    start: Instant,
    method: &'static str,
    slot: RouteSlot,
}

impl Watch {
    pub fn start(request: &mut Request) -> Self {
        let slot = RouteSlot::default();
        request.extensions_mut().insert(slot.clone());
        Self {
            start: Instant::now(),
            method: method_name(request.method()),
            slot,
        }
    }

    /// Counts and logs.
    pub fn stop(self, response: &Response) {
        let Self { start, method, slot } = self;
        let route = slot.0.get().cloned().unwrap_or(Cow::Borrowed("other"));
        let status = response.status().as_u16();
        let seconds = start.elapsed().as_secs_f64();
        let mut labels = vec![Label::new("method", method), Label::new("route", route.clone())];
        metrics::histogram!("spectr_http_request_seconds", labels.clone()).record(seconds);
        labels.push(Label::new("status", status.to_string()));
        metrics::counter!("spectr_http_requests_total", labels).increment(1);
        let id = response.headers().get(request_id::HEADER);
        let id = id.and_then(|id| id.to_str().ok()).unwrap_or_default();
        let ms = (seconds * 1_000_000.0).round() / 1_000.0;
        // Files and health checks would drown the rest.
        if matches!(&*route, "other" | "/healthz" | "/readyz") {
            tracing::debug!(request_id = id, method, route = &*route, status, ms, "request");
        } else {
            tracing::info!(request_id = id, method, route = &*route, status, ms, "request");
        }
    }
}

/// Inside a router: leaves the template that it matched for the [`Watch`].
pub fn note_route(request: Request) -> Request {
    if let Some(path) = request.extensions().get::<MatchedPath>() {
        note(&request, path.as_str().to_owned());
    }
    request
}

/// Leaves a template for the [`Watch`].
pub fn note(request: &Request, template: impl Into<Cow<'static, str>>) {
    if let Some(slot) = request.extensions().get::<RouteSlot>() {
        slot.0.get_or_init(|| template.into());
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
