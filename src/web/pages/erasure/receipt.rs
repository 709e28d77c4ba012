//! `/erasure/{receipt}`: the public receipt as a page or JSON, its signed form for download, and
//! calling off by the link of a mail. Holds no personal data.

use super::{CountsTable, Facts};
use crate::domain::privacy::erasure::{Receipt, State};
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use crate::features::privacy::erasure::{self, Cancelled};
use crate::web::auth::see_other;
use crate::web::client::caller;
use crate::web::components::PublicShell;
use crate::web::form::Form;
use crate::web::{render, respond};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State as Extract};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use leptos::prelude::*;
use uuid::Uuid;

pub(super) fn doors() -> Router<App> {
    Router::new()
        .route("/erasure/{receipt}", get(show))
        .route("/erasure/{receipt}/receipt.json", get(download))
        .route("/erasure/{receipt}/cancel", get(confirm_cancel).post(post_cancel))
}

/// Seconds after which the page of a running erasure looks again.
const LOOK_AGAIN: HeaderValue = HeaderValue::from_static("3");

/// Unknown receipts and nonsense are answered alike.
async fn find(app: &App, id: &str) -> Result<Receipt, Response> {
    let found = match id.parse::<Uuid>() {
        Ok(id) => erasure::find(app, id).await,
        Err(_) => Ok(None),
    };
    match found {
        Ok(Some(receipt)) => Ok(receipt),
        Ok(None) => Err(respond::problem(&Code::NotFound.into(), None)),
        Err(error) => Err(respond::problem(&error.into(), None)),
    }
}

async fn show(Extract(app): Extract<App>, Path(id): Path<String>, request: Request) -> Response {
    let receipt = match find(&app, &id).await {
        Ok(receipt) => receipt,
        Err(response) => return response,
    };
    let (parts, _) = request.into_parts();
    let state = receipt.state;
    let mut response = if wants_page(&parts.headers) {
        render::document(&app, &parts, (StatusCode::OK, receipt), shell).await
    } else {
        let mut facts = serde_json::to_value(receipt.facts()).unwrap_or_default();
        if let Some(facts) = facts.as_object_mut() {
            let link = format!("/erasure/{}/receipt.json", receipt.id);
            facts.insert("signed_receipt".to_owned(), link.into());
        }
        json(format!("{facts:#}\n"))
    };
    let headers = response.headers_mut();
    if state == State::Erasing {
        headers.insert(HeaderName::from_static("refresh"), LOOK_AGAIN);
    }
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    private(headers);
    response
}

/// Browsers name `text/html`; everything else is a machine.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter();
    accepts
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}

fn private(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex"),
    );
}

