//! Sign-up and the confirmation of an address.
//!
//! A new address, one that waits for confirmation and one that has an account are answered alike and
//! do the same work: one hash, one data key, one transaction with a token and a mail. What differs
//! is only what the mailbox's owner reads. The newest sign-up of an unconfirmed address counts.

use super::error::Result;
use super::security_log::{self, Caller, SecurityEvent};
use super::throttle::{Counted, network};
use super::tokens::{self, Token, TokenKind};
use super::users::{self, NewUser};
use super::{email_change, profile, strength};
use crate::domain::accounts::{AccountState, Email, PersonName, SecurityEventKind};
use crate::domain::fields::FieldErrors;
use crate::domain::ids::UserId;
use crate::domain::mail::{self, Letter};
use crate::domain::privacy::constants::{MINIMUM_AGE_YEARS, POLICY_VERSION};
use crate::domain::privacy::policy;
use crate::execute;
use crate::features::outbox::{self, Mail};
use crate::features::{App, accounts::Error};
use crate::infra::crypto::DataKey;
use crate::infra::db::Conn;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// The form as it was sent.
pub struct SignUpForm<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub password: &'a SecretString,
    pub is_old_enough: bool,
    pub accepts_policy: bool,
    pub policy_version: &'a str,
}

/// The form as it is good.
struct SignUp {
    name: PersonName,
    email: Email,
}

fn parse(form: &SignUpForm<'_>) -> Result<SignUp, FieldErrors> {
    let mut errors = FieldErrors::default();
    let name = errors.take("name", PersonName::parse(form.name));
    let email = errors.take("email", Email::parse(form.email));
    errors.take(
        "password",
        strength::check(form.password.expose_secret(), form.name, form.email),
    );
    if !form.is_old_enough {
        errors.add(
            "age",
            format!("Spectr is for people of {MINIMUM_AGE_YEARS} and older. Nothing you typed was kept."),
        );
    }
    if !form.accepts_policy {
        errors.add("policy", "An account needs the privacy policy to be accepted.");
    } else if form.policy_version != POLICY_VERSION {
        errors.add(
            "policy",
            "The policy has changed meanwhile. Read it and accept it again.",
        );
    }
    match (name, email, errors.is_empty()) {
        (Some(name), Some(email), true) => Ok(SignUp { name, email }),
        _ => Err(errors),
    }
}

/// Makes an account that waits for its address to be confirmed. Answers the token of the mail that
/// was queued: the same kind of token whether the address was known or not.
///
/// # Errors
/// When it is too often, the server is too busy or the database cannot be used. Fields to be mended
/// are the inner error.
pub async fn sign_up(app: &App, caller: &Caller, form: &SignUpForm<'_>) -> Result<Result<Token, FieldErrors>> {
    let good = match parse(form) {
        Ok(good) => good,
        Err(errors) => return Ok(Err(errors)),
    };
    let index = app.keys.email_index(&good.email.normalised());
    throttle(app, caller, index)?;
    let hash = app.passwords.hash(app.keys.pepper_password(form.password)).await?;
    let id = UserId(app.clock.new_id());
    let key = app.keys.create_data_key(id.0).await?;
    let token = Token::new()?;
    let new = NewUser {
        id,
        name: &good.name,
        email: &good.email,
        password_hash: &hash,
        state: AccountState::Unverified,
    };
    let mut written = write(app, caller, &new, &key, &token).await;
    // Two sign-ups with one address at the same moment: the second sees the first's row now.
    if matches!(&written, Err(Error::Db(error)) if is_taken(error)) {
        written = write(app, caller, &new, &key, &token).await;
    }
    // Whichever key lost its owner dies after the answer, so that the time tells nothing.
    let orphan = match &written {
        Ok(replaced) => *replaced,
        Err(_) => Some(id),
    };
    if let Some(orphan) = orphan {
        profile::destroy_key_later(app, orphan);
    }
    written.map(|_| Ok(token))
}

/// Counts a mail against the network and the address.
pub(super) fn throttle(app: &App, caller: &Caller, index: [u8; 32]) -> Result<()> {
    let keys = [Counted::MailNetwork(network(caller.ip)), Counted::MailAddress(index)];
    app.throttles
        .take(&keys, app.clock.now())
        .map_err(|retry_after| Error::Throttled { retry_after })
}

fn is_taken(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation())
}

