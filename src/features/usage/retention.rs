//! The end of usage rows: after 90 days they are deleted, in batches, so that a large backlog never
//! holds up a call that wants to be recorded.

use crate::domain::timestamp::Timestamp;
use crate::domain::usage::oldest_shown;
use crate::execute;
use crate::features::App;
use crate::infra::db::{self, Db};

/// Rows per transaction.
const BATCH: u64 = 2_000;

const PURGE_CALLS: &str = "
    DELETE FROM llm_calls WHERE id IN (SELECT id FROM llm_calls WHERE started_at < $1 ORDER BY started_at LIMIT 2000)";
/// A day goes when its last moment is older than what is kept.
const PURGE_DAYS: &str = "DELETE FROM usage_days WHERE day < $1";
const PURGE_ALERTS: &str = "DELETE FROM budget_alerts WHERE starts_at < $1";
/// Left behind by a crash; the calls that they were held for are long over.
const PURGE_RESERVATIONS: &str = "DELETE FROM reservations WHERE expires_at < $1";

/// Deletes what is older than 90 days and answers how many calls went. Safe to run at any time, on
/// several servers at once, and to break off.
///
/// # Errors
/// When the database cannot be written; what was deleted until then stays deleted.
pub async fn purge(app: &App) -> db::Result<u64> {
    let now = app.clock.now();
    let oldest = oldest_shown(now);
    let mut purged = 0;
    loop {
        let batch = run(&app.db, PURGE_CALLS, oldest).await?;
        purged += batch;
        if batch < BATCH {
            break;
        }
        // Writers that queued up behind this batch go first.
        tokio::task::yield_now().await;
    }
    run(&app.db, PURGE_DAYS, oldest.start_of_day()).await?;
    run(&app.db, PURGE_ALERTS, oldest).await?;
    run(&app.db, PURGE_RESERVATIONS, now).await?;
    Ok(purged)
}

async fn run(db: &Db, sql: &'static str, before: Timestamp) -> db::Result<u64> {
    let mut conn = db.begin().await?;
    let count = execute!(&mut conn, sql, before.0)?;
    conn.commit().await?;
    Ok(count)
}
