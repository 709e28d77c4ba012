//! Probes that compare the live schemas with the data inventory, and the sealed values with the format.

use super::{Finding, Sight};
use crate::domain::privacy::clauses::Probe;
use crate::domain::privacy::inventory::{self, INVENTORY, Kind, Section, Store, Table};
use crate::domain::privacy::requests::mask_cards;
use crate::features::App;
use crate::infra::crypto::{SEAL_OVERHEAD, SEAL_VERSION};
use crate::infra::db::{self, Db};
use crate::on;
use std::collections::BTreeSet;

/// The migrations' own table, which holds nothing of people.
const OWN: &str = "_sqlx_migrations";

/// A column as the database has it.
pub(super) struct LiveColumn {
    store: Store,
    table: String,
    name: String,
    is_text: bool,
}

/// The columns of both databases at this moment.
pub(super) struct Live(Vec<LiveColumn>);

const SQLITE: &str = "SELECT t.name, c.name, c.type FROM sqlite_schema t, pragma_table_info(t.name) c \
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
const POSTGRES: &str = "SELECT table_name::text, column_name::text, upper(data_type::text) \
     FROM information_schema.columns WHERE table_schema = $1";

impl Live {
    pub(super) async fn read(app: &App) -> db::Result<Self> {
        let mut columns = read(&app.db, Store::Main).await?;
        columns.extend(read(&app.keystore, Store::Keystore).await?);
        Ok(Self(columns))
    }

    /// Columns that the inventory does not name.
    fn unlisted(&self) -> impl Iterator<Item = &LiveColumn> {
        self.0.iter().filter(|column| listed(column).is_none())
    }

    /// Columns of the inventory that are not there.
    fn gone(&self) -> Option<String> {
        let here = |table: &Table, name: &str| {
            let mut live = self.0.iter();
            live.any(|column| column.store == table.store && column.table == table.name && column.name == name)
        };
        INVENTORY.iter().find_map(|table| {
            let column = table.columns.iter().find(|column| !here(table, column.name))?;
            Some(format!("{}.{}", table.name, column.name))
        })
    }
}

fn listed(column: &LiveColumn) -> Option<&'static inventory::Column> {
    let table = inventory::table(&column.table).filter(|table| table.store == column.store)?;
    table.column(&column.name)
}

async fn read(db: &Db, store: Store) -> db::Result<Vec<LiveColumn>> {
    let rows: Vec<(String, String, String)> = match db {
        Db::Sqlite { read, .. } => sqlx::query_as(SQLITE).fetch_all(read).await?,
        Db::Postgres(pool) => {
            let schema = if store == Store::Main { "public" } else { "keystore" };
            sqlx::query_as(POSTGRES).bind(schema).fetch_all(pool).await?
        }
    };
    let columns = rows.into_iter().filter(|row| row.0 != OWN);
    let to_column = |(table, name, kind): (String, String, String)| LiveColumn {
        store,
        table,
        name,
        is_text: kind.contains("TEXT") || kind.contains("CHAR") || kind.contains("JSON"),
    };
    Ok(columns.map(to_column).collect())
}

pub(super) fn find(sight: &Sight<'_>, probe: Probe) -> db::Result<Finding> {
    let Ok(live) = &sight.live else {
        return Ok(Finding::unread("the schema could not be read right now"));
    };
    Ok(match probe {
        Probe::AccountColumns => account(live),
        Probe::CardNumbers => cards(live),
        Probe::SavedContent => saved(live),
        _ => purposes(live),
    })
}

fn name(column: &LiveColumn) -> String {
    format!("{}.{}", column.table, column.name)
}

fn account(live: &Live) -> Finding {
    let of_users = live.0.iter().filter(|column| column.table == "users").count();
    match live.unlisted().find(|column| column.table == "users") {
        Some(column) => Finding::judge(false, format!("{} is in no list", name(column))),
        None => Finding::kept(format!("{of_users} fields of an account, each listed")),
    }
}

fn purposes(live: &Live) -> Finding {
    if let Some(column) = live.unlisted().next() {
        return Finding::judge(false, format!("{} has no listed purpose", name(column)));
    }
    if let Some(gone) = live.gone() {
        return Finding::judge(false, format!("{gone} is listed and not there"));
    }
    let tables: BTreeSet<&str> = live.0.iter().map(|column| column.table.as_str()).collect();
    let (columns, tables) = (live.0.len(), tables.len());
    Finding::kept(format!("{columns} columns of {tables} tables, each with its purpose"))
}

