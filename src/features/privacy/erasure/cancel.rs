//! Calling an erasure off in time: from the settings, or by the link of its mail.

use super::{ask, open, queries};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::privacy::erasure_letters as letters;
use crate::features::accounts::security_log::Caller;
use crate::features::accounts::{self, Notification, closing, tokens};
use crate::features::privacy::error::Result;
use crate::features::{App, outbox};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// How calling off ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// The account is in use again.
    Done,
    /// The deadline has passed.
    TooLate,
    /// Nothing was open.
    NotOpen,
}

/// Calls off the open erasure of an account.
///
/// # Errors
/// When a database cannot be used; nothing has changed then.
pub async fn cancel(app: &App, caller: &Caller, user: UserId) -> Result<Cancelled> {
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    closing::hold(&mut conn, user).await?;
    let Some(asked) = queries::find_open(&mut conn, user).await? else {
        return Ok(Cancelled::NotOpen);
    };
    if !queries::cancel(&mut conn, asked.id, now).await? {
        return Ok(Cancelled::TooLate);
    }
    closing::reopen(&mut conn, user).await?;
    ask::log(app, &mut conn, user, Some(caller), SecurityEventKind::ErasureCancelled).await?;
    // What the mail of the request says is not true any more.
    outbox::erase(&mut conn, app, asked.id).await?;
    let notification = Notification {
        kind: "erasure_cancelled",
        dedupe: format!("erasure_cancelled:{}", asked.id),
    };
    let forgot = tokens::link(app, "/forgot");
    accounts::notify(&mut conn, app, user, notification, |name| {
        letters::cancelled(name, &now.human(), &forgot)
    })
    .await?;
    conn.commit().await?;
    open::note(app).await;
    if let Err(error) = app.keys.destroy_data_key(asked.id).await {
        tracing::warn!(%error, "the key of a mail that is gone stays");
    }
    Ok(Cancelled::Done)
}

/// Calls an erasure off by the link of its mail; a token that is not its own finds nothing open.
///
/// # Errors
/// When a database cannot be used; nothing has changed then.
pub async fn cancel_by_link(app: &App, caller: &Caller, receipt: Uuid, secret: &str) -> Result<Cancelled> {
    let is_right: bool = token(app, receipt).as_bytes().ct_eq(secret.trim().as_bytes()).into();
    if !is_right {
        return Ok(Cancelled::NotOpen);
    }
    let owner = queries::owner(&mut app.db.acquire().await?, receipt).await?;
    match owner {
        Some(user) => cancel(app, caller, user).await,
        None => match super::find(app, receipt).await? {
            Some(found) if found.state != crate::domain::privacy::erasure::State::Cancelled => Ok(Cancelled::TooLate),
            _ => Ok(Cancelled::NotOpen),
        },
    }
}

/// What stands in the link: bound to the receipt, kept nowhere.
pub(super) fn token(app: &App, receipt: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(app.keys.blind_index("erasure called off", &receipt.to_string()))
}
