//! Tables of the server's own: keys and the times of its jobs.

use super::column::{code, count, id, single, time, wrapped};
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
