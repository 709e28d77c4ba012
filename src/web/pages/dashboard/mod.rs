//! `/dashboard`: what the calls of a period cost, by whom and how fast; and the download of all of them.
//!
//! Everything stands in the URL, so that a view can be kept and sent. Rendered on the server, charts
//! included; nothing here needs a script.

mod chart;
mod drawing;
mod figures;
mod filters;
mod parts;
mod side;
mod view;

use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::problem::{Code, Problem};
use crate::domain::usage::unpriced_sentence;
use crate::features::App;
use crate::features::accounts::{self, SecurityEvent};
use crate::features::usage::budgets::{self, State as Stand};
use crate::features::usage::{self, Format};
use crate::features::vault::{self, KeyView};
use crate::web::auth::SignedIn;
use crate::web::client::caller;
use crate::web::components::{AppShell, Icon, Name, Panel, ProblemNotice};
use crate::web::page::person;
use crate::web::respond;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use chart::ChartPanel;
use figures::Figures;
use filters::{Filters, Periods};
use leptos::prelude::*;
use parts::{Names, PartsTable};
use side::Side;
use std::sync::Arc;
use view::View;

/// The downloads of this page.
pub fn doors() -> Router<App> {
    Router::new()
        .route("/dashboard/usage.csv", get(csv))
        .route("/dashboard/usage.json", get(json))
}

async fn csv(State(app): State<App>, SignedIn(user): SignedIn, parts: Parts) -> Response {
    download(&app, user.id, &parts, Format::Csv).await
}

async fn json(State(app): State<App>, SignedIn(user): SignedIn, parts: Parts) -> Response {
    download(&app, user.id, &parts, Format::Json).await
}

async fn download(app: &App, user: UserId, parts: &Parts, format: Format) -> Response {
    if let Err(error) = note_download(app, user, parts).await {
        return respond::problem(&error.into(), None);
    }
    let (kind, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Json => ("application/json", "json"),
    };
    let name = format!("spectr-usage-{}.{ending}", app.clock.now().date());
    let mut response = Response::new(Body::from_stream(usage::download(app.clone(), user, format)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

async fn note_download(app: &App, user: UserId, parts: &Parts) -> accounts::Result<()> {
    let mut conn = app.db.begin().await?;
    let event = SecurityEvent {
        kind: SecurityEventKind::UsageDownloaded,
        caller: Some(&caller(app, parts)),
        note: "",
    };
    accounts::security_log(&mut conn, app, user, event).await?;
    Ok(conn.commit().await?)
}

/// Everything that the page shows.
struct Facts {
    usage: Arc<usage::Overview>,
    keys: Vec<KeyView>,
    budgets: [Stand; 2],
}

async fn facts(app: &App, user: UserId, view: &View) -> Result<Facts, Problem> {
    let (usage, keys, budgets) = futures::join!(
        usage::overview(app, user, view.period, view.by, &view.filter),
        vault::list(app, user),
        budgets::states(app, user),
    );
    let db = |error| Problem::from(accounts::Error::from(error));
    Ok(Facts {
        usage: usage.map_err(db)?,
        keys: keys?,
        budgets: budgets.map_err(db)?,
    })
}

#[component]
pub fn DashboardPage() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let view = use_context::<Parts>().map_or_else(View::default, |parts| View::of(&parts.uri));
    let body = Suspend::new(async move {
        let user = user?;
        Some(match facts(&app, user.id, &view).await {
            Ok(facts) if facts.usage.calls > 0 => view! { <Overview facts view now=app.clock.now() /> }.into_any(),
            Ok(facts) => view! { <FirstSteps has_key=!facts.keys.is_empty() /> }.into_any(),
            Err(problem) => {
                if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
                    && problem.code == Code::Unavailable
                {
                    response.set_status(axum::http::StatusCode::SERVICE_UNAVAILABLE);
                }
                view! { <ProblemNotice problem /> }.into_any()
            }
        })
    });
    let action = view! { <a class="button primary" href="/assistant">"Ask JARVIS"</a> }.into_any();
    view! {
        <AppShell title="Dashboard" action=action>
            <div class="stack dashboard">
                <Suspense>{body}</Suspense>
            </div>
        </AppShell>
    }
}

#[component]
fn Overview(facts: Facts, view: View, now: crate::domain::timestamp::Timestamp) -> impl IntoView {
    let names = Names::new(&facts.keys);
    let unpriced = unpriced_sentence(&facts.usage.summary.total);
    view! {
        <div class="row row-apart">
            <Periods view=view.clone() />
            <p class="row small">
                <a class="button small quiet" href="/dashboard/usage.csv" download><Icon name=Name::Download small=true />"CSV"</a>
                <a class="button small quiet" href="/dashboard/usage.json" download><Icon name=Name::Download small=true />"JSON"</a>
            </p>
        </div>
        <Filters view=view.clone() usage=facts.usage.clone() names=names.clone() />
        <Figures usage=facts.usage.clone() period=view.period />
        <div class="with-side">
            <div class="stack">
                <ChartPanel usage=facts.usage.clone() view=view.clone() names=names.clone() />
                <PartsTable usage=facts.usage view names />
                {unpriced.map(|text| view! { <p class="hint">{text}</p> })}
            </div>
            <Side keys=facts.keys budgets=facts.budgets now />
        </div>
    }
}

/// Nothing was called yet: three steps that become ticks.
#[component]
fn FirstSteps(has_key: bool) -> impl IntoView {
    let done = |is_done: bool| if is_done { "done" } else { "" };
    view! {
        <Panel title="Three steps to your first numbers">
            <ol class="steps">
                <li class="done">
                    <p>"Confirm your address"</p>
                    <p class="hint">"You are signed in, so this is done."</p>
                </li>
                <li class=done(has_key)>
                    <p><a href="/settings/keys#add">"Add a provider key"</a></p>
                    <p class="hint">"It is tested, then sealed under a data key of your own. Without one, the built-in guide answers, or the operator's trial where there is one."</p>
                </li>
                <li>
                    <p><a href="/assistant">"Ask JARVIS something"</a></p>
                    <p class="hint">"Each call leaves one line here: tokens, time, cost. Never what was said."</p>
                </li>
            </ol>
        </Panel>
    }
}
