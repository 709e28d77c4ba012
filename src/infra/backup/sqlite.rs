//! SQLite: `VACUUM INTO` copies a database in use, and leaves free pages behind.

use super::{BackupError, Result, file_error, remove};
use crate::infra::db::Db;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

pub(super) async fn write(db: &Db, draft: &Path) -> Result {
    let Db::Sqlite { read, .. } = db else { return Ok(()) };
    // SQLite fills an empty file, which is nobody else's to read from the start.
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft);
    made.map_err(|source| file_error(draft, source))?;
    sqlx::query("VACUUM INTO $1")
        .bind(draft.display().to_string())
        .execute(read)
        .await?;
    Ok(())
}

/// Checks the backup, copies it beside the database, and renames it over it.
pub(super) async fn restore(path: &Path, url: &str) -> Result {
    check(path).await?;
    let options = SqliteConnectOptions::from_str(url)?;
    let target = options.get_filename();
    let draft = beside(target, ".restoring");
    let copied = || {
        fs::copy(path, &draft)?;
        fs::set_permissions(&draft, fs::Permissions::from_mode(0o600))?;
        File::open(&draft)?.sync_all()
    };
    copied().map_err(|source| file_error(&draft, source))?;
    // The old database's log must not be read into the new one.
    remove(&beside(target, "-wal"))?;
    remove(&beside(target, "-shm"))?;
    fs::rename(&draft, target).map_err(|source| file_error(target, source))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

async fn check(path: &Path) -> Result {
    let damaged = |why: String| BackupError::Damaged {
        path: path.to_owned(),
        why,
    };
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(true);
    let mut conn = SqliteConnection::connect_with(&options)
        .await
        .map_err(|error| damaged(error.to_string()))?;
    let found: std::result::Result<String, sqlx::Error> = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut conn)
        .await;
    conn.close().await?;
    match found {
        Ok(found) if found == "ok" => Ok(()),
        Ok(found) => Err(damaged(found)),
        Err(error) => Err(damaged(error.to_string())),
    }
}
