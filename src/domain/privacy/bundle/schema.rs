//! JSON Schemas (draft 2020-12) of the data files, made from the inventory.

use super::DataFile;
use crate::domain::privacy::inventory::{Column, Kind, Section, Table};
use serde_json::{Map, Value, json};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of one data file.
#[must_use]
pub fn schema(file: &DataFile) -> Value {
    let mut whole = if file.is_account() {
        account(file)
    } else {
        let rows: Vec<Value> = file
            .tables
            .iter()
            .map(|table| row(table, file.names_tables()))
            .collect();
        match <[Value; 1]>::try_from(rows) {
            Ok([row]) => json!({ "type": "array", "items": row }),
            Err(rows) if rows.is_empty() => json!({ "type": "array", "maxItems": 0 }),
            Err(rows) => json!({ "type": "array", "items": { "anyOf": rows } }),
        }
    };
    if let Some(members) = whole.as_object_mut() {
        members.insert("$schema".to_owned(), DRAFT.into());
        members.insert("title".to_owned(), title(file.section).into());
    }
    whole
}

fn title(section: Section) -> String {
    format!("Spectr export: {}", section.title())
}

/// The account's row with the tables that stand in it.
fn account(file: &DataFile) -> Value {
    let mut whole = file.tables.first().map_or_else(|| json!({}), |table| row(table, false));
    for table in &file.nested {
        let rows = json!({ "type": "array", "items": row(table, false), "description": table.holds });
        if let Some(Value::Object(properties)) = whole.get_mut("properties") {
            properties.insert(table.name.to_owned(), rows);
        }
        if let Some(Value::Array(required)) = whole.get_mut("required") {
            required.push(table.name.into());
        }
    }
    whole
}

/// An object per row: every column is there, and nothing else.
fn row(table: &Table, names_table: bool) -> Value {
    let mut properties: Map<String, Value> = table
        .exported()
        .map(|column| (column.name.to_owned(), value(column)))
        .collect();
    if names_table {
        properties.insert("table".to_owned(), json!({ "const": table.name }));
    }
    let required: Vec<String> = properties.keys().cloned().collect();
    json!({
        "type": "object",
        "title": table.title,
        "description": table.holds,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn value(column: &Column) -> Value {
    let (kind, format) = match column.kind {
        Kind::Id | Kind::Reference => ("string", Some(("format", "uuid"))),
        Kind::Time => ("string", Some(("format", "date-time"))),
        Kind::Flag => ("boolean", None),
        Kind::Digest => ("string", Some(("pattern", "^[0-9a-f]*$"))),
        Kind::SealedJson => ("object", None),
        kind if super::cell::is_integer(kind) => ("integer", None),
        _ => ("string", None),
    };
    let mut schema = Map::new();
    let kinds = if column.nullable {
        json!([kind, "null"])
    } else {
        json!(kind)
    };
    schema.insert("type".to_owned(), kinds);
    if let Some((name, what)) = format {
        schema.insert(name.to_owned(), what.into());
    }
    schema.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::privacy::bundle::data_files;

    #[test]
    fn every_schema_is_a_valid_schema_and_refuses_what_is_no_export() {
        for file in data_files() {
            let path = file.json_path();
            let (mut compiler, mut schemas) = (boon::Compiler::new(), boon::Schemas::new());
            let url = "https://spectr.test/schema.json";
            compiler.add_resource(url, schema(&file)).unwrap();
            let compiled = compiler.compile(url, &mut schemas).unwrap();
            let is_valid = |value: &Value| schemas.validate(value, compiled).is_ok();
            assert!(!is_valid(&json!("text")), "{path}");
            assert_eq!(is_valid(&json!([])), !file.is_account(), "{path}");
            assert!(!is_valid(&json!([{"unknown": 1}])), "{path}");
        }
    }
}
