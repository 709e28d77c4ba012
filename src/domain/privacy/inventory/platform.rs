//! Tables of what a person connects: keys for their own programs.

use super::column::{digest, id, owner, sealed, time};
use super::{Erasure, Owner, Purpose, Retention, Section, Span, Store, Table};
use crate::domain::privacy::constants::EXPIRED_PLATFORM_KEY_DAYS;

pub static PLATFORM_KEYS: Table = Table {
    name: "platform_keys",
    store: Store::Main,
    title: "Platform keys",
    holds: "keys with which your own programs read your usage: a hash of each, its last four characters, your label, \
            when it was used and when it ends",
    section: Section::ProviderKeys,
    owner: Owner::User("user_id"),
    sealed_row: Some("id"),
    purpose: Purpose::Account,
    retention: Retention::After {
        column: "expires_at",
        span: Span::Days(EXPIRED_PLATFORM_KEY_DAYS),
        of: "it expires",
    },
    erasure: Erasure::Delete,
    columns: &[
        id("id"),
        owner("user_id"),
        digest("hash").left("the hash of a secret key"),
        sealed("hint"),
        sealed("label").or_none(),
        time("created_at"),
        time("expires_at").or_none(),
        time("replaced_at").or_none(),
        time("last_used_at").or_none(),
    ],
};
