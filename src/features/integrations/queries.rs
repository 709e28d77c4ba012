//! SQL of integrations. Every query names the owner.

use crate::domain::ids::{IntegrationId, UserId};
use crate::domain::problem::Code;
use crate::domain::timestamp::Timestamp;
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use uuid::Uuid;

/// The only kind today.
const LANGSMITH: &str = "langsmith";

crate::row! {
    /// A row, sealed as it lies in the table.
    #[derive(Debug)]
    pub struct Row {
        pub id: Uuid,
        pub secret: Vec<u8>,
        pub hint: Vec<u8>,
        pub project: Option<Vec<u8>>,
        pub is_on: bool,
        pub problem: Option<String>,
        pub sent: i64,
        pub dropped: i64,
        pub created_at: i64,
        pub rotated_at: Option<i64>,
        pub last_sent_at: Option<i64>,
    }
}

impl Row {
    /// Why the last sending failed.
    pub fn problem(&self) -> Option<Code> {
        let word = self.problem.as_deref()?;
        let known = Code::ALL.iter().copied().find(|code| code.code() == word);
        Some(known.unwrap_or(Code::Internal))
    }
}

const FIND: &str = "
    SELECT id, secret, hint, project, is_on, problem, sent, dropped, created_at, rotated_at, last_sent_at
    FROM integrations WHERE user_id = $1 AND kind = $2";

pub async fn find(conn: &mut Conn, user: UserId) -> db::Result<Option<Row>> {
    on!(conn, c => sqlx::query_as(FIND).bind(user.0).bind(LANGSMITH).fetch_optional(c).await)
}

const INSERT: &str = "
    INSERT INTO integrations (id, user_id, kind, secret, hint, project, is_on, sent, dropped, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, FALSE, 0, 0, $7) ON CONFLICT (user_id, kind) DO NOTHING";

/// A key that was typed, sealed for its row.
pub struct Sealed {
    pub secret: Vec<u8>,
    pub hint: Vec<u8>,
}

/// 0 where another tab was faster.
pub async fn insert(
    conn: &mut Conn,
    (user, id): (UserId, IntegrationId),
    (sealed, project): (&Sealed, Option<&[u8]>),
    now: Timestamp,
) -> db::Result<u64> {
    let (secret, hint) = (sealed.secret.as_slice(), sealed.hint.as_slice());
    execute!(conn, INSERT, id.0, user.0, LANGSMITH, secret, hint, project, now.0)
}

const ROTATE: &str = "
    UPDATE integrations SET secret = $1, hint = $2, is_on = FALSE, problem = NULL, rotated_at = $3
    WHERE user_id = $4 AND id = $5";

/// Another key in the place of the old one; switched off until it has shown that it works.
pub async fn rotate(
    conn: &mut Conn,
    (user, id): (UserId, IntegrationId),
    sealed: &Sealed,
    now: Timestamp,
) -> db::Result<u64> {
    let (secret, hint) = (sealed.secret.as_slice(), sealed.hint.as_slice());
    execute!(conn, ROTATE, secret, hint, now.0, user.0, id.0)
}

const SET_PROJECT: &str = "UPDATE integrations SET project = $1 WHERE user_id = $2 AND id = $3";

pub async fn set_project(
    conn: &mut Conn,
    (user, id): (UserId, IntegrationId),
    project: Option<&[u8]>,
) -> db::Result<u64> {
    execute!(conn, SET_PROJECT, project, user.0, id.0)
}

const SWITCH: &str = "UPDATE integrations SET is_on = $1, problem = NULL WHERE user_id = $2 AND kind = $3";

pub async fn switch(conn: &mut Conn, user: UserId, is_on: bool) -> db::Result<u64> {
    execute!(conn, SWITCH, is_on, user.0, LANGSMITH)
}

const DELETE: &str = "DELETE FROM integrations WHERE user_id = $1 AND kind = $2";

pub async fn delete(conn: &mut Conn, user: UserId) -> db::Result<u64> {
    execute!(conn, DELETE, user.0, LANGSMITH)
}

/// What became of some spans.
pub struct Outcome {
    pub sent: i64,
    pub dropped: i64,
    /// Why some were dropped.
    pub problem: Option<Code>,
}

const NOTE_SENT: &str = "
    UPDATE integrations SET sent = sent + $1, dropped = dropped + $2, problem = NULL, last_sent_at = $3
    WHERE user_id = $4 AND kind = $5";
const NOTE_DROPPED: &str = "
    UPDATE integrations SET dropped = dropped + $1, problem = COALESCE($2, problem) WHERE user_id = $3 AND kind = $4";

pub async fn note(conn: &mut Conn, user: UserId, outcome: &Outcome, now: Timestamp) -> db::Result<u64> {
    let Outcome { sent, dropped, problem } = outcome;
    if *sent > 0 {
        return execute!(conn, NOTE_SENT, *sent, *dropped, now.0, user.0, LANGSMITH);
    }
    execute!(conn, NOTE_DROPPED, *dropped, problem.map(Code::code), user.0, LANGSMITH)
}
