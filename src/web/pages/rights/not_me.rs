//! `/not-me`: where the link of an alert leads. Looking at it changes nothing; only the form does.

use crate::domain::problem::Code;
use crate::features::accounts::alarm;
use crate::features::{App, engine};
use crate::web::auth::{remove_cookie, see_other};
use crate::web::client::caller;
use crate::web::components::{Notice, PublicShell, Tone};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use crate::web::page::page_query;
use crate::web::{render, respond};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

const FORM: &str = "not-me";

pub(super) async fn post_not_me(State(app): State<App>, form: Form) -> Response {
    match alarm::report_by_link(&app, &caller(&app, &form.parts), form.fields.get("token")).await {
        Ok(Some((user, reset))) => {
            engine::stop_all_of(&app, user, Code::SignedOut);
            let mut response = see_other(&format!("/reset?token={}", reset.text()));
            // Every session is over, the one of this browser too.
            remove_cookie(&app, &mut response);
            response
        }
        Ok(None) => {
            let errors = crate::domain::fields::FieldErrors::of("token", "over");
            let state = FormState::new(FORM, &form.fields, &[], errors);
            render::page(&app, &form.parts, StatusCode::UNPROCESSABLE_ENTITY, state).await
        }
        Err(error) => respond::problem(&error.into(), None),
    }
}

#[component]
pub fn NotMePage() -> impl IntoView {
    let is_over = FormState::of(FORM).was_sent();
    let is_mailed = page_query("notice").is_some_and(|notice| notice == "mailed");
    let token = page_query("token").filter(|token| !token.is_empty());
    let body = match token {
        _ if is_mailed => view! {
            <h1>"Every device is signed out"</h1>
            <Notice tone=Tone::Good title="Nothing can be deleted, downloaded or rewired now">
                <p>"We mailed you a link. Set a new password with it; then everything works again."</p>
            </Notice>
            <p><a class="button" href="/forgot">"Send another link"</a></p>
        }
        .into_any(),
        Some(token) if !is_over => view! {
            <h1>"This was not me"</h1>
            <p>
                "Somebody else did something with your account? This signs out every device and holds deletion, downloads and changes of keys until you have set a new password, which is the next step."
            </p>
            <form class="form" method="post" action="/not-me">
                <input type="hidden" name="token" value=token />
                <div class="form-actions">
                    <button class="button danger large whole" type="submit">"Sign out every device"</button>
                </div>
            </form>
        }
        .into_any(),
        _ => view! {
            <h1>"This link is over"</h1>
            <Notice tone=Tone::Warn title="It was used before, or it is too old">
                <p>"Set a new password instead: that signs out every device too."</p>
            </Notice>
            <p><a class="button primary" href="/forgot">"Set a new password"</a></p>
        }
        .into_any(),
    };
    view! {
        <PublicShell title="This was not me" form=true>
            {body}
        </PublicShell>
    }
}
