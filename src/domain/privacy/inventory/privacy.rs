//! Tables of the privacy features: what was accepted, agreed to and asked.

use super::column::{code, digest, flag, id, owner, sealed, time};
use super::{Erasure, Owner, Purpose, Retention, Section, Span, Store, Table};
use crate::domain::privacy::constants::CLOSED_REQUEST_RETENTION_DAYS;

pub static POLICY_ACCEPTANCES: Table = Table {
    name: "policy_acceptances",
    store: Store::Main,
    title: "Accepted policies",
    holds: "which version of the privacy policy you accepted and when, with the fingerprint of its exact text; of your \
            age only that it passed",
    section: Section::Consents,
    owner: Owner::User("user_id"),
    sealed_row: None,
    purpose: Purpose::Accountability,
    retention: Retention::WithAccount,
    erasure: Erasure::Delete,
    columns: &[
        id("id"),
        owner("user_id"),
        code("version"),
        digest("text_sha256"),
        flag("age_confirmed"),
        time("accepted_at"),
    ],
};

pub static PRIVACY_REQUESTS: Table = Table {
    name: "privacy_requests",
    store: Store::Main,
    title: "Requests",
    holds: "what you write in the contact form, with your name and address so that you can be answered; card numbers \
            are masked before anything is stored",
    section: Section::Requests,
    owner: Owner::Request("user_id"),
    sealed_row: Some("id"),
    purpose: Purpose::Requests,
    retention: Retention::After {
        column: "closed_at",
        span: Span::Days(CLOSED_REQUEST_RETENTION_DAYS),
        of: "it is closed",
    },
    erasure: Erasure::DeleteByKey,
    columns: &[
        id("id"),
        owner("user_id").or_none(),
        code("kind"),
        code("state"),
        digest("email_index").left("a keyed index by which the server finds the address"),
        sealed("name"),
        sealed("email"),
        sealed("organisation").or_none(),
        sealed("message"),
        time("created_at"),
        time("due_at"),
        time("closed_at").or_none(),
    ],
};
