//! `/settings/confirm`: the password once more, before something sensitive.

use super::{failed, page_query, person, refuse, secret};
use crate::domain::accounts::next::safe_next;
use crate::features::App;
use crate::features::accounts::profile::{StepUp, has_second_factor, step_up};
use crate::web::auth::{SignedIn, see_other, set_cookie};
use crate::web::client::caller;
use crate::web::components::{AppShell, Field, Panel, Width};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;

pub(super) fn doors() -> Router<App> {
    Router::new().route("/settings/confirm", post(post_confirm))
}

const CONFIRM: &str = "confirm";
const KEEP: [&str; 1] = ["next"];

async fn post_confirm(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let fields = &form.fields;
    let password = secret(fields, "password");
    let outcome = step_up(&app, &caller(&app, &form.parts), &user, &password, fields.get("code")).await;
    match outcome {
        Ok(StepUp::Done(secret)) => {
            let mut response = see_other(safe_next(Some(fields.get("next"))));
            set_cookie(&app, &mut response, &secret);
            response
        }
        Ok(StepUp::PasswordIsWrong) => {
            refuse(&app, &form, CONFIRM, &KEEP, ("password", "This is not your password.")).await
        }
        Ok(StepUp::CodeIsWrong) => {
            let error = (
                "code",
                "This code is wrong, was used before or is over. Enter the current one.",
            );
            refuse(&app, &form, CONFIRM, &KEEP, error).await
        }
        Ok(StepUp::SignedOut) => see_other("/login"),
        Err(error) => failed(error),
    }
}

#[component]
pub fn ConfirmPage() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let state = FormState::of(CONFIRM);
    let next = state.value_or("next", &page_query("next").unwrap_or_default());
    let form = Suspend::new(async move {
        let needs_code = match &user {
            Some(user) => has_second_factor(&app, user.id).await.unwrap_or(true),
            None => false,
        };
        let code = needs_code.then(|| {
            view! {
                <Field name="code" label="Code" autocomplete="one-time-code" code=true maxlength=20 error=state.error("code")
                    hint="From your authenticator app, or a recovery code." />
            }
        });
        view! {
            <Field name="password" label="Password" kind="password" autocomplete="current-password" error=state.error("password") autofocus=true />
            {code}
        }
    });
    view! {
        <AppShell title="Enter your password" crumbs=vec![("Settings", "/settings")] width=Width::Narrow>
            <Panel>
                <form class="form form-narrow" method="post" action="/settings/confirm">
                    <p class="muted">"What you are about to change matters, and it was a while ago that you entered it."</p>
                    <Suspense>{form}</Suspense>
                    <input type="hidden" name="next" value=next />
                    <div class="form-actions"><button class="button primary" type="submit">"Continue"</button></div>
                </form>
            </Panel>
        </AppShell>
    }
}
