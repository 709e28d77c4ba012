//! Tables of what a person connects: keys for their own programs, services of others.

use super::column::{code, count, digest, flag, id, owner, sealed, sealed_secret, time};
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
    erasure: Erasure::AtOnce,
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

pub static INTEGRATIONS: Table = Table {
    name: "integrations",
    store: Store::Main,
    title: "Integrations",
    holds: "your key for LangSmith, sealed and shown by its hint only, the project that you name, whether it is switched \
            on, and how many traces were sent and dropped",
    section: Section::ProviderKeys,
    owner: Owner::User("user_id"),
    sealed_row: Some("id"),
    purpose: Purpose::Integrations,
    retention: Retention::WithAccount,
    erasure: Erasure::AtOnce,
    columns: &[
        id("id"),
        owner("user_id"),
        code("kind"),
        sealed_secret("secret"),
        sealed("hint"),
        sealed("project").or_none(),
        flag("is_on"),
        code("problem").or_none(),
        count("sent"),
        count("dropped"),
        time("created_at"),
        time("rotated_at").or_none(),
        time("last_sent_at").or_none(),
    ],
};
