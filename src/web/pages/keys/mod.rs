//! `/settings/keys`: provider keys. Forms first, scripts never needed.
//!
//! A key that was typed is never written back into a page: not when it was refused, not anywhere.

mod view;

pub use view::KeysPage;

use crate::domain::fields::FieldErrors;
use crate::domain::ids::ProviderKeyId;
use crate::domain::problem::{Code, Problem};
use crate::domain::providers::Provider;
use crate::domain::vault::refusal;
use crate::features::App;
use crate::features::accounts::CurrentUser;
use crate::features::vault::{self, NewKey, VaultError, Who, field};
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
use secrecy::SecretString;

const PATH: &str = "/settings/keys";
const ADD: &str = "add";
const ROTATE: &str = "rotate";
const LABEL: &str = "label";
/// The value of a form's state that names the key it belongs to.
const ID: &str = "id";

/// The forms of this page.
pub fn doors() -> Router<App> {
    Router::new()
        .route(PATH, post(post_add))
        .route("/settings/keys/{id}/test", post(post_test))
        .route("/settings/keys/{id}/rotate", post(post_rotate))
        .route("/settings/keys/{id}/label", post(post_label))
        .route("/settings/keys/{id}/delete", post(post_delete))
}

async fn post_add(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let fields = &form.fields;
    let key = SecretString::from(fields.get(field::KEY));
    let new = NewKey {
        provider: fields.get(field::PROVIDER),
        label: fields.get(field::LABEL),
        key: &key,
        base_url: fields.get(field::BASE_URL),
    };
    let caller = caller(&app, &form.parts);
    let who = Who {
        user: user.id,
        caller: &caller,
    };
    match vault::add(&app, who, &new).await {
        Ok(id) => done("added", id),
        Err(error) => {
            let provider = Provider::from_id(new.provider);
            let keep = [field::PROVIDER, field::LABEL, field::BASE_URL];
            refuse(&app, &form, (ADD, &keep), (error, provider), None).await
        }
    }
}

async fn post_test(State(app): State<App>, SignedIn(user): SignedIn, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse() else { return absent() };
    match vault::recheck(&app, user.id, id).await {
        Ok(_) => done("tested", id),
        Err(error) => respond::problem(&error.into(), None),
    }
}

async fn post_rotate(State(app): State<App>, SignedIn(user): SignedIn, Path(id): Path<String>, form: Form) -> Response {
    let Ok(id) = id.parse() else { return absent() };
    let new_key = SecretString::from(form.fields.get(field::NEW_KEY));
    let base_url = form.fields.find(field::BASE_URL);
    let caller = caller(&app, &form.parts);
    let who = Who {
        user: user.id,
        caller: &caller,
    };
    match vault::rotate(&app, who, id, &new_key, base_url).await {
        Ok(()) => done("rotated", id),
        Err(error) => {
            let provider = provider_of(&app, &user, id).await;
            refuse(&app, &form, (ROTATE, &[field::BASE_URL]), (error, provider), Some(id)).await
        }
    }
}

async fn post_label(State(app): State<App>, SignedIn(user): SignedIn, Path(id): Path<String>, form: Form) -> Response {
    let Ok(id) = id.parse() else { return absent() };
    match vault::relabel(&app, user.id, id, form.fields.get(field::LABEL)).await {
        Ok(()) => done("labelled", id),
        Err(error) => refuse(&app, &form, (LABEL, &[field::LABEL]), (error, None), Some(id)).await,
    }
}

async fn post_delete(State(app): State<App>, SignedIn(user): SignedIn, Path(id): Path<String>, form: Form) -> Response {
    let Ok(id) = id.parse() else { return absent() };
    let caller = caller(&app, &form.parts);
    let who = Who {
        user: user.id,
        caller: &caller,
    };
    match vault::delete(&app, who, id).await {
        // A second press of the button, or another tab: it is gone, which is what was asked for.
        Ok(()) | Err(VaultError::Absent) => see_other("/settings/keys?deleted=1"),
        Err(error) => respond::problem(&error.into(), None),
    }
}

fn done(what: &str, id: ProviderKeyId) -> Response {
    see_other(&format!("{PATH}?{what}={id}"))
}

fn absent() -> Response {
    respond::problem(&VaultError::Absent.into(), None)
}

async fn provider_of(app: &App, user: &CurrentUser, id: ProviderKeyId) -> Option<Provider> {
    vault::find(app, user.id, id).await.ok().map(|key| key.provider)
}

/// Shows the page again with the error at its field; what has no field is an answer of its own.
async fn refuse(
    app: &App,
    form: &Form,
    (name, keep): (&'static str, &[&'static str]),
    (error, provider): (VaultError, Option<Provider>),
    id: Option<ProviderKeyId>,
) -> Response {
    let is_refused = matches!(error, VaultError::Refused { .. });
    let problem = Problem::from(error);
    let Some(at) = problem.field.as_deref().and_then(known_field) else {
        return respond::problem(&problem, None);
    };
    let text = match provider {
        Some(provider) if is_refused && problem.code != Code::Unprocessable => refusal(provider, &problem),
        _ => problem.detail.clone().unwrap_or_else(|| problem.code.help().to_owned()),
    };
    let mut state = FormState::new(name, &form.fields, keep, FieldErrors::of(at, text));
    if let Some(id) = id {
        state = state.with(ID, id.to_string());
    }
    let mut parts = form.parts.clone();
    parts.uri = Uri::from_static(PATH);
    render::page(app, &parts, StatusCode::UNPROCESSABLE_ENTITY, state).await
}

fn known_field(name: &str) -> Option<&'static str> {
    [
        field::PROVIDER,
        field::LABEL,
        field::KEY,
        field::NEW_KEY,
        field::BASE_URL,
    ]
    .into_iter()
    .find(|known| *known == name)
}
