//! The table of test reports that a person saved.

use super::column::{id, owner, sealed, sealed_json, time};
use super::{Erasure, Owner, Purpose, Retention, Section, Store, Table};

pub static SAVED_REPORTS: Table = Table {
    name: "saved_reports",
    store: Store::Main,
    title: "Saved test reports",
    holds: "of each test report that you save its name and what you chose to keep: counts, causes with redacted messages, \
            names of tests; never the report itself",
    section: Section::Saved,
    owner: Owner::User("user_id"),
    sealed_row: Some("id"),
    purpose: Purpose::Saved,
    retention: Retention::WithAccount,
    erasure: Erasure::Delete,
    columns: &[
        id("id"),
        owner("user_id"),
        sealed("name"),
        sealed_json("report"),
        time("created_at"),
    ],
};
