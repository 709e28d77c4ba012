//! Downloading everything that is held about a person, and taking it over into another account.
//!
//! ```text
//! /settings/privacy/export       GET, POST: the ZIP; or the form that asks for the password
//! /settings/privacy/export/ID    one finished export again
//! /settings/privacy/downloads    the exports that there are
//! /settings/privacy/import       a bundle into this account
//! ```

mod bundle;
mod downloads;
mod form;
mod import;

pub use downloads::{Download, DownloadsPage};
pub use import::ImportPage;

use crate::domain::ids::ExportId;
use crate::features::App;
use crate::features::accounts::{self, CurrentUser};
use crate::features::privacy::{self, export};
use crate::web::auth::{SignedIn, see_other};
use crate::web::client::caller;
use crate::web::respond;
use crate::web::{form::Form, page};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use form::Refused;

/// Where the ZIP is.
pub const EXPORT: &str = "/settings/privacy/export";
/// The list of exports.
pub const DOWNLOADS: &str = "/settings/privacy/downloads";
/// Where a bundle is taken over.
pub const IMPORT: &str = "/settings/privacy/import";

/// The doors of these pages.
pub fn doors() -> Router<App> {
    Router::new()
        .route(EXPORT, get(get_export).post(post_export))
        .route("/settings/privacy/export/{id}", get(get_stored))
        .route("/settings/privacy/export/{id}/delete", post(post_delete))
        .route(IMPORT, post(import::post_import))
}

async fn get_export(State(app): State<App>, SignedIn(user): SignedIn, parts: Parts) -> Response {
    if accounts::is_fresh(&app, &user) {
        return bundle::newest(&app, &user, &parts).await;
    }
    form::ask(&app, &parts, page::query(&parts.uri, "id").as_deref()).await
}

async fn get_stored(
    State(app): State<App>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
    parts: Parts,
) -> Response {
    let Ok(id) = id.parse::<ExportId>() else {
        return bundle::absent();
    };
    match bundle::exists(&app, &user, id).await {
        Ok(false) => bundle::not_here(&app, &user, id).await,
        Ok(true) if accounts::is_fresh(&app, &user) => bundle::stored(&app, &user, id, &parts).await,
        Ok(true) => form::ask(&app, &parts, Some(&id.to_string())).await,
        Err(error) => failed(error),
    }
}

/// `password`, `code` where the account has a second factor, and `export` for one that is finished.
async fn post_export(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let wanted = form.fields.get("export");
    let id = wanted.parse::<ExportId>().ok();
    if !wanted.is_empty() && id.is_none() {
        return bundle::absent();
    }
    let proof = match form::prove(&app, &user, &form).await {
        Ok(proof) => proof,
        Err(Refused::Ask) => return form::ask(&app, &form.parts, Some(wanted)).await,
        Err(Refused::Answer(response)) => return response,
    };
    let mut response = match id {
        Some(id) => bundle::stored(&app, &user, id, &form.parts).await,
        None => bundle::fresh(&app, &user, &form.parts).await,
    };
    if let Some(secret) = proof {
        crate::web::auth::set_cookie(&app, &mut response, &secret);
    }
    response
}

async fn post_delete(State(app): State<App>, SignedIn(user): SignedIn, Path(id): Path<String>, form: Form) -> Response {
    let Ok(id) = id.parse::<ExportId>() else {
        return bundle::absent();
    };
    match export::delete(&app, &caller(&app, &form.parts), user.id, id).await {
        Ok(true) => see_other("/settings/privacy/downloads?notice=deleted"),
        Ok(false) => bundle::absent(),
        Err(error) => failed(error),
    }
}

fn failed(error: privacy::Error) -> Response {
    respond::problem(&error.into(), None)
}

/// Which export a person's bundle begins with in the name that the browser saves.
fn file_name(user: &CurrentUser, date: &str) -> String {
    // The account's id tells two accounts of one person apart without naming anybody.
    let short: String = user
        .id
        .to_string()
        .chars()
        .rev()
        .take(6)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    format!("spectr-export-{date}-{short}.zip")
}
