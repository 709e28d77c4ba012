//! The tables of the keystore: wrapped keys only, never a key in the clear.

use crate::infra::db::{Conn, Db, Result};
use crate::{execute, on};
use uuid::Uuid;

crate::row! {
    /// A wrapped key and the id of the master key that wraps it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Wrapped {
        pub kid: String,
        pub wrapped: Vec<u8>,
    }
}

crate::row! {
    /// A wrapped data key with its owner.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct OwnedKey {
        pub owner: Uuid,
        pub kid: String,
        pub wrapped: Vec<u8>,
    }
}

pub async fn find_root(conn: &mut Conn) -> Result<Option<Wrapped>> {
    const SQL: &str = "SELECT kid, wrapped FROM root_secret WHERE id = 1";
    on!(conn, c => sqlx::query_as(SQL).fetch_optional(c).await)
}

/// Keeps the root that is there: the first of several processes that start at once wins.
pub async fn insert_root(conn: &mut Conn, root: &Wrapped) -> Result<u64> {
    const SQL: &str = "INSERT INTO root_secret (id, kid, wrapped) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING";
    execute!(conn, SQL, &root.kid, &root.wrapped)
}

/// Puts the root under another master key, if it is still under `from`.
pub async fn rewrap_root(conn: &mut Conn, from: &str, root: &Wrapped) -> Result<u64> {
    const SQL: &str = "UPDATE root_secret SET kid = $1, wrapped = $2 WHERE id = 1 AND kid = $3";
    execute!(conn, SQL, &root.kid, &root.wrapped, from)
}

pub async fn find_data_key(conn: &mut Conn, owner: Uuid) -> Result<Option<Wrapped>> {
    const SQL: &str = "SELECT kid, wrapped FROM data_keys WHERE owner = $1";
    on!(conn, c => sqlx::query_as(SQL).bind(owner).fetch_optional(c).await)
}

pub async fn insert_data_key(conn: &mut Conn, key: &OwnedKey) -> Result<u64> {
    const SQL: &str = "INSERT INTO data_keys (owner, kid, wrapped) VALUES ($1, $2, $3) ON CONFLICT (owner) DO NOTHING";
    execute!(conn, SQL, key.owner, &key.kid, &key.wrapped)
}

/// Puts a data key under another master key, if it is there and still under `from`: a key that was
/// destroyed meanwhile stays destroyed.
pub async fn rewrap_data_key(conn: &mut Conn, from: &str, key: &OwnedKey) -> Result<u64> {
    const SQL: &str = "UPDATE data_keys SET kid = $1, wrapped = $2 WHERE owner = $3 AND kid = $4";
    execute!(conn, SQL, &key.kid, &key.wrapped, key.owner, from)
}

pub async fn delete_data_key(conn: &mut Conn, owner: Uuid) -> Result<u64> {
    const SQL: &str = "DELETE FROM data_keys WHERE owner = $1";
    execute!(conn, SQL, owner)
}

/// Data keys in the order of their owners, from after `after`.
pub async fn list_data_keys(conn: &mut Conn, after: Uuid, limit: i64) -> Result<Vec<OwnedKey>> {
    const SQL: &str = "SELECT owner, kid, wrapped FROM data_keys WHERE owner > $1 ORDER BY owner LIMIT $2";
    on!(conn, c => sqlx::query_as(SQL).bind(after).bind(limit).fetch_all(c).await)
}

/// One wrapped data key for every master key in use: what the check at start tries to open.
pub async fn list_samples(conn: &mut Conn) -> Result<Vec<OwnedKey>> {
    const SQL: &str = "SELECT owner, kid, wrapped FROM data_keys
        WHERE owner IN (SELECT owner FROM data_keys a WHERE NOT EXISTS
            (SELECT 1 FROM data_keys b WHERE b.kid = a.kid AND b.owner < a.owner))";
    on!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)
}

/// How many data keys each master key wraps.
pub async fn count_by_kid(conn: &mut Conn) -> Result<Vec<(String, i64)>> {
    const SQL: &str = "SELECT kid, COUNT(*) FROM data_keys GROUP BY kid ORDER BY kid";
    on!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)
}

/// Leaves no copy of deleted rows in the write-ahead log. PostgreSQL has none of its own to empty
/// here: a deleted row waits for autovacuum.
pub async fn forget_deleted(keystore: &Db) -> Result<()> {
    if let Db::Sqlite { write, .. } = keystore {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(write).await?;
    }
    Ok(())
}
