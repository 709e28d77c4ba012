//! `/login` and `/logout`.

use super::{failed, page_query, refuse, secret};
use crate::domain::accounts::next::safe_next;
use crate::domain::fields::FieldErrors;
use crate::features::App;
use crate::features::accounts::signin::{SignIn, SignInForm, complete, sign_in, sign_out};
use crate::web::auth::{remove_cookie, see_other, set_cookie, user_of};
use crate::web::client::caller;
use crate::web::components::{Field, Notice, PublicShell, Tone};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;

pub(super) fn doors() -> Router<App> {
    Router::new()
        .route("/login", post(post_login))
        .route("/logout", post(post_logout))
}

const LOGIN: &str = "login";
const KEEP: [&str; 2] = ["email", "next"];
/// One sentence for everything that is not right, so that it tells nothing.
const REFUSED: &str = "This address and password do not belong to a confirmed account. \
     Check both, confirm the address by the link in your mail, or set a new password.";

async fn post_login(State(app): State<App>, form: Form) -> Response {
    let fields = &form.fields;
    let (caller, old) = (caller(&app, &form.parts), user_of(&form.parts));
    let token = fields.get("step");
    let outcome = if token.is_empty() {
        let password = secret(fields, "password");
        let sent = SignInForm {
            email: fields.get("email"),
            password: &password,
            code: fields.get("code"),
        };
        sign_in(&app, &caller, &sent, old.as_ref()).await
    } else {
        complete(&app, &caller, token, fields.get("code"), old.as_ref()).await
    };
    match outcome {
        Ok(SignIn::Done(secret)) => {
            let next = fields.get("next");
            let mut response = see_other(safe_next((!next.is_empty()).then_some(next)));
            set_cookie(&app, &mut response, &secret);
            response
        }
        Ok(SignIn::CodeNeeded(step)) => {
            let state = FormState::new(LOGIN, fields, &KEEP, FieldErrors::default()).with("step", step.text());
            super::again(&app, &form.parts, state).await
        }
        Ok(SignIn::WrongCode(step)) => {
            let errors = FieldErrors::of(
                "code",
                "This code is wrong, was used before or is over. Enter the current one.",
            );
            let state = FormState::new(LOGIN, fields, &KEEP, errors).with("step", step.text());
            super::again(&app, &form.parts, state).await
        }
        Ok(SignIn::Refused) => refuse(&app, &form, LOGIN, &KEEP, ("password", REFUSED)).await,
        Err(error) => failed(error),
    }
}

/// Signs out; with `forget=on` the browser also forgets what this site kept in it, conversations
/// above all. Works signed out too, so that it can be offered afterwards.
async fn post_logout(State(app): State<App>, form: Form) -> Response {
    if let Some(user) = user_of(&form.parts)
        && let Err(error) = sign_out(&app, &caller(&app, &form.parts), &user).await
    {
        return failed(error);
    }
    let forget = form.fields.is_on("forget");
    let mut response = see_other(if forget {
        "/login?notice=forgotten"
    } else {
        "/login?notice=signed-out"
    });
    remove_cookie(&app, &mut response);
    if forget {
        response.headers_mut().insert(
            HeaderName::from_static("clear-site-data"),
            HeaderValue::from_static("\"storage\""),
        );
    }
    response
}

#[component]
pub fn LoginPage() -> impl IntoView {
    let state = FormState::of(LOGIN);
    let step = state.value("step");
    let next = state.value_or("next", &page_query("next").unwrap_or_default());
    let next = (!next.is_empty()).then(|| view! { <input type="hidden" name="next" value=next /> });
    let form = if step.is_empty() {
        view! { <PasswordForm state next /> }.into_any()
    } else {
        view! { <CodeForm state step next /> }.into_any()
    };
    view! { <PublicShell title="Sign in" description="Sign in to Spectr." form=true>{form}</PublicShell> }
}

#[component]
fn PasswordForm(state: FormState, next: Option<impl IntoView + 'static>) -> impl IntoView {
    view! {
        <h1>"Sign in"</h1>
        <p class="muted">"New here? "<a href="/signup">"Create an account"</a></p>
        <LoginNotice />
        <form class="form" method="post" action="/login">
            <Field name="email" label="Email" kind="email" autocomplete="username" inputmode="email"
                value=state.value("email") error=state.error("email") autofocus=true />
            <Field name="password" label="Password" kind="password" autocomplete="current-password" error=state.error("password") />
            {next}
            <div class="form-actions"><button class="button primary whole large" type="submit">"Sign in"</button></div>
        </form>
        <p><a href="/forgot">"Forgot the password?"</a></p>
    }
}

#[component]
fn CodeForm(state: FormState, step: String, next: Option<impl IntoView + 'static>) -> impl IntoView {
    view! {
        <h1>"Enter your code"</h1>
        <p class="muted">"The password was right. Open your authenticator app, or use one of your recovery codes."</p>
        <form class="form" method="post" action="/login">
            <Field name="code" label="Code" autocomplete="one-time-code" code=true error=state.error("code") autofocus=true maxlength=20 />
            <input type="hidden" name="step" value=step />
            {next}
            <div class="form-actions"><button class="button primary whole large" type="submit">"Sign in"</button></div>
        </form>
        <p><a href="/login">"Start again"</a></p>
        <p class="hint">"The second factor is lost, and the recovery codes, too? You can still "<a href="/delete-account">"have the account deleted"</a>"."</p>
    }
}

/// Why somebody is on this page.
#[component]
fn LoginNotice() -> impl IntoView {
    if page_query("cookies").as_deref() == Some("off") {
        return view! {
            <Notice tone=Tone::Warn title="Your browser did not keep the sign-in cookie">
                <p>"Signing in needs one cookie, which holds nothing but the proof that it is you. Allow cookies for this site and sign in again."</p>
            </Notice>
        }
        .into_any();
    }
    match page_query("notice").as_deref() {
        Some("confirmed") => view! {
            <Notice tone=Tone::Good title="The address is confirmed"><p>"Sign in to begin."</p></Notice>
        }
        .into_any(),
        Some("reset") => view! {
            <Notice tone=Tone::Good title="The new password is set"><p>"Every device was signed out. Sign in with the new password."</p></Notice>
        }
        .into_any(),
        Some("signed-out") => view! {
            <Notice tone=Tone::Good title="You are signed out">
                <p>"Conversations with JARVIS are kept in this browser only, for your next visit."</p>
                <form class="notice-actions" method="post" action="/logout">
                    <input type="hidden" name="forget" value="on" />
                    <button class="button small" type="submit">"Forget them"</button>
                </form>
            </Notice>
        }
        .into_any(),
        Some("forgotten") => view! {
            <Notice tone=Tone::Good title="You are signed out"><p>"This browser was told to forget what Spectr kept in it."</p></Notice>
        }
        .into_any(),
        _ => ().into_any(),
    }
}
