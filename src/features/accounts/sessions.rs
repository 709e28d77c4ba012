//! Sessions: one row per signed-in device, found by the SHA-256 of the secret in the cookie.
//!
//! ```text
//! sign-in → row ── request (at most every 5 minutes: touched, cookie re-issued) ──┐
//!            │  ↑──────────────────────────────────────────────────────────────── ┘
//!            ├─ step-up, password change → the same row under a new secret
//!            └─ sign-out, revoked, 30 days idle → dead for good, purged
//! ```
//!
//! A dead session never comes back: every write says `WHERE revoked_at IS NULL` and nothing upserts.
//!
//! Why not `tower-sessions`: its layer removes the cookie whenever a session is not found, so a
//! request that was under way with the old secret signs out the tab that just got the new one;
//! answers an empty 500 when the database is busy; keeps its own wall clock; and writes the row
//! outside of the transaction that writes the security event.

use super::error::{Error, Result};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::privacy::constants::SESSION_IDLE_DAYS;
use crate::domain::timestamp::{DAY_MS, MINUTE_MS, Timestamp};
use crate::features::App;
use crate::infra::crypto::{DataKey, Place, random};
use crate::infra::db::{self, Conn, Rows};
use crate::{execute, on};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

/// A session without a request for this long is over.
pub const IDLE_MS: i64 = SESSION_IDLE_DAYS * DAY_MS;
/// A session is written to at most this often.
const TOUCH_MS: i64 = 5 * MINUTE_MS;
/// Sensitive actions want a password that was entered at most this long ago.
pub const FRESH_MS: i64 = 10 * MINUTE_MS;

/// What the cookie holds: 256 random bits.
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    pub(super) fn new() -> Result<Self> {
        Ok(Self(Zeroizing::new(random().map_err(|_| Error::Randomness)?)))
    }

    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::digest(*self.0).into()
    }

    /// The cookie's value: the secret and its signature, both base64url.
    #[must_use]
    pub fn to_cookie(&self, app: &App) -> String {
        let signature = signer(app, &self.0).finalize().into_bytes();
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(*self.0),
            URL_SAFE_NO_PAD.encode(signature)
        )
    }

    /// Reads a cookie's value; `None` where the signature is not ours.
    #[must_use]
    pub fn from_cookie(app: &App, value: &str) -> Option<Self> {
        let (secret, signature) = value.split_once('.')?;
        let secret: Zeroizing<[u8; 32]> = Zeroizing::new(URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?);
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        signer(app, &secret).verify_slice(&signature).ok()?;
        Some(Self(secret))
    }
}

fn signer(app: &App, secret: &[u8; 32]) -> Hmac<Sha256> {
    let key = Zeroizing::new(app.keys.cookie_key());
    // The block size of SHA-256 is 64 bytes: the key is used as it is.
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&(*key).into());
    mac.update(b"session\0");
    mac.update(secret);
    mac
}

/// Rows of live sessions by the hash of their secret, as they lie in the table.
pub type Sessions = Rows<[u8; 32], Arc<Row>>;

crate::row! {
    /// A live session with the sealed facts of its user.
    pub struct Row {
        pub id: Uuid,
        pub user_id: Uuid,
        pub fresh_at: i64,
        pub last_seen_at: i64,
        pub name: Vec<u8>,
        pub email: Vec<u8>,
        pub state: String,
        pub frozen_at: Option<i64>,
        pub call_limits: i64,
    }
}

/// Prints nothing of the person.
impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row({})", self.id)
    }
}

impl Row {
    const fn is_live(&self, now: Timestamp) -> bool {
        self.last_seen_at > now.minus(IDLE_MS).0
    }

    pub fn wants_touch(&self, now: Timestamp) -> bool {
        now.0 - self.last_seen_at >= TOUCH_MS || now.0 < self.last_seen_at
    }
}

const FIND: &str = "SELECT s.id, s.user_id, s.fresh_at, s.last_seen_at, u.name, u.email, u.state, u.frozen_at, \
     (SELECT COUNT(*) FROM processing_limits l WHERE l.user_id = u.id AND l.lifted_at IS NULL \
      AND l.kind IN ('restrict_account', 'restrict_calls')) AS call_limits \
     FROM sessions s JOIN users u ON u.id = s.user_id \
     WHERE s.id_hash = $1 AND s.revoked_at IS NULL AND s.last_seen_at > $2";

/// The session behind a secret: from memory while nothing was written since it was read.
pub(super) async fn find(app: &App, secret: &Secret, now: Timestamp) -> db::Result<Option<Arc<Row>>> {
    let (hash, stamp) = (secret.hash(), app.db.stamp());
    if let Some(row) = app.sessions.get(stamp, &hash) {
        return Ok(row.is_live(now).then_some(row));
    }
    let mut conn = app.db.acquire().await?;
    let row: Option<Row> = on!(&mut conn, c => sqlx::query_as(FIND)
        .bind(hash.as_slice())
        .bind(now.minus(IDLE_MS).0)
        .fetch_optional(c)
        .await)?;
    let row = row.map(Arc::new);
    if let Some(row) = &row {
        app.sessions.put(stamp, hash, Arc::clone(row));
    }
    Ok(row)
}

