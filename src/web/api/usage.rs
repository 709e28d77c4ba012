//! `GET /api/v1/usage`: a person's calls of the last 90 days, for their own programs.
//!
//! ```text
//! platform key or session ─▶ ApiUser ─▶ query ─▶ usage::sums (whole window) + usage::page (rows)
//! ```
//!
//! Metadata only, because nothing else is kept. `openapi.json` beside this file describes it; a test
//! holds the two together.

use crate::domain::ids::ProviderKeyId;
use crate::domain::privacy::constants::USAGE_RETENTION_DAYS;
use crate::domain::problem::{Code, Problem};
use crate::domain::providers::Provider;
use crate::domain::timestamp::Timestamp;
use crate::domain::usage::{Feature, Sums, plain_usd};
use crate::features::App;
use crate::features::accounts;
use crate::features::usage::{self, CallRow, Cursor, Days, Filter, Group};
use crate::web::auth::ApiUser;
use crate::web::respond;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// What can be asked for: name and meaning, for the documentation and for refusing everything else.
pub const PARAMETERS: [(&str, &str); 9] = [
    (
        "from",
        "First UTC day, `YYYY-MM-DD`. Days that are no longer kept are left out.",
    ),
    ("to", "Last UTC day, included. Today by default."),
    ("provider", "Only calls to this provider, such as `openai`."),
    ("model", "Only calls to this model."),
    (
        "feature",
        "Only calls of this part of the product, such as `assistant`.",
    ),
    ("key_id", "Only calls with this provider key."),
    (
        "group",
        "`day`, `provider`, `model`, `feature` or `key`: sums in `groups` instead of calls.",
    ),
    ("limit", "Calls per page, 1 to 1000; 100 by default."),
    ("cursor", "The `next` of the page before."),
];

const USUAL_LIMIT: i64 = 100;
const MOST: i64 = 1_000;

