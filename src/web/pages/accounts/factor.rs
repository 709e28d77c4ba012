//! `/settings/security/factor`: setting up the second factor, and the recovery codes, shown once.

use super::security::PATH as SECURITY;
use super::{failed, go_to, person, refuse, unless_fresh};
use crate::features::App;
use crate::features::accounts::second_factor::{Setup, disable, enable, renew_codes, setup};
use crate::features::accounts::{self};
use crate::web::auth::{SignedIn, see_other};
use crate::web::client::caller;
use crate::web::components::{AppShell, Field, Notice, Panel, ProblemNotice, Tone, Width};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use crate::web::render;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;
use std::sync::Arc;

const PATH: &str = "/settings/security/factor";
const FACTOR: &str = "factor";

pub(super) fn doors() -> Router<App> {
    Router::new()
        .route(PATH, post(post_on))
        .route("/settings/security/factor/off", post(post_off))
        .route("/settings/security/factor/codes", post(post_codes))
}

/// New recovery codes, on their way into the one page that shows them.
#[derive(Clone)]
struct FreshCodes(Arc<Vec<String>>);

async fn post_on(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    if let Some(response) = unless_fresh(&app, &user, PATH) {
        return response;
    }
    match enable(&app, &caller(&app, &form.parts), &user, form.fields.get("code")).await {
        Ok(Some(codes)) => show_codes(&app, form, codes).await,
        Ok(None) => {
            let error = (
                "code",
                "This code does not fit. Check the clock of your phone and enter the current code.",
            );
            refuse(&app, &form, FACTOR, &[], error).await
        }
        Err(error) => failed(error),
    }
}

async fn post_off(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    if let Some(response) = unless_fresh(&app, &user, SECURITY) {
        return response;
    }
    match disable(&app, &caller(&app, &form.parts), &user).await {
        Ok(_) => see_other("/settings/security?notice=factor-off"),
        Err(error) => failed(error),
    }
}

async fn post_codes(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    if let Some(response) = unless_fresh(&app, &user, SECURITY) {
        return response;
    }
    match renew_codes(&app, &caller(&app, &form.parts), &user).await {
        Ok(Some(codes)) => show_codes(&app, form, codes).await,
        Ok(None) => see_other(SECURITY),
        Err(error) => failed(error),
    }
}

/// The codes stand in this answer and nowhere else, so it is a page and no redirect.
async fn show_codes(app: &App, mut form: Form, codes: Vec<String>) -> Response {
    form.parts.uri = Uri::from_static(PATH);
    render::page(app, &form.parts, StatusCode::OK, FreshCodes(Arc::new(codes))).await
}

#[component]
pub fn FactorPage() -> impl IntoView {
    let body = match use_context::<FreshCodes>() {
        Some(codes) => view! { <Codes codes /> }.into_any(),
        None => view! { <SetupBody /> }.into_any(),
    };
    view! {
        <AppShell title="Second factor" crumbs=vec![("Settings", "/settings"), ("Security", SECURITY)] width=Width::Narrow>
            {body}
        </AppShell>
    }
}

#[component]
fn SetupBody() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let state = FormState::of(FACTOR);
    let stale = user.as_ref().is_some_and(|user| !accounts::is_fresh(&app, user));
    if stale {
        go_to("/settings/confirm?next=%2Fsettings%2Fsecurity%2Ffactor");
        return ().into_any();
    }
    let body = Suspend::new(async move {
        Some(match setup(&app, &user?).await {
            Ok(Some(setup)) => view! { <SetupForm setup state /> }.into_any(),
            Ok(None) => view! {
                <Notice tone=Tone::Note title="The second factor is on">
                    <p><a href=SECURITY>"Back to security"</a></p>
                </Notice>
            }
            .into_any(),
            Err(error) => view! { <ProblemNotice problem=accounts::Error::into(error) /> }.into_any(),
        })
    });
    view! { <Suspense>{body}</Suspense> }.into_any()
}

#[component]
fn SetupForm(setup: Setup, state: FormState) -> impl IntoView {
    let secret = setup.secret.to_string();
    view! {
        <Panel>
            <div class="stack">
                <p>"Scan this with an authenticator app, then enter the code that it shows."</p>
                <div class="qr" role="img" aria-label="QR code for your authenticator app" inner_html=setup.qr.to_string()></div>
                <div class="field">
                    <span class="field-label">"Or type this secret into the app"</span>
                    <div class="copyable"><code id="factor-secret">{secret}</code><button class="button small needs-scripts" type="button" data-copy-from="factor-secret">"Copy"</button></div>
                </div>
                <form class="form form-narrow" method="post" action=PATH>
                    <Field name="code" label="Code" autocomplete="one-time-code" inputmode="numeric" code=true maxlength=10
                        error=state.error("code") autofocus=state.was_sent() />
                    <div class="form-actions">
                        <button class="button primary" type="submit">"Switch on"</button>
                        <a class="button quiet" href=SECURITY>"Cancel"</a>
                    </div>
                </form>
            </div>
        </Panel>
    }
}

#[component]
fn Codes(codes: FreshCodes) -> impl IntoView {
    let items = codes
        .0
        .iter()
        .map(|code| view! { <li><code>{code.clone()}</code></li> })
        .collect_view();
    let all = codes.0.join("\n");
    view! {
        <div class="stack">
            <Notice tone=Tone::Good title="The second factor is on">
                <p>"These recovery codes are shown only now. Each one signs you in once without your phone. Keep them where the phone is not."</p>
            </Notice>
            <Panel title="Recovery codes">
                <div class="stack">
                    <ol class="recovery-codes">{items}</ol>
                    <div class="row">
                        <button class="button needs-scripts" type="button" data-copy=all>"Copy all"</button>
                        <a class="button primary" href=SECURITY>"I have kept them"</a>
                    </div>
                </div>
            </Panel>
        </div>
    }
}
