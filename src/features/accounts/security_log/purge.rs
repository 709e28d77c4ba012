//! The end of events and of the addresses in them. Events go from the old end of a chain only, and the
//! anchor moves with them, so that the rest can still be checked.

use super::Result;
use crate::domain::ids::UserId;
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::features::App;
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use uuid::Uuid;

/// Users per look, and rows per transaction.
const BATCH: i64 = 500;
const BATCH_ROWS: u64 = 2_000;

const PURGE_ADDRESSES: &str = "UPDATE security_events SET ip = NULL WHERE id IN \
     (SELECT id FROM security_events WHERE at <= $1 AND ip IS NOT NULL LIMIT 2000)";
const REMOVE_ADDRESSES: &str = "UPDATE security_events SET ip = NULL WHERE user_id = $1 AND ip IS NOT NULL";

/// Removes every address from one user's log.
pub(in crate::features::accounts) async fn remove_addresses(conn: &mut Conn, user: UserId) -> db::Result<u64> {
    execute!(conn, REMOVE_ADDRESSES, user.0)
}

/// Removes addresses at or before one moment and events at or before another; answers how many rows.
pub(in crate::features::accounts) async fn purge(app: &App, addresses: Timestamp, events: Timestamp) -> Result<u64> {
    let mut touched = 0;
    loop {
        let mut conn = app.db.begin().await?;
        let batch = execute!(&mut conn, PURGE_ADDRESSES, addresses.0)?;
        conn.commit().await?;
        touched += batch;
        if batch < BATCH_ROWS {
            break;
        }
        tokio::task::yield_now().await;
    }
    let mut after = Uuid::nil();
    loop {
        let users = list_users(&mut app.db.acquire().await?, after, events).await?;
        for user in &users {
            let mut conn = app.db.begin().await?;
            touched += cut(&mut conn, *user, events, app.clock.now()).await?;
            conn.commit().await?;
        }
        let Some(last) = users.last() else { break };
        after = *last;
    }
    Ok(touched)
}

const LIST_USERS: &str =
    "SELECT DISTINCT user_id FROM security_events WHERE user_id > $1 AND at <= $2 ORDER BY user_id LIMIT $3";

async fn list_users(conn: &mut Conn, after: Uuid, before: Timestamp) -> db::Result<Vec<Uuid>> {
    on!(conn, c => sqlx::query_scalar::<_, Uuid>(LIST_USERS)
        .bind(after)
        .bind(before.0)
        .bind(BATCH)
        .fetch_all(c)
        .await)
}

// An event dated in the future was written by a clock that was wrong: it holds nothing back.
const FIRST_KEPT: &str = "SELECT MIN(seq) FROM security_events WHERE user_id = $1 AND at > $2 AND at <= $3";
const LAST_OLD: &str = "SELECT MAX(seq) FROM security_events WHERE user_id = $1 AND at <= $2";
const ANCHOR: &str = "UPDATE users SET event_anchor_seq = $2, \
     event_anchor = (SELECT hash FROM security_events WHERE user_id = $1 AND seq = $2) \
     WHERE id = $1 AND EXISTS (SELECT 1 FROM security_events WHERE user_id = $1 AND seq = $2)";
const DELETE: &str = "DELETE FROM security_events WHERE user_id = $1 AND seq <= $2";

/// Deletes the old end of one chain: everything before the first event that is still kept. One that
/// carries an old date amid newer ones, because the clock was wrong, goes when its neighbours do.
async fn cut(conn: &mut Conn, user: Uuid, before: Timestamp, now: Timestamp) -> db::Result<u64> {
    let first_kept = on!(conn, c => sqlx::query_scalar::<_, Option<i64>>(FIRST_KEPT)
        .bind(user)
        .bind(before.0)
        .bind(now.plus(DAY_MS).0)
        .fetch_one(c)
        .await)?;
    let last = match first_kept {
        Some(seq) => seq - 1,
        None => on!(conn, c => sqlx::query_scalar::<_, Option<i64>>(LAST_OLD)
            .bind(user)
            .bind(before.0)
            .fetch_one(c)
            .await)?
        .unwrap_or_default(),
    };
    if execute!(conn, ANCHOR, user, last)? == 0 {
        return Ok(0);
    }
    execute!(conn, DELETE, user, last)
}
