//! One test per promise of the privacy policy, named after it: `cargo xtask clauses` runs them.
//!
//! The names stand in `domain::privacy::clauses`. Each goes through the real server, on both
//! databases, with strings that are searched for afterwards in every file, row and log line.

mod accounts;
mod calls;
mod database;
mod erasure;
mod faults;
mod letters;
mod memory;
mod platform;
mod policy;
mod proof;
mod retention;
mod rights;
mod traces;
mod web;

use spectr::domain::privacy::clauses::CLAUSES;

/// The sources of the tests, for the names in them.
const SOURCES: [&str; 11] = [
    include_str!("accounts.rs"),
    include_str!("calls.rs"),
    include_str!("database.rs"),
    include_str!("erasure.rs"),
    include_str!("letters.rs"),
    include_str!("memory.rs"),
    include_str!("platform.rs"),
    include_str!("policy.rs"),
    include_str!("retention.rs"),
    include_str!("rights.rs"),
    include_str!("web.rs"),
];

#[test]
fn no_test_is_named_after_a_promise_that_the_list_does_not_hold() {
    for word in SOURCES.iter().flat_map(|source| source.split_whitespace()) {
        let name = word.split('(').next().unwrap();
        if name.starts_with("clause_") {
            assert!(CLAUSES.iter().any(|clause| name.starts_with(clause.test)), "{name}");
        }
    }
}
