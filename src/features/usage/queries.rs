//! SQL that reads usage. Every query names the owner and the oldest moment, so that a row which
//! should be gone is never seen, however late the job that deletes it.

use super::summary::Filter;
use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;
use crate::domain::usage::{Breakdown, Sums};
use crate::infra::db::{self, Conn};
use crate::on;
use uuid::Uuid;

/// The owner, the time (from inclusive, to exclusive) and the filter of a query.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    pub user: UserId,
    pub from: Timestamp,
    pub to: Timestamp,
    pub filter: &'a Filter,
}

crate::row! {
    /// Sums of some calls, and what they have in common.
    #[derive(Clone, Debug)]
    pub struct SumRow {
        /// Beginning of the bar that the calls belong to; 0 where time does not matter.
        pub at: i64,
        pub part: String,
        pub key_id: Option<Uuid>,
        pub calls: i64,
        pub errors: i64,
        pub aborted: i64,
        pub unpriced: i64,
        pub cost_nano_usd: i64,
        pub input_tokens: i64,
        pub output_tokens: i64,
        pub latency_ms: i64,
    }
}

impl SumRow {
    pub const fn sums(&self) -> Sums {
        Sums {
            calls: self.calls,
            errors: self.errors,
            aborted: self.aborted,
            unpriced: self.unpriced,
            cost_nano_usd: self.cost_nano_usd,
            input_tokens: self.input_tokens,
            output_tokens: self.output_tokens,
            latency_ms: self.latency_ms,
        }
    }
}

macro_rules! from_days {
    ($at:literal, $part:literal, $key:literal, $group:literal) => {
        concat!(
            "SELECT ",
            $at,
            " AS at, ",
            $part,
            " AS part, ",
            $key,
            " AS key_id,
                CAST(COALESCE(SUM(calls), 0) AS BIGINT) AS calls,
                CAST(COALESCE(SUM(errors), 0) AS BIGINT) AS errors,
                CAST(COALESCE(SUM(aborted), 0) AS BIGINT) AS aborted,
                CAST(COALESCE(SUM(unpriced), 0) AS BIGINT) AS unpriced,
                CAST(COALESCE(SUM(cost_nano_usd), 0) AS BIGINT) AS cost_nano_usd,
                CAST(COALESCE(SUM(input_tokens), 0) AS BIGINT) AS input_tokens,
                CAST(COALESCE(SUM(output_tokens), 0) AS BIGINT) AS output_tokens,
                CAST(COALESCE(SUM(latency_ms), 0) AS BIGINT) AS latency_ms
            FROM usage_days
            WHERE user_id = $1 AND day >= $2 AND day < $3 AND provider = COALESCE($4, provider)
                AND model = COALESCE($5, model) AND feature = COALESCE($6, feature) AND key_id = COALESCE($7, key_id)",
            $group
        )
    };
}

