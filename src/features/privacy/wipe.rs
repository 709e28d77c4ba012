//! What deleting leaves behind on disk: free pages and copies in the write-ahead log on SQLite, dead rows on
//! PostgreSQL. Runs after the purges; `secure_delete` has overwritten the rows themselves already.

use super::error::Result;
use crate::domain::privacy::inventory::{INVENTORY, Retention, Store};
use crate::features::App;
use crate::infra::db::Db;
use sqlx::AssertSqlSafe;

/// Free pages given back to the disk at once: a few milliseconds' work, between which others write.
const PAGES: i64 = 256;

/// Clears both databases; answers how many pages (SQLite) or tables (PostgreSQL) were cleared.
///
/// # Errors
/// When a database cannot be used, or a reader holds on to old rows for too long: the next run tries again.
pub async fn run(app: &App) -> Result<u64> {
    let cleared = match &app.db {
        Db::Sqlite { write, .. } => {
            let mut pages = 0;
            loop {
                let free: i64 = sqlx::query_scalar("PRAGMA freelist_count").fetch_one(write).await?;
                let step = free.min(PAGES);
                if step == 0 {
                    break;
                }
                let sql = format!("PRAGMA incremental_vacuum({step})");
                sqlx::query(AssertSqlSafe(sql)).fetch_all(write).await?;
                let left: i64 = sqlx::query_scalar("PRAGMA freelist_count").fetch_one(write).await?;
                // A file that was made without incremental vacuum keeps its free pages; they are overwritten.
                if left >= free {
                    break;
                }
                pages += u64::try_from(free - left).unwrap_or_default();
                tokio::task::yield_now().await;
            }
            pages
        }
        Db::Postgres(pool) => {
            let mut tables = 0;
            for table in INVENTORY
                .iter()
                .filter(|table| is_purged(table.retention) && table.store == Store::Main)
            {
                // A role that does not own the table is refused with a warning only: there autovacuum does it.
                let sql = format!("VACUUM {}", table.name);
                sqlx::query(AssertSqlSafe(sql)).execute(pool).await?;
                tables += 1;
            }
            tables
        }
    };
    app.db.truncate_wal().await?;
    app.keystore.truncate_wal().await?;
    Ok(cleared)
}

/// Whether rows of such a table go by age.
const fn is_purged(retention: Retention) -> bool {
    matches!(retention, Retention::After { .. } | Retention::Expires { .. })
}
