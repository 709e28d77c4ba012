//! Rows of one person out of any table of the inventory, opened, one by one.
//!
//! The statements are made from the inventory, whose names are constants of the program: nothing that
//! comes from outside ever becomes part of one.

use super::writer::Piece;
use crate::domain::ids::UserId;
use crate::domain::privacy::bundle::Cell;
use crate::domain::privacy::inventory::{Column, Kind, Owner, Table};
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::features::privacy::{Error, Result};
use crate::infra::crypto::{DataKey, Place};
use crate::infra::db::Conn;
use crate::on;
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, Row};
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

/// Bytes that are handed over at once.
pub const PIECE: usize = 16 * 1024;

/// Whose rows, as of when.
pub struct Scope<'a> {
    pub app: &'a App,
    pub user: UserId,
    pub key: &'a DataKey,
    pub now: Timestamp,
}

/// What is read of a table.
pub struct Query {
    table: &'static Table,
    /// What travels.
    pub columns: Vec<&'static Column>,
    /// What is read: `columns`, and the id that sealed values are bound to.
    read: Vec<&'static Column>,
    cutoff: Option<Timestamp>,
    condition: String,
}

impl Query {
    pub fn new(table: &'static Table, now: Timestamp) -> Self {
        let columns: Vec<_> = table.exported().collect();
        let mut read = columns.clone();
        let row = table.sealed_row.and_then(|row| table.column(row));
        read.extend(row.filter(|row| !columns.iter().any(|column| column.name == row.name)));
        let since = table.retention.column();
        let cutoff = table.retention.cutoff(now).filter(|_| since.is_some());
        let owner = table.owner_column().unwrap_or_default();
        let kept = since.filter(|_| cutoff.is_some()).and_then(|since| table.column(since));
        let kept = kept.map(|since| match since.nullable {
            // A row without that time waits for it.
            true => format!(" AND ({0} IS NULL OR {0} > $2)", since.name),
            false => format!(" AND {} > $2", since.name),
        });
        Self {
            table,
            columns,
            read,
            cutoff,
            condition: format!("FROM {} WHERE {owner} = $1{}", table.name, kept.unwrap_or_default()),
        }
    }

    fn select(&self) -> String {
        let names: Vec<_> = self.read.iter().map(|column| column.name).collect();
        let order = self.table.retention.column().or_else(|| {
            let time = self.read.iter().find(|column| column.kind == Kind::Time);
            time.map(|column| column.name)
        });
        let order = order.map(|order| format!(" ORDER BY {order}")).unwrap_or_default();
        format!("SELECT {} {}{order}", names.join(", "), self.condition)
    }
}

/// One column of a row of either engine, still sealed where it is sealed.
macro_rules! cell {
    ($row:expr, $index:expr, $kind:expr) => {
        match $kind {
            Kind::Id | Kind::Reference => $row.try_get::<Option<Uuid>, _>($index)?.map_or(Cell::Null, Cell::Id),
            Kind::Time => $row.try_get::<Option<i64>, _>($index)?.map_or(Cell::Null, Cell::Time),
            Kind::Count | Kind::Money => $row
                .try_get::<Option<i64>, _>($index)?
                .map_or(Cell::Null, Cell::Integer),
            Kind::Flag => $row.try_get::<Option<bool>, _>($index)?.map_or(Cell::Null, Cell::Flag),
            Kind::Code => $row
                .try_get::<Option<String>, _>($index)?
                .map_or(Cell::Null, Cell::Text),
            Kind::Digest | Kind::Sealed | Kind::SealedJson => $row
                .try_get::<Option<Vec<u8>>, _>($index)?
                .map_or(Cell::Null, Cell::Bytes),
            // The inventory lets none of these travel.
            Kind::PasswordHash | Kind::SealedSecret | Kind::Wrapped | Kind::Single => Cell::Null,
        }
    };
}

