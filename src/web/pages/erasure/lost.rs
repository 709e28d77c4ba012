//! `/delete-account`: for people who lost their second factor, or the password as well. A link to the
//! mailbox, then days of waiting.

use crate::domain::accounts::Email;
use crate::domain::fields::FieldErrors;
use crate::domain::privacy::constants::{ERASURE_GRACE_DAYS, ERASURE_WAIT_DAYS};
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use crate::features::accounts::tokens::Token;
use crate::features::privacy::erasure;
use crate::web::auth::see_other;
use crate::web::client::caller;
use crate::web::components::{Field, PublicShell};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use crate::web::page::page_query;
use crate::web::pages::accounts::{MailedLink, link_query};
use crate::web::{render, respond};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;

const PATH: &str = "/delete-account";
const CONFIRM: &str = erasure::CONFIRM_PATH;
const FORM: &str = "delete-account";

pub(super) fn doors() -> Router<App> {
    Router::new()
        .route(PATH, post(post_ask))
        .route(CONFIRM, post(post_confirm))
}

/// Answers alike whether the address has an account or not.
async fn post_ask(State(app): State<App>, form: Form) -> Response {
    let email = match Email::parse(form.fields.get("email")) {
        Ok(email) => email,
        Err(error) => {
            let state = FormState::new(FORM, &form.fields, &["email"], FieldErrors::of("email", error));
            return render::page(&app, &form.parts, StatusCode::UNPROCESSABLE_ENTITY, state).await;
        }
    };
    match erasure::mail_link(&app, &caller(&app, &form.parts), &email).await {
        Ok(token) => see_other(&format!("/delete-account/sent{}", link_query(&app, &token))),
        Err(error) => respond::problem(&error.into(), None),
    }
}

async fn post_confirm(State(app): State<App>, form: Form) -> Response {
    let caller = caller(&app, &form.parts);
    match erasure::begin_waiting(&app, &caller, form.fields.get("token")).await {
        Ok(Some(receipt)) => see_other(&format!("/erasure/{receipt}")),
        Ok(None) => {
            let problem = Problem::new(Code::Gone).detail("This link was used before or is over. Ask for a new one.");
            respond::problem(&problem, None)
        }
        Err(error) => respond::problem(&error.into(), None),
    }
}

#[component]
pub fn AskPage() -> impl IntoView {
    let state = FormState::of(FORM);
    view! {
        <PublicShell title="Delete an account without signing in" form=true>
            <h1>"Delete an account without signing in"</h1>
            <p class="lead">
                "For when the second factor is lost. If you can sign in, "
                <a href="/settings/privacy/delete">"delete it in the settings"</a>" instead: that takes effect at once."
            </p>
            <ol class="steps">
                <li>"We send a link to the account's mailbox."</li>
                <li>{format!("After you opened it, {ERASURE_WAIT_DAYS} days pass in which nothing happens: time for the owner to call it off, if it was somebody else.")}</li>
                <li>{format!("Then all keys are deleted, and {ERASURE_GRACE_DAYS} days later everything else.")}</li>
            </ol>
            <form class="form" method="post" action=PATH>
                <Field name="email" label="Email of the account" kind="email" autocomplete="email" inputmode="email" maxlength=254
                    value=state.value("email") error=state.error("email") />
                <div class="form-actions"><button class="button primary large whole" type="submit">"Send the link"</button></div>
            </form>
            <p class="hint">"The mailbox is lost too? "<a href="/contact?kind=privacy">"Write to us"</a>"."</p>
        </PublicShell>
    }
}

#[component]
pub fn SentPage() -> impl IntoView {
    view! {
        <PublicShell title="Check your mail" form=true>
            <h1>"Check your mail"</h1>
            <p class="lead">"If this address has an account, a link is on its way to it. Open it to begin the deletion."</p>
            <MailedLink path=CONFIRM label="Begin the deletion" />
        </PublicShell>
    }
}

#[component]
pub fn ConfirmPage() -> impl IntoView {
    let token = page_query("token")
        .filter(|token| Token::parse(token).is_some())
        .unwrap_or_default();
    view! {
        <PublicShell title="Begin the deletion" form=true>
            <h1>"Begin the deletion"</h1>
            <p class="lead">{format!(
                "From now on {ERASURE_WAIT_DAYS} days pass in which nothing happens. Then the account's keys are deleted, and \
                 {ERASURE_GRACE_DAYS} days later everything else. A mail with the link to call it off is sent at once."
            )}</p>
            <form class="form" method="post" action=CONFIRM>
                <input type="hidden" name="token" value=token />
                <div class="form-actions"><button class="button danger large whole" type="submit">"Begin the deletion"</button></div>
            </form>
        </PublicShell>
    }
}
