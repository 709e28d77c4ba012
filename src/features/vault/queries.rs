//! SQL of the vault. Every query names the owner: an id alone opens nothing.

use crate::domain::ids::{ProviderKeyId, UserId};
use crate::domain::problem::Code;
use crate::domain::providers::Provider;
use crate::domain::timestamp::{MINUTE_MS, Timestamp};
use crate::domain::vault::Check;
use crate::infra::db::{self, Conn, Rows};
use crate::{execute, on};
use std::sync::Arc;
use uuid::Uuid;

/// Rows of `provider_keys` by what a call asks for: the person, the provider, and perhaps the key.
pub type KeyRows = Rows<(UserId, Provider, Option<ProviderKeyId>), Arc<KeyRow>>;

crate::row! {
    /// A row of `provider_keys`, sealed as it lies in the table.
    #[derive(Clone, Debug)]
    pub struct KeyRow {
        pub id: Uuid,
        pub provider: String,
        pub label: Option<Vec<u8>>,
        pub secret: Vec<u8>,
        pub base_url: Option<Vec<u8>>,
        pub hint: Vec<u8>,
        pub problem: Option<String>,
        pub models: i64,
        pub check_ms: i64,
        pub created_at: i64,
        pub rotated_at: Option<i64>,
        pub last_used_at: Option<i64>,
        pub last_checked_at: i64,
    }
}

impl KeyRow {
    /// The outcome of the last check.
    pub fn check(&self) -> Check {
        let known = |code: &str| Code::ALL.iter().copied().find(|known| known.code() == code);
        Check {
            at: Timestamp(self.last_checked_at),
            models: self.models,
            millis: self.check_ms,
            problem: self
                .problem
                .as_deref()
                .map(|code| known(code).unwrap_or(Code::Internal)),
        }
    }
}

/// What a new or a rotated key brings along, already sealed.
pub struct Sealed {
    pub secret: Vec<u8>,
    pub base_url: Option<Vec<u8>>,
    pub hint: Vec<u8>,
}

const LIST: &str = "
    SELECT id, provider, label, secret, base_url, hint, problem, models, check_ms, created_at, rotated_at,
        last_used_at, last_checked_at
    FROM provider_keys WHERE user_id = $1 ORDER BY provider, created_at DESC, id DESC";

pub async fn list(conn: &mut Conn, user: UserId) -> db::Result<Vec<KeyRow>> {
    on!(conn, c => sqlx::query_as(LIST).bind(user.0).fetch_all(c).await)
}

const FIND: &str = "
    SELECT id, provider, label, secret, base_url, hint, problem, models, check_ms, created_at, rotated_at,
        last_used_at, last_checked_at
    FROM provider_keys WHERE user_id = $1 AND id = $2";

pub async fn find(conn: &mut Conn, user: UserId, id: ProviderKeyId) -> db::Result<Option<KeyRow>> {
    on!(conn, c => sqlx::query_as(FIND).bind(user.0).bind(id.0).fetch_optional(c).await)
}

const FIND_NEWEST: &str = "
    SELECT id, provider, label, secret, base_url, hint, problem, models, check_ms, created_at, rotated_at,
        last_used_at, last_checked_at
    FROM provider_keys WHERE user_id = $1 AND provider = $2 ORDER BY created_at DESC, id DESC LIMIT 1";

pub async fn find_newest(conn: &mut Conn, user: UserId, provider: Provider) -> db::Result<Option<KeyRow>> {
    on!(conn, c => sqlx::query_as(FIND_NEWEST).bind(user.0).bind(provider.id()).fetch_optional(c).await)
}

const COUNT: &str = "SELECT COUNT(*) FROM provider_keys WHERE user_id = $1";

pub async fn count(conn: &mut Conn, user: UserId) -> db::Result<i64> {
    on!(conn, c => sqlx::query_scalar(COUNT).bind(user.0).fetch_one(c).await)
}

const INSERT: &str = "
    INSERT INTO provider_keys (id, user_id, provider, label, secret, base_url, hint, problem, models, check_ms,
        created_at, last_checked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, $9, $10, $10)";

/// A new key's row.
pub struct NewRow {
    pub id: ProviderKeyId,
    pub user: UserId,
    pub provider: Provider,
    pub label: Option<Vec<u8>>,
    pub sealed: Sealed,
    pub check: Check,
}

pub async fn insert(conn: &mut Conn, row: &NewRow) -> db::Result<u64> {
    execute!(
        conn,
        INSERT,
        row.id.0,
        row.user.0,
        row.provider.id(),
        row.label.as_deref(),
        row.sealed.secret.as_slice(),
        row.sealed.base_url.as_deref(),
        row.sealed.hint.as_slice(),
        row.check.models,
        row.check.millis,
        row.check.at.0,
    )
}

const ROTATE: &str = "
    UPDATE provider_keys SET secret = $1, base_url = $2, hint = $3, problem = NULL, models = $4,
        check_ms = $5, rotated_at = $6, last_checked_at = $6
    WHERE user_id = $7 AND id = $8";

/// Puts the new secret in the place of the old one; 0 when the key was deleted meanwhile.
pub async fn rotate(
    conn: &mut Conn,
    user: UserId,
    id: ProviderKeyId,
    sealed: &Sealed,
    check: &Check,
) -> db::Result<u64> {
    execute!(
        conn,
        ROTATE,
        sealed.secret.as_slice(),
        sealed.base_url.as_deref(),
        sealed.hint.as_slice(),
        check.models,
        check.millis,
        check.at.0,
        user.0,
        id.0,
    )
}

const UPDATE_CHECK: &str = "
    UPDATE provider_keys SET problem = $1, models = $2, check_ms = $3, last_checked_at = $4
    WHERE user_id = $5 AND id = $6";

pub async fn update_check(conn: &mut Conn, user: UserId, id: ProviderKeyId, check: &Check) -> db::Result<u64> {
    execute!(
        conn,
        UPDATE_CHECK,
        check.problem.map(Code::code),
        check.models,
        check.millis,
        check.at.0,
        user.0,
        id.0,
    )
}

const UPDATE_LABEL: &str = "UPDATE provider_keys SET label = $1 WHERE user_id = $2 AND id = $3";

pub async fn update_label(conn: &mut Conn, user: UserId, id: ProviderKeyId, label: Option<Vec<u8>>) -> db::Result<u64> {
    execute!(conn, UPDATE_LABEL, label, user.0, id.0)
}

/// How exact "last used" is: a busy key is not written at every call.
const USED_STEP_MS: i64 = MINUTE_MS;

const TOUCH: &str = "
    UPDATE provider_keys SET last_used_at = $1
    WHERE user_id = $2 AND id = $3 AND (last_used_at IS NULL OR last_used_at <= $4)";

pub async fn touch(conn: &mut Conn, user: UserId, id: ProviderKeyId, now: Timestamp) -> db::Result<u64> {
    execute!(conn, TOUCH, now.0, user.0, id.0, now.minus(USED_STEP_MS).0)
}

/// Whether [`touch`] would write.
pub const fn is_touch_due(last_used_at: Option<i64>, now: Timestamp) -> bool {
    match last_used_at {
        Some(at) => at <= now.minus(USED_STEP_MS).0,
        None => true,
    }
}

const DELETE: &str = "DELETE FROM provider_keys WHERE user_id = $1 AND id = $2";

pub async fn delete(conn: &mut Conn, user: UserId, id: ProviderKeyId) -> db::Result<u64> {
    execute!(conn, DELETE, user.0, id.0)
}
