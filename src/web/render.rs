//! Renders a page from a handler: a form that was not accepted shows its page again.

use super::headers;
use super::shell::shell;
use crate::features::App;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use leptos::prelude::{IntoView, provide_context};

/// The page of the request's own path, as for a GET, with one more context value: what the handler
/// found out (typed input, errors, results).
pub async fn page<T>(app: &App, parts: &Parts, status: StatusCode, state: T) -> Response
where
    T: Clone + Send + Sync + 'static,
{
    document(app, parts, (status, state), shell).await
}

/// As [`page`], for a document that has no route among the pages.
pub async fn document<T, V>(
    app: &App,
    parts: &Parts,
    (status, state): (StatusCode, T),
    shell: impl Fn() -> V + Clone + Send + Sync + 'static,
) -> Response
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = parts.uri.clone();
    *request.headers_mut() = parts.headers.clone();
    request.headers_mut().remove(header::CONTENT_LENGTH);
    *request.extensions_mut() = parts.extensions.clone();
    let context = {
        let app = app.clone();
        move || {
            provide_context(app.clone());
            provide_context(state.clone());
            headers::page_policy();
        }
    };
    let mut response = leptos_axum::render_app_async_with_context(context, shell)(request).await;
    *response.status_mut() = status;
    response
}
