//! `/contact` and its thank-you page `/contact/sent/ID`.

use crate::domain::accounts::{PersonName, ProfileText};
use crate::domain::ids::RequestId;
use crate::domain::privacy::constants::{
    CLOSED_REQUEST_RETENTION_DAYS, GENERAL_REQUEST_BUSINESS_DAYS, PRIVACY_REQUEST_DAYS, SECURITY_REQUEST_HOURS,
};
use crate::domain::privacy::requests::{Message, RequestKind};
use crate::features::App;
use crate::features::privacy::requests::{self, ContactForm, Receipt};
use crate::web::auth::{current_user, see_other, user_of};
use crate::web::client::caller;
use crate::web::components::{Field, PublicShell, SelectField, TextField};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use crate::web::{render, respond};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::*;

pub fn doors() -> Router<App> {
    Router::new()
        .route("/contact", post(post_contact))
        .route("/contact/sent/{id}", get(sent))
}

const FORM: &str = "contact";

async fn post_contact(State(app): State<App>, form: Form) -> Response {
    let fields = &form.fields;
    let sent = ContactForm {
        kind: fields.get("kind"),
        name: fields.get("name"),
        email: fields.get("email"),
        organisation: fields.get("organisation"),
        message: fields.get("message"),
    };
    let user = user_of(&form.parts).map(|user| user.id);
    match requests::send(&app, &caller(&app, &form.parts), user, &sent).await {
        Ok(Ok(id)) => see_other(&format!("/contact/sent/{id}")),
        Ok(Err(errors)) => {
            let keep = ["kind", "name", "email", "organisation", "message"];
            let state = FormState::new(FORM, fields, &keep, errors);
            render::page(&app, &form.parts, StatusCode::UNPROCESSABLE_ENTITY, state).await
        }
        Err(error) => respond::problem(&error.into(), None),
    }
}

/// The thank-you page exists only for requests that do.
async fn sent(State(app): State<App>, Path(id): Path<String>, request: Request) -> Response {
    let found = match id.parse::<RequestId>() {
        Ok(id) => requests::receipt(&app, id).await,
        Err(_) => Ok(None),
    };
    match found {
        Ok(Some(receipt)) => {
            let (parts, _) = request.into_parts();
            render::document(&app, &parts, (StatusCode::OK, receipt), sent_shell).await
        }
        Ok(None) => respond::problem(&crate::domain::problem::Code::NotFound.into(), None),
        Err(error) => respond::problem(&error.into(), None),
    }
}

fn sent_shell() -> impl IntoView {
    crate::web::shell::document(|| view! { <Sent /> })
}

/// Which kind the link that led here asked for.
fn asked_kind() -> Option<RequestKind> {
    let parts = use_context::<Parts>()?;
    url::form_urlencoded::parse(parts.uri.query()?.as_bytes())
        .find(|(name, _)| name == "kind")
        .and_then(|(_, kind)| RequestKind::from_id(&kind))
}

fn kinds() -> Vec<(String, String)> {
    RequestKind::ALL
        .into_iter()
        .map(|kind| (kind.id().to_owned(), kind.name().to_owned()))
        .collect()
}

const fn lead(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Demo => "Tell us what you test today and what takes too long. We show you Spectr on it.",
        RequestKind::Support => {
            "Say what you did, what you expected and what happened. The request id of an error page helps."
        }
        RequestKind::Privacy => {
            "Ask for a copy, a correction or the deletion of your data, or object to its use. Write from the address that it is about."
        }
        RequestKind::Security => {
            "Say where the weakness is and how to see it. A person reads it first; please do not publish it meanwhile."
        }
    }
}

#[component]
pub fn Contact() -> impl IntoView {
    let state = FormState::of(FORM);
    let kind = RequestKind::from_id(&state.value("kind"))
        .or_else(asked_kind)
        .unwrap_or(RequestKind::Support);
    let person = current_user();
    let (name, email) = person.map(|user| (user.name, user.email)).unwrap_or_default();
    let max = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let months = CLOSED_REQUEST_RETENTION_DAYS / 30;
    view! {
        <PublicShell title="Contact" description="Book a demo, get support, exercise your rights, or report a vulnerability." form=true>
            <h1>"Write to us"</h1>
            <p class="muted">{lead(kind)}</p>
            <form class="form" method="post" action="/contact">
                <SelectField name="kind" label="What is it about" options=kinds() value=kind.id() error=state.error("kind") />
                <Field name="name" label="Name" autocomplete="name" value=state.value_or("name", &name)
                    error=state.error("name") maxlength=max(PersonName::MAX) />
                <Field name="email" label="Email" kind="email" autocomplete="email" inputmode="email"
                    value=state.value_or("email", &email) error=state.error("email") maxlength=254 />
                <Field name="organisation" label="Organisation" autocomplete="organization" required=false
                    value=state.value("organisation") error=state.error("organisation") maxlength=max(ProfileText::MAX) />
                <TextField name="message" label="Message" value=state.value("message") error=state.error("message")
                    hint="No passwords or keys, please. Card numbers are masked." maxlength=max(Message::MAX) />
                <div class="form-actions">
                    <button class="button primary large whole" type="submit">"Send"</button>
                </div>
            </form>
            <p class="muted small">
                {format!(
                    "Answered within {GENERAL_REQUEST_BUSINESS_DAYS} business days, security reports within \
                     {SECURITY_REQUEST_HOURS} hours, privacy requests within {PRIVACY_REQUEST_DAYS} days. Stored encrypted \
                     under a key of its own and erased {months} months after it is closed. "
                )}
                <a href="/privacy">"Privacy policy"</a>
            </p>
        </PublicShell>
    }
}

#[component]
fn Sent() -> impl IntoView {
    leptos_meta::provide_meta_context();
    use_context::<Receipt>().map(|receipt| {
        let due = receipt.due.human();
        view! {
            <PublicShell title="We have your request" form=true>
                <h1>"We have your request"</h1>
                <dl class="facts">
                    <dt>"About"</dt>
                    <dd>{receipt.kind.name()}</dd>
                    <dt>"Reference"</dt>
                    <dd><code>{requests::reference(receipt.id)}</code></dd>
                    <dt>"Answered by"</dt>
                    <dd><time datetime=receipt.due.rfc3339()>{due}</time></dd>
                </dl>
                <p class="muted">"A mail with the same facts is on its way to the address that you gave. You need to do nothing until then."</p>
                <p><a class="button" href="/">"First page"</a></p>
            </PublicShell>
        }
    })
}
