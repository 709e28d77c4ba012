//! SQL of platform keys. Every query but the look-up by hash names the owner.

use crate::domain::ids::{PlatformKeyId, UserId};
use crate::domain::timestamp::{MINUTE_MS, Timestamp};
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use uuid::Uuid;

crate::row! {
    /// A row as its owner may see it, sealed.
    #[derive(Debug)]
    pub struct KeyRow {
        pub id: Uuid,
        pub hint: Vec<u8>,
        pub label: Option<Vec<u8>>,
        pub created_at: i64,
        pub expires_at: Option<i64>,
        pub replaced_at: Option<i64>,
        pub last_used_at: Option<i64>,
    }
}

/// A new row.
pub struct NewRow {
    pub id: PlatformKeyId,
    pub user: UserId,
    pub hash: Vec<u8>,
    pub hint: Vec<u8>,
    pub label: Option<Vec<u8>>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

const LIST: &str = "
    SELECT id, hint, label, created_at, expires_at, replaced_at, last_used_at
    FROM platform_keys WHERE user_id = $1 ORDER BY created_at DESC, id DESC";

pub async fn list(conn: &mut Conn, user: UserId) -> db::Result<Vec<KeyRow>> {
    on!(conn, c => sqlx::query_as(LIST).bind(user.0).fetch_all(c).await)
}

const FIND: &str = "
    SELECT id, hint, label, created_at, expires_at, replaced_at, last_used_at
    FROM platform_keys WHERE user_id = $1 AND id = $2";

pub async fn find(conn: &mut Conn, user: UserId, id: PlatformKeyId) -> db::Result<Option<KeyRow>> {
    on!(conn, c => sqlx::query_as(FIND).bind(user.0).bind(id.0).fetch_optional(c).await)
}

const COUNT: &str = "SELECT COUNT(*) FROM platform_keys WHERE user_id = $1";

pub async fn count(conn: &mut Conn, user: UserId) -> db::Result<i64> {
    on!(conn, c => sqlx::query_scalar(COUNT).bind(user.0).fetch_one(c).await)
}

const INSERT: &str = "
    INSERT INTO platform_keys (id, user_id, hash, hint, label, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";

/// 0 where the id is taken: the form was sent before.
pub async fn insert(conn: &mut Conn, row: &NewRow) -> db::Result<u64> {
    execute!(
        conn,
        INSERT,
        row.id.0,
        row.user.0,
        row.hash.as_slice(),
        row.hint.as_slice(),
        row.label.as_deref(),
        row.created_at.0,
        row.expires_at.map(|at| at.0),
    )
}

const REPLACE: &str = "
    UPDATE platform_keys SET replaced_at = $1, expires_at = CASE WHEN expires_at < $2 THEN expires_at ELSE $2 END
    WHERE user_id = $3 AND id = $4";

/// Marks a key as replaced and lets it end at `end`, or earlier where it would have ended by itself.
pub async fn replace(
    conn: &mut Conn,
    user: UserId,
    id: PlatformKeyId,
    (now, end): (Timestamp, Timestamp),
) -> db::Result<u64> {
    execute!(conn, REPLACE, now.0, end.0, user.0, id.0)
}

const DELETE: &str = "DELETE FROM platform_keys WHERE user_id = $1 AND id = $2";

pub async fn delete(conn: &mut Conn, user: UserId, id: PlatformKeyId) -> db::Result<u64> {
    execute!(conn, DELETE, user.0, id.0)
}

crate::row! {
    /// A key that was found by what was sent.
    #[derive(Debug)]
    pub struct Found {
        pub id: Uuid,
        pub user_id: Uuid,
        pub expires_at: Option<i64>,
        pub last_used_at: Option<i64>,
        pub state: String,
        /// Since when the account is held after "this was not me".
        pub frozen_at: Option<i64>,
    }
}

const FIND_BY_HASH: &str = "
    SELECT platform_keys.id, platform_keys.user_id, platform_keys.expires_at, platform_keys.last_used_at,
        users.state, users.frozen_at
    FROM platform_keys JOIN users ON users.id = platform_keys.user_id WHERE platform_keys.hash = $1";

pub async fn find_by_hash(conn: &mut Conn, hash: &[u8]) -> db::Result<Option<Found>> {
    on!(conn, c => sqlx::query_as(FIND_BY_HASH).bind(hash).fetch_optional(c).await)
}

/// How exact "last used" is: a busy key is not written at every request.
const USED_STEP_MS: i64 = 5 * MINUTE_MS;

/// Whether [`touch`] would write.
pub const fn is_touch_due(last_used_at: Option<i64>, now: Timestamp) -> bool {
    match last_used_at {
        Some(at) => at <= now.minus(USED_STEP_MS).0,
        None => true,
    }
}

const TOUCH: &str = "
    UPDATE platform_keys SET last_used_at = $1
    WHERE id = $2 AND (last_used_at IS NULL OR last_used_at <= $3)";

pub async fn touch(conn: &mut Conn, id: PlatformKeyId, now: Timestamp) -> db::Result<u64> {
    execute!(conn, TOUCH, now.0, id.0, now.minus(USED_STEP_MS).0)
}

const PURGE: &str = "DELETE FROM platform_keys WHERE expires_at <= $1";

pub async fn purge(conn: &mut Conn, before: Timestamp) -> db::Result<u64> {
    execute!(conn, PURGE, before.0)
}
