//! The one backup copy of the keystore: an SQLite file with wrapped keys, the erasure ledger and the
//! open deletions, whatever engine the keystore itself runs on.
//!
//! There is exactly one. A new backup overwrites it (and removes it from where it was before), and a
//! key that is destroyed is destroyed in it too, so that no backup of the data can be opened for
//! somebody who is gone. Without the master keys, which are in no backup, it opens nothing.

use super::keystore::{self, OwnedKey};
use super::open_erasures::{self, OpenErasure};
use crate::infra::db::{self, Conn, Db, Schema, sqlite_url};
use crate::infra::db_fault::DbFault;
use crate::{execute, on};
use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Why the copy cannot be used, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("the keystore cannot be used: {0}")]
    Db(#[from] db::Error),
    #[error("the copy of the keystore at {path} cannot be used: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("the copy of the keystore cannot be used: {0}")]
    Fault(Box<DbFault>),
    #[error("the keystore is empty: there is nothing to copy")]
    Empty,
}

impl From<DbFault> for CopyError {
    fn from(fault: DbFault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

type Result<T = ()> = std::result::Result<T, CopyError>;
type LedgerRow = (Uuid, Vec<u8>, i64, String);

const LEDGER: &str = "SELECT id, subject, at, counts FROM erasure_ledger ORDER BY at, id";
const COUNT_LEDGER: &str = "SELECT COUNT(*) FROM erasure_ledger";
const INSERT_LEDGER: &str =
    "INSERT INTO erasure_ledger (id, subject, at, counts) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING";
const OWNERS: &str = "SELECT owner FROM data_keys";
const NOTE: &str = "INSERT INTO keystore_copy (id, path, made_at) VALUES (1, $1, $2) \
     ON CONFLICT (id) DO UPDATE SET path = excluded.path, made_at = excluded.made_at";
const FIND: &str = "SELECT path FROM keystore_copy WHERE id = 1";
const PAGE: i64 = 1_000;

/// Where the copy lies, if one was ever made.
///
/// # Errors
/// When the keystore cannot be read.
pub async fn find(keystore: &Db) -> Result<Option<PathBuf>> {
    let mut conn = keystore.acquire().await?;
    let path = on!(&mut conn, c => sqlx::query_scalar::<_, String>(FIND).fetch_optional(c).await)?;
    Ok(path.map(PathBuf::from))
}

/// Writes the copy to `path`, whole or not at all, over the one that is there; one that lies somewhere
/// else is removed. Answers how many data keys it holds, and where an earlier copy was removed.
///
/// # Errors
/// When the keystore cannot be read or the file cannot be written.
pub async fn write(keystore: &Db, path: &Path, at: i64) -> Result<(u64, Option<PathBuf>)> {
    let draft = path.with_extension("draft");
    remove(&draft)?;
    let copy = open(&draft).await?;
    let filled = fill(keystore, &copy, true).await;
    copy.close().await;
    let keys = match filled {
        Ok(keys) => keys,
        Err(error) => {
            remove(&draft)?;
            return Err(error);
        }
    };
    let failed = |source| CopyError::File {
        path: path.to_owned(),
        source,
    };
    File::open(&draft).and_then(|file| file.sync_all()).map_err(failed)?;
    std::fs::rename(&draft, path).map_err(failed)?;
    let earlier = find(keystore).await?.filter(|earlier| earlier != path);
    let mut conn = keystore.begin().await?;
    execute!(&mut conn, NOTE, path.display().to_string(), at)?;
    conn.commit().await?;
    if let Some(earlier) = &earlier {
        remove(earlier)?;
    }
    Ok((keys, earlier))
}

/// Destroys in the copy what was destroyed in the keystore, and tells its ledger. A copy that is not
/// there any more needs nothing.
///
/// # Errors
/// When the copy is there and cannot be written.
pub async fn sync(keystore: &Db) -> Result {
    let Some(path) = find(keystore).await?.filter(|path| path.exists()) else {
        return Ok(());
    };
    let (live, notes) = {
        let mut conn = keystore.acquire().await?;
        (count(&mut conn).await?, open_erasures::list(&mut conn).await?)
    };
    let copy = open(&path).await?;
    let synced = async {
        bring_notes(&copy, &notes).await?;
        // Every erasure adds a line to the ledger: as many lines mean that nothing more is to be done.
        if count(&mut copy.acquire().await?).await? == live {
            return Ok(());
        }
        let alive: HashSet<Uuid> = owners(keystore).await?.into_iter().collect();
        let gone = owners(&copy).await?.into_iter().filter(|owner| !alive.contains(owner));
        let lines = ledger(keystore).await?;
        let mut conn = copy.begin().await?;
        for owner in gone {
            keystore::delete_data_key(&mut conn, owner).await?;
        }
        add_lines(&mut conn, lines).await?;
        conn.commit().await?;
        copy.truncate_wal().await
    };
    let synced = synced.await;
    copy.close().await;
    Ok(synced?)
}

/// Writes the open deletions into the copy, where they differ.
async fn bring_notes(copy: &Db, notes: &[OpenErasure]) -> db::Result<()> {
    let there = open_erasures::list(&mut copy.acquire().await?).await?;
    if there == notes {
        return Ok(());
    }
    let mut conn = copy.begin().await?;
    for note in there {
        open_erasures::delete(&mut conn, note.receipt).await?;
    }
    for note in notes {
        open_erasures::put(&mut conn, note).await?;
    }
    conn.commit().await
}

/// Fills an empty keystore from the copy.
///
/// # Errors
/// When the copy cannot be read or the keystore cannot be written.
pub async fn restore(path: &Path, keystore: &Db) -> Result<u64> {
    let copy = Db::open_existing(&sqlite_url(path), Schema::Keystore).await?;
    let migrated = copy.is_migrated(Schema::Keystore).await;
    let is_current = migrated.map_err(|error| DbFault::migration(&sqlite_url(path), Schema::Keystore, &error))?;
    let filled = fill(&copy, keystore, is_current).await;
    copy.close().await;
    filled
}

/// How many data keys a keystore holds; `None` where it has no root secret, so that it can be filled.
///
/// # Errors
/// When it cannot be read.
pub async fn keys_in(keystore: &Db) -> Result<Option<usize>> {
    let root = keystore::find_root(&mut keystore.acquire().await?).await?;
    match root {
        Some(_) => Ok(Some(owners(keystore).await?.len())),
        None => Ok(None),
    }
}

/// Empties a keystore that seals nothing yet.
///
/// # Errors
/// When it cannot be written.
pub async fn clear(keystore: &Db) -> Result {
    let mut conn = keystore.begin().await?;
    execute!(&mut conn, "DELETE FROM root_secret")?;
    Ok(conn.commit().await?)
}

async fn open(path: &Path) -> Result<Db> {
    let url = sqlite_url(path);
    let copy = Db::open(&url, Schema::Keystore).await?;
    let migrated = copy.migrate(Schema::Keystore).await;
    migrated.map_err(|error| DbFault::migration(&url, Schema::Keystore, &error))?;
    Ok(copy)
}

fn remove(path: &Path) -> Result {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(CopyError::File {
            path: path.to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

async fn owners(keystore: &Db) -> db::Result<Vec<Uuid>> {
    let mut conn = keystore.acquire().await?;
    on!(&mut conn, c => sqlx::query_scalar::<_, Uuid>(OWNERS).fetch_all(c).await)
}

async fn count(conn: &mut Conn) -> db::Result<i64> {
    on!(conn, c => sqlx::query_scalar::<_, i64>(COUNT_LEDGER).fetch_one(c).await)
}

async fn ledger(keystore: &Db) -> db::Result<Vec<LedgerRow>> {
    let mut conn = keystore.acquire().await?;
    on!(&mut conn, c => sqlx::query_as::<_, LedgerRow>(LEDGER).fetch_all(c).await)
}

async fn add_lines(conn: &mut Conn, lines: Vec<LedgerRow>) -> db::Result<()> {
    for (id, subject, at, counts) in lines {
        execute!(conn, INSERT_LEDGER, id, subject, at, counts)?;
    }
    Ok(())
}

/// Copies root secret, data keys, ledger and, unless the copy is of an earlier version that knew none, open
/// deletions. Keys that are being destroyed meanwhile may or may not
/// come along; the next [`sync`] settles it.
async fn fill(from: &Db, to: &Db, has_notes: bool) -> Result<u64> {
    let root = keystore::find_root(&mut from.acquire().await?).await?;
    let root = root.ok_or(CopyError::Empty)?;
    let lines = ledger(from).await?;
    let notes = if has_notes {
        open_erasures::list(&mut from.acquire().await?).await?
    } else {
        Vec::new()
    };
    let mut conn = to.begin().await?;
    keystore::insert_root(&mut conn, &root).await?;
    add_lines(&mut conn, lines).await?;
    for note in &notes {
        open_erasures::put(&mut conn, note).await?;
    }
    let (mut after, mut keys) = (Uuid::nil(), 0);
    loop {
        let page: Vec<OwnedKey> = keystore::list_data_keys(&mut from.acquire().await?, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.owner;
        for key in &page {
            keys += keystore::insert_data_key(&mut conn, key).await?;
        }
    }
    conn.commit().await?;
    Ok(keys)
}
