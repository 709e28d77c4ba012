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

use spectr::domain::privacy::clauses::{CLAUSES, Clause};

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

/// `cargo xtask clauses` finds results by the beginning of these names.
#[test]
fn every_promise_has_a_test_of_its_name_and_no_test_is_named_after_another() {
    let words: Vec<&str> = SOURCES.iter().flat_map(|source| source.split_whitespace()).collect();
    let named = words.windows(2).filter(|pair| ["fn", "mod"].contains(&pair[0]));
    let tests: Vec<&str> = named
        .map(|pair| pair[1].split(['(', ';']).next().unwrap())
        .filter(|name| name.starts_with("clause_"))
        .collect();
    let guards = |test: &&str, clause: &Clause| {
        test.strip_prefix(clause.test)
            .is_some_and(|more| more.is_empty() || more.starts_with('_'))
    };
    for clause in &CLAUSES {
        assert!(
            tests.iter().any(|test| guards(test, clause)),
            "{} has no test",
            clause.test
        );
    }
    for test in &tests {
        assert!(
            CLAUSES.iter().any(|clause| guards(test, clause)),
            "{test} guards nothing"
        );
    }
}
