//! Transactions that leave caches as they are: for writes of which no cache holds a row ([`super::Rows`]).

use super::{Conn, Db, Result};
use std::pin::pin;
use std::time::Duration;

/// How long a quiet commit waits until caches know of it.
const LOOK: Duration = Duration::from_millis(50);

impl Db {
    /// As [`Db::begin`], for writes of which no cache holds a row: caches stay as they are.
    ///
    /// # Errors
    /// When none becomes free in time or the database is gone.
    pub async fn begin_quiet(&self) -> Result<Conn> {
        let conn = self.begin().await?;
        if let Self::Sqlite { stamps, .. } = self {
            stamps.be_quiet();
        }
        Ok(conn)
    }

    /// Commits what [`Db::begin_quiet`] began, and ends when caches know of it: who is told of the commit and asks
    /// for something at once then finds them good, and the database is spared the question.
    ///
    /// # Errors
    /// When the database refuses the commit; nothing is then written.
    pub async fn commit_quiet(&self, conn: Conn) -> Result<()> {
        let Self::Sqlite { stamps, .. } = self else {
            return conn.commit().await;
        };
        let mut looked = pin!(stamps.looked());
        looked.as_mut().enable();
        conn.commit().await?;
        // A connection that is closed in place of being given back is not looked at.
        tokio::time::timeout(LOOK, looked).await.ok();
        Ok(())
    }
}
