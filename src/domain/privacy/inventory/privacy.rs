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

pub static CONSENTS: Table = Table {
    name: "consents",
    store: Store::Main,
    title: "Consents",
    holds: "what you agreed to, when and on which page, with the fingerprint of the words, and when you withdrew it",
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
        code("place"),
        digest("text_sha256"),
        time("granted_at"),
        time("withdrawn_at").or_none(),
    ],
};

pub static POLICY_VERSIONS: Table = Table {
    name: "policy_versions",
    store: Store::Main,
    title: "Published policies",
    holds: "when each version of the policy was published and takes effect",
    section: Section::System,
    owner: Owner::Nobody,
    sealed_row: None,
    purpose: Purpose::Operation,
    retention: Retention::Unlimited,
    erasure: Erasure::Keep("nothing about a person"),
    columns: &[
        code("version"),
        digest("text_sha256"),
        flag("is_material"),
        time("published_at"),
        time("effective_at"),
        time("announced_at").or_none(),
    ],
};

pub static POLICY_NOTICES: Table = Table {
    name: "policy_notices",
    store: Store::Main,
    title: "Announced policies",
    holds: "that a new version of the policy was announced to you, and when you confirmed that you saw it",
    section: Section::Consents,
    owner: Owner::User("user_id"),
    sealed_row: None,
    purpose: Purpose::Accountability,
    retention: Retention::WithAccount,
    erasure: Erasure::Delete,
    columns: &[
        owner("user_id"),
        code("version"),
        time("queued_at"),
        time("acknowledged_at").or_none(),
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
        code("channel"),
        sealed("answer").or_none(),
        time("extended_at").or_none(),
        sealed("extension").or_none(),
    ],
};

pub static ERASURES: Table = Table {
    name: "erasures",
    store: Store::Main,
    title: "Deletion of the account",
    holds: "that you asked for the deletion of your account, when, and how far it is; the receipt stays without anything \
            that tells whose it was",
    section: Section::Requests,
    owner: Owner::User("user_id"),
    sealed_row: None,
    purpose: Purpose::Accountability,
    retention: Retention::When("the link to you goes with your account, or when you call it off"),
    erasure: Erasure::Unlink,
    columns: &[
        id("receipt"),
        owner("user_id").or_none(),
        code("state"),
        code("reason"),
        time("asked_at"),
        time("began_at").or_none(),
        time("due_at"),
        time("ended_at").or_none(),
        code("counts").left("shown on the receipt"),
        code("document")
            .or_none()
            .left("the receipt itself, to be downloaded from its own page"),
        flag("is_mail_over").left("whether the mail with the receipt has left"),
    ],
};
