//! Tables of exports: which bundles there are, and the public keys of what the server signs.

use super::column::{code, count, digest, id, owner, sealed_secret, time};
use super::{Erasure, Owner, Purpose, Retention, Section, Span, Store, Table};
use crate::domain::privacy::constants::EXPORT_RETENTION_DAYS;

pub static EXPORTS: Table = Table {
    name: "exports",
    store: Store::Main,
    title: "Downloads of your data",
    holds: "which bundles of your data were made, how large they are and until when they can be downloaded again; the \
            bundle itself is a sealed file that is deleted with the row",
    section: Section::Account,
    owner: Owner::User("user_id"),
    sealed_row: Some("id"),
    purpose: Purpose::Accountability,
    retention: Retention::Expires {
        column: "expires_at",
        span: Span::Days(EXPORT_RETENTION_DAYS),
    },
    erasure: Erasure::Delete,
    columns: &[
        id("id"),
        owner("user_id"),
        code("state"),
        sealed_secret("file_key"),
        count("bytes"),
        count("rows_written"),
        code("problem").or_none(),
        time("created_at"),
        time("completed_at").or_none(),
        time("expires_at"),
    ],
};

pub static SIGNING_KEYS: Table = Table {
    name: "signing_keys",
    store: Store::Main,
    title: "Public keys",
    holds: "the public keys that check what the server signed",
    section: Section::System,
    owner: Owner::Nobody,
    sealed_row: None,
    purpose: Purpose::Operation,
    retention: Retention::Unlimited,
    erasure: Erasure::Keep("nothing about a person"),
    columns: &[
        code("id"),
        digest("public_key"),
        time("since"),
        time("retired_at").or_none(),
    ],
};
