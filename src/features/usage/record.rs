//! Writing down a call: the rows themselves and their days' sums, in the caller's transaction.

use crate::domain::chat::{Credential, Stop, Tokens};
use crate::domain::ids::{CallId, ProviderKeyId, UserId};
use crate::domain::problem::Code;
use crate::domain::providers::Provider;
use crate::domain::timestamp::Timestamp;
use crate::domain::usage::{CallStatus, Feature};
use crate::infra::db::{self, Conn};
use crate::on;
use sqlx::QueryBuilder;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Everything that is kept of a call. There is no room for content, and there must never be any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    pub id: CallId,
    pub user: UserId,
    pub started_at: Timestamp,
    pub provider: Provider,
    /// An id from a models list or the price table, else [`crate::domain::usage::OTHER_MODEL`].
    pub model: String,
    pub feature: Feature,
    pub key_id: Option<ProviderKeyId>,
    pub credential: Credential,
    pub tokens: Tokens,
    /// True where we counted because the provider gave no figure.
    pub estimated: bool,
    /// `None` where the price is unknown; never zero in its place.
    pub price: Option<Price>,
    /// From the request to its end.
    pub latency_ms: i64,
    /// From the request to the first output; `None` where there was none.
    pub ttft_ms: Option<i64>,
    pub status: CallStatus,
    /// Why it ended, where it ended badly.
    pub problem: Option<Code>,
    pub stop: Option<Stop>,
}

/// What a call cost, and by which price list: history is not silently repriced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    pub cost_nano_usd: i64,
    pub source: String,
    /// Date of the price list, `YYYY-MM-DD`.
    pub date: String,
}

/// What became of the calls of [`record`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Each is written and counted once.
    Once,
    /// Some, but not all, had been written before, and nothing tells which. The sums are not right: the caller
    /// rolls back and writes the calls one by one.
    Mixed,
}

/// Columns of a call, as many as there are placeholders in a row of it.
const INSERT: &str = "
    INSERT INTO llm_calls (id, user_id, started_at, provider, model, feature, credential, key_id,
        input_tokens, output_tokens, cached_read_tokens, cached_write_tokens, reasoning_tokens, estimated,
        cost_nano_usd, price_source, price_date, latency_ms, ttft_ms, status, problem, stop) ";

const ONCE: &str = " ON CONFLICT (id) DO NOTHING";

const ADD_TO_DAY: &str = "
    INSERT INTO usage_days (user_id, day, provider, model, feature, credential, key_id,
        calls, errors, aborted, unpriced, cost_nano_usd, input_tokens, output_tokens, latency_ms) ";

const TO_WHAT_IS_THERE: &str = "
    ON CONFLICT (user_id, day, provider, model, feature, credential, key_id) DO UPDATE SET
        calls = usage_days.calls + excluded.calls,
        errors = usage_days.errors + excluded.errors,
        aborted = usage_days.aborted + excluded.aborted,
        unpriced = usage_days.unpriced + excluded.unpriced,
        cost_nano_usd = usage_days.cost_nano_usd + excluded.cost_nano_usd,
        input_tokens = usage_days.input_tokens + excluded.input_tokens,
        output_tokens = usage_days.output_tokens + excluded.output_tokens,
        latency_ms = usage_days.latency_ms + excluded.latency_ms";

/// Largest number of rows in one statement, as a power of two.
const MOST_ROWS_LOG: u32 = 5;

/// Writes the calls' rows and adds them to the sums of their days, in few statements: each is a round trip, and costs
/// more than its rows. Calls that are already written are left as they are, so that a settlement may be repeated; one
/// call alone is never mixed.
///
/// # Errors
/// When the database refuses one of them, for example because the account is gone.
pub async fn record(conn: &mut Conn, calls: &[&CallRecord]) -> db::Result<Recorded> {
    let mut inserted = 0;
    for calls in portions(calls) {
        inserted += insert(conn, calls).await?;
    }
    if inserted == 0 {
        return Ok(Recorded::Once);
    }
    if inserted < calls.len() as u64 {
        return Ok(Recorded::Mixed);
    }
    let days: Vec<_> = days(calls).into_iter().collect();
    for days in portions(&days) {
        add(conn, days).await?;
    }
    Ok(Recorded::Once)
}

