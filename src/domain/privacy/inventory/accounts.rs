//! Tables of accounts and of the mails to their owners.

use super::column::{
    code, count, digest, id, owner, password_hash, reference, sealed, sealed_json, sealed_secret, time,
};
use super::{Erasure, Owner, Purpose, Retention, Section, Span, Store, Table};
use crate::domain::privacy::constants::{
    IP_RETENTION_DAYS, MAIL_TOKEN_MINUTES, NOT_ME_LINK_DAYS, OUTBOX_RETENTION_DAYS, SECURITY_EVENT_RETENTION_DAYS,
    SESSION_IDLE_DAYS,
};

pub static USERS: Table = Table {
    name: "users",
    store: Store::Main,
    title: "Account",
    holds: "your name, email address and, if you give them, organisation, phone and postal address; a hash of your \
            password and the second factor's secret, both of which never leave the server",
    section: Section::Account,
    owner: Owner::User("id"),
    sealed_row: Some("id"),
    purpose: Purpose::Account,
    retention: Retention::WithAccount,
    erasure: Erasure::Delete,
    columns: &[
        id("id"),
        digest("email_index").left("a keyed index by which the server finds your address"),
        sealed("email"),
        sealed("name"),
        sealed("organisation").or_none(),
        sealed("phone").or_none(),
        sealed("address").or_none(),
        password_hash("password_hash"),
        code("state"),
        time("created_at"),
        time("verified_at").or_none(),
        sealed_secret("totp_secret").or_none(),
        time("totp_enabled_at").or_none(),
        count("totp_last_step").left("a counter against using a code twice"),
        count("event_count"),
        digest("event_head").or_none(),
        time("frozen_at").or_none(),
        count("event_anchor_seq"),
        digest("event_anchor").or_none(),
    ],
};

pub static EMAIL_CHANGES: Table = Table {
    name: "email_changes",
    store: Store::Main,
    title: "Change of address",
    holds: "a new email address that waits to be confirmed at both mailboxes",
    section: Section::Account,
    owner: Owner::User("user_id"),
    sealed_row: Some("user_id"),
    purpose: Purpose::Account,
    retention: Retention::After {
        column: "created_at",
        span: Span::Minutes(MAIL_TOKEN_MINUTES),
        of: "you asked for it",
    },
    erasure: Erasure::Delete,
    columns: &[
        owner("user_id"),
        digest("email_index").left("a keyed index by which the server finds the address"),
        sealed("email"),
        time("old_confirmed_at").or_none(),
        time("new_confirmed_at").or_none(),
        time("created_at"),
    ],
};

pub static SESSIONS: Table = Table {
    name: "sessions",
    store: Store::Main,
    title: "Sessions",
    holds: "one row per browser that is signed in: its family and version, and when it was used",
    section: Section::Sessions,
    owner: Owner::User("user_id"),
    sealed_row: Some("id"),
    purpose: Purpose::Account,
    retention: Retention::After {
        column: "last_seen_at",
        span: Span::Days(SESSION_IDLE_DAYS),
        of: "the last use",
    },
    erasure: Erasure::Delete,
    columns: &[
        id("id"),
        digest("id_hash").left("the hash of the secret in your cookie"),
        owner("user_id"),
        sealed("device"),
        time("created_at"),
        time("fresh_at"),
        time("last_seen_at"),
        time("revoked_at").or_none(),
    ],
};

pub static TOKENS: Table = Table {
    name: "tokens",
    store: Store::Main,
    title: "Links in mails",
    holds: "that a link was made for you, for what, and until when it works; of the link only a hash",
    section: Section::Sessions,
    owner: Owner::User("user_id"),
    sealed_row: None,
    purpose: Purpose::Account,
    retention: Retention::Expires {
        column: "expires_at",
        span: Span::Days(NOT_ME_LINK_DAYS),
    },
    erasure: Erasure::AtOnce,
    columns: &[
        digest("hash").left("the hash of a secret link"),
        owner("user_id").or_none(),
        code("kind"),
        count("attempts"),
        time("created_at"),
        time("expires_at"),
    ],
};

pub static RECOVERY_CODES: Table = Table {
    name: "recovery_codes",
    store: Store::Main,
    title: "Recovery codes",
    holds: "how many recovery codes of your second factor are left; of each only a keyed hash",
    section: Section::Security,
    owner: Owner::User("user_id"),
    sealed_row: None,
    purpose: Purpose::Security,
    retention: Retention::WithAccount,
    erasure: Erasure::Delete,
    columns: &[
        digest("hash").left("a keyed hash of a secret code"),
        owner("user_id"),
        time("created_at"),
    ],
};

pub static SECURITY_EVENTS: Table = Table {
    name: "security_events",
    store: Store::Main,
    title: "Security log",
    holds: "sign-ins, changes of your account, downloads and reads by the operator, with browser and IP address, \
            linked by hashes so that nothing can be taken out unnoticed",
    section: Section::Security,
    owner: Owner::User("user_id"),
    sealed_row: Some("id"),
    purpose: Purpose::Security,
    retention: Retention::After {
        column: "at",
        span: Span::Days(SECURITY_EVENT_RETENTION_DAYS),
        of: "the event",
    },
    erasure: Erasure::Delete,
    columns: &[
        id("id"),
        owner("user_id"),
        count("seq"),
        code("kind"),
        time("at"),
        sealed_json("detail"),
        sealed_json("ip").or_none().kept(Retention::After {
            column: "at",
            span: Span::Days(IP_RETENTION_DAYS),
            of: "the event",
        }),
        digest("ip_commitment").or_none(),
        digest("prev"),
        digest("hash"),
    ],
};

pub static OUTBOX: Table = Table {
    name: "outbox",
    store: Store::Main,
    title: "Mails to you",
    holds: "that a mail was sent, of which kind and when; its text only until it has left",
    section: Section::Account,
    owner: Owner::User("owner_id"),
    sealed_row: Some("id"),
    purpose: Purpose::Mail,
    retention: Retention::After {
        column: "done_at",
        span: Span::Days(OUTBOX_RETENTION_DAYS),
        of: "the mail left",
    },
    erasure: Erasure::Delete,
    columns: &[
        id("id"),
        owner("owner_id"),
        code("dedupe").left("a name made of ids, so that the same mail is not sent twice"),
        code("kind"),
        sealed_json("content")
            .or_none()
            .kept(Retention::When("as soon as the mail has left")),
        code("state"),
        count("attempts"),
        time("created_at"),
        time("next_attempt_at"),
        time("leased_until").left("by when another server may try"),
        time("done_at").or_none(),
        code("problem").or_none(),
        reference("consent_id").or_none(),
    ],
};
