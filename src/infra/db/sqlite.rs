//! Opening an SQLite file: how its connections are set up, and that the file is private.

use super::home::Home;
use super::stamp::Stamps;
use super::{ACQUIRE, Db, Result};
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// Most that the writing connection keeps of the file, in KiB by SQLite's way of saying it: deletions of many rows touch
/// the same pages of indexes again and again.
const WRITE_CACHE: &str = "-16000";

/// Opens the file behind `sqlite://PATH`: one connection that writes, a few that read.
pub async fn open(url: &str) -> Result<Db> {
    let options = SqliteConnectOptions::from_str(url)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY");
    // Setting it writes to the file, so that every later connection would wait for the writer:
    // only while the file is empty, which is also the only time when it has an effect.
    let is_empty = std::fs::metadata(options.get_filename()).is_ok_and(|file| file.len() == 0);
    let writing = options
        .clone()
        .optimize_on_close(true, None)
        .pragma("cache_size", WRITE_CACHE);
    let writing = if is_empty {
        writing.auto_vacuum(SqliteAutoVacuum::Incremental)
    } else {
        writing
    };
    // A connection to a local file does not go stale: asking it before each use would double the
    // way that every query takes through its thread.
    let file = options.get_filename().to_owned();
    let stamps = Stamps::new(&file);
    let (connected, released) = (Arc::clone(&stamps), Arc::clone(&stamps));
    let write = SqlitePoolOptions::new()
        .test_before_acquire(false)
        .max_connections(1)
        .acquire_timeout(ACQUIRE)
        .after_connect(move |_, _| {
            connected.forget();
            Box::pin(std::future::ready(Ok(())))
        })
        .after_release(move |conn, _| {
            let stamps = Arc::clone(&released);
            Box::pin(async move {
                // A rollback that was begun by dropping the transaction is finished when this comes back.
                stamps.look(conn).await;
                Ok(is_reusable(conn))
            })
        })
        .connect_with(writing)
        .await?;
    let read = SqlitePoolOptions::new()
        .test_before_acquire(false)
        .max_connections(8)
        .acquire_timeout(ACQUIRE)
        .connect_with(options)
        .await?;
    let home = Arc::new(Home::of(&file));
    Ok(Db::Sqlite {
        read,
        write,
        stamps,
        home,
    })
}

/// Whether a connection that comes back is outside any transaction. When a disk is full, SQLite rolls
/// back by itself; sqlx then believes that the transaction is still open, and every later write on
/// this connection would fail. Such a connection is closed and replaced.
fn is_reusable(conn: &SqliteConnection) -> bool {
    !conn.is_in_transaction()
}

/// Makes the file (and what SQLite keeps beside it) readable and writable by its owner only.
pub fn keep_private(url: &str) -> Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let options = SqliteConnectOptions::from_str(url)?;
    let path = options.get_filename();
    if path.as_os_str().is_empty() || path.starts_with(":memory:") {
        return Ok(());
    }
    let mut open = std::fs::OpenOptions::new();
    open.append(true).create(true).mode(0o600).open(path)?;
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::metadata(&name) {
            Ok(file) if file.permissions().mode() & 0o177 != 0 => {
                std::fs::set_permissions(&name, std::fs::Permissions::from_mode(0o600))?;
            }
            _ => {}
        }
    }
    Ok(())
}
