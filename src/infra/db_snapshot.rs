//! A look at the whole database as it stands at one moment, for reads that take long.
//!
//! It has a connection of its own, so that a long read never keeps a request waiting for one. On
//! SQLite writers go on beside it (the write-ahead log grows meanwhile); on PostgreSQL the
//! transaction is `REPEATABLE READ READ ONLY`.

use super::db::{Conn, Db, Result};
use sqlx::{ConnectOptions, Connection, Executor};

/// Rows that the thread of an SQLite connection reads ahead.
const AHEAD: usize = 256;

impl Db {
    /// A connection whose reads all see the same state. It is taken at the first read.
    ///
    /// # Errors
    /// When no further connection can be opened.
    pub async fn snapshot(&self) -> Result<Conn> {
        // Long reads are expected here: no warning about slow statements.
        match self {
            Self::Sqlite { read, .. } => {
                let options = (*read.connect_options()).clone().row_buffer_size(AHEAD);
                let mut conn = options.disable_statement_logging().connect().await?;
                conn.execute("BEGIN").await?;
                Ok(Conn::SqliteOwn(Box::new(conn)))
            }
            Self::Postgres(pool) => {
                let options = (*pool.connect_options()).clone();
                let mut conn = options.disable_statement_logging().connect().await?;
                conn.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
                // Rows in the order of an index come at once; sorting them first would hold them all back.
                conn.execute("SET LOCAL enable_sort = off").await?;
                Ok(Conn::PostgresOwn(Box::new(conn)))
            }
        }
    }
}

impl Conn {
    /// Ends a connection of its own and waits until it is closed; others go back to where they came from.
    pub async fn close(self) {
        let closed = match self {
            Self::SqliteOwn(conn) => conn.close().await,
            Self::PostgresOwn(conn) => conn.close().await,
            _ => Ok(()),
        };
        if let Err(error) = closed {
            tracing::debug!(%error, "a connection was not closed in good order");
        }
    }
}
