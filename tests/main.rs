//! Integration tests: one binary, through the real server, on SQLite and PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that finds something else than it expects has to fail, in its helpers too"
)]
#![expect(
    dead_code,
    reason = "the doubles are shared with an example that uses other parts of them"
)]

mod accounts;
mod analyze;
mod clauses;
mod database;
mod engine;
mod integrations;
mod platform;
mod privacy;
mod providers;
mod reports;
mod serving;

mod support;
mod tidy;
mod usage;
mod vault;
mod web;
