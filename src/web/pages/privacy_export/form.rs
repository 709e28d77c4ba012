//! The form before the download: the password once more, and the code where there is a second factor.

use super::{DOWNLOADS, EXPORT, failed};
use crate::domain::fields::FieldErrors;
use crate::features::App;
use crate::features::accounts::profile::{StepUp, has_second_factor, step_up};
use crate::features::accounts::sessions::Secret;
use crate::features::accounts::{self, CurrentUser};
use crate::web::auth::see_other;
use crate::web::client::caller;
use crate::web::components::{AppShell, Field, Panel, Width};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use crate::web::page::person;
use crate::web::render;
use crate::web::shell::document;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use secrecy::SecretString;

const FORM: &str = "export";

/// Why there is no download yet.
pub enum Refused {
    /// Nothing was entered: the form is to be shown.
    Ask,
    Answer(Response),
}

/// Whether the person is in front of the browser. The secret is that of the session from now on.
pub async fn prove(app: &App, user: &CurrentUser, form: &Form) -> Result<Option<Secret>, Refused> {
    let fields = &form.fields;
    if fields.get("password").is_empty() && fields.get("code").is_empty() {
        return if accounts::is_fresh(app, user) {
            Ok(None)
        } else {
            Err(Refused::Ask)
        };
    }
    let password = SecretString::from(fields.get("password"));
    let error = match step_up(app, &caller(app, &form.parts), user, &password, fields.get("code")).await {
        Ok(StepUp::Done(secret)) => return Ok(Some(secret)),
        Ok(StepUp::PasswordIsWrong) => ("password", "This is not your password."),
        Ok(StepUp::CodeIsWrong) => (
            "code",
            "This code is wrong, was used before or is over. Enter the current one.",
        ),
        Ok(StepUp::SignedOut) => return Err(Refused::Answer(see_other("/login"))),
        Err(error) => return Err(Refused::Answer(failed(error.into()))),
    };
    let state = FormState::new(FORM, fields, &["export"], FieldErrors::of(error.0, error.1));
    Err(Refused::Answer(
        show(app, &form.parts, StatusCode::UNPROCESSABLE_ENTITY, state).await,
    ))
}

/// The form, for a new export or for this finished one.
pub async fn ask(app: &App, parts: &Parts, export: Option<&str>) -> Response {
    let state = FormState::default().with("export", export.unwrap_or_default().to_owned());
    show(app, parts, StatusCode::OK, state).await
}

async fn show(app: &App, parts: &Parts, status: StatusCode, state: FormState) -> Response {
    render::document(app, parts, (status, state), || document(|| view! { <ConfirmPage /> })).await
}

#[component]
fn ConfirmPage() -> impl IntoView {
    provide_meta_context();
    let app = expect_context::<App>();
    let user = person();
    let state = use_context::<FormState>().unwrap_or_default();
    let export = state.value("export");
    let fields = Suspend::new(async move {
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
        <AppShell title="Download your data" crumbs=vec![("Settings", "/settings"), ("Privacy", "/settings/privacy")] width=Width::Narrow>
            <Panel title="Enter your password">
                <form class="form form-narrow" method="post" action=EXPORT data-download="">
                    <p class="muted">
                        "The file holds everything about you, and it was a while ago that you entered your password. The download begins at once; this page stays."
                    </p>
                    <Suspense>{fields}</Suspense>
                    <input type="hidden" name="export" value=export />
                    <div class="form-actions">
                        <button class="button primary" type="submit">"Download"</button>
                        <a class="button quiet" href=DOWNLOADS>"Back to your downloads"</a>
                    </div>
                </form>
            </Panel>
        </AppShell>
    }
}