/// A row as its owner reads it: columns with their values.
pub type Latest = Vec<(&'static Column, Cell)>;

/// The newest rows of a table, opened: the same values as in a bundle.
///
/// # Errors
/// When the database cannot be read or a value does not open.
pub async fn latest(conn: &mut Conn, scope: &Scope<'_>, table: &'static Table, limit: u8) -> Result<Vec<Latest>> {
    let query = Query::new(table, scope.now);
    if query.columns.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<_> = query.read.iter().map(|column| column.name).collect();
    let order = query.read.iter().find(|column| column.kind == Kind::Time);
    let order = order
        .map(|time| format!(" ORDER BY {} DESC", time.name))
        .unwrap_or_default();
    let sql = format!("SELECT {} {}{order} LIMIT {limit}", names.join(", "), query.condition);
    let mut read = Vec::new();
    on!(conn, c => {
        let mut statement = sqlx::query(AssertSqlSafe(sql)).bind(scope.user.0);
        if let Some(cutoff) = query.cutoff {
            statement = statement.bind(cutoff.0);
        }
        for row in statement.fetch_all(c).await? {
            let mut cells = Vec::with_capacity(query.read.len());
            for (index, column) in query.read.iter().enumerate() {
                cells.push(cell!(row, index, column.kind));
            }
            read.push(cells);
        }
    });
    let mut rows = Vec::new();
    for mut cells in read {
        forget(scope, &query, &mut cells);
        open(scope, &query, &mut cells).await?;
        rows.push(query.columns.iter().copied().zip(cells).collect());
    }
    Ok(rows)
}

/// How many rows there are, asked of the database rather than counted on the way.
pub async fn count(conn: &mut Conn, scope: &Scope<'_>, query: &Query) -> Result<u64> {
    let sql = AssertSqlSafe(format!("SELECT COUNT(*) {}", query.condition));
    let user = scope.user.0;
    let count: i64 = match query.cutoff {
        Some(cutoff) => on!(conn, c => sqlx::query_scalar(sql).bind(user).bind(cutoff.0).fetch_one(c).await)?,
        None => on!(conn, c => sqlx::query_scalar(sql).bind(user).fetch_one(c).await)?,
    };
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Rows as text.
#[derive(Default)]
pub struct Text {
    /// For the open file.
    pub json: Vec<u8>,
    /// For the one after it.
    pub csv: Vec<u8>,
}

/// Where rows go.
pub struct Sink {
    pub text: Text,
    pub to: Sender<Piece>,
}

impl Sink {
    /// Sends what has gathered once it is so much, and lets others run: rows come faster than they are
    /// written.
    pub async fn hand_over(&mut self, from: usize) -> Result<()> {
        if self.text.csv.len() >= from {
            let lines = taken(&mut self.text.csv);
            self.send(Piece::Aside(lines)).await?;
        }
        if self.text.json.len() < from {
            return Ok(());
        }
        let bytes = taken(&mut self.text.json);
        self.send(Piece::Bytes(bytes)).await?;
        tokio::task::yield_now().await;
        Ok(())
    }

    /// A writer that is gone has said itself why.
    pub async fn send(&self, piece: Piece) -> Result<()> {
        self.to.send(piece).await.map_err(|_| Error::CalledOff)
    }
}

fn taken(buffer: &mut Vec<u8>) -> Vec<u8> {
    std::mem::replace(buffer, Vec::with_capacity(2 * PIECE))
}

/// Has `each` write every row into the sink.
pub async fn read<F>(conn: &mut Conn, scope: &Scope<'_>, query: &Query, sink: &mut Sink, mut each: F) -> Result<u64>
where
    F: FnMut(&mut Text, &[Cell]) + Send,
{
    let (user, columns) = (scope.user.0, query.read.as_slice());
    let mut count = 0;
    let mut cells = Vec::with_capacity(columns.len());
    on!(conn, c => {
        let mut statement = sqlx::query(AssertSqlSafe(query.select())).bind(user);
        if let Some(cutoff) = query.cutoff {
            statement = statement.bind(cutoff.0);
        }
        let mut rows = statement.fetch(c);
        while let Some(row) = rows.try_next().await? {
            cells.clear();
            for (index, column) in columns.iter().enumerate() {
                cells.push(cell!(row, index, column.kind));
            }
            forget(scope, query, &mut cells);
            open(scope, query, &mut cells).await?;
            count += 1;
            each(&mut sink.text, cells.get(..query.columns.len()).unwrap_or_default());
            sink.hand_over(PIECE).await?;
        }
    });
    Ok(count)
}

/// Empties values that are past their time, also where the purge is late.
fn forget(scope: &Scope<'_>, query: &Query, cells: &mut [Cell]) {
    for (index, column) in query.read.iter().enumerate() {
        let Some(retention) = column.retention else { continue };
        let since = retention.column();
        let at = query.read.iter().position(|column| Some(column.name) == since);
        let time = at.and_then(|at| cells.get(at));
        let is_over =
            matches!((time, retention.cutoff(scope.now)), (Some(Cell::Time(time)), Some(cutoff)) if *time <= cutoff.0);
        if let (true, Some(cell)) = (is_over, cells.get_mut(index)) {
            *cell = Cell::Null;
        }
    }
}

/// Opens what is sealed in a row.
async fn open(scope: &Scope<'_>, query: &Query, cells: &mut [Cell]) -> Result<()> {
    let Some(name) = query.table.sealed_row else {
        return Ok(());
    };
    let at = query.read.iter().position(|column| column.name == name);
    let Some(Cell::Id(row)) = at.and_then(|at| cells.get(at)).cloned() else {
        return Err(Error::Unreadable("a row of the export has no id"));
    };
    let own;
    let (key, owner) = match query.table.owner {
        Owner::Request(_) => {
            own = scope.app.keys.data_key(row).await?;
            (&own, row)
        }
        Owner::User(_) | Owner::Nobody => (scope.key, scope.user.0),
    };
    for (cell, column) in cells
        .iter_mut()
        .zip(&query.read)
        .filter(|(_, column)| column.kind.is_sealed())
    {
        let Cell::Bytes(sealed) = cell else { continue };
        let place = Place {
            table: query.table.name,
            column: column.name,
            row,
            owner,
        };
        *cell = if column.kind == Kind::SealedJson {
            let document = serde_json::from_slice(&key.open(place, sealed)?);
            Cell::Document(document.map_err(|_| Error::Unreadable("a sealed document is no JSON"))?)
        } else {
            Cell::Text(key.open_text(place, sealed)?.to_string())
        };
    }
    Ok(())
}
