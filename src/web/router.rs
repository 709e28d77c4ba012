//! All routes, and the layers around them.
//!
//! ```text
//! secure headers → log and metrics → request id → compression (but of streams) → faults (form of failures) → panics
//!   → same origin → body bounds → session → routes; what has no route: a file, else 404
//! ```
//!
//! A page's route stands in `shell::Pages`; its form's `post` and all other doors stand here.

use super::api::{health, models, openapi, security_txt, spectr_keys, stream, usage};
use super::shell::{Pages, shell};
use super::{assets, auth, bodies, faults, headers, observe, request_id, respond};
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::convert::Infallible;
use tower::{Service, ServiceExt, service_fn};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Where answers stream from.
const STREAM: &str = "/stream/chat";

/// The whole site as one service.
pub fn router(app: App) -> Router {
    let routes = Router::new().merge(doors().with_state(app.clone())).merge(pages(&app));
    around(app, routes)
}

/// These routes inside all layers; tests put faulty ones in.
pub fn around(app: App, routes: Router) -> Router {
    let routes = routes
        .layer(from_fn(observe::route))
        .fallback(file_or_nothing)
        .layer(DefaultBodyLimit::disable()); // `bodies` bounds them
    // As a service inside another router, so that the layers see the `Allow` of a wrong method.
    let site = Router::new()
        .fallback_service(routes)
        .layer(from_fn_with_state(app.clone(), auth::resolve))
        .layer(from_fn(bodies::bound))
        .layer(from_fn_with_state(app.clone(), headers::same_origin))
        .layer(CatchPanicLayer::custom(faults::panicked))
        .layer(from_fn_with_state(app.clone(), faults::present));
    // Health checks are plain text for machines, whatever they accept.
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .with_state(app.clone())
        .fallback_service(packed_but_streams(site))
        .layer(from_fn_with_state(app.clone(), request_id::assign))
        .layer(from_fn(observe::request))
        .layer(from_fn_with_state(app, headers::secure))
}

/// The site with its answers packed, but those of [`STREAM`]: they never are, and one that waits would
/// hold the packer's buffers all the while.
fn packed_but_streams(
    plain: Router,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync {
    let packed = plain
        .clone()
        .layer(CompressionLayer::new().compress_when(compressible()));
    service_fn(move |request: Request| {
        let is_stream = request.uri().path() == STREAM;
        let site = if is_stream { &plain } else { &packed };
        site.clone().oneshot(request)
    })
}

/// Forms, streams and machines.
fn doors() -> Router<App> {
    Router::new()
        .route("/.well-known/security.txt", get(security_txt::security_txt))
        .route("/.well-known/spectr-keys.json", get(spectr_keys::spectr_keys))
        .merge(super::pages::accounts::doors())
        .merge(super::pages::budgets::doors())
        .merge(super::pages::dashboard::doors())
        .merge(super::pages::erasure::doors())
        .merge(super::pages::keys::doors())
        .merge(super::pages::legal::versions::doors())
        .merge(super::pages::privacy_centre::doors())
        .merge(super::pages::reports::doors())
        .merge(super::pages::rights::doors())
        .route("/stream/models", get(models::list))
        .route(STREAM, post(stream::chat))
        .route("/api/v1/usage", get(usage::usage))
        .route("/openapi.json", get(openapi::openapi))
        .merge(super::pages::privacy_export::doors())
        .merge(super::pages::contact::doors())
        .merge(super::pages::integrations::doors())
        .merge(super::pages::proof::doors())
        .merge(super::pages::leaked_key::doors())
        .merge(super::pages::platform_keys::doors())
}

/// Pages, rendered on the server.
fn pages(app: &App) -> Router {
    let options = LeptosOptions::builder()
        .output_name("spectr")
        .site_addr(app.config.addr)
        .build();
    let context = {
        let app = app.clone();
        move || {
            provide_context(app.clone());
            headers::page_policy();
        }
    };
    Router::new()
        .leptos_routes_with_context(&options, generate_route_list(Pages), context, shell)
        .with_state(options)
}

/// A static file, or the problem of an address that leads nowhere.
async fn file_or_nothing(request: Request) -> Response {
    if let Some(file) = assets::file(&request) {
        return file;
    }
    let as_get = request.method() != Method::GET && assets::exists(request.uri());
    if !as_get {
        return respond::problem(&Problem::new(Code::NotFound), None);
    }
    let mut response = respond::problem(&Problem::new(Code::MethodNotAllowed), None);
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
    response
}

/// Text only. Streams go out as they come, and files of the site are packed beforehand.
fn compressible() -> impl Predicate {
    SizeAbove::new(512)
        .and(NotForContentType::SSE)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("font/"))
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/wasm"))
        .and(NotForContentType::const_new("application/octet-stream"))
}
