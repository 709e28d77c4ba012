//! Security headers for every response, and the page's own Content-Security-Policy.

use super::{client, respond};
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use crate::infra::config::is_this_machine;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use url::Url;

/// What an answer that is no page may do: nothing.
const NOTHING: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

/// What the report analyzer's worker may do: run code of ours, and fetch it.
pub const WORKER: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);

const FIXED: [(HeaderName, HeaderValue); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // `no-referrer` would make browsers send `Origin: null` with forms, which the CSRF check refuses.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-embedder-policy"),
        HeaderValue::from_static("require-corp"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"),
    ),
];

const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains; preload");

/// Sets the headers on whatever comes out of the router, errors and streams included.
pub fn secure(app: &App, response: &mut Response) {
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NOTHING);
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    if app.config.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
}

/// Called as leptos' additional context for page routes: a policy with this response's nonce.
pub fn page_policy() {
    use leptos::prelude::use_context;
    let (Some(nonce), Some(response)) = (
        leptos::nonce::use_nonce(),
        use_context::<leptos_axum::ResponseOptions>(),
    ) else {
        return;
    };
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
    response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// The answer to what names no host, came in clear where it should not, or comes from another site; `None`
/// for all others.
pub fn refusal(app: &App, request: &Request) -> Option<Response> {
    if !names_one_host(request) {
        let problem = Problem::new(Code::BadRequest).detail("It names no host, or several (RFC 9112, section 3.2).");
        return Some(respond::problem(&problem, None));
    }
    if app.config.is_https() && client::came_in_clear(app, request.headers(), request.extensions()) {
        return Some(over_tls(app, request));
    }
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_allowed = is_safe || is_same_origin(app, request);
    (!is_allowed).then(|| respond::problem(&Code::Forbidden.into(), None))
}

/// In the address itself or by one `Host`; before HTTP/1.1 there was none.
fn names_one_host(request: &Request) -> bool {
    match request.headers().get_all(header::HOST).iter().count() {
        0 => request.uri().authority().is_some() || request.version() < Version::HTTP_11,
        hosts => hosts == 1,
    }
}

/// Whether an origin is a page of another name. Anybody can have a name of their own lead to 127.0.0.1: to a
/// browser their page is then of the same origin as a server that runs for its own machine (DNS rebinding).
fn has_another_name(origin: &str) -> bool {
    Url::parse(origin).is_ok_and(|url| !is_this_machine(&url))
}

/// 308 to the same address over TLS.
fn over_tls(app: &App, request: &Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let url = app.config.public_url.origin().ascii_serialization() + path;
    let location = HeaderValue::from_str(&url).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response()
}

/// Fetch Metadata first, then `Origin`. A request with neither comes from no browser and carries no ambient
/// cookie to abuse.
fn is_same_origin(app: &App, request: &Request) -> bool {
    let text = |name: HeaderName| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap_or("invalid"))
    };
    match (text(HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (_, Some(origin)) if app.config.is_local() && has_another_name(origin) => false,
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            let own = app.config.public_url.origin().ascii_serialization();
            let host = text(header::HOST).unwrap_or_default();
            let is_hosts =
                |(scheme, authority): (&str, &str)| authority == host && (scheme == "https" || !app.config.is_https());
            origin == own || origin.split_once("://").is_some_and(is_hosts)
        }
        (None, None) => true,
    }
}
