//! `/security/leaked-key`: whoever finds a platform key burns it here, without an account.
//!
//! The answer is the same whether the key ever worked or not; after it, it certainly does not.

use crate::domain::fields::FieldErrors;
use crate::domain::platform::PREFIX;
use crate::domain::problem::Problem;
use crate::features::App;
use crate::features::accounts;
use crate::features::accounts::throttle::{Counted, network};
use crate::features::platform::{self, Error, field};
use crate::web::auth::see_other;
use crate::web::client;
use crate::web::components::{Field, Notice, PublicShell, Tone};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use crate::web::page::page_query;
use crate::web::{render, respond};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;

const PATH: &str = "/security/leaked-key";
const FORM: &str = "leaked-key";

pub fn doors() -> Router<App> {
    Router::new().route(PATH, post(post_leaked))
}

async fn post_leaked(State(app): State<App>, form: Form) -> Response {
    let ip = client::ip(&app, &form.parts.headers, &form.parts.extensions);
    let counted = Counted::LeakNetwork(network(ip));
    if let Err(retry_after) = app.throttles.take(&[counted], app.clock.now()) {
        return respond::problem(&accounts::Error::Throttled { retry_after }.into(), None);
    }
    match platform::burn(&app, form.fields.get(field::KEY)).await {
        Ok(()) => see_other(&format!("{PATH}?burned=1")),
        Err(error @ Error::NotAKey) => {
            let text = Problem::from(error).detail.unwrap_or_default();
            let state = FormState::new(FORM, &form.fields, &[], FieldErrors::of(field::KEY, text));
            render::page(&app, &form.parts, StatusCode::UNPROCESSABLE_ENTITY, state).await
        }
        Err(error) => respond::problem(&error.into(), None),
    }
}

#[component]
pub fn LeakedKey() -> impl IntoView {
    let state = FormState::of(FORM);
    let done = page_query("burned").map(|_| {
        view! {
            <Notice tone=Tone::Good title="The key does not work any more">
                <p>"If it was somebody's, they have been told by mail. Thank you."</p>
            </Notice>
        }
    });
    view! {
        <PublicShell title="Burn a leaked key" description="Found a Spectr platform key where it should not be? Paste it here and it stops working at once." form=true>
            <h1>"Burn a leaked key"</h1>
            {done}
            <p class="muted">
                "Platform keys of Spectr begin with " <code>{PREFIX}</code>
                ". Whoever holds one can read its owner's usage, so whoever finds one may end it: paste it whole, or the line in which it stands."
            </p>
            <form class="form" method="post" action=PATH>
                <Field name=field::KEY label="Key" kind="password" autocomplete="off" code=true error=state.error(field::KEY)
                    hint="It stops working at once, and its owner gets a mail. Nothing is kept of what you paste or of you." />
                <div class="form-actions">
                    <button class="button primary large whole" type="submit">"Burn this key"</button>
                </div>
            </form>
            <p class="muted small">
                "For a weakness in Spectr itself see " <a href="/security">"Security"</a> ". Keys of other providers are ended in their own consoles."
            </p>
        </PublicShell>
    }
}