/// Words in names of columns that payment data would stand in.
const PAYMENT: [&str; 6] = ["card", "iban", "payment", "cvc", "cvv", "billing"];
/// A number that card issuers publish for tests.
const TEST_CARD: &str = "4111 1111 1111 1111";

fn cards(live: &Live) -> Finding {
    let paying = |column: &&LiveColumn| {
        let full = name(column).to_lowercase();
        PAYMENT.iter().any(|word| full.contains(word))
    };
    if let Some(column) = live.0.iter().find(paying) {
        return Finding::judge(false, format!("{} looks like payment data", name(column)));
    }
    let masked = mask_cards(TEST_CARD);
    Finding::judge(
        !masked.contains("4111"),
        format!("no column for payments; a test card becomes {masked}"),
    )
}

/// Every table about people is held on a legal basis.
pub(super) fn bases() -> Finding {
    let personal = || INVENTORY.iter().filter(|table| table.is_personal());
    let without = personal().find(|table| table.purpose.basis() == inventory::Basis::None);
    let purposes: BTreeSet<_> = personal().map(|table| table.purpose).collect();
    match without {
        Some(table) => Finding::judge(false, format!("{} has no legal basis", table.name)),
        None => Finding::kept(format!("{} purposes, each with its basis", purposes.len())),
    }
}

/// What people write may stand in sealed columns only: a column of plain text must hold the product's
/// own words.
fn saved(live: &Live) -> Finding {
    let is_plain = |column: &&LiveColumn| {
        let kind = listed(column).map(|known| known.kind);
        column.is_text && !matches!(kind, Some(Kind::Code | Kind::PasswordHash))
    };
    match live.0.iter().find(is_plain) {
        Some(column) => Finding::judge(false, format!("{} could hold readable text", name(column))),
        None => {
            let tables = Section::Saved.tables().count();
            Finding::kept(format!(
                "no column for readable text; {tables} tables for what you save, sealed"
            ))
        }
    }
}

/// Looks at the head of every sealed value: format and length.
pub(super) async fn seals(sight: &Sight<'_>, probe: Probe) -> db::Result<Finding> {
    let (mut columns, mut values) = (0, 0);
    for table in INVENTORY {
        if probe == Probe::KeySeals && table.section != Section::ProviderKeys {
            continue;
        }
        let sealed = |kind: Kind| kind.is_sealed() || kind == Kind::Wrapped;
        for column in table.columns.iter().filter(|column| sealed(column.kind)) {
            let (all, bad) = heads(sight.app, table, column.name).await?;
            if bad > 0 {
                let text = format!("{bad} of {all} values of {}.{} are not sealed", table.name, column.name);
                return Ok(Finding::judge(false, text));
            }
            columns += 1;
            values += all;
        }
    }
    let format = format!("AES-256-GCM, format {SEAL_VERSION}");
    Ok(Finding::kept(match probe {
        Probe::KeySeals => format!("{values} sealed values of keys, all {format}"),
        _ => format!("{values} values in {columns} columns, all {format}"),
    }))
}

/// How many values a column holds, and how many of them do not look sealed. The names are the
/// inventory's own.
async fn heads(app: &App, table: &Table, column: &'static str) -> db::Result<(i64, i64)> {
    let db = match table.store {
        Store::Main => &app.db,
        Store::Keystore => &app.keystore,
    };
    let all = format!("SELECT COUNT(*) FROM {} WHERE {column} IS NOT NULL", table.name);
    let bad = format!("{all} AND (length({column}) < $1 OR substr({column}, 1, 1) <> $2)");
    let (all, bad) = (sqlx::AssertSqlSafe(all), sqlx::AssertSqlSafe(bad));
    let least = i64::try_from(SEAL_OVERHEAD).unwrap_or(i64::MAX);
    let mut conn = db.acquire().await?;
    let all = on!(&mut conn, c => sqlx::query_scalar::<_, i64>(all).fetch_one(c).await)?;
    let bad = on!(&mut conn, c => sqlx::query_scalar::<_, i64>(bad)
        .bind(least)
        .bind(vec![SEAL_VERSION])
        .fetch_one(c)
        .await)?;
    Ok((all, bad))
}
