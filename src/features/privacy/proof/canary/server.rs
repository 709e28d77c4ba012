//! The files of a PostgreSQL server, where the role of this server may read them: everything that was written to
//! its write-ahead log since the run began, and the files of our own tables. Rows are searched elsewhere; here
//! stands what rows do not show, such as one that was written and taken back.
//!
//! Reads by the database's own functions, through the connection: the disk may be on another machine.

use super::needles::Needles;
use super::places::Place;
use crate::domain::privacy::inventory::Store;
use crate::infra::db::{self, Db};
use sqlx::PgPool;

/// Bytes that are read at once, and how many of them are read again with the next piece: a string may lie across.
const PIECE: i64 = 1024 * 1024;
const OVERLAP: i64 = 2048;
/// PostgreSQL cuts a table's file at this size.
const SEGMENTS: std::ops::Range<u32> = 1..1_000;

const MAY_READ: &str =
    "SELECT has_function_privilege(current_user, 'pg_read_binary_file(text,bigint,bigint,boolean)', 'EXECUTE')";
const POSITION: &str = "SELECT (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint";

/// Where the write-ahead log of a server was when a run began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark(i64);

/// The mark of a server whose files may be read from here; `None` for SQLite, and where the role may not.
pub(super) async fn mark(db: &Db) -> Option<Mark> {
    let Db::Postgres(pool) = db else { return None };
    let marked = async {
        let may_read: bool = sqlx::query_scalar(MAY_READ).fetch_one(pool).await?;
        if !may_read {
            return Ok(None);
        }
        sqlx::query_scalar::<_, i64>(POSITION).fetch_one(pool).await.map(Some)
    };
    // A server that is a copy of another writes no log of its own: then its files are not searched, and that is said.
    let marked: db::Result<Option<i64>> = marked.await;
    marked.unwrap_or_default().map(Mark)
}

/// What is searched in a server's files, and what was found.
pub(super) struct Files<'a> {
    pub pool: &'a PgPool,
    pub needles: &'a Needles,
    pub place: Place,
    pub found: Vec<String>,
}

impl Files<'_> {
    /// Searches what was written to the log since the mark.
    pub async fn log(&mut self, since: Mark) {
        if let Err(error) = self.read_log(since.0).await {
            tracing::warn!(%error, "a canary could not search the write-ahead log");
            self.place.problem = Some("the write-ahead log could not be read whole".to_owned());
        }
    }

    /// Searches the files of the tables and indexes of one store.
    pub async fn tables(&mut self, store: Store) {
        if let Err(error) = self.read_tables(store).await {
            tracing::warn!(%error, "a canary could not search the files of the database");
            self.place.problem = Some("a file of the database could not be read".to_owned());
        }
    }

    async fn read_log(&mut self, since: i64) -> db::Result<()> {
        const SIZE: &str = "SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'";
        const NAME: &str = "SELECT 'pg_wal/' || pg_walfile_name('0/0'::pg_lsn + ($1::bigint + 1)::numeric)";
        let size: i64 = sqlx::query_scalar(SIZE).fetch_one(self.pool).await?;
        let end: i64 = sqlx::query_scalar(POSITION).fetch_one(self.pool).await?;
        let mut at = since;
        while at < end {
            let begin = at - at % size;
            let name: String = sqlx::query_scalar(NAME).bind(begin).fetch_one(self.pool).await?;
            let upto = (end - begin).min(size);
            // A string that lies across two files of the log has the log's own header in the middle.
            let is_there = self
                .file(&name, (at - begin, Some(upto)), "the write-ahead log of the database")
                .await?;
            if !is_there {
                self.place.problem = Some("a part of the write-ahead log was used again before it was read".to_owned());
            }
            at = begin + size;
        }
        Ok(())
    }

    async fn read_tables(&mut self, store: Store) -> db::Result<()> {
        const TABLES: &str = "WITH own AS (SELECT c.oid, c.reltoastrelid FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1) \
             SELECT f.oid::regclass::text, pg_relation_filepath(f.oid) FROM pg_class f \
             WHERE (f.oid IN (SELECT oid FROM own) OR f.oid IN (SELECT reltoastrelid FROM own)) \
             AND pg_relation_filepath(f.oid) IS NOT NULL ORDER BY 1";
        let schema = if store == Store::Main { "public" } else { "keystore" };
        let files: Vec<(String, String)> = sqlx::query_as(TABLES).bind(schema).fetch_all(self.pool).await?;
        for (table, path) in files {
            let what = format!("the file of {table}");
            if !self.file(&path, (0, None), &what).await? {
                continue;
            }
            for segment in SEGMENTS {
                if !self.file(&format!("{path}.{segment}"), (0, None), &what).await? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Searches a file from a place to another, or to its end; whether there is such a file.
    async fn file(&mut self, path: &str, (from, upto): (i64, Option<i64>), what: &str) -> db::Result<bool> {
        const READ: &str = "SELECT pg_read_binary_file($1, $2, $3, TRUE)";
        let mut at = from;
        loop {
            let length = upto.map_or(PIECE, |upto| PIECE.min(upto - at));
            let read = sqlx::query_scalar::<_, Option<Vec<u8>>>(READ);
            let Some(bytes) = read.bind(path).bind(at).bind(length).fetch_one(self.pool).await? else {
                return Ok(at > from);
            };
            let got = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            self.place.bytes += bytes.len() as u64;
            if self.needles.are_in(&bytes) && !self.found.iter().any(|found| found == what) {
                self.found.push(what.to_owned());
            }
            let is_end = got < PIECE || upto.is_some_and(|upto| at + got >= upto);
            if is_end {
                self.place.files += 1;
                return Ok(true);
            }
            at += PIECE - OVERLAP;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_in_a_file_has_no_mark() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let db = Db::open(&url, crate::infra::db::Schema::Main).await.unwrap();
        assert_eq!(mark(&db).await, None);
        db.close().await;
    }
}