#[derive(Serialize)]
struct Answer {
    from: String,
    to: String,
    retention_days: i64,
    /// Over the whole window and filter, whatever the page.
    total: Amounts,
    groups: Vec<Part>,
    calls: Vec<CallRow>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Part {
    name: String,
    #[serde(flatten)]
    sums: Amounts,
}

#[derive(Serialize)]
struct Amounts {
    calls: i64,
    errors: i64,
    aborted: i64,
    /// Calls whose price is not known: they are not in the cost.
    unpriced: i64,
    input_tokens: i64,
    output_tokens: i64,
    cost_usd: String,
    cost_nano_usd: i64,
}

impl From<Sums> for Amounts {
    fn from(sums: Sums) -> Self {
        Self {
            calls: sums.calls,
            errors: sums.errors,
            aborted: sums.aborted,
            unpriced: sums.unpriced,
            input_tokens: sums.input_tokens,
            output_tokens: sums.output_tokens,
            cost_usd: plain_usd(sums.cost_nano_usd),
            cost_nano_usd: sums.cost_nano_usd,
        }
    }
}

/// What is asked for.
struct Query {
    days: Days,
    filter: Filter,
    group: Option<Group>,
    limit: i64,
    after: Option<Cursor>,
}

pub async fn usage(State(app): State<App>, ApiUser(user): ApiUser, uri: Uri) -> Response {
    let query = match read(&uri, app.clock.now()) {
        Ok(query) => query,
        Err(problem) => return respond::problem(&problem, None),
    };
    let answer = async {
        let window = (query.days, &query.filter);
        let (total, parts) = usage::sums(&app, user, window, query.group).await?;
        let page = match query.group {
            Some(_) => None,
            None => Some(usage::page(&app, user, window, query.after, query.limit).await?),
        };
        let next = page.as_ref().and_then(|page| page.next).map(Cursor::text);
        Ok::<_, accounts::Error>(Answer {
            from: query.days.from.date(),
            to: query.days.to.date(),
            retention_days: USAGE_RETENTION_DAYS,
            total: total.into(),
            groups: parts
                .into_iter()
                .map(|(name, sums)| Part {
                    name,
                    sums: sums.into(),
                })
                .collect(),
            calls: page.map(|page| page.calls).unwrap_or_default(),
            next,
        })
    };
    match answer.await {
        Ok(answer) => {
            let mut response = Json(answer).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => respond::problem(&error.into(), None),
    }
}

fn read(uri: &Uri, now: Timestamp) -> Result<Query, Problem> {
    let mut query = Query {
        days: Days::all(now),
        filter: Filter::default(),
        group: None,
        limit: USUAL_LIMIT,
        after: None,
    };
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    for (name, value) in pairs.filter(|(_, value)| !value.is_empty()) {
        read_one(&mut query, &name, &value)?;
    }
    if query.days.from > query.days.to {
        return Err(wrong("from", "The first day is after the last one."));
    }
    query.days = query.days.kept(now);
    Ok(query)
}

fn read_one(query: &mut Query, name: &str, value: &str) -> Result<(), Problem> {
    match name {
        "from" => query.days.from = day("from", value)?,
        "to" => query.days.to = day("to", value)?,
        "provider" => {
            let provider = Provider::from_id(value).ok_or_else(|| wrong("provider", "This is no provider."))?;
            query.filter.provider = Some(provider);
        }
        "model" => query.filter.model = Some(value.to_owned()),
        "feature" => {
            let feature = Feature::from_id(value).ok_or_else(|| wrong("feature", "This is no part of the product."))?;
            query.filter.feature = Some(feature);
        }
        "key_id" => {
            let id = value.parse().map_err(|_| wrong("key_id", "This is no id of a key."))?;
            query.filter.key = Some(ProviderKeyId(id));
        }
        "group" => {
            let group = Group::from_id(value);
            query.group = Some(group.ok_or_else(|| wrong("group", "Group by day, provider, model, feature or key."))?);
        }
        "limit" => {
            let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
            query.limit = limit.ok_or_else(|| wrong("limit", "A page holds 1 to 1000 calls."))?;
        }
        "cursor" => {
            let cursor = Cursor::parse(value);
            query.after = Some(cursor.ok_or_else(|| wrong("cursor", "Take the cursor from `next` as it is."))?);
        }
        // A misspelt filter must not read as "all".
        _ => {
            let known: Vec<&str> = PARAMETERS.iter().map(|(name, _)| *name).collect();
            return Err(Problem::new(Code::Unprocessable)
                .detail(format!("There is no such parameter. Known are {}.", known.join(", "))));
        }
    }
    Ok(())
}

fn day(field: &str, text: &str) -> Result<Timestamp, Problem> {
    Timestamp::parse_date(text).ok_or_else(|| wrong(field, "Write a day as YYYY-MM-DD."))
}

fn wrong(field: &str, detail: &str) -> Problem {
    Problem::new(Code::Unprocessable).field(field).detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_777_881_600_000); // 2026-05-04 08:00 UTC

    fn query(text: &str) -> Result<Query, Problem> {
        read(&format!("/api/v1/usage?{text}").parse().unwrap(), NOW)
    }

    #[test]
    fn every_parameter_that_is_documented_is_read() {
        let cursor = Cursor::parse(&"A".repeat(32)).unwrap().text();
        let values = [
            "2026-05-01",
            "2026-05-02",
            "openai",
            "m",
            "assistant",
            "0192f0c0-0000-7000-8000-000000000000",
            "day",
            "5",
            cursor.as_str(),
        ];
        for ((name, _), value) in PARAMETERS.iter().zip(values) {
            assert!(query(&format!("{name}={value}")).is_ok(), "{name}");
            let nonsense = query(&format!("{name}=%00"));
            assert!(nonsense.is_err() || *name == "model", "{name}");
        }
        let Err(problem) = query("providr=openai") else {
            panic!("a misspelt name was read")
        };
        assert_eq!(problem.code, Code::Unprocessable);
    }

    #[test]
    fn days_are_cut_to_what_is_kept() {
        let query = query("from=2020-01-01&to=2030-01-01").unwrap();
        assert_eq!(query.days, Days::all(NOW));
        assert_eq!(
            (query.days.from.date().as_str(), query.days.to.date().as_str()),
            ("2026-02-04", "2026-05-04")
        );
    }

    #[test]
    fn the_first_day_is_not_after_the_last() {
        let swapped = query("from=2026-05-03&to=2026-05-02");
        assert_eq!(swapped.err().and_then(|problem| problem.field).as_deref(), Some("from"));
    }
}
