//! `/settings/privacy/rights`: what a person can stop, agree to, and ask for. Every switch is a form of its
//! own and takes effect with its answer.

use super::requests::RequestsPanel;
use crate::domain::accounts::ConsentKind;
use crate::domain::privacy::rights::{Limit, Right};
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use crate::features::accounts::consents::ConsentView;
use crate::features::privacy::rights::{self, RightsPage};
use crate::web::auth::{SignedIn, see_other};
use crate::web::client::caller;
use crate::web::components::{AppShell, Badge, Notice, Panel, ProblemNotice, TableScroll, Tone, Width};
use crate::web::form::Form;
use crate::web::page::{page_query, person};
use crate::web::respond;
use axum::extract::State;
use axum::response::Response;
use leptos::prelude::*;

pub(super) const PATH: &str = rights::PLACE;

/// Stops or resumes one use of the data.
pub(super) async fn post_limit(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let stop = match form.fields.get("action") {
        "make" => true,
        "lift" => false,
        _ => return unknown("action"),
    };
    let Some(limit) = Limit::parse(form.fields.get("limit")) else {
        return unknown("limit");
    };
    match rights::set_limit(&app, &caller(&app, &form.parts), user.id, limit, stop).await {
        Ok(()) => see_other(&format!("{PATH}?notice={}", if stop { "stopped" } else { "lifted" })),
        Err(error) => respond::problem(&error.into(), None),
    }
}

/// Gives or withdraws one consent.
pub(super) async fn post_consent(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let Some(kind) = ConsentKind::parse(form.fields.get("consent")) else {
        return unknown("consent");
    };
    let give = match form.fields.get("action") {
        // A consent to tracing belongs to its key and its switch and is given there.
        "grant" if kind.is_marketing() => true,
        "withdraw" => false,
        _ => return unknown("action"),
    };
    match rights::set_consent(&app, &caller(&app, &form.parts), user.id, kind, give).await {
        Ok(()) => see_other(&format!("{PATH}?notice={}", if give { "given" } else { "withdrawn" })),
        Err(error) => respond::problem(&error.into(), None),
    }
}

fn unknown(field: &str) -> Response {
    let problem = Problem::new(Code::Unprocessable).field(field);
    respond::problem(
        &problem.detail(format!("The field \"{field}\" holds none of its values.")),
        None,
    )
}

#[component]
pub fn RightsPageView() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let body = Suspend::new(async move {
        let user = user?;
        let now = app.clock.now();
        Some(match rights::page(&app, user.id).await {
            Ok(page) => view! {
                <LimitsPanel page=page.clone() />
                <ConsentsPanel page=page.clone() />
                <RequestsPanel requests=page.requests now />
            }
            .into_any(),
            Err(error) => view! { <ProblemNotice problem=error.into() /> }.into_any(),
        })
    });
    view! {
        <AppShell title="Your rights" crumbs=vec![("Settings", "/settings"), ("Privacy", "/settings/privacy")] width=Width::Narrow>
            <div class="stack">
                <RightsNotice />
                <Suspense>{body}</Suspense>
            </div>
        </AppShell>
    }
}

#[component]
fn RightsNotice() -> impl IntoView {
    let (title, text) = match page_query("notice").as_deref() {
        Some("stopped") => (
            "Stopped",
            "It takes effect from this moment on, and stands in your security log.",
        ),
        Some("lifted") => ("It goes on", "What you had stopped is possible again."),
        Some("given") => (
            "Your consent is on record",
            "With this moment, this page and a fingerprint of the exact words.",
        ),
        Some("withdrawn") => ("Withdrawn", "What was queued is not sent."),
        Some("asked") => (
            "Your request has arrived",
            "You see below by when it is answered; so do we.",
        ),
        _ => return ().into_any(),
    };
    view! { <Notice tone=Tone::Good title=title><p>{text}</p></Notice> }.into_any()
}

#[component]
fn LimitsPanel(page: RightsPage) -> impl IntoView {
    let rows = Limit::ALL
        .iter()
        .map(|limit| view! { <LimitRow page=page.clone() limit=*limit /> })
        .collect_view();
    view! {
        <Panel title="Object or restrict" id="limits" flush=true>
            <ul class="areas areas-wide">{rows}</ul>
            <p class="panel-foot">
                "What rests on a contract with you is restricted, what rests on our interest you object to, what rests on your consent you withdraw. Records that the law demands cannot be stopped."
            </p>
        </Panel>
    }
}

