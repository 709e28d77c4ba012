//! Saving, renaming and deleting reports. Saving comes from the page's script, because reports are read there only;
//! the rest are plain forms.

use super::saved::{FORM, path_of};
use crate::domain::fields::FieldErrors;
use crate::domain::ids::SavedReportId;
use crate::domain::problem::{Code, Problem};
use crate::domain::reports::saved::Saved;
use crate::features::App;
use crate::features::reports::{self, Error, field};
use crate::web::auth::{SignedIn, SignedInApi, see_other};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use crate::web::{render, respond};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::{Router, routing::post};
use serde::Deserialize;

/// Where reports are saved.
pub const SAVE: &str = "/reports/saved";

/// What the page's script sends, word for word as it was shown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToSave {
    name: String,
    report: Saved,
}

pub fn doors() -> Router<App> {
    Router::new()
        .route(SAVE, post(post_save))
        .route("/reports/saved/{id}/rename", post(post_rename))
        .route("/reports/saved/{id}/delete", post(post_delete))
}

/// 201 with the address of what was saved.
async fn post_save(State(app): State<App>, SignedInApi(user): SignedInApi, body: Bytes) -> Response {
    let Ok(sent) = serde_json::from_slice::<ToSave>(&body) else {
        let problem = Error::Form("it is no JSON with name and report");
        return respond::problem(&problem.into(), None);
    };
    match reports::save(&app, user.id, &sent.name, &sent.report).await {
        Ok(id) => created(id),
        Err(error) => respond::problem(&error.into(), None),
    }
}

fn created(id: SavedReportId) -> Response {
    let path = path_of(id);
    let body = serde_json::json!({"id": id, "path": path});
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::CREATED;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(location) = HeaderValue::from_str(&path) {
        headers.insert(header::LOCATION, location);
    }
    response
}

async fn post_rename(State(app): State<App>, SignedIn(user): SignedIn, Path(id): Path<String>, form: Form) -> Response {
    let Ok(id) = id.parse() else { return absent() };
    match reports::rename(&app, user.id, id, form.fields.get(field::NAME)).await {
        Ok(()) => see_other(&format!("{}?notice=renamed", path_of(id))),
        Err(Error::Name(fault)) => {
            let errors = FieldErrors::of(field::NAME, fault.to_string());
            let state = FormState::new(FORM, &form.fields, &[field::NAME], errors);
            let mut parts = form.parts;
            let Ok(uri) = path_of(id).parse() else { return absent() };
            parts.uri = uri;
            render::page(&app, &parts, StatusCode::UNPROCESSABLE_ENTITY, state).await
        }
        Err(error) => respond::problem(&error.into(), None),
    }
}

async fn post_delete(State(app): State<App>, SignedIn(user): SignedIn, Path(id): Path<String>, _: Form) -> Response {
    let Ok(id) = id.parse() else { return absent() };
    match reports::delete(&app, user.id, id).await {
        // A second press of the button, or another tab: it is gone, which is what was asked for.
        Ok(()) | Err(Error::Absent) => see_other("/reports?notice=deleted#saved"),
        Err(error) => respond::problem(&error.into(), None),
    }
}

fn absent() -> Response {
    respond::problem(&Problem::new(Code::NotFound), None)
}
