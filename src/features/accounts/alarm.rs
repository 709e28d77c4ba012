//! "This was not me": ends every session and freezes what cannot be undone until the owner of the
//! mailbox has set a new password.
//!
//! ```text
//! alert mail ── link (7 days, once) ── GET shows, POST consumes ──┐
//! security log, signed in ── POST ────────────────────────────────┴─► frozen ── reset by mail ─► free
//! ```
//!
//! The link proves the mailbox, so it leads straight to a new password; the button does not, so the
//! way there is mailed.

use super::error::{Error, Result};
use super::security_log::{self, Caller, SecurityEvent};
use super::signup::queue;
use super::tokens::{self, Token, TokenKind};
use super::{CurrentUser, email_change, sessions, users};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::mail;
use crate::execute;
use crate::features::App;
use crate::infra::crypto::KeysError;
use crate::infra::db::Conn;

/// The link for an alert that is queued in this transaction.
///
/// # Errors
/// When the machine has no randomness or the database refuses.
pub async fn link(conn: &mut Conn, app: &App, user: UserId) -> Result<String> {
    let token = Token::new()?;
    tokens::insert(conn, &token, Some(user), TokenKind::NotMe, app.clock.now()).await?;
    Ok(token.link(app, "/not-me"))
}

/// Uses the link of an alert. Answers whose it was, for whom streams are to end, and a token for a new password; `None` when the link is unknown, used or over.
///
/// # Errors
/// When the database cannot be used; the link then still works.
pub async fn report_by_link(app: &App, caller: &Caller, token: &str) -> Result<Option<(UserId, Token)>> {
    let Some(token) = Token::parse(token) else {
        return Ok(None);
    };
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    let Some(user) = tokens::consume(&mut conn, &token, TokenKind::NotMe, now).await? else {
        return Ok(None);
    };
    match freeze(&mut conn, app, caller, user).await {
        Err(Error::Keys(KeysError::Gone)) => return Ok(None),
        frozen => frozen?,
    }
    let reset = Token::new()?;
    tokens::insert(&mut conn, &reset, Some(user), TokenKind::Reset, now).await?;
    conn.commit().await?;
    Ok(Some((user, reset)))
}

/// As [`report_by_link`], by somebody who is signed in: the way to a new password is mailed.
///
/// # Errors
/// When the database cannot be used; nothing has changed then.
pub async fn report(app: &App, caller: &Caller, user: &CurrentUser) -> Result<()> {
    let mut conn = app.db.begin().await?;
    freeze(&mut conn, app, caller, user.id).await?;
    let reset = Token::new()?;
    tokens::insert(&mut conn, &reset, Some(user.id), TokenKind::Reset, app.clock.now()).await?;
    let letter = mail::account_held(&user.name, &reset.link(app, "/reset"));
    queue(app, &mut conn, (user.id, &user.email), "account_held", letter).await?;
    Ok(conn.commit().await?)
}

const FREEZE: &str = "UPDATE users SET frozen_at = COALESCE(frozen_at, $2) WHERE id = $1";

/// Ends all sessions, links and a change of address that is under way, and holds the rest.
async fn freeze(conn: &mut Conn, app: &App, caller: &Caller, user: UserId) -> Result<()> {
    let now = app.clock.now();
    execute!(conn, FREEZE, user.0, now.0)?;
    sessions::revoke_all(conn, user, now).await?;
    tokens::delete_of_user(conn, user).await?;
    email_change::forget(conn, user).await?;
    let event = SecurityEvent {
        kind: SecurityEventKind::NotMe,
        caller: Some(caller),
        note: "",
    };
    security_log::record(conn, app, user, event).await
}

const UNFREEZE: &str = "UPDATE users SET frozen_at = NULL WHERE id = $1";

/// A new password was set from the mailbox: everything is possible again.
pub(super) async fn lift(conn: &mut Conn, user: UserId) -> Result<()> {
    execute!(conn, UNFREEZE, user.0)?;
    Ok(())
}

/// For actions that cannot be undone: erasure, export, changes of keys, of address and of the second factor.
///
/// # Errors
/// [`Error::Frozen`] after "this was not me", until a new password was set by mail.
pub fn require_unfrozen(user: &CurrentUser) -> Result<()> {
    if user.is_frozen { Err(Error::Frozen) } else { Ok(()) }
}

/// As [`require_unfrozen`], where only the id is known.
///
/// # Errors
/// Also when the database cannot be read.
pub async fn require_unfrozen_id(conn: &mut Conn, user: UserId) -> Result<()> {
    match users::find(conn, user).await? {
        Some(found) if found.frozen_at.is_some() => Err(Error::Frozen),
        _ => Ok(()),
    }
}