const TOUCH: &str = "UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND revoked_at IS NULL AND last_seen_at > $3";

/// Whether the session was still alive and now counts as seen.
pub(super) async fn touch(conn: &mut Conn, id: Uuid, now: Timestamp) -> db::Result<bool> {
    Ok(execute!(conn, TOUCH, id, now.0, now.minus(IDLE_MS).0)? == 1)
}

const INSERT: &str = "INSERT INTO sessions (id, id_hash, user_id, device, created_at, fresh_at, last_seen_at) \
     VALUES ($1, $2, $3, $4, $5, $5, $5)";

/// Opens a session for a user who has just proved who he is.
///
/// # Errors
/// When the machine has no randomness or the database refuses.
pub async fn insert(
    conn: &mut Conn,
    app: &App,
    user: UserId,
    key: &DataKey,
    device: &str,
) -> Result<(SessionId, Secret)> {
    let id = app.clock.new_id();
    let secret = Secret::new()?;
    let sealed = key.seal(device_place(user, id), device.as_bytes())?;
    execute!(
        conn,
        INSERT,
        id,
        secret.hash().as_slice(),
        user.0,
        sealed,
        app.clock.now().0
    )?;
    Ok((SessionId(id), secret))
}

const RENEW: &str =
    "UPDATE sessions SET id_hash = $2, fresh_at = $3, last_seen_at = $3 WHERE id = $1 AND revoked_at IS NULL";

/// Puts the session under a new secret: the old cookie is worth nothing from now on.
/// `None` when the session died meanwhile.
pub(super) async fn renew(conn: &mut Conn, id: SessionId, now: Timestamp) -> Result<Option<Secret>> {
    let secret = Secret::new()?;
    let renewed = execute!(conn, RENEW, id.0, secret.hash().as_slice(), now.0)?;
    Ok((renewed == 1).then_some(secret))
}

const REVOKE: &str = "UPDATE sessions SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL";

/// Ends one session of this user; whether there was one to end.
pub(super) async fn revoke(conn: &mut Conn, user: UserId, id: SessionId, now: Timestamp) -> db::Result<bool> {
    Ok(execute!(conn, REVOKE, id.0, user.0, now.0)? == 1)
}

const REVOKE_OTHERS: &str =
    "UPDATE sessions SET revoked_at = $3 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL";

/// Ends all sessions of this user but one; answers how many.
pub(super) async fn revoke_others(conn: &mut Conn, user: UserId, keep: SessionId, now: Timestamp) -> db::Result<u64> {
    execute!(conn, REVOKE_OTHERS, user.0, keep.0, now.0)
}

const REVOKE_ALL: &str = "UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";

/// Ends every session of this user.
pub(super) async fn revoke_all(conn: &mut Conn, user: UserId, now: Timestamp) -> db::Result<u64> {
    execute!(conn, REVOKE_ALL, user.0, now.0)
}

/// One line of the list of signed-in devices.
#[derive(Clone)]
pub struct Device {
    pub id: SessionId,
    /// Such as `Firefox 140 on Linux`.
    pub label: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
}

crate::row! {
    struct DeviceRow {
        id: Uuid,
        device: Vec<u8>,
        created_at: i64,
        last_seen_at: i64,
    }
}

const LIST: &str = "SELECT id, device, created_at, last_seen_at FROM sessions \
     WHERE user_id = $1 AND revoked_at IS NULL AND last_seen_at > $2 ORDER BY last_seen_at DESC, id DESC LIMIT 200";

pub(super) async fn list(conn: &mut Conn, user: UserId, key: &DataKey, now: Timestamp) -> Result<Vec<Device>> {
    let rows = on!(conn, c => sqlx::query_as::<_, DeviceRow>(LIST)
        .bind(user.0)
        .bind(now.minus(IDLE_MS).0)
        .fetch_all(c)
        .await)?;
    rows.into_iter()
        .map(|row| {
            Ok(Device {
                id: SessionId(row.id),
                label: key.open_text(device_place(user, row.id), &row.device)?.to_string(),
                created_at: Timestamp(row.created_at),
                last_seen_at: Timestamp(row.last_seen_at),
            })
        })
        .collect()
}

const PURGE: &str = "DELETE FROM sessions WHERE revoked_at IS NOT NULL OR last_seen_at <= $1";

/// Deletes sessions that are over; answers how many.
pub(super) async fn purge(conn: &mut Conn, now: Timestamp) -> db::Result<u64> {
    execute!(conn, PURGE, now.minus(IDLE_MS).0)
}

const fn device_place(user: UserId, row: Uuid) -> Place {
    Place {
        table: "sessions",
        column: "device",
        row,
        owner: user.0,
    }
}