async fn insert(conn: &mut Conn, calls: &[&CallRecord]) -> db::Result<u64> {
    on!(conn, c => {
        let mut query = QueryBuilder::new(INSERT);
        query.push_values(calls, |mut row, call| {
            let price = call.price.as_ref();
            row.push_bind(call.id.0);
            row.push_bind(call.user.0);
            row.push_bind(call.started_at.0);
            row.push_bind(call.provider.id());
            row.push_bind(call.model.as_str());
            row.push_bind(call.feature.id());
            row.push_bind(call.credential.id());
            row.push_bind(call.key_id.map(|id| id.0));
            row.push_bind(count(call.tokens.input));
            row.push_bind(count(call.tokens.output));
            row.push_bind(count(call.tokens.cached_read));
            row.push_bind(count(call.tokens.cached_write));
            row.push_bind(count(call.tokens.reasoning));
            row.push_bind(call.estimated);
            row.push_bind(call.cost());
            row.push_bind(price.map(|price| price.source.as_str()));
            row.push_bind(price.map(|price| price.date.as_str()));
            row.push_bind(call.latency());
            row.push_bind(call.ttft_ms.map(|ttft| ttft.clamp(0, MOST)));
            row.push_bind(call.status.id());
            row.push_bind(call.problem.map(Code::code));
            row.push_bind(call.stop.map(Stop::id));
        });
        query.push(ONCE).build().execute(c).await.map(|done| done.rows_affected())
    })
}

/// A row of sums: user, day, provider, model, feature, credential, key. In this order everybody writes them, so
/// that two servers on one database never wait for each other.
type Day<'a> = (Uuid, i64, &'static str, &'a str, &'static str, &'static str, Uuid);

/// What the calls of one day and kind add to its sums.
#[derive(Default)]
struct Sums {
    calls: i64,
    errors: i64,
    aborted: i64,
    unpriced: i64,
    cost: i64,
    input: i64,
    output: i64,
    latency: i64,
}

fn days<'a>(calls: &[&'a CallRecord]) -> BTreeMap<Day<'a>, Sums> {
    let mut days: BTreeMap<Day<'_>, Sums> = BTreeMap::new();
    for call in calls {
        let day = days.entry((
            call.user.0,
            call.started_at.start_of_day().0,
            call.provider.id(),
            call.model.as_str(),
            call.feature.id(),
            call.credential.id(),
            call.key_id.map_or(Uuid::nil(), |id| id.0),
        ));
        let sums = day.or_default();
        sums.calls += 1;
        sums.errors += i64::from(call.status == CallStatus::Error);
        sums.aborted += i64::from(call.status == CallStatus::Aborted);
        sums.unpriced += i64::from(call.price.is_none());
        sums.cost += call.cost().unwrap_or(0);
        sums.input += count(call.tokens.input);
        sums.output += count(call.tokens.output);
        if call.status == CallStatus::Ok {
            sums.latency += call.latency();
        }
    }
    days
}

async fn add(conn: &mut Conn, days: &[(Day<'_>, Sums)]) -> db::Result<()> {
    on!(conn, c => {
        let mut query = QueryBuilder::new(ADD_TO_DAY);
        query.push_values(days, |mut row, (day, sums)| {
            let (user, day, provider, model, feature, credential, key) = *day;
            row.push_bind(user);
            row.push_bind(day);
            row.push_bind(provider);
            row.push_bind(model);
            row.push_bind(feature);
            row.push_bind(credential);
            row.push_bind(key);
            row.push_bind(sums.calls);
            row.push_bind(sums.errors);
            row.push_bind(sums.aborted);
            row.push_bind(sums.unpriced);
            row.push_bind(sums.cost);
            row.push_bind(sums.input);
            row.push_bind(sums.output);
            row.push_bind(sums.latency);
        });
        query.push(TO_WHAT_IS_THERE).build().execute(c).await.map(drop)
    })
}

/// In portions whose lengths are powers of two: few different statements, each prepared once per connection.
fn portions<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = 1 << rest.len().checked_ilog2()?.min(MOST_ROWS_LOG);
        let (portion, others) = rest.split_at_checked(length)?;
        rest = others;
        Some(portion)
    })
}

impl CallRecord {
    fn cost(&self) -> Option<i64> {
        let price = self.price.as_ref()?;
        Some(price.cost_nano_usd.clamp(0, MOST.saturating_mul(1_000)))
    }

    fn latency(&self) -> i64 {
        self.latency_ms.clamp(0, MOST)
    }
}

/// The largest number of tokens, milliseconds or (times a thousand) nano-USD that one call may count
/// for: whatever a provider claims, sums over millions of calls stay inside 64 bits.
const MOST: i64 = 1_000_000_000_000;

fn count(tokens: u64) -> i64 {
    i64::try_from(tokens).map_or(MOST, |tokens| tokens.min(MOST))
}
