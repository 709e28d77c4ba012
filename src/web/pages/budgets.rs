//! `/settings/budgets`: a daily and a monthly limit, and how much of each is gone.

use crate::domain::fields::FieldErrors;
use crate::domain::usage::{Span, parse_usd, plain_usd, usd};
use crate::features::App;
use crate::features::accounts;
use crate::features::usage::budgets::{self, Limit, State as Stand};
use crate::web::auth::{SignedIn, see_other};
use crate::web::client::caller;
use crate::web::components::{AppShell, Field, Notice, Panel, ProblemNotice, Tone, Width};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use crate::web::page::{page_query, person};
use crate::web::{render, respond};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;

const PATH: &str = "/settings/budgets";
const FORM: &str = "budgets";

/// The form of this page.
pub fn doors() -> Router<App> {
    Router::new().route(PATH, post(post_budgets))
}

async fn post_budgets(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let mut errors = FieldErrors::default();
    let [daily, monthly] = Span::ALL.map(|span| match form.fields.find(span.id()) {
        Some(text) => errors.take(span.id(), parse_usd(text)).map(Limit::To),
        None => Some(Limit::Unchanged),
    });
    let (Some(daily), Some(monthly)) = (daily, monthly) else {
        // A field that was not sent shows what is stored, so that saving again changes nothing of it.
        let sent = Span::ALL.map(Span::id).into_iter();
        let sent: Vec<_> = sent.filter(|name| form.fields.find(name).is_some()).collect();
        let state = FormState::new(FORM, &form.fields, &sent, errors);
        return render::page(&app, &form.parts, StatusCode::UNPROCESSABLE_ENTITY, state).await;
    };
    match budgets::save(&app, &caller(&app, &form.parts), user.id, [daily, monthly]).await {
        Ok(()) => see_other("/settings/budgets?notice=saved"),
        Err(error) => respond::problem(&error.into(), None),
    }
}

#[component]
pub fn BudgetsPage() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let form = FormState::of(FORM);
    let saved = page_query("notice").is_some_and(|notice| notice == "saved");
    let body = Suspend::new(async move {
        let user = user?;
        Some(match budgets::states(&app, user.id).await {
            Ok(states) => view! { <BudgetForm states form /> }.into_any(),
            Err(error) => view! { <ProblemNotice problem=accounts::Error::from(error).into() /> }.into_any(),
        })
    });
    view! {
        <AppShell title="Budgets" crumbs=vec![("Settings", "/settings")] width=Width::Narrow>
            <div class="stack">
                {saved.then(|| view! { <Notice tone=Tone::Good title="The budgets are saved">""</Notice> })}
                <Suspense>{body}</Suspense>
            </div>
        </AppShell>
    }
}

#[component]
fn BudgetForm(states: [Stand; 2], form: FormState) -> impl IntoView {
    let stands = states
        .iter()
        .map(|state| view! { <BudgetStand state=*state /> })
        .collect_view();
    let fields = states
        .iter()
        .map(|state| {
            let name = state.span.id();
            let stored = state.limit.map(plain_usd).unwrap_or_default();
            view! {
                <Field name=name label=field_label(state.span) inputmode="decimal" required=false autocomplete="off"
                    placeholder="no limit" maxlength=20 value=form.value_or(name, &stored) error=form.error(name) />
            }
        })
        .collect_view();
    view! {
        <Panel title="Where they stand">
            <div class="stack">{stands}</div>
        </Panel>
        <Panel title="Limits">
            <form class="form" method="post" action=PATH>
                <div class="fields">{fields}</div>
                <p class="hint">
                    "US dollars; empty is no limit. A call is held back before it starts when it could take you over the limit, and you get a mail at 50, 80 and 100 %. Calls whose price is unknown cannot be counted."
                </p>
                <div class="form-actions"><button class="button primary" type="submit">"Save budgets"</button></div>
            </form>
        </Panel>
    }
}

const fn field_label(span: Span) -> &'static str {
    match span {
        Span::Day => "Per day",
        Span::Month => "Per month",
    }
}

/// One budget: spent, limit, a bar, when it renews.
#[component]
pub fn BudgetStand(state: Stand) -> impl IntoView {
    let name = match state.span {
        Span::Day => "Today",
        Span::Month => "This month",
    };
    let renews = format!("renews {}", state.renews_at.human());
    let Some((limit, percent)) = state.limit.zip(state.percent()) else {
        return view! {
            <div class="budget">
                <p class="row row-apart"><strong>{name}</strong><span class="num">{usd(state.spent)}" spent, no limit"</span></p>
                <p class="hint">{renews}</p>
            </div>
        }
        .into_any();
    };
    let tone = match percent {
        100.. => Tone::Bad,
        80..100 => Tone::Warn,
        _ => Tone::Plain,
    };
    let amounts = format!("{} of {} · {percent} %", usd(state.spent), usd(limit));
    view! {
        <div class="budget">
            <p class="row row-apart"><strong>{name}</strong><span class="num">{amounts}</span></p>
            <progress class=format!("meter {}", tone.class()) aria-label=format!("{name}: spent of the budget") max="100"
                value=percent.clamp(0, 100)></progress>
            <p class="hint">{renews}</p>
        </div>
    }
    .into_any()
}
