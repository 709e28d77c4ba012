//! The table of exports. A row without its file is worth nothing, a file without its row does not open.

use crate::domain::ids::{ExportId, UserId};
use crate::domain::timestamp::Timestamp;
use crate::infra::crypto::Place;
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use uuid::Uuid;

/// What an export's row says of its bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Building,
    Complete,
    Failed,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Complete => "complete",
            Self::Failed => "failed",
        }
    }

    fn parse(word: &str) -> Self {
        match word {
            "building" => Self::Building,
            "complete" => Self::Complete,
            _ => Self::Failed,
        }
    }
}

/// Where the key of an export's file is sealed.
pub const fn key_place(user: UserId, id: ExportId) -> Place {
    Place {
        table: "exports",
        column: "file_key",
        row: id.0,
        owner: user.0,
    }
}

/// A row as its owner reads it.
#[derive(Clone, Debug)]
pub struct Export {
    pub id: ExportId,
    pub user: UserId,
    pub state: State,
    pub file_key: Vec<u8>,
    pub bytes: u64,
    pub rows: u64,
    pub problem: Option<String>,
    pub created_at: Timestamp,
    pub completed_at: Option<Timestamp>,
    pub expires_at: Timestamp,
}

crate::row! {
    struct Row {
        id: Uuid,
        user_id: Uuid,
        state: String,
        file_key: Vec<u8>,
        bytes: i64,
        rows_written: i64,
        problem: Option<String>,
        created_at: i64,
        completed_at: Option<i64>,
        expires_at: i64,
    }
}

impl From<Row> for Export {
    fn from(row: Row) -> Self {
        Self {
            id: ExportId(row.id),
            user: UserId(row.user_id),
            state: State::parse(&row.state),
            file_key: row.file_key,
            bytes: u64::try_from(row.bytes).unwrap_or_default(),
            rows: u64::try_from(row.rows_written).unwrap_or_default(),
            problem: row.problem,
            created_at: Timestamp(row.created_at),
            completed_at: row.completed_at.map(Timestamp),
            expires_at: Timestamp(row.expires_at),
        }
    }
}

/// A row to be written when building begins.
pub struct New {
    pub id: ExportId,
    pub user: UserId,
    pub file_key: Vec<u8>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

const INSERT: &str = "INSERT INTO exports (id, user_id, state, file_key, bytes, rows_written, created_at, expires_at) \
     VALUES ($1, $2, 'building', $3, 0, 0, $4, $5)";

pub async fn insert(conn: &mut Conn, new: &New) -> db::Result<()> {
    execute!(
        conn,
        INSERT,
        new.id.0,
        new.user.0,
        new.file_key.clone(),
        new.created_at.0,
        new.expires_at.0
    )?;
    Ok(())
}

const COMPLETE: &str = "UPDATE exports SET state = 'complete', bytes = $2, rows_written = $3, completed_at = $4, \
     expires_at = $5 WHERE id = $1 AND state = 'building'";

/// Whether the row was still waiting: a person who was erased meanwhile has none.
pub async fn complete(conn: &mut Conn, done: &Export) -> db::Result<bool> {
    let (bytes, rows) = (i64::try_from(done.bytes), i64::try_from(done.rows));
    let touched = execute!(
        conn,
        COMPLETE,
        done.id.0,
        bytes.unwrap_or(i64::MAX),
        rows.unwrap_or(i64::MAX),
        done.completed_at.map(|at| at.0),
        done.expires_at.0
    )?;
    Ok(touched == 1)
}

const FAIL: &str = "UPDATE exports SET state = 'failed', problem = $2 WHERE id = $1 AND state = 'building'";

pub async fn fail(conn: &mut Conn, id: ExportId, problem: &str) -> db::Result<u64> {
    execute!(conn, FAIL, id.0, problem.to_owned())
}

const LIST: &str = "SELECT id, user_id, state, file_key, bytes, rows_written, problem, created_at, completed_at, \
     expires_at FROM exports WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id DESC";

/// A person's exports, newest first; none that is past its time.
pub async fn list(conn: &mut Conn, user: UserId, now: Timestamp) -> db::Result<Vec<Export>> {
    let rows = on!(conn, c => sqlx::query_as::<_, Row>(LIST).bind(user.0).bind(now.0).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Export::from).collect())
}

const FIND: &str = "SELECT id, user_id, state, file_key, bytes, rows_written, problem, created_at, completed_at, \
     expires_at FROM exports WHERE id = $1 AND user_id = $2 AND expires_at > $3";

pub async fn find(conn: &mut Conn, user: UserId, id: ExportId, now: Timestamp) -> db::Result<Option<Export>> {
    let row = on!(conn, c => sqlx::query_as::<_, Row>(FIND)
        .bind(id.0)
        .bind(user.0)
        .bind(now.0)
        .fetch_optional(c)
        .await)?;
    Ok(row.map(Export::from))
}

const FIND_STATE: &str = "SELECT state, expires_at FROM exports WHERE id = $1";

/// How the export of a file that lies in the folder stands, whoever owns it; `None` without a row.
pub async fn find_state(conn: &mut Conn, id: ExportId) -> db::Result<Option<(State, Timestamp)>> {
    let row = on!(conn, c => sqlx::query_as::<_, (String, i64)>(FIND_STATE).bind(id.0).fetch_optional(c).await)?;
    Ok(row.map(|(state, expires_at)| (State::parse(&state), Timestamp(expires_at))))
}

const DELETE: &str = "DELETE FROM exports WHERE id = $1 AND user_id = $2";

pub async fn delete(conn: &mut Conn, user: UserId, id: ExportId) -> db::Result<bool> {
    Ok(execute!(conn, DELETE, id.0, user.0)? == 1)
}

const DELETE_OF: &str = "DELETE FROM exports WHERE user_id = $1 RETURNING id";

/// Deletes all of a person's rows; answers whose files have to go too.
pub async fn delete_of(conn: &mut Conn, user: UserId) -> db::Result<Vec<ExportId>> {
    let ids = on!(conn, c => sqlx::query_scalar::<_, Uuid>(DELETE_OF).bind(user.0).fetch_all(c).await)?;
    Ok(ids.into_iter().map(ExportId).collect())
}

const DELETE_EXPIRED: &str = "DELETE FROM exports WHERE expires_at <= $1 RETURNING id";

pub async fn delete_expired(conn: &mut Conn, now: Timestamp) -> db::Result<Vec<ExportId>> {
    let ids = on!(conn, c => sqlx::query_scalar::<_, Uuid>(DELETE_EXPIRED).bind(now.0).fetch_all(c).await)?;
    Ok(ids.into_iter().map(ExportId).collect())
}

const LIST_BUILDING: &str = "SELECT id, created_at FROM exports WHERE state = 'building'";

/// Exports that are said to be under way, with the moment at which they began.
pub async fn list_building(conn: &mut Conn) -> db::Result<Vec<(ExportId, Timestamp)>> {
    let rows = on!(conn, c => sqlx::query_as::<_, (Uuid, i64)>(LIST_BUILDING).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, at)| (ExportId(id), Timestamp(at))).collect())
}
