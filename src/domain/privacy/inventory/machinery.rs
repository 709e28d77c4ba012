//! Tables of the server's own: keys and the times of its jobs.

use super::column::{code, count, digest, id, single, time, wrapped};
use super::{Erasure, Owner, Purpose, Retention, Section, Store, Table};

pub static DATA_KEYS: Table = Table {
    name: "data_keys",
    store: Store::Keystore,
    title: "Data key",
    holds: "the key under which your personal fields are sealed, itself under the server's master key, kept apart from \
            the data; destroying it makes every copy of your data unreadable",
    section: Section::Security,
    owner: Owner::User("owner"),
    sealed_row: None,
    purpose: Purpose::Security,
    retention: Retention::WithAccount,
    erasure: Erasure::DestroyKey,
    columns: &[
        id("owner").left("the id of your account"),
        code("kid").left("the name of the master key"),
        wrapped("wrapped"),
    ],
};

pub static JOB_HEARTBEATS: Table = Table {
    name: "job_heartbeats",
    store: Store::Main,
    title: "Jobs",
    holds: "when each job of the server last ran, and how many rows it touched",
    section: Section::System,
    owner: Owner::Nobody,
    sealed_row: None,
    purpose: Purpose::Operation,
    retention: Retention::Unlimited,
    erasure: Erasure::Keep("nothing about a person"),
    columns: &[
        code("name"),
        time("last_run_at"),
        time("last_ok_at").or_none(),
        count("affected"),
        time("leased_until"),
    ],
};

pub static ROOT_SECRET: Table = Table {
    name: "root_secret",
    store: Store::Keystore,
    title: "Root secret",
    holds: "the secret from which the server derives its own keys, under its master key",
    section: Section::System,
    owner: Owner::Nobody,
    sealed_row: None,
    purpose: Purpose::Operation,
    retention: Retention::Unlimited,
    erasure: Erasure::Keep("nothing about a person"),
    columns: &[
        single("id"),
        code("kid").left("the name of the master key"),
        wrapped("wrapped"),
    ],
};

pub static ERASURE_LEDGER: Table = Table {
    name: "erasure_ledger",
    store: Store::Keystore,
    title: "Erasure ledger",
    holds: "a keyed hash of each erased account's id, with time and counts, so that a restored backup is told whom it \
            must not bring back",
    section: Section::System,
    owner: Owner::Nobody,
    sealed_row: None,
    purpose: Purpose::Operation,
    retention: Retention::Unlimited,
    erasure: Erasure::Keep("tells nothing to whoever has not both the server's key and the account's id"),
    columns: &[id("id"), digest("subject"), time("at"), code("counts")],
};

pub static OPEN_ERASURES: Table = Table {
    name: "open_erasures",
    store: Store::Keystore,
    title: "Open deletions",
    holds: "a keyed hash of the id of each account whose deletion is asked for or was called off lately, with the dates, so \
            that a restored backup forgets neither",
    section: Section::System,
    owner: Owner::Nobody,
    sealed_row: None,
    purpose: Purpose::Operation,
    retention: Retention::When("when the account is erased, or no backup is older any more"),
    erasure: Erasure::Keep("tells nothing to whoever has not both the server's key and the account's id"),
    columns: &[
        id("receipt"),
        digest("subject"),
        code("state"),
        code("reason"),
        time("asked_at"),
        time("began_at").or_none(),
        time("due_at"),
        time("ended_at").or_none(),
    ],
};

pub static KEYSTORE_COPY: Table = Table {
    name: "keystore_copy",
    store: Store::Keystore,
    title: "Backup of the keystore",
    holds: "where the one backup copy of the keystore lies, and when it was made",
    section: Section::System,
    owner: Owner::Nobody,
    sealed_row: None,
    purpose: Purpose::Operation,
    retention: Retention::Unlimited,
    erasure: Erasure::Keep("nothing about a person"),
    columns: &[single("id"), code("path"), time("made_at")],
};
