//! What the erasure of an account does to the account itself, each in the caller's transaction.
//!
//! ```text
//! active ── suspend ──► pending ── close ──► erasing ── delete ──► (no row)
//!   ↑──── reopen ─────────┘
//! ```

use super::error::{Error, Result};
use super::{sessions, users};
use crate::domain::accounts::AccountState;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::timestamp::Timestamp;
use crate::features::{App, outbox};
use crate::infra::crypto::random;
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use uuid::Uuid;

const SUSPEND: &str = "UPDATE users SET state = 'pending' WHERE id = $1 AND state = 'active'";

/// Lets the account do nothing but take its deletion back. Signs out every device but `keep`.
/// Whether it was in use until now.
///
/// # Errors
/// When the database refuses.
pub async fn suspend(conn: &mut Conn, user: UserId, keep: Option<SessionId>, now: Timestamp) -> db::Result<bool> {
    if execute!(conn, SUSPEND, user.0)? != 1 {
        return Ok(false);
    }
    match keep {
        Some(session) => sessions::revoke_others(conn, user, session, now).await?,
        None => sessions::revoke_all(conn, user, now).await?,
    };
    Ok(true)
}

const REOPEN: &str = "UPDATE users SET state = 'active' WHERE id = $1 AND state = 'pending'";

/// The account is in use again; whether it was suspended.
///
/// # Errors
/// When the database refuses.
pub async fn reopen(conn: &mut Conn, user: UserId) -> db::Result<bool> {
    Ok(execute!(conn, REOPEN, user.0)? == 1)
}

const CLOSE: &str = "UPDATE users SET state = 'erasing', email_index = $2 WHERE id = $1";

const HOLD: &str = "UPDATE users SET state = state WHERE id = $1";

/// Holds the account's row until the end of the transaction. Whoever changes an account and its erasure holds the
/// account first: in different orders two of them would wait for each other.
///
/// # Errors
/// When the database refuses.
pub async fn hold(conn: &mut Conn, user: UserId) -> db::Result<u64> {
    execute!(conn, HOLD, user.0)
}

/// Closes the account for good: nobody signs in any more, and its address is free for a new account
/// from this moment.
///
/// # Errors
/// When the machine has no randomness or the database refuses.
pub async fn close(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<()> {
    let nobody: [u8; 32] = random().map_err(|_| Error::Randomness)?;
    execute!(conn, CLOSE, user.0, nobody.to_vec())?;
    sessions::revoke_all(conn, user, now).await?;
    Ok(())
}

const DELETE: &str = "DELETE FROM users WHERE id = $1";

/// Deletes the account's row; whatever still refers to it goes with it.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, user: UserId) -> db::Result<u64> {
    execute!(conn, DELETE, user.0)
}

/// The state of an account; `None` where there is none.
///
/// # Errors
/// When the database cannot be read.
pub async fn state(conn: &mut Conn, user: UserId) -> db::Result<Option<AccountState>> {
    Ok(users::find(conn, user).await?.map(|user| user.state()))
}

const PAGE: &str = "SELECT id FROM users WHERE id > $1 ORDER BY id LIMIT 1000";

/// The ids of accounts in their order, after this one, a thousand at a time.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_after(conn: &mut Conn, after: Uuid) -> db::Result<Vec<Uuid>> {
    on!(conn, c => sqlx::query_scalar::<_, Uuid>(PAGE).bind(after).fetch_all(c).await)
}

const END_SESSIONS: &str = "DELETE FROM sessions";
const END_LINKS: &str = "DELETE FROM tokens";

/// After a backup was restored: sessions and links that were ended since must not work again, and
/// mails that left since must not leave twice. Answers how many sessions there were.
///
/// # Errors
/// When the database refuses.
pub async fn end_everywhere(app: &App) -> Result<u64> {
    let mut conn = app.db.begin().await?;
    let sessions = execute!(&mut conn, END_SESSIONS)?;
    execute!(&mut conn, END_LINKS)?;
    outbox::drop_waiting(&mut conn).await?;
    conn.commit().await?;
    Ok(sessions)
}
