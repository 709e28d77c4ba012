//! Backups of the main database, and the way back. Keys are apart: see [`super::crypto::copy`].
//!
//! ```text
//! FOLDER/spectr-2026-05-04T08-00-00Z.db     SQLite: a copy made online by VACUUM INTO
//! FOLDER/spectr-2026-05-04T08-00-00Z.dump   PostgreSQL: pg_dump, custom format, without the keystore
//! FOLDER/keystore.backup                    the one copy of the keystore
//! ```
//!
//! A backup is whole or not there: it is written beside and renamed.

mod postgres;
mod sqlite;

use super::db::{self, Db};
use crate::domain::privacy::constants::BACKUP_RETENTION_DAYS;
use crate::domain::timestamp::{DAY_MS, Timestamp};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Name of the keystore's copy beside the backups.
pub const KEYSTORE: &str = "keystore.backup";
const PREFIX: &str = "spectr-";
/// Endings by which a path that is not there yet means a file and not a folder.
const FILES: [&str; 7] = ["db", "sqlite", "sqlite3", "dump", "backup", "bak", "pg"];

/// Why there is no backup, or no way back, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("the database cannot be used: {0}")]
    Db(#[from] db::Error),
    #[error("{path} cannot be used: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error(
        "{tool} is not installed. It comes with PostgreSQL's client programs (on Debian: apt install \
         postgresql-client); its version must not be older than the server's"
    )]
    NoTool { tool: &'static str },
    #[error("{tool} did not succeed: {why}")]
    Tool { tool: &'static str, why: String },
    #[error("{path} holds no backup of this kind of database ({wanted})")]
    NoBackup { path: PathBuf, wanted: &'static str },
    #[error("{path} is damaged: {why}")]
    Damaged { path: PathBuf, why: String },
}

pub type Result<T = ()> = std::result::Result<T, BackupError>;

/// Ending of backups of this database.
#[must_use]
pub fn ending(url: &str) -> &'static str {
    if url.starts_with("sqlite") { "db" } else { "dump" }
}

/// Where a backup goes: a file that was named, or a file with the time in its name in a folder.
///
/// # Errors
/// When the folder cannot be made.
pub fn destination(target: &Path, url: &str, now: Timestamp) -> Result<PathBuf> {
    let named = target.extension().and_then(|ending| ending.to_str());
    let is_file = target.is_file() || (!target.is_dir() && named.is_some_and(|ending| FILES.contains(&ending)));
    let folder = if is_file { target.parent() } else { Some(target) };
    let folder = folder
        .filter(|path| !path.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|source| file_error(folder, source))?;
    // Absolute: the server that later destroys keys in the copy runs in a folder of its own.
    let folder = folder.canonicalize().map_err(|source| file_error(folder, source))?;
    Ok(match target.file_name().filter(|_| is_file) {
        Some(name) => folder.join(name),
        None => {
            let time: String = now
                .rfc3339()
                .chars()
                .take(19)
                .map(|c| if c == ':' { '-' } else { c })
                .collect();
            folder.join(format!("{PREFIX}{time}Z.{}", ending(url)))
        }
    })
}

/// Copies the main database to `path` while it is in use.
///
/// # Errors
/// When it cannot be read or the file cannot be written.
pub async fn write(db: &Db, url: &str, path: &Path) -> Result {
    let draft = path.with_extension("draft");
    remove(&draft)?;
    let written = match db {
        Db::Sqlite { .. } => sqlite::write(db, &draft).await,
        Db::Postgres(_) => postgres::write(url, &draft).await,
    };
    let settled = written.and_then(|()| {
        let settle = || {
            fs::set_permissions(&draft, fs::Permissions::from_mode(0o600))?;
            File::open(&draft)?.sync_all()?;
            fs::rename(&draft, path)
        };
        settle().map_err(|source| file_error(path, source))
    });
    if settled.is_err() {
        remove(&draft)?;
    }
    settled
}

/// Deletes backups of the folder that are older than the policy allows; answers how many.
///
/// # Errors
/// When the folder cannot be read or a file cannot be deleted.
pub fn expire(folder: &Path, now: Timestamp) -> Result<usize> {
    let oldest = now.minus(BACKUP_RETENTION_DAYS * DAY_MS).rfc3339();
    let oldest: String = oldest
        .chars()
        .take(19)
        .map(|c| if c == ':' { '-' } else { c })
        .collect();
    let mut expired = 0;
    for path in list(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let time = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.get(..19))
            .unwrap_or_default();
        if time < oldest.as_str() {
            remove(&path)?;
            expired += 1;
        }
    }
    Ok(expired)
}

/// The backup that `source` names: itself, or the newest one of a folder.
///
/// # Errors
/// When there is none for this kind of database.
pub fn find(source: &Path, url: &str) -> Result<PathBuf> {
    let wanted = ending(url);
    if source.is_file() {
        return Ok(source.to_owned());
    }
    let of_kind = |path: &PathBuf| path.extension().is_some_and(|found| found == wanted);
    let mut found: Vec<PathBuf> = list(source)?.into_iter().filter(of_kind).collect();
    found.sort();
    found.pop().ok_or_else(|| BackupError::NoBackup {
        path: source.to_owned(),
        wanted,
    })
}

/// Puts the backup in the place of the database, which nobody has open.
///
/// # Errors
/// When the backup is damaged or cannot be read, or the database cannot be written.
pub async fn restore(path: &Path, url: &str) -> Result {
    if url.starts_with("sqlite") {
        sqlite::restore(path, url).await
    } else {
        postgres::restore(path, url).await
    }
}

/// Backups with the time in their name.
fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|source| file_error(folder, source))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|source| file_error(folder, source))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_ours = name.starts_with(PREFIX) && (name.ends_with("Z.db") || name.ends_with("Z.dump"));
        if is_ours {
            found.push(path);
        }
    }
    Ok(found)
}

fn file_error(path: &Path, source: io::Error) -> BackupError {
    BackupError::File {
        path: path.to_owned(),
        source,
    }
}

fn remove(path: &Path) -> Result {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(file_error(path, source)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_777_881_600_000);

    #[test]
    fn a_folder_gets_files_with_the_time_and_a_file_keeps_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        let dated = destination(&base.join("new"), "sqlite://x", NOW).unwrap();
        assert_eq!(dated, base.join("new/spectr-2026-05-04T08-00-00Z.db"));
        let dotted = destination(&base.join("backups.v1"), "sqlite://x", NOW).unwrap();
        assert_eq!(dotted.parent(), Some(&*base.join("backups.v1")));
        let named = destination(&base.join("one.dump"), "postgres://x", NOW).unwrap();
        assert_eq!(named, base.join("one.dump"));
    }

    #[test]
    fn the_newest_backup_is_found_and_old_ones_go_after_their_days() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in [
            "spectr-2026-05-04T08-00-00Z.db",
            "spectr-2026-04-01T08-00-00Z.db",
            "spectr-2026-05-01T08-00-00Z.db",
            "mine.db",
        ] {
            fs::write(path(name), "").unwrap();
        }
        assert_eq!(
            find(folder.path(), "sqlite://x").unwrap(),
            path("spectr-2026-05-04T08-00-00Z.db")
        );
        assert!(find(folder.path(), "postgres://x").is_err());
        assert_eq!(expire(folder.path(), NOW).unwrap(), 1);
        assert!(!path("spectr-2026-04-01T08-00-00Z.db").exists() && path("mine.db").exists());
    }
}
