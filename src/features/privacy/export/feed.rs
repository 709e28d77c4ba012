//! Reads everything that is held about a person, as of one moment, and tells it to the writer piece by
//! piece: memory stays flat however many rows there are.

use super::csv;
use super::rows::{Query, Scope, Sink, Text, count, read};
use super::writer::Piece;
use crate::domain::privacy::bundle::readme::{Facts, readme};
use crate::domain::privacy::bundle::schema::schema;
use crate::domain::privacy::bundle::{Cell, DataFile, README, RowWriter, cell, data_files};
use crate::domain::privacy::inventory::Table;
use crate::features::privacy::{Error, Result};
use crate::infra::db::Conn;
use std::collections::BTreeMap;
use tokio::sync::mpsc::Sender;

/// Above so many rows a file may grow beyond 4 GiB.
const LARGE_ROWS: u64 = 2_000_000;

/// Where pieces go, and what has been counted on the way.
pub struct Feed<'a> {
    conn: &'a mut Conn,
    scope: &'a Scope<'a>,
    sink: Sink,
    tables: BTreeMap<String, u64>,
}

impl<'a> Feed<'a> {
    pub fn new(conn: &'a mut Conn, scope: &'a Scope<'a>, to: Sender<Piece>) -> Self {
        Self {
            conn,
            scope,
            sink: Sink {
                text: Text::default(),
                to,
            },
            tables: BTreeMap::new(),
        }
    }

    /// Tells everything; answers how many rows there were.
    ///
    /// # Errors
    /// At the first section that cannot be read whole: the writer then never hears `Finish`.
    pub async fn run(mut self, facts: &Facts) -> Result<u64> {
        self.document(README.to_owned(), readme(facts).into_bytes()).await?;
        let files = data_files();
        for file in &files {
            let mut text = Vec::new();
            cell::canonical(&mut text, &schema(file));
            self.document(file.schema_path(), text).await?;
        }
        for file in &files {
            self.data(file).await?;
        }
        let rows = self.tables.values().sum();
        let tables = std::mem::take(&mut self.tables);
        self.send(Piece::Finish(tables)).await?;
        Ok(rows)
    }

    async fn document(&mut self, path: String, bytes: Vec<u8>) -> Result<()> {
        self.send(Piece::Begin { path, is_large: false }).await?;
        self.send(Piece::Bytes(bytes)).await?;
        let (rows, schema) = (None, None);
        self.send(Piece::End { rows, schema }).await
    }

    async fn data(&mut self, file: &DataFile) -> Result<()> {
        let mut expected = 0;
        for table in &file.tables {
            expected += count(self.conn, self.scope, &Query::new(table, self.scope.now)).await?;
        }
        let is_large = expected > LARGE_ROWS;
        let path = file.json_path();
        self.send(Piece::Begin { path, is_large }).await?;
        let csv = file.csv_path().map(|path| (path, csv::Head::of(file)));
        let rows = if file.is_account() {
            self.account(file).await?
        } else {
            self.array(file, csv.as_ref().map(|(_, head)| head)).await?
        };
        self.flush().await?;
        if rows != expected {
            return Err(Error::Unreadable("a section holds other rows than the database counts"));
        }
        let (rows, schema) = (Some(rows), Some(file.schema_path()));
        self.send(Piece::End { rows, schema }).await?;
        let Some((path, _)) = csv else { return Ok(()) };
        self.send(Piece::Begin { path, is_large }).await?;
        self.send(Piece::Kept).await?;
        self.send(Piece::End { rows, schema: None }).await
    }

    /// Rows of one or several tables as one array, and as lines for the CSV that follows.
    async fn array(&mut self, file: &DataFile, csv: Option<&csv::Head>) -> Result<u64> {
        if let Some(head) = csv {
            head.write(&mut self.sink.text.csv);
        }
        self.sink.text.json.push(b'[');
        let mut total = 0;
        for table in &file.tables {
            let names_table = file.names_tables().then_some(table.name);
            total += self.rows(table, (names_table, csv), total == 0).await?;
        }
        self.sink.text.json.push(b']');
        Ok(total)
    }

    /// Rows of a table, with commas between them.
    async fn rows(
        &mut self,
        table: &'static Table,
        (names_table, csv): (Option<&'static str>, Option<&csv::Head>),
        mut is_first: bool,
    ) -> Result<u64> {
        let query = Query::new(table, self.scope.now);
        let writer = RowWriter::new(&query.columns, names_table);
        let lines = csv.map(|head| head.lines(table, &query.columns));
        let write = |out: &mut Text, cells: &[Cell]| {
            if !std::mem::take(&mut is_first) {
                out.json.push(b',');
            }
            writer.json(&mut out.json, cells);
            if let Some(lines) = &lines {
                lines.write(&mut out.csv, cells);
            }
        };
        let rows = read(self.conn, self.scope, &query, &mut self.sink, write).await?;
        self.tables.insert(table.name.to_owned(), rows);
        Ok(rows)
    }

    /// The account's row as one object, with the tables that stand in it, all names in order.
    async fn account(&mut self, file: &DataFile) -> Result<u64> {
        let Some(table) = file.tables.first() else {
            return Err(Error::Unreadable("the inventory has no account"));
        };
        let query = Query::new(table, self.scope.now);
        let mut row = Vec::new();
        let keep = |_: &mut Text, cells: &[Cell]| row = cells.to_vec();
        let rows = read(self.conn, self.scope, &query, &mut self.sink, keep).await?;
        self.tables.insert(table.name.to_owned(), rows);
        let columns = query
            .columns
            .iter()
            .map(|column| column.name)
            .zip(row.into_iter().map(Member::Cell));
        let nested = file.nested.iter().map(|table| (table.name, Member::Table(table)));
        let mut members: Vec<_> = columns.chain(nested).collect();
        members.sort_by_key(|(name, _)| *name);
        let mut before = b'{';
        for (name, member) in members {
            self.sink.text.json.push(before);
            before = b',';
            cell::text(&mut self.sink.text.json, name);
            self.sink.text.json.push(b':');
            match member {
                Member::Cell(cell) => cell.json(&mut self.sink.text.json),
                Member::Table(table) => {
                    self.sink.text.json.push(b'[');
                    self.rows(table, (None, None), true).await?;
                    self.sink.text.json.push(b']');
                }
            }
        }
        self.sink.text.json.push(b'}');
        Ok(rows)
    }

    async fn flush(&mut self) -> Result<()> {
        self.sink.hand_over(1).await
    }

    async fn send(&self, piece: Piece) -> Result<()> {
        self.sink.send(piece).await
    }
}

/// A member of the account's object.
enum Member {
    Cell(Cell),
    Table(&'static Table),
}
