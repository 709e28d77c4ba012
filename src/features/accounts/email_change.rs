//! A change of the address: confirmed from the old mailbox and from the new one, in any order.
//!
//! Whether the new address has an account of its own is told to nobody but who reads that mailbox.

use super::error::Result;
use super::security_log::{self, Caller, Change, SecurityEvent};
use super::signup::{Confirmed, queue};
use super::tokens::{self, Token, TokenKind};
use super::{CurrentUser, alarm, profile, users};
use crate::domain::accounts::{AccountState, Email, SecurityEventKind};
use crate::domain::ids::UserId;
use crate::domain::mail;
use crate::domain::privacy::constants::MAIL_TOKEN_MINUTES;
use crate::domain::timestamp::{MINUTE_MS, Timestamp};
use crate::features::{App, outbox};
use crate::infra::crypto::{DataKey, Place};
use crate::infra::db::{self, Conn};
use crate::{execute, on};

/// Which mailbox answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Old,
    New,
}

impl Side {
    pub fn of(kind: TokenKind) -> Self {
        if kind == TokenKind::EmailOld {
            Self::Old
        } else {
            Self::New
        }
    }
}

/// The two links that were mailed.
pub struct Links {
    pub old: Token,
    pub new: Token,
}

const fn place(user: UserId) -> Place {
    Place {
        table: "email_changes",
        column: "email",
        row: user.0,
        owner: user.0,
    }
}

const DELETE: &str = "DELETE FROM email_changes WHERE user_id = $1";
const INSERT: &str = "INSERT INTO email_changes (user_id, email_index, email, created_at) VALUES ($1, $2, $3, $4)";

/// Begins a change of address, in place of an earlier one: a link goes to each mailbox.
///
/// # Errors
/// When the password was not entered lately, it is too often, or the database cannot be used.
pub async fn request(app: &App, caller: &Caller, user: &CurrentUser, email: &Email) -> Result<Links> {
    super::require_fresh(app, user)?;
    let index = app.keys.email_index(&email.normalised());
    super::signup::throttle(app, caller, index)?;
    let links = Links {
        old: Token::new()?,
        new: Token::new()?,
    };
    let key = app.keys.data_key(user.id.0).await?;
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    tokens::delete_email_change(&mut conn, user.id).await?;
    execute!(&mut conn, DELETE, user.id.0)?;
    let sealed = key.seal(place(user.id), email.as_str().as_bytes())?;
    execute!(&mut conn, INSERT, user.id.0, index.to_vec(), sealed, now.0)?;
    tokens::insert(&mut conn, &links.old, Some(user.id), TokenKind::EmailOld, now).await?;
    tokens::insert(&mut conn, &links.new, Some(user.id), TokenKind::EmailNew, now).await?;
    let to_new = mail::confirm_new_address(&user.name, &links.new.link(app, "/verify"));
    queue(app, &mut conn, (user.id, email.as_str()), "email_new", to_new).await?;
    let to_old = mail::confirm_old_address(
        &user.name,
        &links.old.link(app, "/verify"),
        &tokens::link(app, "/forgot"),
    );
    queue(app, &mut conn, (user.id, &user.email), "email_old", to_old).await?;
    record(app, &mut conn, caller, user.id, SecurityEventKind::EmailChangeRequested).await?;
    conn.commit().await?;
    Ok(links)
}

/// Calls the change off; whether there was one.
///
/// # Errors
/// When the database cannot be used.
pub async fn cancel(app: &App, user: &CurrentUser) -> Result<bool> {
    let mut conn = app.db.begin().await?;
    tokens::delete_email_change(&mut conn, user.id).await?;
    let cancelled = execute!(&mut conn, DELETE, user.id.0)? == 1;
    conn.commit().await?;
    Ok(cancelled)
}

/// Forgets a change that is under way.
pub(super) async fn forget(conn: &mut Conn, user: UserId) -> db::Result<u64> {
    execute!(conn, DELETE, user.0)
}

crate::row! {
    struct Pending {
        email: Vec<u8>,
        email_index: Vec<u8>,
        old_confirmed_at: Option<i64>,
        new_confirmed_at: Option<i64>,
    }
}

const CONFIRM_OLD: &str = "UPDATE email_changes SET old_confirmed_at = $2 WHERE user_id = $1 \
     RETURNING email, email_index, old_confirmed_at, new_confirmed_at";
const CONFIRM_NEW: &str = "UPDATE email_changes SET new_confirmed_at = $2 WHERE user_id = $1 \
     RETURNING email, email_index, old_confirmed_at, new_confirmed_at";

