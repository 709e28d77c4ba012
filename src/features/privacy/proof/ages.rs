//! Probes of what goes after some days: the oldest usage, session and network address.

use super::Finding;
use crate::domain::privacy::constants::{IP_RETENTION_DAYS, SESSION_IDLE_DAYS, USAGE_RETENTION_DAYS};
use crate::domain::timestamp::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use crate::infra::db::{self, Conn};
use crate::on;

/// Jobs that delete run every hour; a row may wait for the next run, and no longer.
pub(super) const HOURLY_MS: i64 = 2 * HOUR_MS;
/// The same for those that run once a day.
pub(super) const DAILY_MS: i64 = DAY_MS + 2 * HOUR_MS;

/// `12 days`, `5 hours`, `3 minutes`.
pub(super) fn age_words(at: Timestamp, now: Timestamp) -> String {
    let past = now.0.saturating_sub(at.0).max(0);
    let (count, unit) = match past {
        ..HOUR_MS => (past / MINUTE_MS, "minute"),
        HOUR_MS..DAY_MS => (past / HOUR_MS, "hour"),
        _ => (past / DAY_MS, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// The one time that a statement answers.
pub(super) async fn first(conn: &mut Conn, sql: &'static str) -> db::Result<Option<Timestamp>> {
    let found = on!(conn, c => sqlx::query_scalar::<_, Option<i64>>(sql).fetch_one(c).await)?;
    Ok(found.map(Timestamp))
}

const OLDEST_CALL: &str = "SELECT MIN(started_at) FROM llm_calls";
const OLDEST_DAY: &str = "SELECT MIN(day) FROM usage_days";

pub(super) async fn usage(conn: &mut Conn, now: Timestamp) -> db::Result<Finding> {
    let (call, day) = (first(conn, OLDEST_CALL).await?, first(conn, OLDEST_DAY).await?);
    let limit = USAGE_RETENTION_DAYS * DAY_MS + HOURLY_MS;
    // The sums of a day go when its last moment is over.
    let is_kept = call.is_none_or(|at| now.0 - at.0 <= limit) && day.is_none_or(|at| now.0 - at.0 <= limit + DAY_MS);
    Ok(match call.or(day) {
        None => Finding::kept("no rows"),
        Some(at) => Finding::judge(is_kept, format!("oldest row: {}", age_words(at, now))),
    })
}

/// The oldest of something that goes after some days.
struct Aging {
    sql: &'static str,
    days: i64,
    name: &'static str,
}

pub(super) async fn session(conn: &mut Conn, now: Timestamp) -> db::Result<Finding> {
    oldest(conn, now, SESSION).await
}

pub(super) async fn address(conn: &mut Conn, now: Timestamp) -> db::Result<Finding> {
    oldest(conn, now, ADDRESS).await
}

const SESSION: Aging = Aging {
    sql: "SELECT MIN(last_seen_at) FROM sessions WHERE revoked_at IS NULL",
    days: SESSION_IDLE_DAYS,
    name: "longest unused session",
};
const ADDRESS: Aging = Aging {
    sql: "SELECT MIN(at) FROM security_events WHERE ip IS NOT NULL",
    days: IP_RETENTION_DAYS,
    name: "oldest IP address",
};

async fn oldest(conn: &mut Conn, now: Timestamp, what: Aging) -> db::Result<Finding> {
    Ok(match first(conn, what.sql).await? {
        None => Finding::kept(format!("{}: none", what.name)),
        Some(at) => {
            let is_kept = now.0 - at.0 <= what.days * DAY_MS + HOURLY_MS;
            Finding::judge(is_kept, format!("{}: {}", what.name, age_words(at, now)))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_the_largest_unit_that_fits() {
        let now = Timestamp(100 * DAY_MS);
        let words = |past| age_words(now.minus(past), now);
        assert_eq!(words(12 * DAY_MS + HOUR_MS), "12 days");
        assert_eq!(words(HOUR_MS), "1 hour");
        assert_eq!(words(-5), "0 minutes");
    }
}
