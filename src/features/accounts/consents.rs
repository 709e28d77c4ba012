//! Consents: each grant is a record with its moment, place and the SHA-256 of the words; a withdrawal
//! ends the record and a new grant begins another one. No record means no.
//!
//! What rests on a consent ends with it at once: the database itself takes queued mails back. Never
//! grant on somebody's behalf: every call of [`grant`] comes from a form that the person sent.

use super::error::Result;
use super::security_log::{self, Caller, SecurityEvent};
use crate::domain::accounts::{ConsentKind, SecurityEventKind};
use crate::domain::ids::{ConsentId, UserId};
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use sha2::{Digest, Sha256};
use uuid::Uuid;

const GRANT: &str = "INSERT INTO consents (id, user_id, kind, place, text_sha256, granted_at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, kind) WHERE withdrawn_at IS NULL DO NOTHING";

/// Records that a person agreed to [`ConsentKind::text`] at `place` (the path of the page). Whether it
/// is new: one that is live already stays as it is.
///
/// # Errors
/// When the user or the data key is gone, or the database refuses.
pub async fn grant(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    user: UserId,
    (kind, place): (ConsentKind, &'static str),
) -> Result<bool> {
    let id = app.clock.new_id();
    let text = Sha256::digest(kind.text()).to_vec();
    if execute!(conn, GRANT, id, user.0, kind.id(), place, text, app.clock.now().0)? != 1 {
        return Ok(false);
    }
    security_log::record(conn, app, user, event(caller, SecurityEventKind::ConsentGiven, kind)).await?;
    Ok(true)
}

const WITHDRAW: &str =
    "UPDATE consents SET withdrawn_at = $3 WHERE user_id = $1 AND kind = $2 AND withdrawn_at IS NULL";

/// Ends a consent at once, with the mails that are queued on it; whether it was live.
///
/// # Errors
/// When the user or the data key is gone, or the database refuses.
pub async fn withdraw(conn: &mut Conn, app: &App, caller: &Caller, user: UserId, kind: ConsentKind) -> Result<bool> {
    if execute!(conn, WITHDRAW, user.0, kind.id(), app.clock.now().0)? == 0 {
        return Ok(false);
    }
    security_log::record(
        conn,
        app,
        user,
        event(caller, SecurityEventKind::ConsentWithdrawn, kind),
    )
    .await?;
    Ok(true)
}

fn event(caller: &Caller, event: SecurityEventKind, kind: ConsentKind) -> SecurityEvent<'_> {
    SecurityEvent {
        kind: event,
        caller: Some(caller),
        note: kind.name(),
    }
}

const FIND_LIVE: &str = "SELECT id FROM consents WHERE user_id = $1 AND kind = $2 AND withdrawn_at IS NULL \
     AND NOT EXISTS (SELECT 1 FROM processing_limits l \
      WHERE l.user_id = $1 AND l.kind = 'restrict_account' AND l.lifted_at IS NULL)";

/// The live consent that something may rest on; none while the person restricts all use of the data.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_live(conn: &mut Conn, user: UserId, kind: ConsentKind) -> db::Result<Option<ConsentId>> {
    let found = on!(conn, c => sqlx::query_scalar::<_, Uuid>(FIND_LIVE)
        .bind(user.0)
        .bind(kind.id())
        .fetch_optional(c)
        .await)?;
    Ok(found.map(ConsentId))
}

/// Whether a person agrees at this moment.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_live(conn: &mut Conn, user: UserId, kind: ConsentKind) -> db::Result<bool> {
    Ok(find_live(conn, user, kind).await?.is_some())
}

/// One record as its owner reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentView {
    pub kind: ConsentKind,
    /// The path of the page where it was given.
    pub place: String,
    /// Of the exact words.
    pub text_sha256: Vec<u8>,
    pub granted_at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
}

crate::row! {
    struct Row {
        kind: String,
        place: String,
        text_sha256: Vec<u8>,
        granted_at: i64,
        withdrawn_at: Option<i64>,
    }
}

const HISTORY: &str = "SELECT kind, place, text_sha256, granted_at, withdrawn_at FROM consents \
     WHERE user_id = $1 ORDER BY granted_at DESC, id DESC";

/// All records of a person, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn history(conn: &mut Conn, user: UserId) -> db::Result<Vec<ConsentView>> {
    let rows = on!(conn, c => sqlx::query_as::<_, Row>(HISTORY).bind(user.0).fetch_all(c).await)?;
    let views = rows.into_iter().filter_map(|row| {
        Some(ConsentView {
            kind: ConsentKind::parse(&row.kind)?,
            place: row.place,
            text_sha256: row.text_sha256,
            granted_at: Timestamp(row.granted_at),
            withdrawn_at: row.withdrawn_at.map(Timestamp),
        })
    });
    Ok(views.collect())
}

const LIST_LIVE: &str = "SELECT user_id FROM consents c WHERE kind = $1 AND withdrawn_at IS NULL \
     AND NOT EXISTS (SELECT 1 FROM processing_limits l \
      WHERE l.user_id = c.user_id AND l.kind = 'restrict_account' AND l.lifted_at IS NULL) ORDER BY user_id";

/// Everybody who agrees at this moment.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_live(conn: &mut Conn, kind: ConsentKind) -> db::Result<Vec<UserId>> {
    let ids = on!(conn, c => sqlx::query_scalar::<_, Uuid>(LIST_LIVE).bind(kind.id()).fetch_all(c).await)?;
    Ok(ids.into_iter().map(UserId).collect())
}
