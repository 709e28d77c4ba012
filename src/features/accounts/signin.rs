//! Signing in and out.
//!
//! One refusal for everything that is not right — no such address, wrong password, an address that
//! was not confirmed — so that it tells nothing, at the price of one hash each. The code of a
//! second factor comes with the password or in a second step; the second step proves by a token that
//! the password was right.

use super::error::{Error, Result};
use super::security_log::{self, Caller, SecurityEvent};
use super::sessions::{self, Secret};
use super::signup::queue;
use super::throttle::{Counted, network};
use super::tokens::{self, Token, TokenKind};
use super::users::{self, Credentials};
use super::{CurrentUser, alarm, second_factor};
use crate::domain::accounts::{Email, SecurityEventKind};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::mail;
use crate::features::App;
use crate::infra::crypto::DataKey;
use crate::infra::db::Conn;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

/// How a sign-in ended.
pub enum SignIn {
    /// The session is open; its secret goes into the cookie.
    Done(Secret),
    /// The password was right. The token stands for it while the code is asked for.
    CodeNeeded(Token),
    /// Not this combination of address, password and code.
    Refused,
    /// The code was wrong; the same token may be tried again.
    WrongCode(Token),
}

/// Signs in with address, password and, where the account has a second factor, a code.
/// An older session of the same browser ends.
///
/// # Errors
/// When it was tried too often, the server is too busy or the database cannot be used.
pub async fn sign_in(app: &App, caller: &Caller, form: &SignInForm<'_>, old: Option<&CurrentUser>) -> Result<SignIn> {
    let address = Email::parse(form.email).ok();
    let index = address.as_ref().map_or_else(
        || Sha256::digest(form.email.as_bytes()).into(),
        |email| app.keys.email_index(&email.normalised()),
    );
    let guesses = throttle(app, caller, index)?;
    let user = match address {
        Some(_) => users::find_by_email(&mut app.db.acquire().await?, &index).await?,
        None => None,
    };
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let is_right = app
        .passwords
        .verify(app.keys.pepper_password(form.password), hash)
        .await?;
    let user = match user {
        Some(user) if is_right && user.state().may_sign_in() => user,
        Some(user) => {
            note_failure(app, caller, user.id());
            return Ok(SignIn::Refused);
        }
        None => return Ok(SignIn::Refused),
    };
    let outcome = match (user.totp_enabled_at, form.code.trim()) {
        (None, _) => open(app, caller, user.id(), old).await?,
        (Some(_), "") => return second_step(app, &user).await,
        (Some(_), code) => with_code(app, caller, user.id(), code, old).await?,
    };
    if matches!(outcome, SignIn::Done(_)) {
        guesses.into_iter().for_each(|key| app.throttles.forgive(key));
    }
    Ok(outcome)
}

/// The form as it was sent.
pub struct SignInForm<'a> {
    pub email: &'a str,
    pub password: &'a SecretString,
    /// A code of the authenticator or a recovery code; empty where none was given.
    pub code: &'a str,
}

/// Completes a sign-in whose password was right before.
///
/// # Errors
/// When it was tried too often or the database cannot be used.
pub async fn complete(
    app: &App,
    caller: &Caller,
    token: &str,
    code: &str,
    old: Option<&CurrentUser>,
) -> Result<SignIn> {
    let Some(token) = Token::parse(token) else {
        return Ok(SignIn::Refused);
    };
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    let user = tokens::attempt(&mut conn, &token, now).await?;
    conn.commit().await?;
    let Some(user) = user else {
        return Ok(SignIn::Refused);
    };
    throttle(app, caller, app.keys.blind_index("second step", &user.to_string()))?;
    let still_exists = users::find(&mut app.db.acquire().await?, user).await?;
    if !still_exists.is_some_and(|user| user.state().may_sign_in() && user.totp_enabled_at.is_some()) {
        return Ok(SignIn::Refused);
    }
    match with_code(app, caller, user, code, old).await? {
        SignIn::Done(secret) => {
            let mut conn = app.db.begin().await?;
            tokens::consume(&mut conn, &token, TokenKind::SecondStep, now).await?;
            conn.commit().await?;
            Ok(SignIn::Done(secret))
        }
        _ => Ok(SignIn::WrongCode(token)),
    }
}

/// Counts one guess; answers what the right password clears.
fn throttle(app: &App, caller: &Caller, index: [u8; 32]) -> Result<[Counted; 2]> {
    let network = network(caller.ip);
    let guesses = [Counted::GuessHere(index, network), Counted::GuessAnywhere(index)];
    let [here, anywhere] = guesses;
    app.throttles
        .take(&[here, anywhere, Counted::SignInNetwork(network)], app.clock.now())
        .map_err(|retry_after| Error::Throttled { retry_after })?;
    Ok(guesses)
}

