//! `/privacy/proof`: every sentence of the policy with its live proof, as a page or, by `Accept`, as
//! JSON; and the canary button.

mod canary;
mod docs;
mod mark;
mod view;

pub use docs::ProofDocs;
pub use mark::margins;

use crate::domain::privacy::clauses::Probe;
use crate::features::App;
use crate::features::privacy::proof::canary as canaries;
use crate::features::privacy::proof::{self, COMMIT, Entry, Own, Report, Standing};
use crate::web::auth::{SignedIn, see_other, user_of};
use crate::web::{render, respond};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

pub(super) const PATH: &str = "/privacy/proof";
/// How long the answer to the canary's button may wait for the result; the page goes on showing it.
const PATIENCE: Duration = Duration::from_secs(5);

pub fn doors() -> Router<App> {
    Router::new()
        .route(PATH, get(page))
        .route("/privacy/proof/canary", post(send_canary).get(back))
}

/// What the page shows.
#[derive(Clone)]
struct Shown {
    report: Arc<Report>,
    own: Own,
    run: Option<canaries::Run>,
}

impl Shown {
    fn own(&self, probe: Probe) -> Option<&str> {
        let found = self.own.iter().find(|(of, _)| *of == probe);
        found.map(|(_, text)| text.as_str())
    }
}

async fn page(State(app): State<App>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let shown = look(&app, &parts).await;
    if wants_json(&parts.headers) {
        return as_json(&shown);
    }
    let mut response = render::document(&app, &parts, (StatusCode::OK, shown), view::shell).await;
    vary(&mut response);
    response
}

async fn look(app: &App, parts: &Parts) -> Shown {
    let person = user_of(parts).map(|user| user.id);
    let report = proof::report(app).await;
    let own = match person {
        Some(user) => proof::own(app, user).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a person's own rows could not be looked at");
            Own::new()
        }),
        None => Own::new(),
    };
    Shown {
        report,
        own,
        run: person.and_then(|user| canaries::latest(app, user)),
    }
}

async fn send_canary(State(app): State<App>, SignedIn(user): SignedIn) -> Response {
    if let Err(problem) = canaries::start(&app, user.id).await {
        return respond::problem(&problem, None);
    }
    canaries::wait(&app, user.id, PATIENCE).await;
    see_other("/privacy/proof#canary")
}

/// Who signed in on the way comes back to the page with the button.
async fn back() -> Response {
    see_other("/privacy/proof#canary")
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = |text: &str| {
        headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.contains(text))
    };
    accept("application/json") && !accept("text/html")
}

fn vary(response: &mut Response) {
    response
        .headers_mut()
        .append(header::VARY, HeaderValue::from_static("accept"));
}

fn as_json(shown: &Shown) -> Response {
    let report = &shown.report;
    let clauses: Vec<Value> = report
        .entries
        .iter()
        .map(|entry| clause(entry, shown.own(entry.clause.probe)))
        .collect();
    let body = json!({
        "checked_at": report.at.rfc3339(),
        "commit": COMMIT,
        "kept": report.count(Standing::Kept),
        "broken": report.count(Standing::Broken),
        "unread": report.count(Standing::Unread),
        "clauses": clauses,
        "canary": shown.run.as_ref().map(canary::as_json),
    });
    let mut response = Response::new(Body::from(body.to_string()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    vary(&mut response);
    response
}

fn clause(entry: &Entry, own: Option<&str>) -> Value {
    let clause = entry.clause;
    let constants: serde_json::Map<String, Value> = clause
        .constants
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    let job = clause.job.map(|name| {
        let beat = entry.job.as_ref();
        json!({
            "name": name,
            "last_done_at": beat.and_then(|beat| beat.last_ok_at).map(|at| at.rfc3339()),
            "affected": beat.map(|beat| beat.affected),
        })
    });
    json!({
        "number": clause.number,
        "title": clause.title,
        "sentence": clause.sentence(),
        "constants": constants,
        "state": entry.finding.standing.id(),
        "value": entry.finding.value,
        "broken_since": entry.broken_since.map(|at| at.rfc3339()),
        "yours": own,
        "job": job,
        "test": clause.test,
    })
}
