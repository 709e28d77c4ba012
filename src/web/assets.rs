//! Static files, embedded into the binary so that it serves the site alone.

use axum::body::Body;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

/// `target/site`, filled by `cargo xtask`.
#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Site;

/// Answers the embedded file at this path, or `None`.
#[must_use]
pub fn file(uri: &Uri) -> Option<Response> {
    let path = uri.path().trim_start_matches('/');
    let file = Site::get(path)?;
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let headers = [(header::CONTENT_TYPE, kind.as_ref().to_owned())];
    Some((StatusCode::OK, headers, Body::from(file.data)).into_response())
}
