//! Leases and heartbeats in `job_heartbeats`: which process runs a job, and when it last came to
//! its end.
//!
//! Taking a lease is the one statement that needs two texts: PostgreSQL skips a row that another
//! server is just taking, SQLite takes turns by `BEGIN IMMEDIATE`.

use crate::domain::timestamp::{SECOND_MS, Timestamp};
use crate::infra::db::{Conn, Db, Engine, Result};
use crate::{execute, on};

/// A process that does not renew its lease for so long is dead.
pub const LEASE_MS: i64 = 45 * SECOND_MS;

/// When a job last ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    pub name: String,
    pub last_run_at: Timestamp,
    /// End of the last run that came to its end.
    pub last_ok_at: Option<Timestamp>,
    /// What that run touched.
    pub affected: i64,
}

impl Heartbeat {
    /// A last run in the future comes from a clock that was wrong.
    #[must_use]
    pub fn is_due(&self, now: Timestamp, every: i64) -> bool {
        self.last_run_at > now || self.last_run_at.plus(every) <= now
    }
}

/// All heartbeats, by name.
///
/// # Errors
/// When the database cannot be read.
pub async fn heartbeats(conn: &mut Conn) -> Result<Vec<Heartbeat>> {
    const SQL: &str = "SELECT name, last_run_at, last_ok_at, affected FROM job_heartbeats ORDER BY name";
    let rows: Vec<(String, i64, Option<i64>, i64)> = on!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)?;
    let to_beat = |(name, last_run_at, last_ok_at, affected): (String, i64, Option<i64>, i64)| Heartbeat {
        name,
        last_run_at: Timestamp(last_run_at),
        last_ok_at: last_ok_at.map(Timestamp),
        affected,
    };
    Ok(rows.into_iter().map(to_beat).collect())
}

/// The right to run a job, until it runs out. `until` also proves that it is still ours.
#[derive(Debug)]
pub struct Lease {
    name: &'static str,
    until: i64,
}

impl Lease {
    /// Takes the lease of a job; `None` while another process holds it. A lease that ends far
    /// later than any could comes from a clock that was wrong, and counts as none.
    pub async fn take(db: &Db, name: &'static str, now: Timestamp) -> Result<Option<Self>> {
        const INSERT: &str =
            "INSERT INTO job_heartbeats (name, last_run_at) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING";
        const SQLITE: &str = "UPDATE job_heartbeats SET leased_until = $2, last_run_at = $3
            WHERE name = $1 AND (leased_until <= $3 OR leased_until > $4)";
        const POSTGRES: &str = "UPDATE job_heartbeats SET leased_until = $2, last_run_at = $3
            WHERE name IN (SELECT name FROM job_heartbeats
                WHERE name = $1 AND (leased_until <= $3 OR leased_until > $4) FOR UPDATE SKIP LOCKED)";
        let until = now.plus(LEASE_MS).0;
        let absurd = now.plus(10 * LEASE_MS).0;
        let mut conn = db.begin().await?;
        execute!(&mut conn, INSERT, name)?;
        let taken = match conn.engine() {
            Engine::Sqlite(c) => {
                let query = sqlx::query(SQLITE).bind(name).bind(until).bind(now.0).bind(absurd);
                query.execute(c).await?.rows_affected()
            }
            Engine::Postgres(c) => {
                let query = sqlx::query(POSTGRES).bind(name).bind(until).bind(now.0).bind(absurd);
                query.execute(c).await?.rows_affected()
            }
        };
        conn.commit().await?;
        Ok((taken == 1).then_some(Self { name, until }))
    }

    /// Moves the end of the lease on.
    pub async fn renew(&mut self, db: &Db, now: Timestamp) -> Result<()> {
        const SQL: &str = "UPDATE job_heartbeats SET leased_until = $3 WHERE name = $1 AND leased_until = $2";
        let until = now.plus(LEASE_MS).0;
        let mut conn = db.begin().await?;
        let renewed = execute!(&mut conn, SQL, self.name, self.until, until)?;
        conn.commit().await?;
        if renewed == 1 {
            self.until = until;
        }
        Ok(())
    }

    /// Marks the job as done and gives the lease back. Called after the last effect.
    pub async fn done(self, db: &Db, now: Timestamp, affected: u64) -> Result<()> {
        const SQL: &str = "UPDATE job_heartbeats SET leased_until = 0, last_ok_at = $3, affected = $4
            WHERE name = $1 AND leased_until = $2";
        let affected = i64::try_from(affected).unwrap_or(i64::MAX);
        let mut conn = db.begin().await?;
        execute!(&mut conn, SQL, self.name, self.until, now.0, affected)?;
        conn.commit().await
    }

    /// Gives the lease back without marking the job as done; `last_run` decides when it is due again.
    pub async fn release(self, db: &Db, last_run: Timestamp) -> Result<()> {
        const SQL: &str = "UPDATE job_heartbeats SET leased_until = 0, last_run_at = $3
            WHERE name = $1 AND leased_until = $2";
        let mut conn = db.begin().await?;
        execute!(&mut conn, SQL, self.name, self.until, last_run.0)?;
        conn.commit().await
    }
}
