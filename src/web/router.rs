//! All routes, and the layers around them.

use super::api::health;
use super::shell::{Pages, shell};
use super::{assets, auth, headers};
use crate::features::App;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower_http::catch_panic::CatchPanicLayer;

/// The whole site as one service.
pub fn router(app: App) -> Router {
    let options = LeptosOptions::builder()
        .output_name("spectr")
        .site_addr(app.config.addr)
        .build();
    let pages = generate_route_list(Pages);
    let context = {
        let app = app.clone();
        move || {
            provide_context(app.clone());
            headers::page_policy();
        }
    };
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .with_state(app.clone())
        .merge(
            Router::new()
                .leptos_routes_with_context(&options, pages, context, shell)
                .with_state(options),
        )
        .fallback({
            let app = app.clone();
            move |request: Request| fallback(State(app), request)
        })
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(app.clone(), auth::resolve))
        .layer(middleware::from_fn_with_state(app.clone(), headers::same_origin))
        .layer(middleware::from_fn_with_state(app, headers::secure))
}

/// Static files first, else the page for addresses that lead nowhere.
async fn fallback(State(app): State<App>, request: Request) -> Response {
    if let Some(file) = assets::file(&request) {
        return file;
    }
    let context = move || {
        provide_context(app.clone());
        headers::page_policy();
    };
    leptos_axum::render_app_async_with_context(context, shell)(request)
        .await
        .into_response()
}