/// Notes that a mailbox answered; with both, the address changes. `None` when nothing is pending.
pub(super) async fn confirm(
    app: &App,
    conn: &mut Conn,
    caller: &Caller,
    user: UserId,
    side: Side,
) -> Result<Option<Confirmed>> {
    let sql = match side {
        Side::Old => CONFIRM_OLD,
        Side::New => CONFIRM_NEW,
    };
    let now = app.clock.now();
    let pending = on!(conn, c => sqlx::query_as::<_, Pending>(sql)
        .bind(user.0)
        .bind(now.0)
        .fetch_optional(c)
        .await)?;
    let Some(pending) = pending else { return Ok(None) };
    if pending.old_confirmed_at.is_none() || pending.new_confirmed_at.is_none() {
        return Ok(Some(Confirmed::HalfChange));
    }
    execute!(conn, DELETE, user.0)?;
    if !make_room(app, conn, user, &pending.email_index).await? {
        return Ok(Some(Confirmed::ChangeTaken));
    }
    let key = app.keys.data_key(user.0).await?;
    let change = finish(app, conn, &key, user, &pending).await?;
    let event = SecurityEvent {
        kind: SecurityEventKind::EmailChanged,
        caller: Some(caller),
        note: "",
    };
    security_log::record_changes(conn, app, user, event, vec![change]).await?;
    Ok(Some(Confirmed::Change))
}

/// Whether the address is free: a sign-up that nobody confirmed gives way.
async fn make_room(app: &App, conn: &mut Conn, user: UserId, index: &[u8]) -> Result<bool> {
    let Ok(index) = <&[u8; 32]>::try_from(index) else {
        return Ok(false);
    };
    match users::find_by_email(conn, index).await? {
        Some(other) if other.id() == user => Ok(true),
        Some(other) if other.state() == AccountState::Unverified => {
            outbox::erase(conn, app, other.id().0).await?;
            profile::destroy_key_later(app, other.id());
            Ok(users::delete_unverified(conn, other.id()).await?)
        }
        Some(_) => Ok(false),
        None => Ok(true),
    }
}

async fn finish(app: &App, conn: &mut Conn, key: &DataKey, user: UserId, pending: &Pending) -> Result<Change> {
    let email = key.open_text(place(user), &pending.email)?;
    let before = users::profile(conn, user, key).await?;
    let sealed = key.seal(users::place(user, "email"), email.as_bytes())?;
    users::set_email(conn, user, sealed, pending.email_index.clone()).await?;
    let when = app.clock.now().human();
    for to in [&before.email, &*email] {
        // The old mailbox may be the only one that its owner still has: the alarm goes there too.
        let letter = mail::address_changed(&before.name, &when, &alarm::link(conn, app, user).await?);
        queue(app, conn, (user, to), "email_changed", letter).await?;
    }
    Ok(Change {
        field: "email".to_owned(),
        before: before.email,
        after: email.to_string(),
    })
}

const FIND: &str = "SELECT email, email_index, old_confirmed_at, new_confirmed_at FROM email_changes WHERE user_id = $1 AND created_at > $2";

/// A change that waits for its mailboxes, as its owner reads it.
#[derive(Clone)]
pub struct PendingView {
    pub email: String,
    pub is_old_confirmed: bool,
    pub is_new_confirmed: bool,
}

pub(super) async fn find(conn: &mut Conn, user: UserId, key: &DataKey, now: Timestamp) -> Result<Option<PendingView>> {
    let since = now.minus(MAIL_TOKEN_MINUTES * MINUTE_MS);
    let pending = on!(conn, c => sqlx::query_as::<_, Pending>(FIND)
        .bind(user.0)
        .bind(since.0)
        .fetch_optional(c)
        .await)?;
    pending
        .map(|pending| {
            Ok(PendingView {
                email: key.open_text(place(user), &pending.email)?.to_string(),
                is_old_confirmed: pending.old_confirmed_at.is_some(),
                is_new_confirmed: pending.new_confirmed_at.is_some(),
            })
        })
        .transpose()
}

const PURGE: &str = "DELETE FROM email_changes WHERE created_at <= $1";

/// Deletes changes whose links are over; answers how many.
pub(super) async fn purge(conn: &mut Conn, now: Timestamp) -> db::Result<u64> {
    execute!(conn, PURGE, now.minus(MAIL_TOKEN_MINUTES * MINUTE_MS).0)
}

async fn record(app: &App, conn: &mut Conn, caller: &Caller, user: UserId, kind: SecurityEventKind) -> Result<()> {
    let event = SecurityEvent {
        kind,
        caller: Some(caller),
        note: "",
    };
    security_log::record(conn, app, user, event).await
}
