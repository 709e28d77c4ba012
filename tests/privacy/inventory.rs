//! The data inventory against the live schemas of both databases.

use crate::on_both_engines;
use crate::support::{Engine, TestApp};
use spectr::domain::privacy::inventory::{INVENTORY, Kind, Store, Table};
use spectr::infra::db::Db;
use std::collections::BTreeMap;

/// A column as the database describes it.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    sql_type: String,
    nullable: bool,
}

type Columns = BTreeMap<(String, String), Found>;

/// sqlx's own table of migrations, the only one outside the inventory.
const OWN: &str = "_sqlx_migrations";

async fn schema(app: &TestApp, store: Store) -> Columns {
    let db = match store {
        Store::Main => &app.app.db,
        Store::Keystore => &app.app.keystore,
    };
    match db {
        Db::Sqlite { .. } => sqlite(db).await,
        Db::Postgres(_) => postgres(db, store).await,
    }
}

async fn sqlite(db: &Db) -> Columns {
    const SQL: &str = "SELECT t.name, c.name, c.type, c.\"notnull\" FROM sqlite_schema t, pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
    let Db::Sqlite { read, .. } = db else {
        panic!("not SQLite")
    };
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(SQL).fetch_all(read).await.unwrap();
    rows.into_iter()
        .filter(|row| row.0 != OWN)
        .map(|(table, column, sql_type, not_null)| {
            let found = Found {
                sql_type,
                nullable: not_null == 0,
            };
            ((table, column), found)
        })
        .collect()
}

async fn postgres(db: &Db, store: Store) -> Columns {
    const SQL: &str = "SELECT table_name::text, column_name::text, upper(data_type::text), is_nullable::text \
         FROM information_schema.columns WHERE table_schema = $1";
    let Db::Postgres(pool) = db else {
        panic!("not PostgreSQL")
    };
    let name = if store == Store::Main { "public" } else { "keystore" };
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(SQL).bind(name).fetch_all(pool).await.unwrap();
    rows.into_iter()
        .filter(|row| row.0 != OWN)
        .map(|(table, column, sql_type, nullable)| {
            let found = Found {
                sql_type,
                nullable: nullable == "YES",
            };
            ((table, column), found)
        })
        .collect()
}

/// The type in which a kind is stored.
fn sql_type(kind: Kind, engine: Engine) -> &'static str {
    match (kind, engine) {
        (Kind::Id | Kind::Reference, Engine::Sqlite) => "BLOB",
        (Kind::Id | Kind::Reference, Engine::Postgres) => "UUID",
        (Kind::Time | Kind::Count | Kind::Money, _) => "BIGINT",
        (Kind::Flag, _) => "BOOLEAN",
        (Kind::Code | Kind::PasswordHash, _) => "TEXT",
        (Kind::Single, _) => "INTEGER",
        (_, Engine::Sqlite) => "BLOB",
        (_, Engine::Postgres) => "BYTEA",
    }
}

fn promised(store: Store, engine: Engine) -> Columns {
    let tables = INVENTORY.iter().filter(|table| table.store == store);
    tables
        .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
        .map(|(table, column)| {
            let found = Found {
                sql_type: sql_type(column.kind, engine).to_owned(),
                nullable: column.nullable,
            };
            ((table.name.to_owned(), column.name.to_owned()), found)
        })
        .collect()
}

/// What one side has and the other has not, or has otherwise.
fn difference(one: &Columns, other: &Columns) -> Vec<String> {
    one.iter()
        .filter(|(name, column)| other.get(*name) != Some(*column))
        .map(|((table, column), found)| format!("{table}.{column} {found:?}"))
        .collect()
}

/// Tables that a table's foreign keys point at.
async fn references(app: &TestApp, table: &Table) -> Vec<String> {
    const SQLITE: &str = "SELECT \"table\" FROM pragma_foreign_key_list($1)";
    const POSTGRES: &str =
        "SELECT confrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND conrelid = to_regclass($1)";
    match &app.app.db {
        Db::Sqlite { read, .. } => {
            let found = sqlx::query_scalar::<_, String>(SQLITE).bind(table.name).fetch_all(read);
            found.await.unwrap()
        }
        Db::Postgres(pool) => {
            let found = sqlx::query_scalar::<_, String>(POSTGRES)
                .bind(table.name)
                .fetch_all(pool);
            found.await.unwrap()
        }
    }
}

on_both_engines! {
    async fn every_column_of_both_databases_is_in_the_inventory_and_none_besides(app: TestApp) {
        for store in [Store::Main, Store::Keystore] {
            let (live, promised) = (schema(app, store).await, promised(store, app.engine));
            assert!(!live.is_empty(), "{store:?}");
            let missing = difference(&live, &promised);
            assert!(missing.is_empty(), "not in the inventory, or otherwise: {missing:#?}");
            let gone = difference(&promised, &live);
            assert!(gone.is_empty(), "in the inventory, but not in the database: {gone:#?}");
        }
    }

    async fn a_table_stands_after_those_that_it_refers_to(app: TestApp) {
        let mut seen = 0;
        for (at, table) in INVENTORY.iter().enumerate().filter(|(_, table)| table.store == Store::Main) {
            for referred in references(app, table).await {
                let place = INVENTORY.iter().position(|other| other.name == referred).unwrap();
                assert!(place < at, "{} refers to {referred}", table.name);
                seen += 1;
            }
        }
        assert!(seen > 5, "foreign keys are seen: {seen}");
    }

    async fn a_column_that_nobody_listed_is_found(app: TestApp) {
        let sql = "ALTER TABLE users ADD COLUMN shoe_size TEXT";
        let mut conn = app.app.db.begin().await.unwrap();
        spectr::execute!(&mut conn, sql).unwrap();
        conn.commit().await.unwrap();
        let live = schema(app, Store::Main).await;
        let missing = difference(&live, &promised(Store::Main, app.engine));
        assert_eq!(missing.len(), 1, "{missing:?}");
        assert!(missing[0].starts_with("users.shoe_size"), "{missing:?}");
    }
}
