//! Upkeep of a database beside its queries: no copies of deleted rows, nobody else at work.

use super::db::{Db, Error, Result};
use std::time::Duration;

/// Looks at a write-ahead log that readers still need, and the pause between them.
const WAL_LOOKS: u32 = 100;
const WAL_PAUSE: Duration = Duration::from_millis(100);

/// Looks at the connections of a server that may be ending, and the pause between them.
const SERVER_LOOKS: u32 = 20;
const SERVER_PAUSE: Duration = Duration::from_millis(100);

impl Db {
    /// Empties the write-ahead log, so that it holds no copy of what was deleted. Waits for readers of
    /// old rows in short looks, between which others may write. Nothing to do on PostgreSQL.
    ///
    /// # Errors
    /// When a reader stays for too long: try again later.
    pub async fn truncate_wal(&self) -> Result<()> {
        let Self::Sqlite { write, .. } = self else {
            return Ok(());
        };
        for _ in 0..WAL_LOOKS {
            let mut conn = write.acquire().await?;
            sqlx::query("PRAGMA busy_timeout = 20").execute(&mut *conn).await?;
            let looked = sqlx::query_as::<_, (i64, i64, i64)>("PRAGMA wal_checkpoint(TRUNCATE)")
                .fetch_one(&mut *conn)
                .await;
            sqlx::query("PRAGMA busy_timeout = 5000").execute(&mut *conn).await?;
            drop(conn);
            match looked {
                Ok((0, ..)) => return Ok(()),
                Err(error) if !is_busy(&error) => return Err(error),
                Ok(_) | Err(_) => tokio::time::sleep(WAL_PAUSE).await,
            }
        }
        Err(Error::Io(std::io::ErrorKind::WouldBlock.into()))
    }

    /// How many other connections of this program there are; on SQLite the lock of the data folder
    /// tells, and this says none. PostgreSQL lists a connection for a moment after its client has gone, so
    /// that a server that has just ended is given two seconds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn other_servers(&self) -> Result<i64> {
        const SQL: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'spectr' \
             AND datname = current_database() AND client_port IS DISTINCT FROM inet_client_port()";
        let Self::Postgres(pool) = self else { return Ok(0) };
        let mut conn = pool.acquire().await?;
        let mut more = 1..SERVER_LOOKS;
        loop {
            let others = sqlx::query_scalar(SQL).fetch_one(&mut *conn).await?;
            if others == 0 || more.next().is_none() {
                return Ok(others);
            }
            tokio::time::sleep(SERVER_PAUSE).await;
        }
    }
}

/// SQLite's codes 5 (busy) and 6 (locked), extended or not.
fn is_busy(error: &Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
}
