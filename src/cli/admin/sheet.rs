//! Lists for a terminal (columns) or for scripts (JSON).

use super::Print;
use crate::cli::say;
use serde_json::{Map, Value};

/// Rows under named columns.
pub(super) struct Sheet<'a> {
    columns: &'a [&'a str],
    rows: Vec<Vec<Value>>,
}

impl<'a> Sheet<'a> {
    pub fn new(columns: &'a [&'a str], rows: impl IntoIterator<Item = Vec<Value>>) -> Self {
        Self {
            columns,
            rows: rows.into_iter().collect(),
        }
    }

    /// Prints the list; `empty` stands for a table without rows.
    pub fn print(&self, print: Print, empty: &str) {
        if print.json {
            say(&self.json());
        } else if self.rows.is_empty() {
            say(empty);
        } else {
            self.table().iter().for_each(|line| say(line));
        }
    }

    fn json(&self) -> String {
        let objects = self.rows.iter().map(|row| {
            let pairs = self.columns.iter().zip(row);
            Value::Object(Map::from_iter(
                pairs.map(|(name, value)| ((*name).to_owned(), value.clone())),
            ))
        });
        serde_json::to_string_pretty(&objects.collect::<Vec<_>>()).unwrap_or_default()
    }

    fn table(&self) -> Vec<String> {
        let head: Vec<String> = self
            .columns
            .iter()
            .map(|name| name.to_uppercase().replace('_', " "))
            .collect();
        let lines = std::iter::once(head).chain(self.rows.iter().map(|row| row.iter().map(cell).collect()));
        let lines: Vec<Vec<String>> = lines.collect();
        let width = |column: usize| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let padded = |line: &Vec<String>| {
            let cells = line.iter().zip(&widths);
            let cells: Vec<String> = cells.map(|(cell, width)| format!("{cell:<width$}")).collect();
            cells.join("  ").trim_end().to_owned()
        };
        lines.iter().map(padded).collect()
    }
}

/// A value in a table: on one line, a dash where there is none.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_stand_under_their_names_and_json_keeps_types() {
        let sheet = Sheet::new(
            &["reference", "is_open"],
            [vec![json!("7F3A"), json!(true)], vec![json!("a\nb"), Value::Null]],
        );
        assert_eq!(sheet.table(), ["REFERENCE  IS OPEN", "7F3A       yes", "a b        -"]);
        let parsed: Value = serde_json::from_str(&sheet.json()).unwrap();
        assert_eq!(parsed[0], json!({"reference": "7F3A", "is_open": true}));
    }
}
