//! SQL of the outbox.

use super::Mail;
use crate::domain::ids::{ConsentId, MailId};
use crate::domain::timestamp::Timestamp;
use crate::infra::db::{Conn, Result};
use crate::{execute, on};
use uuid::Uuid;

const INSERT: &str = "INSERT INTO outbox \
     (id, owner_id, dedupe, kind, content, state, created_at, next_attempt_at, consent_id) \
     VALUES ($1, $2, $3, $4, $5, 'queued', $6, $6, $7) ON CONFLICT (dedupe) DO NOTHING";

pub(super) async fn insert(
    conn: &mut Conn,
    (id, now): (MailId, Timestamp),
    mail: &Mail<'_>,
    sealed: Vec<u8>,
    consent: Option<ConsentId>,
) -> Result<u64> {
    execute!(
        conn,
        INSERT,
        id.0,
        mail.owner,
        mail.dedupe.clone(),
        mail.kind,
        sealed,
        now.0,
        consent.map(|consent| consent.0),
    )
}

crate::row! {
    /// A mail that is due.
    pub(super) struct Due {
        pub id: Uuid,
        pub owner_id: Uuid,
        pub kind: String,
        pub content: Option<Vec<u8>>,
        pub attempts: i64,
        pub created_at: i64,
    }
}

const LIST_DUE: &str = "SELECT id FROM outbox \
     WHERE state = 'queued' AND next_attempt_at <= $1 AND leased_until <= $1 ORDER BY next_attempt_at, id LIMIT 50";

pub(super) async fn list_due(conn: &mut Conn, now: Timestamp) -> Result<Vec<Uuid>> {
    on!(conn, c => sqlx::query_scalar::<_, Uuid>(LIST_DUE).bind(now.0).fetch_all(c).await)
}

const LEASE: &str = "UPDATE outbox SET leased_until = $3, attempts = attempts + 1 \
     WHERE id = $1 AND state = 'queued' AND next_attempt_at <= $2 AND leased_until <= $2 \
     RETURNING id, owner_id, kind, content, attempts, created_at";

/// Takes a mail for one attempt; `None` when another process was faster.
pub(super) async fn lease(conn: &mut Conn, id: Uuid, now: Timestamp, until: Timestamp) -> Result<Option<Due>> {
    on!(conn, c => sqlx::query_as::<_, Due>(LEASE)
        .bind(id)
        .bind(now.0)
        .bind(until.0)
        .fetch_optional(c)
        .await)
}

const FINISH: &str = "UPDATE outbox SET state = $2, content = NULL, done_at = $3, leased_until = 0, problem = $4 \
     WHERE id = $1 AND state = 'queued'";

/// The mail has left (`problem` is none) or was given up; its content is dropped either way.
pub(super) async fn finish(conn: &mut Conn, id: Uuid, now: Timestamp, problem: Option<&'static str>) -> Result<u64> {
    let state = if problem.is_some() { "failed" } else { "sent" };
    execute!(conn, FINISH, id, state, now.0, problem)
}

const POSTPONE: &str = "UPDATE outbox SET next_attempt_at = $2, leased_until = 0, problem = $3 \
     WHERE id = $1 AND state = 'queued'";

pub(super) async fn postpone(conn: &mut Conn, id: Uuid, until: Timestamp, problem: &'static str) -> Result<u64> {
    execute!(conn, POSTPONE, id, until.0, problem)
}

const DELETE_OF_OWNER: &str = "DELETE FROM outbox WHERE owner_id = $1 RETURNING id";

/// Deletes the mails of an owner and answers which they were.
pub(super) async fn delete_of_owner(conn: &mut Conn, owner: Uuid) -> Result<Vec<MailId>> {
    let ids = on!(conn, c => sqlx::query_scalar::<_, Uuid>(DELETE_OF_OWNER).bind(owner).fetch_all(c).await)?;
    Ok(ids.into_iter().map(MailId).collect())
}

const EXISTS: &str = "SELECT COUNT(*) FROM outbox WHERE id = $1";

/// Whether the mail was not erased meanwhile.
pub(super) async fn exists(conn: &mut Conn, id: Uuid) -> Result<bool> {
    on!(conn, c => sqlx::query_scalar::<_, i64>(EXISTS).bind(id).fetch_one(c).await).map(|count| count > 0)
}

const DELETE_WAITING: &str = "DELETE FROM outbox WHERE state = 'queued'";

pub(super) async fn delete_waiting(conn: &mut Conn) -> Result<u64> {
    execute!(conn, DELETE_WAITING)
}

const PURGE: &str = "DELETE FROM outbox WHERE state <> 'queued' AND done_at <= $1";

/// Forgets mails that left long ago; answers how many.
pub(super) async fn purge(conn: &mut Conn, before: Timestamp) -> Result<u64> {
    execute!(conn, PURGE, before.0)
}

const COUNT: &str = "SELECT COUNT(*) FROM outbox WHERE state = $1";

/// How many mails are in this state.
pub(super) async fn count(conn: &mut Conn, state: &'static str) -> Result<i64> {
    on!(conn, c => sqlx::query_scalar::<_, i64>(COUNT).bind(state).fetch_one(c).await)
}
