//! `/forgot`, `/forgot/sent` and `/reset`.

use super::{MailedLink, failed, link_query, page_query, refuse, secret};
use crate::domain::accounts::Email;
use crate::domain::accounts::password::{MAX_CHARS, MIN_CHARS};
use crate::domain::privacy::constants::MAIL_TOKEN_MINUTES;
use crate::features::App;
use crate::features::accounts::reset::{Reset, forgot, reset};
use crate::web::auth::{remove_cookie, see_other};
use crate::web::client::caller;
use crate::web::components::{Field, Notice, PublicShell, Tone};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;

pub(super) fn doors() -> Router<App> {
    Router::new()
        .route("/forgot", post(post_forgot))
        .route("/reset", post(post_reset))
}

const FORGOT: &str = "forgot";
const RESET: &str = "reset";

async fn post_forgot(State(app): State<App>, form: Form) -> Response {
    let email = match Email::parse(form.fields.get("email")) {
        Ok(email) => email,
        Err(error) => return refuse(&app, &form, FORGOT, &["email"], ("email", &error.to_string())).await,
    };
    match forgot(&app, &caller(&app, &form.parts), &email).await {
        Ok(token) => see_other(&format!("/forgot/sent{}", link_query(&app, &token))),
        Err(error) => failed(error),
    }
}

async fn post_reset(State(app): State<App>, form: Form) -> Response {
    let password = secret(&form.fields, "password");
    let outcome = reset(&app, &caller(&app, &form.parts), form.fields.get("token"), &password).await;
    match outcome {
        Ok(Reset::Done) => {
            let mut response = see_other("/login?notice=reset");
            // Every session is over, this browser's too.
            remove_cookie(&app, &mut response);
            response
        }
        Ok(Reset::LinkOver) => {
            refuse(
                &app,
                &form,
                RESET,
                &[],
                ("token", "This link was used already or is over."),
            )
            .await
        }
        Ok(Reset::Password(error)) => refuse(&app, &form, RESET, &["token"], ("password", &error.to_string())).await,
        Err(error) => failed(error),
    }
}

#[component]
pub fn ForgotPage() -> impl IntoView {
    let state = FormState::of(FORGOT);
    view! {
        <PublicShell title="Forgotten password" form=true>
            <h1>"Set a new password"</h1>
            <p class="muted">"Enter your address. If it has an account, we send it a link."</p>
            <form class="form" method="post" action="/forgot">
                <Field name="email" label="Email" kind="email" autocomplete="username" inputmode="email"
                    value=state.value("email") error=state.error("email") autofocus=true />
                <div class="form-actions"><button class="button primary whole large" type="submit">"Send link"</button></div>
            </form>
            <p><a href="/login">"Back to sign-in"</a></p>
        </PublicShell>
    }
}

/// After asking: the same words whether the address has an account or not.
#[component]
pub fn ForgotSentPage() -> impl IntoView {
    view! {
        <PublicShell title="Check your mail" form=true>
            <h1>"Check your mail"</h1>
            <p>{format!("If the address has an account, a link is on its way. It works once, for {MAIL_TOKEN_MINUTES} minutes.")}</p>
            <MailedLink path="/reset" label="Set a new password" />
            <p class="muted small">"Nothing arrived? Look into the spam folder, or "<a href="/forgot">"try again"</a>"."</p>
        </PublicShell>
    }
}

#[component]
pub fn ResetPage() -> impl IntoView {
    let state = FormState::of(RESET);
    let token = state.value_or("token", &page_query("token").unwrap_or_default());
    let body = if let Some(error) = state.error("token") {
        view! {
            <h1>"The password was not changed"</h1>
            <Notice tone=Tone::Bad title=error>
                <p>{format!("Links work once, for {MAIL_TOKEN_MINUTES} minutes.")}</p>
            </Notice>
            <p class="row"><a class="button primary" href="/forgot">"Get a new link"</a></p>
        }
        .into_any()
    } else if token.is_empty() {
        view! {
            <h1>"This link is not complete"</h1>
            <p>"Copy the whole link out of the mail, or "<a href="/forgot">"get a new one"</a>"."</p>
        }
        .into_any()
    } else {
        let hint = format!("At least {MIN_CHARS} characters. A few unrelated words do well.");
        view! {
            <h1>"Set a new password"</h1>
            <p class="muted">"Every device that is signed in will be signed out."</p>
            <form class="form" method="post" action="/reset">
                <input type="hidden" name="token" value=token />
                <Field name="password" label="New password" kind="password" autocomplete="new-password" hint=hint
                    error=state.error("password") autofocus=true maxlength=u32::try_from(MAX_CHARS).unwrap_or(u32::MAX) />
                <div class="form-actions"><button class="button primary whole large" type="submit">"Set password"</button></div>
            </form>
        }
        .into_any()
    };
    view! { <PublicShell title="Set a new password" form=true>{body}</PublicShell> }
}
