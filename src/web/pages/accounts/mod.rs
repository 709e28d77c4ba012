//! Pages of accounts, each with the doors of its forms.
//!
//! A form that is accepted answers 303; one that is not shows its page again with status 422, what
//! was typed (never a password) and an error at its field. On this machine without SMTP a page that
//! announces a mail shows its link too.

pub mod confirm;
pub mod factor;
pub mod login;
pub mod profile;
pub mod reset;
pub mod security;
pub mod signup;

use crate::domain::fields::FieldErrors;
use crate::features::App;
use crate::features::accounts::{self, CurrentUser};
use crate::web::auth::see_other;
use crate::web::form::{Fields, Form};
use crate::web::form_state::FormState;
use crate::web::page::{go_to, page_query, person};
use crate::web::{render, respond};
use axum::Router;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use leptos::prelude::*;
use secrecy::SecretString;

/// The forms of these pages.
pub fn doors() -> Router<App> {
    Router::new()
        .merge(signup::doors())
        .merge(login::doors())
        .merge(reset::doors())
        .merge(profile::doors())
        .merge(security::doors())
        .merge(factor::doors())
        .merge(confirm::doors())
}

/// Shows the form's page again with what is wrong.
async fn again(app: &App, parts: &Parts, state: FormState) -> Response {
    render::page(app, parts, StatusCode::UNPROCESSABLE_ENTITY, state).await
}

/// As [`again`], with one error at one field.
async fn refuse(
    app: &App,
    form: &Form,
    name: &'static str,
    keep: &[&'static str],
    error: (&'static str, &str),
) -> Response {
    let errors = FieldErrors::of(error.0, error.1);
    again(app, &form.parts, FormState::new(name, &form.fields, keep, errors)).await
}

/// The failure of a service as an answer.
fn failed(error: accounts::Error) -> Response {
    respond::problem(&error.into(), None)
}

fn secret(fields: &Fields, name: &str) -> SecretString {
    SecretString::from(fields.get(name))
}

/// 303 to the page that asks for the password again and leads back.
fn to_confirm(back: &str) -> Response {
    let next: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
    see_other(&format!("/settings/confirm?next={next}"))
}

/// The answer to a sensitive form of somebody whose password was entered too long ago.
fn unless_fresh(app: &App, user: &CurrentUser, back: &str) -> Option<Response> {
    (!accounts::is_fresh(app, user)).then(|| to_confirm(back))
}

/// The query with which a page shows the link of a mail on this machine; empty elsewhere.
pub fn link_query(app: &App, token: &accounts::tokens::Token) -> String {
    if app.config.shows_links() {
        format!("?token={}", token.text())
    } else {
        String::new()
    }
}

/// On this machine: the link that stands in the mail, so that nobody has to look for a file.
#[component]
pub fn MailedLink(path: &'static str, label: &'static str) -> impl IntoView {
    let shows = use_context::<App>().is_some_and(|app| app.config.shows_links());
    let token = page_query("token").filter(|token| accounts::tokens::Token::parse(token).is_some());
    token.filter(|_| shows).map(|token| {
        view! {
            <div class="notice">
                <crate::web::components::Icon name=crate::web::components::Name::Mail />
                <div>
                    <p>
                        "This server has no mail server and listens on this machine only. The mail is a file in "
                        <code>"outbox"</code> " of its data folder; here is its link:"
                    </p>
                    <p><a class="mailed-link" href=format!("{path}?token={token}")>{label}</a></p>
                </div>
            </div>
        }
    })
}