#[component]
fn LimitRow(page: RightsPage, limit: Limit) -> impl IntoView {
    let since = page.limit(limit).map(|view| view.made_at);
    let (action, label) = match (since, limit.right()) {
        (Some(_), _) => ("lift", "Allow again"),
        (None, Right::Object) => ("make", "Object"),
        (None, Right::Restrict) => ("make", "Restrict"),
    };
    let state = since.map(|at| {
        view! {
            <p class="row">
                <Badge tone=Tone::Warn text="Stopped" />
                <span class="hint">"since "<time datetime=at.rfc3339()>{at.human()}</time></span>
            </p>
        }
    });
    let basis = limit.purpose().basis();
    let about = format!("{} · rests on {}", limit.purpose().name(), basis.name());
    view! {
        <li id=limit.id()>
            <div>
                <strong>{limit.name()}</strong>
                <p class="hint">{about}</p>
                <p>{limit.effect()}</p>
                {state}
            </div>
            <form method="post" action="/settings/privacy/rights/limit">
                <input type="hidden" name="limit" value=limit.id() />
                <button class="button small" type="submit" name="action" value=action aria-label=format!("{label}: {}", limit.name())>
                    {label}
                </button>
            </form>
        </li>
    }
}

#[component]
fn ConsentsPanel(page: RightsPage) -> impl IntoView {
    let rows = ConsentKind::ALL
        .iter()
        .map(|kind| view! { <ConsentRow live=page.consent(*kind).cloned() kind=*kind /> })
        .collect_view();
    let history = (!page.consents.is_empty()).then(|| view! { <ConsentHistory consents=page.consents.clone() /> });
    view! {
        <Panel title="Consents" id="consents" flush=true>
            <ul class="areas areas-wide">{rows}</ul>
            {history}
            <p class="panel-foot">"Nothing here is on unless you switched it on. Each consent is a record that stays while your account does."</p>
        </Panel>
    }
}

#[component]
fn ConsentRow(live: Option<ConsentView>, kind: ConsentKind) -> impl IntoView {
    let (tone, word) = if live.is_some() {
        (Tone::Good, "On")
    } else {
        (Tone::Plain, "Off")
    };
    let control = match (&live, kind.is_marketing()) {
        (Some(_), _) => Some(("withdraw", "Withdraw")),
        (None, true) => Some(("grant", "I agree")),
        (None, false) => None,
    };
    let control = match control {
        Some((action, label)) => view! {
            <form method="post" action="/settings/privacy/rights/consent">
                <input type="hidden" name="consent" value=kind.id() />
                <button class="button small" type="submit" name="action" value=action aria-label=format!("{label}: {}", kind.name())>
                    {label}
                </button>
            </form>
        }
        .into_any(),
        None => view! { <a class="button small" href="/settings/integrations">"Integrations"</a> }.into_any(),
    };
    view! {
        <li id=kind.id()>
            <div>
                <p class="row"><strong>{kind.name()}</strong><Badge tone=tone text=word /></p>
                <p>{kind.text()}</p>
            </div>
            {control}
        </li>
    }
}

#[component]
fn ConsentHistory(consents: Vec<ConsentView>) -> impl IntoView {
    let rows = consents
        .into_iter()
        .map(|record| {
            let withdrawn = match record.withdrawn_at {
                Some(at) => view! { <time datetime=at.rfc3339()>{at.human()}</time> }.into_any(),
                None => view! { <Badge tone=Tone::Good text="In force" /> }.into_any(),
            };
            let print: String = record.text_sha256.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            view! {
                <tr>
                    <th scope="row" data-label="Consent">{record.kind.name()}</th>
                    <td data-label="Given"><time datetime=record.granted_at.rfc3339()>{record.granted_at.human()}</time><p class="hint">"on "{record.place}</p></td>
                    <td data-label="Words"><span class="mono small" title="Beginning of the SHA-256 of the exact words">{print}"…"</span></td>
                    <td data-label="Withdrawn">{withdrawn}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableScroll label="History of consents">
            <table class="table table-cards">
                <thead>
                    <tr>
                        <th scope="col">"Consent"</th>
                        <th scope="col">"Given"</th>
                        <th scope="col">"Words"</th>
                        <th scope="col">"Withdrawn"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableScroll>
    }
}
