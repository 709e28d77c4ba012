//! The ZIP as an answer: a finished one in any part, a growing one as it comes.

use super::{EXPORT, failed, file_name};
use crate::domain::ids::ExportId;
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use crate::features::accounts::CurrentUser;
use crate::features::privacy::Result;
use crate::features::privacy::export::{self, Building, End, State, Stored};
use crate::web::client::caller;
use crate::web::range::{Asked, parse};
use crate::web::respond;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use std::sync::Arc;

/// The answer for an export that is not this person's, or is no more.
pub fn absent() -> Response {
    respond::problem(
        &Problem::new(Code::NotFound).detail("There is no such download, or its time is over."),
        None,
    )
}

/// The answer for an export whose file is not here: with several servers it lies on the one that made it.
pub async fn not_here(app: &App, user: &CurrentUser, id: ExportId) -> Response {
    match export::list(app, user.id).await {
        Ok(all)
            if all
                .iter()
                .any(|export| export.id == id && export.state == State::Complete) =>
        {
            let why = "It lies on the server of this site that made it, or was taken away.";
            respond::problem(&Problem::new(Code::Elsewhere).detail(why), None)
        }
        Ok(_) => absent(),
        Err(error) => failed(error),
    }
}

/// A new bundle; or, when the client goes on with a download that was cut off, the rest of that one.
pub async fn newest(app: &App, user: &CurrentUser, parts: &Parts) -> Response {
    let resumed = match resumed(app, user, &parts.headers).await {
        Ok(resumed) => resumed,
        Err(error) => return failed(error),
    };
    match resumed {
        Some(stored) => serve(app, user, &stored, parts).await,
        None if parts.method == Method::HEAD => {
            let mut response = Response::new(Body::empty());
            response.headers_mut().extend(kind());
            response
        }
        None => fresh(app, user, parts).await,
    }
}

/// Which finished bundle a `Range` is meant for: the one that `If-Range` names, else the newest.
async fn resumed(app: &App, user: &CurrentUser, headers: &HeaderMap) -> Result<Option<Stored>> {
    if !headers.contains_key(header::RANGE) {
        return Ok(None);
    }
    let Some(tag) = headers.get(header::IF_RANGE) else {
        return export::newest(app, user.id).await;
    };
    let id = tag
        .to_str()
        .ok()
        .and_then(|tag| tag.trim_matches('"').parse::<ExportId>().ok());
    let Some(id) = id else { return Ok(None) };
    // It may still be growing: its length is known when it is done.
    if let Some(building) = app.exports.building(user.id).filter(|building| building.id == id) {
        building.ended().await;
    }
    export::find(app, user.id, id).await
}

/// A new bundle from its first byte, while it is being built.
pub async fn fresh(app: &App, user: &CurrentUser, parts: &Parts) -> Response {
    match export::begin(app, &caller(app, parts), user).await {
        Ok(building) => growing(app, user, building).await,
        Err(error) => failed(error),
    }
}

/// Whether this person has such an export, finished or growing.
pub async fn exists(app: &App, user: &CurrentUser, id: ExportId) -> Result<bool> {
    if app.exports.building(user.id).is_some_and(|building| building.id == id) {
        return Ok(true);
    }
    Ok(export::find(app, user.id, id).await?.is_some())
}

/// One export by its id.
pub async fn stored(app: &App, user: &CurrentUser, id: ExportId, parts: &Parts) -> Response {
    if let Some(building) = app.exports.building(user.id).filter(|building| building.id == id) {
        if !parts.headers.contains_key(header::RANGE) {
            return growing(app, user, building).await;
        }
        if building.ended().await == End::Failed {
            return absent();
        }
    }
    match export::find(app, user.id, id).await {
        Ok(Some(stored)) => serve(app, user, &stored, parts).await,
        Ok(None) => not_here(app, user, id).await,
        Err(error) => failed(error),
    }
}

async fn growing(app: &App, user: &CurrentUser, building: Arc<Building>) -> Response {
    // What fails at once gets an answer that says why; later only the connection can break.
    if !building.has_begun().await
        && let Err(error) = export::failure(app, user.id, building.id).await
    {
        return failed(error);
    }
    let mut head = head(user, building.id, &app.clock.now().date());
    // Nothing in between may wait for more.
    head.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    let mut response = Response::new(Body::from_stream(export::tail(building)));
    response.headers_mut().extend(head);
    response
}

async fn serve(app: &App, user: &CurrentUser, stored: &Stored, parts: &Parts) -> Response {
    let (id, total) = (stored.export.id, stored.export.bytes);
    let mut head = head(user, id, &stored.export.created_at.date());
    let value = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let is_same = value(header::IF_RANGE).is_none_or(|tag| tag == etag(id));
    let asked = value(header::RANGE)
        .filter(|_| is_same)
        .map_or(Asked::Whole, |range| parse(range, total));
    let (status, range) = match asked {
        Asked::Whole => (StatusCode::OK, 0..total),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Beyond => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0),
    };
    let content_range = match status {
        StatusCode::PARTIAL_CONTENT => Some(format!("bytes {}-{}/{total}", range.start, range.end - 1)),
        StatusCode::RANGE_NOT_SATISFIABLE => Some(format!("bytes */{total}")),
        _ => None,
    };
    if let Some(value) = content_range.and_then(|text| HeaderValue::from_str(&text).ok()) {
        head.insert(header::CONTENT_RANGE, value);
    }
    head.insert(header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    let is_read = parts.method != Method::HEAD && !range.is_empty();
    // Parts after the first belong to a download that is noted already.
    if is_read
        && range.start == 0
        && let Err(error) = export::note_download(app, &caller(app, parts), user.id).await
    {
        return failed(error);
    }
    let body = if is_read {
        Body::from_stream(export::stream(stored, range))
    } else {
        Body::empty()
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().extend(head);
    response
}

fn etag(id: ExportId) -> String {
    format!("\"{id}\"")
}

fn kind() -> HeaderMap {
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
    ])
}

fn head(user: &CurrentUser, id: ExportId, date: &str) -> HeaderMap {
    let mut head = kind();
    let values = [
        (header::ETAG, etag(id)),
        (header::CONTENT_LOCATION, format!("{EXPORT}/{id}")),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", file_name(user, date)),
        ),
    ];
    for (name, value) in values {
        if let Ok(value) = HeaderValue::from_str(&value) {
            head.insert(name, value);
        }
    }
    head
}
