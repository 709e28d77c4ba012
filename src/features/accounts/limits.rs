//! Objections and restrictions as records: in force from the moment they are made until they are
//! lifted. What each stops is written in [`Limit::effect`] and enforced where the thing happens, by
//! asking [`is_live`], [`require_calls`] or the flags of the current user. Never ask here "may I": ask
//! "was it stopped".

use super::error::{Error, Result};
use super::security_log::{self, Caller, SecurityEvent};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::privacy::rights::{Limit, Right};
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use uuid::Uuid;

const MAKE: &str = "INSERT INTO processing_limits (id, user_id, kind, made_at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (user_id, kind) WHERE lifted_at IS NULL DO NOTHING";

/// Stops something at once; whether it was not stopped already.
///
/// # Errors
/// When the user or the data key is gone, or the database refuses.
pub async fn make(conn: &mut Conn, app: &App, caller: &Caller, user: UserId, limit: Limit) -> Result<bool> {
    let id = app.clock.new_id();
    if execute!(conn, MAKE, id, user.0, limit.id(), app.clock.now().0)? != 1 {
        return Ok(false);
    }
    if limit == Limit::Addresses {
        security_log::remove_addresses(conn, user).await?;
    }
    let kind = match limit.right() {
        Right::Object => SecurityEventKind::Objected,
        Right::Restrict => SecurityEventKind::ProcessingRestricted,
    };
    record(conn, app, caller, user, (kind, limit)).await?;
    Ok(true)
}

const LIFT: &str = "UPDATE processing_limits SET lifted_at = $3 WHERE user_id = $1 AND kind = $2 AND lifted_at IS NULL";

/// Lets it happen again; whether it was stopped.
///
/// # Errors
/// When the user or the data key is gone, or the database refuses.
pub async fn lift(conn: &mut Conn, app: &App, caller: &Caller, user: UserId, limit: Limit) -> Result<bool> {
    if execute!(conn, LIFT, user.0, limit.id(), app.clock.now().0)? == 0 {
        return Ok(false);
    }
    let kind = match limit.right() {
        Right::Object => SecurityEventKind::ObjectionLifted,
        Right::Restrict => SecurityEventKind::RestrictionLifted,
    };
    record(conn, app, caller, user, (kind, limit)).await?;
    Ok(true)
}

async fn record(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    user: UserId,
    (kind, limit): (SecurityEventKind, Limit),
) -> Result<()> {
    let event = SecurityEvent {
        kind,
        caller: Some(caller),
        note: limit.name(),
    };
    security_log::record(conn, app, user, event).await
}

const LIVE: &str = "SELECT COUNT(*) FROM processing_limits WHERE user_id = $1 AND kind = $2 AND lifted_at IS NULL";

/// Whether a person stopped this.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_live(conn: &mut Conn, user: UserId, limit: Limit) -> db::Result<bool> {
    let count = on!(conn, c => sqlx::query_scalar::<_, i64>(LIVE)
        .bind(user.0)
        .bind(limit.id())
        .fetch_one(c)
        .await)?;
    Ok(count > 0)
}

/// What stops whatever is sent to others on a person's behalf with the data kept here: calls, tests of
/// keys, models lists, traces. The account first, because lifting only the other would not help.
const STOPPING_CALLS: [Limit; 2] = [Limit::Everything, Limit::Calls];

/// By which restriction calls are stopped.
///
/// # Errors
/// When the database cannot be read.
pub async fn stopping_calls(conn: &mut Conn, user: UserId) -> db::Result<Option<Limit>> {
    for limit in STOPPING_CALLS {
        if is_live(conn, user, limit).await? {
            return Ok(Some(limit));
        }
    }
    Ok(None)
}

/// # Errors
/// [`Error::Restricted`] while the person restricts calls or everything.
pub async fn require_calls(conn: &mut Conn, user: UserId) -> Result<()> {
    match stopping_calls(conn, user).await? {
        Some(limit) => Err(Error::Restricted(limit)),
        None => Ok(()),
    }
}

const STOPPED_SINCE: &str = "SELECT user_id FROM processing_limits \
     WHERE kind IN ('restrict_account', 'restrict_calls') AND lifted_at IS NULL AND made_at > $1";

/// Who stopped calls since this moment and did not lift it.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_stopped(conn: &mut Conn, since: Timestamp) -> db::Result<Vec<UserId>> {
    let ids = on!(conn, c => sqlx::query_scalar::<_, Uuid>(STOPPED_SINCE).bind(since.0).fetch_all(c).await)?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// One record as its owner reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitView {
    pub limit: Limit,
    pub made_at: Timestamp,
    pub lifted_at: Option<Timestamp>,
}

const HISTORY: &str = "SELECT kind, made_at, lifted_at FROM processing_limits \
     WHERE user_id = $1 ORDER BY made_at DESC, id DESC";

/// All records of a person, newest first; those without `lifted_at` are in force.
///
/// # Errors
/// When the database cannot be read.
pub async fn history(conn: &mut Conn, user: UserId) -> db::Result<Vec<LimitView>> {
    let rows = on!(conn, c => sqlx::query_as::<_, (String, i64, Option<i64>)>(HISTORY)
        .bind(user.0)
        .fetch_all(c)
        .await)?;
    let views = rows.into_iter().filter_map(|(kind, made_at, lifted_at)| {
        Some(LimitView {
            limit: Limit::parse(&kind)?,
            made_at: Timestamp(made_at),
            lifted_at: lifted_at.map(Timestamp),
        })
    });
    Ok(views.collect())
}
