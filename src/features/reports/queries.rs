//! SQL of saved reports. Every query names the owner.

use crate::domain::ids::{SavedReportId, UserId};
use crate::domain::timestamp::Timestamp;
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use uuid::Uuid;

crate::row! {
    /// A row, sealed as it lies in the table.
    #[derive(Debug)]
    pub struct Row {
        pub id: Uuid,
        pub name: Vec<u8>,
        pub report: Vec<u8>,
        pub created_at: i64,
    }
}

/// A new row.
pub struct NewRow {
    pub id: SavedReportId,
    pub user: UserId,
    pub name: Vec<u8>,
    pub report: Vec<u8>,
    pub created_at: Timestamp,
}

const LIST: &str = "
    SELECT id, name, report, created_at FROM saved_reports WHERE user_id = $1 ORDER BY created_at DESC, id DESC";

pub async fn list(conn: &mut Conn, user: UserId) -> db::Result<Vec<Row>> {
    on!(conn, c => sqlx::query_as(LIST).bind(user.0).fetch_all(c).await)
}

const COUNT: &str = "SELECT COUNT(*) FROM saved_reports WHERE user_id = $1";

pub async fn count(conn: &mut Conn, user: UserId) -> db::Result<i64> {
    on!(conn, c => sqlx::query_scalar(COUNT).bind(user.0).fetch_one(c).await)
}

const INSERT: &str = "INSERT INTO saved_reports (id, user_id, name, report, created_at) VALUES ($1, $2, $3, $4, $5)";

pub async fn insert(conn: &mut Conn, row: &NewRow) -> db::Result<u64> {
    let (name, report) = (row.name.as_slice(), row.report.as_slice());
    execute!(conn, INSERT, row.id.0, row.user.0, name, report, row.created_at.0)
}

const RENAME: &str = "UPDATE saved_reports SET name = $1 WHERE user_id = $2 AND id = $3";

pub async fn rename(conn: &mut Conn, user: UserId, id: SavedReportId, name: &[u8]) -> db::Result<u64> {
    execute!(conn, RENAME, name, user.0, id.0)
}

const DELETE: &str = "DELETE FROM saved_reports WHERE user_id = $1 AND id = $2";

pub async fn delete(conn: &mut Conn, user: UserId, id: SavedReportId) -> db::Result<u64> {
    execute!(conn, DELETE, user.0, id.0)
}
