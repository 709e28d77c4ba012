//! Writing down a call: the row itself and the day's sums, in the caller's transaction.

use crate::domain::chat::{Credential, Stop, Tokens};
use crate::domain::ids::{CallId, ProviderKeyId, UserId};
use crate::domain::problem::Code;
use crate::domain::providers::Provider;
use crate::domain::timestamp::Timestamp;
use crate::domain::usage::{CallStatus, Feature};
use crate::execute;
use crate::infra::db::{self, Conn};
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

const INSERT: &str = "
    INSERT INTO llm_calls (id, user_id, started_at, provider, model, feature, credential, key_id,
        input_tokens, output_tokens, cached_read_tokens, cached_write_tokens, reasoning_tokens, estimated,
        cost_nano_usd, price_source, price_date, latency_ms, ttft_ms, status, problem, stop)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
    ON CONFLICT (id) DO NOTHING";

const ADD_TO_DAY: &str = "
    INSERT INTO usage_days (user_id, day, provider, model, feature, credential, key_id,
        calls, errors, aborted, unpriced, cost_nano_usd, input_tokens, output_tokens, latency_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT (user_id, day, provider, model, feature, credential, key_id) DO UPDATE SET
        calls = usage_days.calls + 1,
        errors = usage_days.errors + excluded.errors,
        aborted = usage_days.aborted + excluded.aborted,
        unpriced = usage_days.unpriced + excluded.unpriced,
        cost_nano_usd = usage_days.cost_nano_usd + excluded.cost_nano_usd,
        input_tokens = usage_days.input_tokens + excluded.input_tokens,
        output_tokens = usage_days.output_tokens + excluded.output_tokens,
        latency_ms = usage_days.latency_ms + excluded.latency_ms";

/// Writes the call's row and adds it to the sums of its day. A call that is already written is left
/// as it is, so that a settlement may be repeated.
///
/// # Errors
/// When the database refuses, for example because the account is gone.
pub async fn record(conn: &mut Conn, call: &CallRecord) -> db::Result<()> {
    let price = call.price.as_ref();
    let cost = price.map(|price| price.cost_nano_usd.clamp(0, MOST.saturating_mul(1_000)));
    let latency_ms = call.latency_ms.clamp(0, MOST);
    let inserted = execute!(
        conn,
        INSERT,
        call.id.0,
        call.user.0,
        call.started_at.0,
        call.provider.id(),
        call.model.as_str(),
        call.feature.id(),
        call.credential.id(),
        call.key_id.map(|id| id.0),
        count(call.tokens.input),
        count(call.tokens.output),
        count(call.tokens.cached_read),
        count(call.tokens.cached_write),
        count(call.tokens.reasoning),
        call.estimated,
        cost,
        price.map(|price| price.source.as_str()),
        price.map(|price| price.date.as_str()),
        latency_ms,
        call.ttft_ms.map(|ttft| ttft.clamp(0, MOST)),
        call.status.id(),
        call.problem.map(Code::code),
        call.stop.map(Stop::id),
    )?;
    if inserted == 0 {
        return Ok(());
    }
    let finished = call.status == CallStatus::Ok;
    execute!(
        conn,
        ADD_TO_DAY,
        call.user.0,
        call.started_at.start_of_day().0,
        call.provider.id(),
        call.model.as_str(),
        call.feature.id(),
        call.credential.id(),
        call.key_id.map_or(Uuid::nil(), |id| id.0),
        i64::from(call.status == CallStatus::Error),
        i64::from(call.status == CallStatus::Aborted),
        i64::from(cost.is_none()),
        cost.unwrap_or(0),
        count(call.tokens.input),
        count(call.tokens.output),
        if finished { latency_ms } else { 0 },
    )?;
    Ok(())
}

/// The largest number of tokens, milliseconds or (times a thousand) nano-USD that one call may count
/// for: whatever a provider claims, sums over millions of calls stay inside 64 bits.
const MOST: i64 = 1_000_000_000_000;

fn count(tokens: u64) -> i64 {
    i64::try_from(tokens).map_or(MOST, |tokens| tokens.min(MOST))
}
