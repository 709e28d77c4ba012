//! `/signup`, `/signup/sent` and `/verify`.

use super::{MailedLink, again, failed, link_query, page_query, secret};
use crate::domain::accounts::password::MIN_CHARS;
use crate::domain::accounts::{PersonName, password};
use crate::domain::privacy::constants::{MAIL_TOKEN_MINUTES, MINIMUM_AGE_YEARS, POLICY_VERSION};
use crate::features::App;
use crate::features::accounts::signup::{Confirmed, SignUpForm, sign_up, verify};
use crate::web::auth::see_other;
use crate::web::client::caller;
use crate::web::components::{CheckField, Field, Notice, PublicShell, Tone};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;

pub(super) fn doors() -> Router<App> {
    Router::new()
        .route("/signup", post(post_sign_up))
        .route("/verify", post(post_verify))
}

const SIGN_UP: &str = "sign-up";
const VERIFY: &str = "verify";

async fn post_sign_up(State(app): State<App>, form: Form) -> Response {
    let fields = &form.fields;
    let password = secret(fields, "password");
    let sent = SignUpForm {
        name: fields.get("name"),
        email: fields.get("email"),
        password: &password,
        is_old_enough: fields.is_on("age"),
        accepts_policy: fields.is_on("policy"),
        policy_version: fields.get("policy_version"),
    };
    match sign_up(&app, &caller(&app, &form.parts), &sent).await {
        Ok(Ok(token)) => see_other(&format!("/signup/sent{}", link_query(&app, &token))),
        Ok(Err(errors)) => {
            let keep = ["name", "email", "age", "policy"];
            again(&app, &form.parts, FormState::new(SIGN_UP, fields, &keep, errors)).await
        }
        Err(error) => failed(error),
    }
}

async fn post_verify(State(app): State<App>, form: Form) -> Response {
    let confirmed = match verify(&app, &caller(&app, &form.parts), form.fields.get("token")).await {
        Ok(confirmed) => confirmed,
        Err(error) => return failed(error),
    };
    see_other(match confirmed {
        Some(Confirmed::Address) => "/login?notice=confirmed",
        Some(Confirmed::HalfChange) => "/settings/profile?notice=half",
        Some(Confirmed::Change) => "/settings/profile?notice=changed",
        Some(Confirmed::ChangeTaken) => "/settings/profile?notice=taken",
        None => {
            let error = ("token", "This link was used already or is over.");
            return super::refuse(&app, &form, VERIFY, &[], error).await;
        }
    })
}

#[component]
pub fn SignUpPage() -> impl IntoView {
    let state = FormState::of(SIGN_UP);
    let hint = format!("At least {MIN_CHARS} characters. A few unrelated words do well.");
    let max = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    view! {
        <PublicShell title="Create account" description="Make a Spectr account with a name, an address and a password." form=true>
            <h1>"Create your account"</h1>
            <p class="muted">"Already have one? "<a href="/login">"Sign in"</a></p>
            <form class="form" method="post" action="/signup">
                <Field name="name" label="Name" autocomplete="name" value=state.value("name") error=state.error("name")
                    maxlength=max(PersonName::MAX) autofocus=!state.was_sent() />
                <Field name="email" label="Email" kind="email" autocomplete="username" inputmode="email"
                    hint="We send a link there. It is stored encrypted and used for nothing else."
                    value=state.value("email") error=state.error("email") maxlength=254 />
                <Field name="password" label="Password" kind="password" autocomplete="new-password" hint=hint
                    error=state.error("password") maxlength=max(password::MAX_CHARS) />
                <CheckField name="age" checked=state.is_on("age") error=state.error("age")>
                    {format!("I am {MINIMUM_AGE_YEARS} or older")}
                </CheckField>
                <CheckField name="policy" checked=state.is_on("policy") error=state.error("policy")>
                    "I accept the "<a href="/privacy">"privacy policy"</a>{format!(" (version {POLICY_VERSION})")}
                </CheckField>
                <input type="hidden" name="policy_version" value=POLICY_VERSION />
                <div class="form-actions"><button class="button primary whole large" type="submit">"Create account"</button></div>
            </form>
        </PublicShell>
    }
}

/// After signing up: the same words whether the address was known or not.
#[component]
pub fn SentPage() -> impl IntoView {
    view! {
        <PublicShell title="Check your mail" form=true>
            <h1>"Check your mail"</h1>
            <p>
                {format!("We sent a link to the address you gave. It works once, for {MAIL_TOKEN_MINUTES} minutes; then you can sign in.")}
            </p>
            <MailedLink path="/verify" label="Confirm the address" />
            <p class="muted small">
                "Nothing arrived? Look into the spam folder, then "<a href="/signup">"sign up again"</a>
                " with the same address: the newest link counts."
            </p>
        </PublicShell>
    }
}

/// The link of a mail: shows one button, so that a mail scanner that follows links confirms nothing.
#[component]
pub fn VerifyPage() -> impl IntoView {
    let state = FormState::of(VERIFY);
    let token = page_query("token").unwrap_or_default();
    let body = match (state.error("token"), token.is_empty()) {
        (Some(error), _) => view! {
            <h1>"Nothing was confirmed"</h1>
            <Notice tone=Tone::Bad title=error>
                <p>{format!("Links work once, for {MAIL_TOKEN_MINUTES} minutes. If you confirmed before, just sign in.")}</p>
            </Notice>
            <p class="row"><a class="button primary" href="/login">"Sign in"</a><a class="button" href="/signup">"Get a new link"</a></p>
        }
        .into_any(),
        (None, true) => view! {
            <h1>"This link is not complete"</h1>
            <p>"Copy the whole link out of the mail, or "<a href="/signup">"sign up again"</a>" to get a new one."</p>
        }
        .into_any(),
        (None, false) => view! {
            <h1>"Confirm your address"</h1>
            <p>"Press the button to confirm that this mailbox is yours."</p>
            <form class="form" method="post" action="/verify">
                <input type="hidden" name="token" value=token />
                <div class="form-actions"><button class="button primary large" type="submit">"Confirm address"</button></div>
            </form>
        }
        .into_any(),
    };
    view! { <PublicShell title="Confirm your address" form=true>{body}</PublicShell> }
}