/// Counts one guess of somebody who is signed in and enters the password again.
pub(super) fn throttle_user(app: &App, caller: &Caller, user: UserId) -> Result<[Counted; 2]> {
    throttle(app, caller, app.keys.blind_index("step up", &user.to_string()))
}

async fn second_step(app: &App, user: &Credentials) -> Result<SignIn> {
    let token = Token::new()?;
    let mut conn = app.db.begin().await?;
    tokens::insert(
        &mut conn,
        &token,
        Some(user.id()),
        TokenKind::SecondStep,
        app.clock.now(),
    )
    .await?;
    conn.commit().await?;
    Ok(SignIn::CodeNeeded(token))
}

async fn with_code(app: &App, caller: &Caller, user: UserId, code: &str, old: Option<&CurrentUser>) -> Result<SignIn> {
    let guess = Counted::Code(user);
    app.throttles
        .take(&[guess], app.clock.now())
        .map_err(|retry_after| Error::Throttled { retry_after })?;
    if second_factor::accept(app, caller, user, code).await? {
        app.throttles.forgive(guess);
        open(app, caller, user, old).await
    } else {
        note_failure(app, caller, user);
        Ok(SignIn::Refused)
    }
}

/// Opens the session and writes it into the log, in one transaction.
async fn open(app: &App, caller: &Caller, user: UserId, old: Option<&CurrentUser>) -> Result<SignIn> {
    let key = app.keys.data_key(user.0).await?;
    let mut conn = app.db.begin().await?;
    if let Some(old) = old {
        sessions::revoke(&mut conn, old.id, old.session, app.clock.now()).await?;
    }
    let is_new = is_new_device(&mut conn, app, (user, &key), &caller.device).await?;
    let (_, secret) = sessions::insert(&mut conn, app, user, &key, &caller.device).await?;
    record(&mut conn, app, caller, user, SecurityEventKind::SignedIn).await?;
    if is_new {
        let profile = users::profile(&mut conn, user, &key).await?;
        let when = app.clock.now().human();
        let not_me = alarm::link(&mut conn, app, user).await?;
        let letter = mail::signed_in_anew(&profile.name, &when, &caller.device, &not_me);
        queue(app, &mut conn, (user, &profile.email), "new_sign_in", letter).await?;
    }
    conn.commit().await?;
    Ok(SignIn::Done(secret))
}

/// Whether the account was used before, but by no browser of this kind. A new version is no new browser.
async fn is_new_device(conn: &mut Conn, app: &App, (user, key): (UserId, &DataKey), device: &str) -> Result<bool> {
    let kind = |device: &str| device.replace(|it: char| it.is_ascii_digit() || it == '.', "");
    let known = security_log::devices_signed_in(conn, user, key, app.clock.now()).await?;
    Ok(!known.is_empty() && !known.iter().any(|it| kind(it) == kind(device)))
}

async fn record(conn: &mut Conn, app: &App, caller: &Caller, user: UserId, kind: SecurityEventKind) -> Result<()> {
    let event = SecurityEvent {
        kind,
        caller: Some(caller),
        note: "",
    };
    security_log::record(conn, app, user, event).await
}

/// Writes a failed attempt into its account's log after the answer: writing takes time that an
/// unknown address would not take.
pub(super) fn note_failure(app: &App, caller: &Caller, user: UserId) {
    let (task, caller) = (app.clone(), caller.clone());
    app.background.spawn(async move {
        let written = async {
            let mut conn = task.db.begin().await?;
            record(&mut conn, &task, &caller, user, SecurityEventKind::SignInFailed).await?;
            Ok::<_, Error>(conn.commit().await?)
        };
        if let Err(error) = written.await {
            tracing::warn!(%error, "a failed sign-in could not be written into the log");
        }
    });
}

/// Ends the session of this browser. Ending one that is over is no error.
///
/// # Errors
/// When the database cannot be used; the session is then still open.
pub async fn sign_out(app: &App, caller: &Caller, user: &CurrentUser) -> Result<()> {
    let mut conn = app.db.begin().await?;
    if sessions::revoke(&mut conn, user.id, user.session, app.clock.now()).await? {
        record(&mut conn, app, caller, user.id, SecurityEventKind::SignedOut).await?;
    }
    Ok(conn.commit().await?)
}

/// Signs out one other device of this user, or all others; answers how many were signed out.
///
/// # Errors
/// When the database cannot be used.
pub async fn revoke(app: &App, caller: &Caller, user: &CurrentUser, which: Option<SessionId>) -> Result<u64> {
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    let (ended, kind) = match which {
        Some(id) => (
            u64::from(sessions::revoke(&mut conn, user.id, id, now).await?),
            SecurityEventKind::SessionRevoked,
        ),
        None => (
            sessions::revoke_others(&mut conn, user.id, user.session, now).await?,
            SecurityEventKind::SessionsRevoked,
        ),
    };
    if ended > 0 {
        record(&mut conn, app, caller, user.id, kind).await?;
    }
    conn.commit().await?;
    Ok(ended)
}
