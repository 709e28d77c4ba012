//! The books in the database: what was spent, for seeding and for PostgreSQL; and on PostgreSQL the
//! holds themselves, as rows of `reservations`.
//!
//! A hold is judged and inserted under an advisory lock of its person, in one short transaction: a
//! single statement would judge by a snapshot older than the lock and let two calls pass at once.
//! A trial call holds no money; its row has the amount 0.

use super::{Ask, Asker, Grant, Standing};
use crate::domain::ids::UserId;
use crate::domain::problem::Problem;
use crate::domain::timestamp::Timestamp;
use crate::features::{App, usage};
use crate::infra::db::{self, Conn};
use crate::{execute, on};

/// What the database says about a person: what is spent. Nothing is held there on SQLite.
pub(super) async fn spent(app: &App, user: UserId, now: Timestamp) -> db::Result<Standing> {
    let mut conn = app.db.acquire().await?;
    spent_in(&mut conn, user, now).await
}

async fn spent_in(conn: &mut Conn, user: UserId, now: Timestamp) -> db::Result<Standing> {
    let spent = usage::budgets::spent(conn, user, now).await?;
    let trials = usage::trial_calls_today(conn, user, now).await?;
    Ok(Standing {
        spent_today: spent.day,
        spent_this_month: spent.month,
        trials_today: u32::try_from(trials).unwrap_or(u32::MAX),
        ..Standing::default()
    })
}

const LOCK: &str = "SELECT pg_advisory_xact_lock($1)";

const FORGET_STALE: &str = "DELETE FROM reservations WHERE user_id = $1 AND expires_at <= $2";

const HELD: &str = "
    SELECT CAST(COALESCE(SUM(amount_nano_usd), 0) AS BIGINT),
           CAST(COALESCE(SUM(CASE WHEN amount_nano_usd = 0 THEN 1 ELSE 0 END), 0) AS BIGINT)
    FROM reservations WHERE user_id = $1";

const INSERT: &str = "
    INSERT INTO reservations (call_id, user_id, amount_nano_usd, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5)";

/// Judges and holds on PostgreSQL. The outer error is the database's, the inner one the judgement.
pub(super) async fn hold(app: &App, asker: Asker, ask: &Ask) -> db::Result<Result<Grant, Problem>> {
    let now = app.clock.now();
    let lifetime = app.engine.timing().longest_call();
    let mut conn = app.db.begin().await?;
    if let Conn::PostgresTx(tx) = &mut conn {
        sqlx::query(LOCK).bind(lock_key(asker.user)).execute(&mut **tx).await?;
    }
    execute!(&mut conn, FORGET_STALE, asker.user.0, now.0)?;
    let (held, trials): (i64, i64) = on!(&mut conn, c => sqlx::query_as(HELD).bind(asker.user.0).fetch_one(c).await)?;
    let standing = Standing {
        held,
        trials_running: u32::try_from(trials).unwrap_or(u32::MAX),
        ..spent_in(&mut conn, asker.user, now).await?
    };
    let grant = match ask.judge(&standing, now) {
        Ok(grant) => grant,
        Err(refused) => {
            // What is stale stays deleted all the same.
            conn.commit().await?;
            return Ok(Err(refused));
        }
    };
    let amount = match grant {
        Grant::Money(amount) => amount,
        Grant::Trial => 0,
    };
    let expires_at = now.plus(i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX));
    execute!(
        &mut conn,
        INSERT,
        asker.call.0,
        asker.user.0,
        amount,
        now.0,
        expires_at.0
    )?;
    conn.commit().await?;
    Ok(Ok(grant))
}

/// Eight random bytes of the user's id.
fn lock_key(user: UserId) -> i64 {
    let (_, low) = user.0.as_u64_pair();
    low.cast_signed()
}

const DELETE_STALE: &str = "DELETE FROM reservations WHERE expires_at <= $1";

/// Lets go what a crash left behind.
pub(in crate::features::engine) async fn forget_stale(app: &App) -> db::Result<u64> {
    let mut conn = app.db.begin().await?;
    let gone = execute!(&mut conn, DELETE_STALE, app.clock.now().0)?;
    conn.commit().await?;
    Ok(gone)
}
