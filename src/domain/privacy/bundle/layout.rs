//! Which table travels in which file.
//!
//! A file `data/SECTION.json` is a JSON array whose elements are rows, so that its number of rows is
//! the number of rows in the database. Where several tables share a section the rows say from which
//! they come (`"table"`). `data/account.json` is one object: the account itself, and in it the small
//! tables that belong to it and to nothing else.

use crate::domain::privacy::inventory::{Section, Table};

/// One `data/*.json` with the tables in it.
#[derive(Clone, Debug)]
pub struct DataFile {
    pub section: Section,
    /// Rows of the file; for the account the one row that is the object.
    pub tables: Vec<&'static Table>,
    /// Members of the object beside its columns; the account only.
    pub nested: Vec<&'static Table>,
}

/// Every data file, in the order of the bundle.
#[must_use]
pub fn data_files() -> Vec<DataFile> {
    Section::ALL
        .into_iter()
        .map(|section| {
            let (tables, nested) = match section {
                Section::Account => {
                    let (own, rest) = travelling().partition(|table| table.name == ACCOUNT);
                    let rest: Vec<_> = rest;
                    (
                        own,
                        rest.into_iter().filter(|table| !has_rows_of_its_own(table)).collect(),
                    )
                }
                _ => (section_rows(section), Vec::new()),
            };
            DataFile {
                section,
                tables,
                nested,
            }
        })
        .collect()
}

/// The table whose row is the account.
const ACCOUNT: &str = "users";

/// Tables that are whole sections: each row of the file is a row of the table and nothing else.
const WHOLE: [&str; 5] = [
    "provider_keys",
    "llm_calls",
    "sessions",
    "privacy_requests",
    "security_events",
];

/// Whether the table's rows stand in the file of its section rather than in the account's.
fn has_rows_of_its_own(table: &Table) -> bool {
    WHOLE.contains(&table.name) || matches!(table.section, Section::Consents | Section::Saved)
}

fn section_rows(section: Section) -> Vec<&'static Table> {
    travelling()
        .filter(|table| table.section == section && has_rows_of_its_own(table))
        .collect()
}

/// Tables of a person of which something travels.
fn travelling() -> impl Iterator<Item = &'static Table> {
    Section::ALL
        .into_iter()
        .flat_map(Section::tables)
        .filter(|table| table.is_personal() && table.exported().next().is_some())
}

impl DataFile {
    /// `data/usage.json`.
    #[must_use]
    pub fn json_path(&self) -> String {
        format!("data/{}.json", self.section.id())
    }

    /// `data/usage.csv`; none for the account, which is no table, and for a section without tables.
    #[must_use]
    pub fn csv_path(&self) -> Option<String> {
        (!self.is_account() && !self.tables.is_empty()).then(|| format!("data/{}.csv", self.section.id()))
    }

    /// `schemas/usage.schema.json`.
    #[must_use]
    pub fn schema_path(&self) -> String {
        format!("schemas/{}.schema.json", self.section.id())
    }

    #[must_use]
    pub const fn is_account(&self) -> bool {
        matches!(self.section, Section::Account)
    }

    /// Whether rows say from which table they come.
    #[must_use]
    pub fn names_tables(&self) -> bool {
        self.tables.len() > 1 || matches!(self.section, Section::Consents | Section::Saved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_personal_table_of_which_something_travels_stands_in_exactly_one_file() {
        let files = data_files();
        let placed: Vec<_> = files
            .iter()
            .flat_map(|file| file.tables.iter().chain(&file.nested))
            .map(|table| table.name)
            .collect();
        let wanted: BTreeSet<_> = travelling().map(|table| table.name).collect();
        assert_eq!(placed.len(), wanted.len(), "{placed:?}");
        assert_eq!(placed.into_iter().collect::<BTreeSet<_>>(), wanted);
    }

    #[test]
    fn whole_sections_are_tables_that_exist_and_the_account_is_an_object() {
        let files = data_files();
        for name in WHOLE {
            assert!(
                files
                    .iter()
                    .any(|file| file.tables.iter().any(|table| table.name == name)),
                "{name}"
            );
        }
        assert_eq!(files[0].tables.len(), 1);
        assert!(files[0].is_account() && files[0].csv_path().is_none());
    }
}