macro_rules! from_calls {
    ($part:literal, $key:literal, $group:literal) => {
        concat!(
            "SELECT started_at - started_at % 3600000 AS at, ",
            $part,
            " AS part, ",
            $key,
            " AS key_id,
                COUNT(*) AS calls,
                CAST(SUM(CASE WHEN status = 'error' THEN 1 ELSE 0 END) AS BIGINT) AS errors,
                CAST(SUM(CASE WHEN status = 'aborted' THEN 1 ELSE 0 END) AS BIGINT) AS aborted,
                CAST(SUM(CASE WHEN cost_nano_usd IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unpriced,
                CAST(COALESCE(SUM(cost_nano_usd), 0) AS BIGINT) AS cost_nano_usd,
                CAST(SUM(input_tokens) AS BIGINT) AS input_tokens,
                CAST(SUM(output_tokens) AS BIGINT) AS output_tokens,
                CAST(SUM(CASE WHEN status = 'ok' THEN latency_ms ELSE 0 END) AS BIGINT) AS latency_ms
            FROM llm_calls
            WHERE user_id = $1 AND started_at >= $2 AND started_at < $3 AND provider = COALESCE($4, provider)
                AND model = COALESCE($5, model) AND feature = COALESCE($6, feature)
                AND ($7 IS NULL OR key_id = $7) GROUP BY 1, ",
            $group
        )
    };
}

const DAYS_BY_PROVIDER: &str = from_days!("day", "provider", "NULL", " GROUP BY day, provider ORDER BY day");
const DAYS_BY_MODEL: &str = from_days!("day", "model", "NULL", " GROUP BY day, model ORDER BY day");
const DAYS_BY_FEATURE: &str = from_days!("day", "feature", "NULL", " GROUP BY day, feature ORDER BY day");
const DAYS_BY_KEY: &str = from_days!("day", "''", "key_id", " GROUP BY day, key_id ORDER BY day");
const HOURS_BY_PROVIDER: &str = from_calls!("provider", "NULL", "provider ORDER BY 1");
const HOURS_BY_MODEL: &str = from_calls!("model", "NULL", "model ORDER BY 1");
const HOURS_BY_FEATURE: &str = from_calls!("feature", "NULL", "feature ORDER BY 1");
const HOURS_BY_KEY: &str = from_calls!("''", "key_id", "key_id ORDER BY 1");
const TOTAL: &str = from_days!("CAST(0 AS BIGINT)", "''", "NULL", "");

macro_rules! scoped {
    ($conn:expr, $scope:expr, $query:expr, $fetch:ident) => {
        on!($conn, c => $query
            .bind($scope.user.0)
            .bind($scope.from.0)
            .bind($scope.to.0)
            .bind($scope.filter.provider.map(crate::domain::providers::Provider::id))
            .bind($scope.filter.model.as_deref())
            .bind($scope.filter.feature.map(crate::domain::usage::Feature::id))
            .bind($scope.filter.key.map(|key| key.0))
            .$fetch(c)
            .await)
    };
}

/// Sums per day and part.
pub async fn days(conn: &mut Conn, scope: Scope<'_>, by: Breakdown) -> db::Result<Vec<SumRow>> {
    let sql = match by {
        Breakdown::Provider => DAYS_BY_PROVIDER,
        Breakdown::Model => DAYS_BY_MODEL,
        Breakdown::Feature => DAYS_BY_FEATURE,
        Breakdown::Key => DAYS_BY_KEY,
    };
    scoped!(conn, scope, sqlx::query_as(sql), fetch_all)
}

/// Sums per hour and part, from the calls themselves: for a single day.
pub async fn hours(conn: &mut Conn, scope: Scope<'_>, by: Breakdown) -> db::Result<Vec<SumRow>> {
    let sql = match by {
        Breakdown::Provider => HOURS_BY_PROVIDER,
        Breakdown::Model => HOURS_BY_MODEL,
        Breakdown::Feature => HOURS_BY_FEATURE,
        Breakdown::Key => HOURS_BY_KEY,
    };
    scoped!(conn, scope, sqlx::query_as(sql), fetch_all)
}

/// One sum over everything in the scope.
pub async fn total(conn: &mut Conn, scope: Scope<'_>) -> db::Result<Sums> {
    let row: SumRow = scoped!(conn, scope, sqlx::query_as(TOTAL), fetch_one)?;
    Ok(row.sums())
}

macro_rules! median_of {
    ($newest:literal) => {
        concat!(
            "WITH ",
            $newest,
            " SELECT CAST(ROUND(AVG(ttft_ms)) AS BIGINT) FROM (
                SELECT ttft_ms FROM newest ORDER BY ttft_ms
                LIMIT (SELECT 2 - COUNT(*) % 2 FROM newest) OFFSET (SELECT (COUNT(*) - 1) / 2 FROM newest)
            ) AS middle"
        )
    };
}

/// Of the newest 500 times to the first token.
const MEDIAN_TTFT: &str = median_of!(
    "newest AS (
        SELECT ttft_ms FROM llm_calls
        WHERE user_id = $1 AND started_at >= $2 AND started_at < $3 AND ttft_ms IS NOT NULL
        ORDER BY started_at DESC LIMIT 500
    )"
);

