//! The requests of a person on the page of rights: the form, and each request with its clock.

use crate::domain::privacy::constants::{CLOSED_REQUEST_RETENTION_DAYS, PRIVACY_REQUEST_DAYS};
use crate::domain::privacy::requests::Message;
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::features::App;
use crate::features::privacy::requests::{self, RequestView};
use crate::web::auth::{SignedIn, see_other};
use crate::web::client::caller;
use crate::web::components::{Badge, Panel, TextField, Tone};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use crate::web::{render, respond};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use leptos::prelude::*;

const FORM: &str = "request";

pub(super) async fn post_request(State(app): State<App>, SignedIn(user): SignedIn, mut form: Form) -> Response {
    // The page of this form is the one above it.
    form.parts.uri = Uri::from_static(super::page::PATH);
    match requests::ask(&app, &caller(&app, &form.parts), &user, form.fields.get("message")).await {
        Ok(Ok(_)) => see_other(&format!("{}?notice=asked#requests", super::page::PATH)),
        Ok(Err(errors)) => {
            let state = FormState::new(FORM, &form.fields, &["message"], errors);
            render::page(&app, &form.parts, StatusCode::UNPROCESSABLE_ENTITY, state).await
        }
        Err(error) => respond::problem(&error.into(), None),
    }
}

#[component]
pub(super) fn RequestsPanel(requests: Vec<RequestView>, now: Timestamp) -> impl IntoView {
    let state = FormState::of(FORM);
    let max = u32::try_from(Message::MAX).unwrap_or(u32::MAX);
    let months = CLOSED_REQUEST_RETENTION_DAYS / 30;
    let rows = requests
        .into_iter()
        .map(|request| view! { <RequestCard request now /> })
        .collect_view();
    let hint = format!(
        "Answered within {PRIVACY_REQUEST_DAYS} days. Stored encrypted, deleted {months} months after it is closed. \
         Card numbers are masked."
    );
    view! {
        <Panel title="Ask for something else" id="requests">
            <div class="stack">
                <form class="form" method="post" action="/settings/privacy/rights/request">
                    <TextField name="message" label="What should we do" maxlength=max hint=hint
                        value=state.value("message") error=state.error("message") />
                    <div class="form-actions"><button class="button primary" type="submit">"Send request"</button></div>
                </form>
                {rows}
            </div>
        </Panel>
    }
}

/// Where a request stands, in a word and a sentence.
fn stand(request: &RequestView, now: Timestamp) -> (Tone, &'static str, String) {
    let days = |ms: i64| match ms / DAY_MS {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        count => format!("{count} days"),
    };
    match request.closed_at {
        Some(at) => (Tone::Good, "Answered", format!("on {}", at.human())),
        None if request.is_overdue(now) => (
            Tone::Bad,
            "Overdue",
            format!(
                "for {}; the operator is reminded every day",
                days(now.0 - request.due_at.0)
            ),
        ),
        // A day that has begun counts as one that is left.
        None => (
            Tone::Note,
            "Open",
            format!("{} left", days(request.due_at.0 - now.0 + DAY_MS - 1)),
        ),
    }
}

#[component]
fn RequestCard(request: RequestView, now: Timestamp) -> impl IntoView {
    let (tone, word, sentence) = stand(&request, now);
    let reference = request.reference();
    let anchor = format!("request-{reference}");
    let extension = request.extension.map(|reason| {
        view! {
            <dt>"It takes longer because"</dt>
            <dd class="prewrap">{reason}</dd>
        }
    });
    let answer = request.answer.map(|answer| {
        view! {
            <dt>"Answer"</dt>
            <dd class="prewrap">{answer}</dd>
        }
    });
    view! {
        <article class="request" id=anchor>
            <header class="row row-apart">
                <h3>{request.kind.name()}" "<code>{reference}</code></h3>
                <p class="row"><Badge tone=tone text=word /><span class="hint">{sentence}</span></p>
            </header>
            <dl class="facts">
                <dt>"Sent"</dt>
                <dd><time datetime=request.created_at.rfc3339()>{request.created_at.human()}</time></dd>
                <dt>"Answered by"</dt>
                <dd><time datetime=request.due_at.rfc3339()>{request.due_at.human()}</time></dd>
                <dt>"You wrote"</dt>
                <dd class="prewrap">{request.message}</dd>
                {extension}
                {answer}
            </dl>
        </article>
    }
}
