//! Tables of objections and restrictions, and of what an operator has to write down.

use super::column::{code, id, owner, reference, sealed_json, time};
use super::{Erasure, Owner, Purpose, Retention, Section, Store, Table};

pub static PROCESSING_LIMITS: Table = Table {
    name: "processing_limits",
    store: Store::Main,
    title: "Objections and restrictions",
    holds: "what you stopped, when, and when you let it happen again",
    section: Section::Consents,
    owner: Owner::User("user_id"),
    sealed_row: None,
    purpose: Purpose::Accountability,
    retention: Retention::WithAccount,
    erasure: Erasure::Delete,
    columns: &[
        id("id"),
        owner("user_id"),
        code("kind"),
        time("made_at"),
        time("lifted_at").or_none(),
    ],
};

/// In no export: the law may forbid telling for a while. Told ones stand in the security log.
pub static DISCLOSURES: Table = Table {
    name: "disclosures",
    store: Store::Main,
    title: "Register of disclosures",
    holds: "to which authority, on which legal ground and what had to be handed over; it is told in your security log, \
            unless the law forbids that for a while",
    section: Section::System,
    owner: Owner::User("user_id"),
    sealed_row: Some("id"),
    purpose: Purpose::Accountability,
    retention: Retention::WithAccount,
    erasure: Erasure::Delete,
    columns: &[
        id("id"),
        owner("user_id"),
        sealed_json("detail"),
        time("disclosed_at"),
        time("tell_at"),
        time("told_at").or_none(),
    ],
};

pub static BREACHES: Table = Table {
    name: "breaches",
    store: Store::Main,
    title: "Register of breaches",
    holds: "what happened to data on this server and when it was reported, in the operator's words",
    section: Section::System,
    owner: Owner::Nobody,
    sealed_row: Some("id"),
    purpose: Purpose::Operation,
    retention: Retention::Unlimited,
    erasure: Erasure::Keep("describes an event and no person"),
    columns: &[
        id("id"),
        sealed_json("detail").left("the operator's own words"),
        time("found_at"),
        time("due_at"),
        time("reported_at").or_none(),
        time("notified_at").or_none(),
    ],
};

pub static BREACH_NOTICES: Table = Table {
    name: "breach_notices",
    store: Store::Main,
    title: "Notices of breaches",
    holds: "that a breach touched your data, and when you were told",
    section: Section::Security,
    owner: Owner::User("user_id"),
    sealed_row: None,
    purpose: Purpose::Accountability,
    retention: Retention::WithAccount,
    erasure: Erasure::Delete,
    columns: &[reference("breach_id"), owner("user_id"), time("queued_at").or_none()],
};
