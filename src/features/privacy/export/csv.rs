//! Rows of one table as lines of a CSV file that several tables may share.

use crate::domain::privacy::bundle::{Cell, DataFile};
use crate::domain::privacy::inventory::{Column, Table};

/// The columns of a file: those of all its tables, each once.
pub struct Head(Vec<&'static str>);

/// The name of the column that says which table a line is of.
const TABLE: &str = "table";

impl Head {
    pub fn of(file: &DataFile) -> Self {
        let mut names: Vec<&str> = if file.names_tables() { vec![TABLE] } else { Vec::new() };
        for column in file.tables.iter().flat_map(|table| table.exported()) {
            if !names.contains(&column.name) {
                names.push(column.name);
            }
        }
        Self(names)
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.join(",").as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    /// How rows of this table, read in these columns, become lines.
    pub fn lines(&self, table: &'static Table, columns: &[&Column]) -> Lines {
        let names_table = self.0.first() == Some(&TABLE);
        let field = |(index, name): (usize, &&str)| match columns.iter().position(|column| column.name == *name) {
            Some(at) => Field::Cell(at),
            None if names_table && index == 0 => Field::Text(table.name),
            None => Field::Text(""),
        };
        Lines(self.0.iter().enumerate().map(field).collect())
    }
}

/// Writes lines.
pub struct Lines(Vec<Field>);

enum Field {
    Cell(usize),
    Text(&'static str),
}

impl Lines {
    pub fn write(&self, out: &mut Vec<u8>, cells: &[Cell]) {
        for (index, field) in self.0.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            match field {
                Field::Cell(at) => cells.get(*at).into_iter().for_each(|cell| cell.csv(out)),
                Field::Text(text) => out.extend_from_slice(text.as_bytes()),
            }
        }
        out.extend_from_slice(b"\r\n");
    }
}