fn json(body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

async fn download(Extract(app): Extract<App>, Path(id): Path<String>) -> Response {
    let receipt = match find(&app, &id).await {
        Ok(receipt) => receipt,
        Err(response) => return response,
    };
    match erasure::document(&app, receipt.id).await {
        Ok(Some(document)) => {
            let mut response = json(document);
            let name = format!("attachment; filename=\"spectr-erasure-{}.json\"", receipt.id);
            if let Ok(name) = HeaderValue::from_str(&name) {
                response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
            }
            private(response.headers_mut());
            response
        }
        Ok(None) => respond::problem(&Code::NotFound.into(), None),
        Err(error) => respond::problem(&error.into(), None),
    }
}

/// The link of the mail shows one form: mail programs that follow links change nothing.
async fn confirm_cancel(Extract(app): Extract<App>, Path(id): Path<String>, request: Request) -> Response {
    let receipt = match find(&app, &id).await {
        Ok(receipt) => receipt,
        Err(response) => return response,
    };
    let (parts, _) = request.into_parts();
    if receipt.state == State::Cancelled {
        return see_other(&format!("/erasure/{}", receipt.id));
    }
    if !receipt.can_cancel(app.clock.now()) {
        return super::delete::over();
    }
    let token = crate::web::page::query(&parts.uri, "token").unwrap_or_default();
    let asked = Asked { receipt, token };
    render::document(&app, &parts, (StatusCode::OK, asked), cancel_shell).await
}

async fn post_cancel(Extract(app): Extract<App>, Path(id): Path<String>, form: Form) -> Response {
    let receipt = match find(&app, &id).await {
        Ok(receipt) => receipt,
        Err(response) => return response,
    };
    let caller = caller(&app, &form.parts);
    match erasure::cancel_by_link(&app, &caller, receipt.id, form.fields.get("token")).await {
        Ok(Cancelled::Done) => see_other(&format!("/erasure/{}", receipt.id)),
        Ok(Cancelled::TooLate) => super::delete::over(),
        Ok(Cancelled::NotOpen) => {
            let problem = Problem::new(Code::Conflict).detail("This link does not call anything off (any more).");
            respond::problem(&problem, None)
        }
        Err(error) => respond::problem(&error.into(), None),
    }
}

/// What the page behind the mail's link needs.
#[derive(Clone)]
struct Asked {
    receipt: Receipt,
    token: String,
}

fn shell() -> impl IntoView {
    crate::web::shell::document(|| view! { <ReceiptPage /> })
}

fn cancel_shell() -> impl IntoView {
    crate::web::shell::document(|| view! { <CancelPage /> })
}

/// Title and sentence of each state.
fn words(receipt: &Receipt) -> (&'static str, String) {
    match receipt.state {
        State::Waiting => (
            "A deletion waits",
            "It was asked for by mail, without the account's second factor, so nothing happens for some days. Whoever \
             has the account, or its mailbox, can call it off."
                .to_owned(),
        ),
        State::Pending => (
            "This account is being deleted",
            format!(
                "Its keys are gone. Everything else goes on {}; until then its owner can call it off, by signing in or by \
                 the link in the mail. Keep the address of this page: it is the receipt, and needs no sign-in.",
                receipt.due_at.human()
            ),
        ),
        State::Erasing => (
            "This account is being erased right now",
            "The key that opened its data goes first, then the rows, then the files. This page looks again by itself."
                .to_owned(),
        ),
        State::Erased => (
            "It is all gone",
            "Everything that was held about this account is deleted, and what lies in backups opens for nobody. Thank \
             you for the time you spent here. Take care, and should you ever come back, you begin afresh."
                .to_owned(),
        ),
        State::Cancelled => (
            "The account stays",
            "This deletion was called off in time. The keys that were deleted at its beginning did not come back."
                .to_owned(),
        ),
    }
}

#[component]
fn ReceiptPage() -> impl IntoView {
    leptos_meta::provide_meta_context();
    use_context::<Receipt>().map(|receipt| {
        let (title, sentence) = words(&receipt);
        let counts = receipt.counts.clone();
        let deleted = (!counts.is_empty()).then(|| {
            view! {
                <section class="section">
                    <h2>"What was deleted"</h2>
                    <CountsTable counts caption="Deleted rows" />
                </section>
            }
        });
        let download = format!("/erasure/{}/receipt.json", receipt.id);
        view! {
            <PublicShell title=title description="The receipt of a deletion." form=true>
                <h1>{title}</h1>
                <p class="lead">{sentence}</p>
                <Facts receipt />
                {deleted}
                <p class="row">
                    <a class="button" href=download download="">"Download the signed receipt"</a>
                </p>
                <p class="hint">
                    "Signed with Ed25519; anybody can check it against "
                    <a href="/.well-known/spectr-keys.json">"the public keys of this server"</a>
                    ". This page holds nothing about a person."
                </p>
            </PublicShell>
        }
    })
}

#[component]
fn CancelPage() -> impl IntoView {
    leptos_meta::provide_meta_context();
    use_context::<Asked>().map(|Asked { receipt, token }| {
        let action = format!("/erasure/{}/cancel", receipt.id);
        view! {
            <PublicShell title="Keep the account" form=true>
                <h1>"Keep the account"</h1>
                <p class="lead">{format!(
                    "This calls the deletion off. The account is in use again as it was; keys that are gone already do not \
                     come back. Possible until {}.",
                    receipt.erase_at().human()
                )}</p>
                <form class="form" method="post" action=action>
                    <input type="hidden" name="token" value=token />
                    <div class="form-actions"><button class="button primary large whole" type="submit">"Keep the account"</button></div>
                </form>
            </PublicShell>
        }
    })
}
