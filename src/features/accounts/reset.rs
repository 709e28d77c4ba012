//! A forgotten password: a link by mail, then a new password. Everything else is signed out.
//!
//! Asking answers the same in the same time whether the address has an account or not. Using the
//! link also proves the mailbox, so it confirms an address that was waiting for that.

use super::error::Result;
use super::security_log::{self, Caller, SecurityEvent};
use super::signup::{queue, throttle};
use super::tokens::{self, Token, TokenKind};
use super::{alarm, sessions, strength, users};
use crate::domain::accounts::password::PasswordError;
use crate::domain::accounts::{AccountState, Email, SecurityEventKind};
use crate::domain::mail::{self, Letter};
use crate::features::App;
use crate::infra::crypto::KeysError;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use tokio::time::Instant;

/// Answers take at least this long: more than the work for an address that has an account.
const EVEN: Duration = Duration::from_millis(120);

/// Sends a link to the address if it has an account. The token answered is worth something only then.
///
/// # Errors
/// When it is too often or the database cannot be used.
pub async fn forgot(app: &App, caller: &Caller, email: &Email) -> Result<Token> {
    let link = MailedLink {
        kind: TokenKind::Reset,
        path: "/reset",
        mail: "reset",
        write: mail::reset_password,
    };
    mail_link(app, caller, email, link).await
}

/// A link to the mailbox of an account.
#[derive(Clone, Copy)]
pub struct MailedLink {
    pub kind: TokenKind,
    /// The page that it opens.
    pub path: &'static str,
    /// The kind of mail, for the operator's eyes.
    pub mail: &'static str,
    /// Name and link to the letter.
    pub write: fn(&str, &str) -> Letter,
}

/// Sends a link to the address if it has an account, and answers the same in the same time if not.
/// The token answered is worth something only then.
///
/// # Errors
/// When it is too often or the database cannot be used.
pub async fn mail_link(app: &App, caller: &Caller, email: &Email, link: MailedLink) -> Result<Token> {
    let answer_at = Instant::now() + EVEN;
    let index = app.keys.email_index(&email.normalised());
    throttle(app, caller, index)?;
    let token = Token::new()?;
    let sent = send(app, &index, &token, link).await;
    tokio::time::sleep_until(answer_at).await;
    sent.map(|()| token)
}

async fn send(app: &App, index: &[u8; 32], token: &Token, link: MailedLink) -> Result<()> {
    let mut conn = app.db.begin().await?;
    let user = users::find_by_email(&mut conn, index)
        .await?
        .filter(|user| user.state() != AccountState::Erasing)
        .map(|user| user.id());
    tokens::insert(&mut conn, token, user, link.kind, app.clock.now()).await?;
    if let Some(user) = user {
        let key = app.keys.data_key(user.0).await?;
        let profile = users::profile(&mut conn, user, &key).await?;
        let letter = (link.write)(&profile.name, &token.link(app, link.path));
        queue(app, &mut conn, (user, &profile.email), link.mail, letter).await?;
    }
    Ok(conn.commit().await?)
}

/// How setting a new password by a link ended.
pub enum Reset {
    Done,
    /// Unknown, used or over.
    LinkOver,
    Password(PasswordError),
}

/// Sets a new password by the link of a mail: ends every session and every other link.
///
/// # Errors
/// When the server is too busy or the database cannot be used; the link then still works.
pub async fn reset(app: &App, caller: &Caller, token: &str, password: &SecretString) -> Result<Reset> {
    // Length and guessability are judged before the link, alike for links that are worth nothing.
    if let Err(error) = strength::check(password.expose_secret(), "", "") {
        return Ok(Reset::Password(error));
    }
    let Some(token) = Token::parse(token) else {
        return Ok(Reset::LinkOver);
    };
    let hash = app.passwords.hash(app.keys.pepper_password(password)).await?;
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    let Some(user) = tokens::consume(&mut conn, &token, TokenKind::Reset, now).await? else {
        return Ok(Reset::LinkOver);
    };
    let key = match app.keys.data_key(user.0).await {
        Err(KeysError::Gone) => return Ok(Reset::LinkOver),
        key => key?,
    };
    let profile = users::profile(&mut conn, user, &key).await?;
    // Dropping the connection here takes back that the link was used.
    if let Err(error) = strength::check(password.expose_secret(), &profile.name, &profile.email) {
        return Ok(Reset::Password(error));
    }
    users::set_password(&mut conn, user, &hash).await?;
    users::verify(&mut conn, user, now).await?;
    sessions::revoke_all(&mut conn, user, now).await?;
    tokens::delete_of_user(&mut conn, user).await?;
    alarm::lift(&mut conn, user).await?;
    let event = SecurityEvent {
        kind: SecurityEventKind::PasswordReset,
        caller: Some(caller),
        note: "",
    };
    security_log::record(&mut conn, app, user, event).await?;
    let letter = mail::password_changed(&profile.name, &now.human(), &alarm::link(&mut conn, app, user).await?);
    queue(app, &mut conn, (user, &profile.email), "password_changed", letter).await?;
    conn.commit().await?;
    Ok(Reset::Done)
}
