//! The statements of an erasure, made from the data inventory.
//!
//! Table and column names come from the inventory, which is text of the program and never of a
//! person; what belongs to a person is bound.

use crate::domain::ids::UserId;
use crate::domain::privacy::erasure::Counts;
use crate::domain::privacy::inventory::{Erasure, Kind, Owner, Store, Table, erasure_order};
use crate::features::App;
use crate::infra::db::{self, Conn, Db};
use crate::on;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// Rows of one transaction, so that others wait for a fraction of a second at most. Where ids came in no
/// order (an import, another tool) each transaction touches all of the index over them, however few its rows are.
const BATCH: u64 = 20_000;

/// Tables whose rows name files: they go with their files, by the features that own them.
const WITH_FILES: [&str; 2] = ["outbox", "exports"];
/// The account itself, last.
const ACCOUNT: &str = "users";

/// Tables of the main database whose rows belong to people, in the order of deletion.
fn tables() -> impl Iterator<Item = (&'static Table, &'static str)> {
    let mine = |table: &&Table| {
        table.store == Store::Main && matches!(table.erasure, Erasure::AtOnce | Erasure::Delete | Erasure::DeleteByKey)
    };
    erasure_order()
        .filter(mine)
        .filter_map(|table| Some((table, table.owner_column()?)))
}

/// Deletes what dies in the moment of the request: keys and links. Answers how many rows.
pub(super) async fn delete_at_once(conn: &mut Conn, user: UserId) -> db::Result<Counts> {
    let mut counts = Counts::new();
    for (table, owner) in tables().filter(|(table, _)| table.erasure == Erasure::AtOnce) {
        let sql = format!("DELETE FROM {} WHERE {owner} = $1", table.name);
        let deleted = run(conn, sql, user.0).await?;
        if deleted > 0 {
            counts.insert(table.name.to_owned(), deleted);
        }
    }
    Ok(counts)
}

/// How many rows there are of each table.
pub(super) async fn count(conn: &mut Conn, user: UserId) -> db::Result<Counts> {
    let mut counts = Counts::new();
    for (table, owner) in tables() {
        let sql = format!("SELECT COUNT(*) FROM {} WHERE {owner} = $1", table.name);
        let rows = on!(conn, c => sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).bind(user.0).fetch_one(c).await)?;
        if rows > 0 {
            counts.insert(table.name.to_owned(), rows.unsigned_abs());
        }
    }
    Ok(counts)
}

/// The ids of rows that have a data key of their own.
pub(super) async fn own_keys(conn: &mut Conn, user: UserId) -> db::Result<Vec<Uuid>> {
    let mut ids = Vec::new();
    for (table, owner) in tables().filter(|(table, _)| table.erasure == Erasure::DeleteByKey) {
        let sql = format!("SELECT id FROM {} WHERE {owner} = $1", table.name);
        let mut found: Vec<Uuid> =
            on!(conn, c => sqlx::query_scalar(AssertSqlSafe(sql)).bind(user.0).fetch_all(c).await)?;
        ids.append(&mut found);
    }
    Ok(ids)
}

/// Deletes every row but those that name files and the account itself, in short transactions.
pub(super) async fn delete(app: &App, user: UserId) -> db::Result<()> {
    for (table, owner) in tables() {
        if table.name == ACCOUNT || WITH_FILES.contains(&table.name) {
            continue;
        }
        loop {
            let mut conn = app.db.begin().await?;
            let (sql, is_batch) = statement(&app.db, table, owner);
            let deleted = run(&mut conn, sql, user.0).await?;
            conn.commit().await?;
            if !is_batch || deleted < BATCH {
                break;
            }
            // Writers that queued up behind this batch go first.
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}

/// Deletes a batch where rows have an id of their own, else all of them: such tables stay small.
fn statement(db: &Db, table: &Table, owner: &str) -> (String, bool) {
    let name = table.name;
    let has_id = table.columns.first().is_some_and(|column| column.kind == Kind::Id);
    if !has_id || !matches!(table.owner, Owner::User(_)) {
        return (format!("DELETE FROM {name} WHERE {owner} = $1"), false);
    }
    // The place of a row is found without a way through another index.
    let sql = match db {
        Db::Sqlite { .. } => {
            format!("DELETE FROM {name} WHERE rowid IN (SELECT rowid FROM {name} WHERE {owner} = $1 LIMIT {BATCH})")
        }
        Db::Postgres(_) => format!(
            "DELETE FROM {name} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {name} WHERE {owner} = $1 LIMIT {BATCH}))"
        ),
    };
    (sql, true)
}

/// On PostgreSQL clears deleted rows out of the tables that had some. A role that does not own them is
/// refused with a warning only: there autovacuum does it.
pub(super) async fn vacuum(conn: &mut Conn, counts: &Counts) -> db::Result<()> {
    let had_rows = |table: &Table| table.name == ACCOUNT || counts.contains_key(table.name);
    for (table, _) in tables().filter(|(table, _)| had_rows(table)) {
        let sql = format!("VACUUM {}", table.name);
        on!(conn, c => sqlx::query(AssertSqlSafe(sql)).execute(c).await.map(drop))?;
    }
    Ok(())
}

async fn run(conn: &mut Conn, sql: String, owner: Uuid) -> db::Result<u64> {
    on!(conn, c => sqlx::query(AssertSqlSafe(sql)).bind(owner).execute(c).await.map(|done| done.rows_affected()))
}
