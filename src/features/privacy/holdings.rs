//! What is held about one person, table by table: how many rows, since when, until when.
//!
//! The statements are made from the inventory, whose names are constants of the program: nothing that
//! comes from outside ever becomes part of one. Rows that are past their time are not counted, even
//! where the purge is late.

use super::error::Result;
use super::export::{self, Latest, Scope};
use crate::domain::ids::UserId;
use crate::domain::privacy::inventory::{Kind, Retention, Section, Store, Table};
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::infra::db::{self, Conn};
use crate::on;
use sqlx::AssertSqlSafe;

/// The rows of one table that belong to a person.
#[derive(Clone, Debug)]
pub struct Holding {
    pub table: &'static Table,
    pub count: i64,
    /// The time that the table's retention counts from, of its oldest row; else when that row was made.
    pub oldest: Option<Timestamp>,
    /// Its newest rows, opened: what the export would hold of them.
    pub latest: Vec<Latest>,
}

/// Rows of each table that are shown; all of them are in the export.
pub const SHOWN: u8 = 3;

impl Holding {
    /// When the oldest row is deleted, where that is known today.
    #[must_use]
    pub fn deleted_on(&self) -> Option<Timestamp> {
        self.oldest.and_then(|oldest| self.table.retention.deleted_on(oldest))
    }
}

/// Every table that a person may see, by section, with what it holds about this one.
///
/// # Errors
/// When a database cannot be read.
pub async fn list(app: &App, user: UserId) -> Result<Vec<Holding>> {
    let now = app.clock.now();
    let mut main = app.db.acquire().await?;
    let mut keystore = app.keystore.acquire().await?;
    let key = app.keys.data_key(user.0).await?;
    let scope = Scope {
        app,
        user,
        key: &key,
        now,
    };
    let mut holdings = Vec::new();
    for table in Section::ALL.into_iter().flat_map(Section::tables) {
        let conn = match table.store {
            Store::Main => &mut main,
            Store::Keystore => &mut keystore,
        };
        let (count, oldest) = count(conn, table, user, now).await?;
        let latest = if count > 0 {
            export::latest(conn, &scope, table, SHOWN).await?
        } else {
            Vec::new()
        };
        holdings.push(Holding {
            table,
            count,
            oldest: oldest.map(Timestamp),
            latest,
        });
    }
    Ok(holdings)
}

async fn count(conn: &mut Conn, table: &Table, user: UserId, now: Timestamp) -> db::Result<(i64, Option<i64>)> {
    let since = since(table);
    let oldest = since.map_or_else(|| "CAST(NULL AS BIGINT)".to_owned(), |since| format!("MIN({since})"));
    let owner = table.owner_column().unwrap_or_default();
    let sql = format!("SELECT COUNT(*), {oldest} FROM {} WHERE {owner} = $1", table.name);
    let Some((column, cutoff)) = table.retention.column().zip(table.retention.cutoff(now)) else {
        let sql = AssertSqlSafe(sql);
        return on!(conn, c => sqlx::query_as(sql).bind(user.0).fetch_one(c).await);
    };
    let sql = AssertSqlSafe(format!("{sql} AND ({column} IS NULL OR {column} > $2)"));
    on!(conn, c => sqlx::query_as(sql).bind(user.0).bind(cutoff.0).fetch_one(c).await)
}

/// The column that tells how old a row is.
fn since(table: &Table) -> Option<&'static str> {
    let first = || table.columns.iter().find(|column| column.kind == Kind::Time);
    match table.retention {
        Retention::After { column, .. } | Retention::Expires { column, .. } => Some(column),
        Retention::WithAccount | Retention::When(_) | Retention::Unlimited => first().map(|column| column.name),
    }
}
