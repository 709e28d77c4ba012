//! All routes. What is around them stands in [`Site`].
//!
//! A page's route stands in `shell::Pages`; its form's `post` and all other doors stand here.

use super::api::{models, openapi, security_txt, spectr_keys, stream, usage};
use super::shell::{Pages, shell};
use super::site::{STREAM, Site};
use super::{assets, headers, respond};
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{LeptosRoutes, generate_route_list};

/// The whole site.
#[must_use]
pub fn site(app: App) -> Site {
    let routes = Router::new().merge(doors().with_state(app.clone())).merge(pages(&app));
    Site::new(app, routes.fallback(file_or_nothing))
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
