//! Links in mails and second steps of a sign-in: 256 random bits, kept as SHA-256, used once.

use super::error::{Error, Result};
use crate::domain::ids::UserId;
use crate::domain::privacy::constants::{MAIL_TOKEN_MINUTES, NOT_ME_LINK_DAYS};
use crate::domain::timestamp::{DAY_MS, MINUTE_MS, Timestamp};
use crate::features::App;
use crate::infra::crypto::random;
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

/// What a token may be used for; the words stand in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    Verify,
    Reset,
    EmailOld,
    EmailNew,
    /// The password was right; the code is still to come.
    SecondStep,
    /// Begins a deletion without password or second factor.
    Erasure,
    /// The way to say "this was not me", in alerts.
    NotMe,
}

impl TokenKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::EmailOld => "email_old",
            Self::EmailNew => "email_new",
            Self::SecondStep => "second_step",
            Self::Erasure => "erasure",
            Self::NotMe => "not_me",
        }
    }

    const fn lifetime_ms(self) -> i64 {
        match self {
            Self::SecondStep => 5 * MINUTE_MS,
            Self::NotMe => NOT_ME_LINK_DAYS * DAY_MS,
            _ => MAIL_TOKEN_MINUTES * MINUTE_MS,
        }
    }
}

/// Codes that may be tried with one second step.
const MAX_ATTEMPTS: i64 = 5;

/// The secret part of a link. Its text is 43 characters of base64url.
pub struct Token(Zeroizing<[u8; 32]>);

impl Token {
    pub(super) fn new() -> Result<Self> {
        Ok(Self(Zeroizing::new(random().map_err(|_| Error::Randomness)?)))
    }

    /// Reads what came back in a form; `None` where the shape is not a token's.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The text in a link or a form.
    #[must_use]
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(*self.0)
    }

    /// A link to `path` on this site, as it stands in a mail.
    #[must_use]
    pub fn link(&self, app: &App, path: &str) -> String {
        format!("{}?token={}", link(app, path), self.text())
    }

    fn hash(&self) -> Vec<u8> {
        Sha256::digest(*self.0).to_vec()
    }
}

/// A link to `path` on this site.
#[must_use]
pub fn link(app: &App, path: &str) -> String {
    format!("{}{path}", app.config.public_url.as_str().trim_end_matches('/'))
}

const INSERT: &str = "INSERT INTO tokens (hash, user_id, kind, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";

/// Writes a token down. One without a user is never worth anything: it makes the same work for an
/// address that has no account.
pub(super) async fn insert(
    conn: &mut Conn,
    token: &Token,
    user: Option<UserId>,
    kind: TokenKind,
    now: Timestamp,
) -> db::Result<u64> {
    let user = user.map(|user| user.0);
    let expires_at = now.plus(kind.lifetime_ms()).0;
    execute!(conn, INSERT, token.hash(), user, kind.as_str(), now.0, expires_at)
}

const CONSUME: &str = "DELETE FROM tokens WHERE hash = $1 AND kind = $2 AND expires_at > $3 RETURNING user_id";

/// Uses a token up; `None` when it is unknown, used, over, of another kind or nobody's.
///
/// # Errors
/// When the database refuses.
pub async fn consume(conn: &mut Conn, token: &Token, kind: TokenKind, now: Timestamp) -> db::Result<Option<UserId>> {
    let found = on!(conn, c => sqlx::query_scalar::<_, Option<Uuid>>(CONSUME)
        .bind(token.hash())
        .bind(kind.as_str())
        .bind(now.0)
        .fetch_optional(c)
        .await)?;
    Ok(found.flatten().map(UserId))
}

const CONSUME_MAILED: &str = "DELETE FROM tokens \
     WHERE hash = $1 AND kind IN ('verify', 'email_old', 'email_new') AND expires_at > $2 RETURNING user_id, kind";

/// Uses up a token of a link to `/verify`, whatever it confirms.
pub(super) async fn consume_mailed(
    conn: &mut Conn,
    token: &Token,
    now: Timestamp,
) -> db::Result<Option<(UserId, TokenKind)>> {
    let found = on!(conn, c => sqlx::query_as::<_, (Option<Uuid>, String)>(CONSUME_MAILED)
        .bind(token.hash())
        .bind(now.0)
        .fetch_optional(c)
        .await)?;
    Ok(found.and_then(|(user, kind)| {
        let kind = [TokenKind::Verify, TokenKind::EmailOld, TokenKind::EmailNew]
            .into_iter()
            .find(|known| known.as_str() == kind)?;
        Some((UserId(user?), kind))
    }))
}

const DELETE_EMAIL_CHANGE: &str = "DELETE FROM tokens WHERE user_id = $1 AND kind IN ('email_old', 'email_new')";

/// Makes the open links of a change of address worthless.
pub(super) async fn delete_email_change(conn: &mut Conn, user: UserId) -> db::Result<u64> {
    execute!(conn, DELETE_EMAIL_CHANGE, user.0)
}

const TRY: &str = "UPDATE tokens SET attempts = attempts + 1 \
     WHERE hash = $1 AND kind = $2 AND expires_at > $3 AND attempts < $4 RETURNING user_id";

/// Counts one attempt against a second step and answers whose it is; `None` when it is over.
pub(super) async fn attempt(conn: &mut Conn, token: &Token, now: Timestamp) -> db::Result<Option<UserId>> {
    let found = on!(conn, c => sqlx::query_scalar::<_, Option<Uuid>>(TRY)
        .bind(token.hash())
        .bind(TokenKind::SecondStep.as_str())
        .bind(now.0)
        .bind(MAX_ATTEMPTS)
        .fetch_optional(c)
        .await)?;
    Ok(found.flatten().map(UserId))
}

const DELETE_OF_USER: &str = "DELETE FROM tokens WHERE user_id = $1";

/// Makes every open link of a user worthless.
pub(super) async fn delete_of_user(conn: &mut Conn, user: UserId) -> db::Result<u64> {
    execute!(conn, DELETE_OF_USER, user.0)
}

const DELETE_ALL_BUT_ALARMS: &str = "DELETE FROM tokens WHERE user_id = $1 AND kind <> 'not_me'";

/// As [`delete_of_user`], but the links of alerts still work: who changes a password may be a thief.
pub(super) async fn delete_all_but_alarms(conn: &mut Conn, user: UserId) -> db::Result<u64> {
    execute!(conn, DELETE_ALL_BUT_ALARMS, user.0)
}

const PURGE: &str = "DELETE FROM tokens WHERE expires_at <= $1";

/// Deletes tokens that are over; answers how many.
pub(super) async fn purge(conn: &mut Conn, now: Timestamp) -> db::Result<u64> {
    execute!(conn, PURGE, now.0)
}
