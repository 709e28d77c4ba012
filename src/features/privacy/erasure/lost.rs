//! Erasure for people who lost their second factor, or the password as well: a link to the mailbox,
//! then days of waiting in which whoever still has the account can call it off.

use super::{ask, open, queries};
use crate::domain::accounts::{AccountState, Email, SecurityEventKind};
use crate::domain::privacy::erasure::{Counts, Reason, Receipt, State, wait_ends};
use crate::domain::privacy::erasure_letters as letters;
use crate::features::App;
use crate::features::accounts::reset::{self, MailedLink};
use crate::features::accounts::security_log::Caller;
use crate::features::accounts::tokens::{self, Token, TokenKind};
use crate::features::accounts::{closing, profile};
use crate::features::privacy::error::Result;
use uuid::Uuid;

/// The page that the link of the mail opens.
pub const CONFIRM_PATH: &str = "/delete-account/confirm";

/// Sends the link, if the address has an account; answers alike if not.
///
/// # Errors
/// When it is too often or the database cannot be used.
pub async fn mail_link(app: &App, caller: &Caller, email: &Email) -> Result<Token> {
    let link = MailedLink {
        kind: TokenKind::Erasure,
        path: CONFIRM_PATH,
        mail: "erasure_link",
        write: letters::confirm_mailed,
    };
    Ok(reset::mail_link(app, caller, email, link).await?)
}

/// Uses the link of the mail: the erasure waits from now on. Answers the receipt (of the open erasure,
/// where there is one already); `None` when the link is unknown, used or over.
///
/// # Errors
/// When a database cannot be used; the link then still works.
pub async fn begin_waiting(app: &App, caller: &Caller, token: &str) -> Result<Option<Uuid>> {
    let Some(token) = Token::parse(token) else {
        return Ok(None);
    };
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    let Some(user) = tokens::consume(&mut conn, &token, TokenKind::Erasure, now).await? else {
        return Ok(None);
    };
    if let Some(open) = queries::find_open(&mut conn, user).await? {
        conn.commit().await?;
        return Ok(Some(open.id));
    }
    // An address that was never confirmed is forgotten by itself.
    if closing::state(&mut conn, user).await? != Some(AccountState::Active) {
        return Ok(None);
    }
    let receipt = Receipt {
        id: ask::random_id()?,
        state: State::Waiting,
        reason: Reason::MailLink,
        asked_at: now,
        began_at: None,
        due_at: wait_ends(now),
        ended_at: None,
        counts: Counts::new(),
    };
    if !queries::insert(&mut conn, user, &receipt).await? {
        return Ok(None);
    }
    let person = profile::profile(app, user).await?.profile;
    ask::log(app, &mut conn, user, Some(caller), SecurityEventKind::ErasureWaiting).await?;
    let (link, cancel) = (ask::receipt_link(app, receipt.id), ask::cancel_link(app, receipt.id));
    let letter = letters::waiting(&person.name, receipt.due_at, &link, &cancel);
    ask::mail(app, &mut conn, receipt.id, &person.email, letter).await?;
    conn.commit().await?;
    open::note(app).await;
    Ok(Some(receipt.id))
}