/// As [`MEDIAN_TTFT`], through a filter: looked for among the newest 5,000 calls only, so that a filter
/// that fits hardly anything does not read everything.
const MEDIAN_TTFT_FILTERED: &str = median_of!(
    "recent AS (
        SELECT ttft_ms, provider, model, feature, key_id FROM llm_calls
        WHERE user_id = $1 AND started_at >= $2 AND started_at < $3 ORDER BY started_at DESC LIMIT 5000
    ), newest AS (
        SELECT ttft_ms FROM recent
        WHERE provider = COALESCE($4, provider) AND model = COALESCE($5, model) AND feature = COALESCE($6, feature)
            AND ($7 IS NULL OR key_id = $7) AND ttft_ms IS NOT NULL
        LIMIT 500
    )"
);

/// Median time to the first token, in milliseconds; `None` where no call got that far.
pub async fn median_ttft(conn: &mut Conn, scope: Scope<'_>) -> db::Result<Option<i64>> {
    if scope.filter.is_empty() {
        let Scope { user, from, to, .. } = scope;
        return on!(conn, c => sqlx::query_scalar(MEDIAN_TTFT)
            .bind(user.0)
            .bind(from.0)
            .bind(to.0)
            .fetch_one(c)
            .await);
    }
    scoped!(conn, scope, sqlx::query_scalar(MEDIAN_TTFT_FILTERED), fetch_one)
}

crate::row! {
    /// Values that the filters can take.
    #[derive(Clone, Debug)]
    pub struct ChoiceRow {
        pub provider: String,
        pub model: String,
        pub feature: String,
        pub key_id: Uuid,
    }
}

const CHOICES: &str = "
    SELECT DISTINCT provider, model, feature, key_id FROM usage_days
    WHERE user_id = $1 AND day >= $2 ORDER BY provider, model LIMIT 500";

/// What the person has used since `from`.
pub async fn choices(conn: &mut Conn, user: UserId, from: Timestamp) -> db::Result<Vec<ChoiceRow>> {
    on!(conn, c => sqlx::query_as(CHOICES).bind(user.0).bind(from.0).fetch_all(c).await)
}

const SPENT: &str = "
    SELECT CAST(COALESCE(SUM(CASE WHEN day >= $3 THEN cost_nano_usd ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(cost_nano_usd), 0) AS BIGINT)
    FROM usage_days WHERE user_id = $1 AND day >= $2";

/// Nano-USD spent since the first of the month and since midnight, as (day, month).
pub async fn spent(conn: &mut Conn, user: UserId, month: Timestamp, day: Timestamp) -> db::Result<(i64, i64)> {
    on!(conn, c => sqlx::query_as(SPENT).bind(user.0).bind(month.0).bind(day.0).fetch_one(c).await)
}

const TRIAL_CALLS: &str = "
    SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) FROM usage_days
    WHERE user_id = $1 AND day >= $2 AND credential = 'trial'";

/// Trial calls since midnight.
pub async fn trial_calls(conn: &mut Conn, user: UserId, day: Timestamp) -> db::Result<i64> {
    on!(conn, c => sqlx::query_scalar(TRIAL_CALLS).bind(user.0).bind(day.0).fetch_one(c).await)
}

const CALLS: &str = "
    SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) FROM usage_days WHERE user_id = $1 AND day >= $2";

/// How many calls the person has made since `from`.
pub async fn calls(conn: &mut Conn, user: UserId, from: Timestamp) -> db::Result<i64> {
    on!(conn, c => sqlx::query_scalar(CALLS).bind(user.0).bind(from.0).fetch_one(c).await)
}