/// One transaction; answers the owner whose data key is of no use any more.
async fn write(app: &App, caller: &Caller, new: &NewUser<'_>, key: &DataKey, token: &Token) -> Result<Option<UserId>> {
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    let index = app.keys.email_index(&new.email.normalised());
    let existing = users::find_by_email(&mut conn, &index).await?;
    let replaced = match existing {
        Some(owner) if owner.state() != AccountState::Unverified => {
            let owner = owner.id();
            tokens::insert(&mut conn, token, Some(owner), TokenKind::Verify, now).await?;
            tell_owner(app, &mut conn, owner, token).await?;
            Some(new.id)
        }
        other => {
            let old = other.map(|user| user.id());
            if let Some(old) = old {
                users::delete_unverified(&mut conn, old).await?;
                outbox::erase(&mut conn, app, old.0).await?;
            }
            users::insert(&mut conn, app, key, new).await?;
            accept_policy(app, &mut conn, new.id).await?;
            let event = SecurityEvent {
                kind: SecurityEventKind::AccountCreated,
                caller: Some(caller),
                note: "",
            };
            security_log::record(&mut conn, app, new.id, event).await?;
            tokens::insert(&mut conn, token, Some(new.id), TokenKind::Verify, now).await?;
            let letter = mail::confirm_address(new.name.as_str(), &token.link(app, "/verify"));
            queue(app, &mut conn, (new.id, new.email.as_str()), "verify", letter).await?;
            old
        }
    };
    conn.commit().await?;
    Ok(replaced)
}

/// Tells the owner of an account that somebody tried to make it again.
async fn tell_owner(app: &App, conn: &mut Conn, owner: UserId, token: &Token) -> Result<()> {
    let key = app.keys.data_key(owner.0).await?;
    let profile = users::profile(conn, owner, &key).await?;
    let letter = mail::account_exists(
        &profile.name,
        &token.link(app, "/verify"),
        &tokens::link(app, "/forgot"),
    );
    queue(app, conn, (owner, &profile.email), "account_exists", letter).await
}

/// Queues a mail of this feature to an owner and his address; each is a mail of its own.
pub(super) async fn queue(
    app: &App,
    conn: &mut Conn,
    (owner, to): (UserId, &str),
    kind: &'static str,
    letter: Letter,
) -> Result<()> {
    let mail = Mail {
        owner: owner.0,
        to,
        kind,
        letter,
        dedupe: format!("{kind}:{}", app.clock.new_id()),
    };
    Ok(outbox::enqueue(conn, app, mail).await?)
}

const ACCEPT: &str = "INSERT INTO policy_acceptances (id, user_id, version, text_sha256, age_confirmed, accepted_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";

/// Records that a person accepted the current policy: its version and the SHA-256 of the exact text
/// that is shown.
///
/// # Errors
/// When the database refuses.
pub async fn accept_policy(app: &App, conn: &mut Conn, user: UserId) -> Result<()> {
    let text = Sha256::digest(policy::policy_text()).to_vec();
    let (id, now) = (app.clock.new_id(), app.clock.now().0);
    execute!(conn, ACCEPT, id, user.0, POLICY_VERSION, text, true, now)?;
    Ok(())
}

/// What the link of a mail confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// The address of an account; one that was confirmed before stays as it is.
    Address,
    /// One of the two mailboxes of a change of address; the other one is still to come.
    HalfChange,
    /// Both mailboxes: the address is changed.
    Change,
    /// Both mailboxes, but the new address has got an account of its own meanwhile.
    ChangeTaken,
}

/// Uses the link of a mail to `/verify`; `None` when it is unknown, used or over.
///
/// # Errors
/// When the database cannot be used; the link then still works.
pub async fn verify(app: &App, caller: &Caller, token: &str) -> Result<Option<Confirmed>> {
    let Some(token) = Token::parse(token) else {
        return Ok(None);
    };
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    let Some((user, kind)) = tokens::consume_mailed(&mut conn, &token, now).await? else {
        return Ok(None);
    };
    let confirmed = match kind {
        TokenKind::EmailOld | TokenKind::EmailNew => {
            let side = email_change::Side::of(kind);
            let Some(confirmed) = email_change::confirm(app, &mut conn, caller, user, side).await? else {
                return Ok(None);
            };
            confirmed
        }
        _ => {
            if users::verify(&mut conn, user, now).await? {
                let event = SecurityEvent {
                    kind: SecurityEventKind::EmailVerified,
                    caller: Some(caller),
                    note: "",
                };
                security_log::record(&mut conn, app, user, event).await?;
            }
            Confirmed::Address
        }
    };
    conn.commit().await?;
    Ok(Some(confirmed))
}
