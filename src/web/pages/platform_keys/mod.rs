//! `/settings/platform-keys`: keys for a person's own programs. Forms first, scripts never needed.
//!
//! A key stands in one answer only, that of the form which made it: never in an address, never in a
//! page that is asked for again.

mod view;

pub use view::PlatformKeysPage;

use crate::domain::fields::FieldErrors;
use crate::domain::ids::PlatformKeyId;
use crate::domain::problem::Problem;
use crate::features::App;
use crate::features::platform::{self, Error, FreshKey, NewKey, Who, field};
use crate::web::auth::{SignedIn, see_other};
use crate::web::client::caller;
use crate::web::form::Form;
use crate::web::form_state::FormState;
use crate::web::{render, respond};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::post;

const PATH: &str = "/settings/platform-keys";
const CREATE: &str = "create";
const ROTATE: &str = "rotate";
/// The hidden field that makes a form that is sent twice make one key.
const FORM: &str = "form";
/// The value of a form's state that names the key it belongs to.
const ID: &str = "id";

/// A key that was just made, handed to the page that shows it.
#[derive(Clone)]
struct Shown {
    id: PlatformKeyId,
    key: FreshKey,
}

/// The forms of this page.
pub fn doors() -> Router<App> {
    Router::new()
        .route(PATH, post(post_create))
        .route("/settings/platform-keys/{id}/rotate", post(post_rotate))
        .route("/settings/platform-keys/{id}/revoke", post(post_revoke))
}

async fn post_create(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let fields = &form.fields;
    let new = NewKey {
        label: fields.get(field::LABEL),
        expires: fields.get(field::EXPIRES),
        form: fields.get(FORM).parse().ok(),
    };
    let caller = caller(&app, &form.parts);
    let who = Who {
        user: user.id,
        caller: &caller,
    };
    match platform::create(&app, who, &new).await {
        Ok((id, key)) => show(&app, &form, Shown { id, key }).await,
        Err(Error::MadeAlready) => see_other(&format!("{PATH}?made=1")),
        Err(error) => refuse(&app, &form, (CREATE, &[field::LABEL, field::EXPIRES]), error, None).await,
    }
}

async fn post_rotate(State(app): State<App>, SignedIn(user): SignedIn, Path(id): Path<String>, form: Form) -> Response {
    let Ok(id) = id.parse() else { return absent() };
    let caller = caller(&app, &form.parts);
    let who = Who {
        user: user.id,
        caller: &caller,
    };
    match platform::rotate(&app, who, id, form.fields.get(field::OVERLAP)).await {
        Ok((id, key)) => show(&app, &form, Shown { id, key }).await,
        Err(error) => refuse(&app, &form, (ROTATE, &[field::OVERLAP]), error, Some(id)).await,
    }
}

async fn post_revoke(State(app): State<App>, SignedIn(user): SignedIn, Path(id): Path<String>, form: Form) -> Response {
    let Ok(id) = id.parse() else { return absent() };
    let caller = caller(&app, &form.parts);
    let who = Who {
        user: user.id,
        caller: &caller,
    };
    match platform::revoke(&app, who, id).await {
        // A second press of the button, or another tab: it is gone, which is what was asked for.
        Ok(()) | Err(Error::Absent) => see_other(&format!("{PATH}?revoked=1")),
        Err(error) => respond::problem(&error.into(), None),
    }
}

/// The page with the new key in it: the one answer to a form that is no redirect, because the key
/// could only travel in an address otherwise.
async fn show(app: &App, form: &Form, shown: Shown) -> Response {
    let mut parts = form.parts.clone();
    parts.uri = Uri::from_static(PATH);
    render::page(app, &parts, StatusCode::OK, shown).await
}

fn absent() -> Response {
    respond::problem(&Error::Absent.into(), None)
}

/// Shows the page again with the error at its field; what has no field is an answer of its own.
async fn refuse(
    app: &App,
    form: &Form,
    (name, keep): (&'static str, &[&'static str]),
    error: Error,
    id: Option<PlatformKeyId>,
) -> Response {
    let problem = Problem::from(error);
    let known = [field::LABEL, field::EXPIRES, field::OVERLAP];
    let at = known.into_iter().find(|known| problem.field.as_deref() == Some(known));
    let (Some(at), Some(text)) = (at, &problem.detail) else {
        return respond::problem(&problem, None);
    };
    let mut state = FormState::new(name, &form.fields, keep, FieldErrors::of(at, text));
    if let Some(id) = id {
        state = state.with(ID, id.to_string());
    }
    let mut parts = form.parts.clone();
    parts.uri = Uri::from_static(PATH);
    render::page(app, &parts, StatusCode::UNPROCESSABLE_ENTITY, state).await
}
