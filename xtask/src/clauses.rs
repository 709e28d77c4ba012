//! `clauses`: the privacy policy, promise by promise, each with the result of its test.
//!
//! Prints `NN<TAB>pass|fail|missing<TAB>name` for every promise and last how many passed. The list is
//! read from the product's own; a promise passes when each test of its name passed, on every database.

use crate::cargo;
use crate::postgres::Postgres;
use crate::say;
use crate::setup;
use crate::workspace::find_program;
use crate::{Outcome, end2end};
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::process::{Command, ExitCode, Stdio};

/// The list of promises; the name of each test stands on a line of its own.
const LIST: &str = "src/domain/privacy/clauses.rs";
/// Where the integration tests find a PostgreSQL in which they may make databases.
const POSTGRES_URL: &str = "SPECTR_TEST_POSTGRES_URL";

/// Runs the tests of all promises and prints the table. Exit code 0 only when every one passed.
pub fn clauses(_: &[String]) -> Outcome {
    let list = fs::read_to_string(LIST).map_err(|error| format!("{LIST}: {error}"))?;
    let names = names(&list);
    if names.is_empty() {
        return Err(format!("{LIST} names no tests"));
    }
    let tools = setup::tools()?;
    end2end::install_packages(&tools.npm)?;
    let postgres = Postgres::start(&tools.postgres)?;
    let output = run(postgres.url());
    drop(postgres);
    let output = output?;
    let results = results(&output);
    let mut passed = 0;
    for name in &names {
        let result = Verdict::of(&results, name);
        passed += usize::from(result == Verdict::Pass);
        let (number, title) = parts(name);
        say::line(&format!("{number}\t{result}\t{title}"));
    }
    say::line(&format!("{passed}/{}", names.len()));
    Ok(ExitCode::from(u8::from(passed < names.len())))
}

/// What the tests printed, result lines included.
fn run(postgres: String) -> Result<String, String> {
    let mut command = cargo::cargo();
    if find_program(&["cargo-nextest"]).is_some() {
        command
            .args(["nextest", "run", "--package=spectr", "--test=it", "--no-fail-fast"])
            .args(["--color=never", "--status-level=all", "--final-status-level=none"])
            .args(["--failure-output=immediate", "-E", "test(/(^|::)clause_[0-9][0-9]_/)"]);
    } else {
        command.args([
            "test",
            "--package=spectr",
            "--test=it",
            "--no-fail-fast",
            "--",
            "clause_",
        ]);
    }
    command.env(POSTGRES_URL, postgres);
    both(&mut command)
}

/// Standard output and standard error together.
fn both(command: &mut Command) -> Result<String, String> {
    let output = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .and_then(std::process::Child::wait_with_output)
        .map_err(|error| format!("cargo: {error}"))?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    if !output.status.success() {
        // The table says which; the output says why.
        say::error(&text);
    }
    Ok(text)
}

/// How a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Pass,
    Fail,
    Missing,
}

impl Verdict {
    /// Of the tests of this name, and of those that say more behind it; none means that there is no such test,
    /// or that it did not compile.
    fn of(results: &BTreeMap<&str, Vec<bool>>, name: &str) -> Self {
        let guards = |test: &str| {
            let more = test.strip_prefix(name);
            more.is_some_and(|more| more.is_empty() || more.starts_with('_'))
        };
        let mut passed = results
            .iter()
            .filter(|(test, _)| guards(test))
            .flat_map(|(_, passed)| passed)
            .peekable();
        if passed.peek().is_none() {
            Self::Missing
        } else if passed.all(|passed| *passed) {
            Self::Pass
        } else {
            Self::Fail
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Missing => "missing",
        })
    }
}

/// The tests' names in the order of the list.
fn names(list: &str) -> Vec<String> {
    let named = |line: &str| {
        let (_, rest) = line.split_once("test: \"")?;
        let (name, _) = rest.split_once('"')?;
        name.starts_with("clause_").then(|| name.to_owned())
    };
    list.lines().filter_map(named).collect()
}

/// `clause_17_usage_rows` → (`17`, `usage_rows`).
fn parts(name: &str) -> (&str, &str) {
    name.trim_start_matches("clause_").split_once('_').unwrap_or((name, ""))
}

/// Whether each test passed, by the promise's name. A retried test counts by every attempt.
fn results(output: &str) -> BTreeMap<&str, Vec<bool>> {
    let mut results: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
    for line in output.lines() {
        if let Some((name, passed)) = result(line) {
            results.entry(name).or_default().push(passed);
        }
    }
    results
}

/// `PASS [ 0.1s] (1/2) spectr::it clauses::a::clause_01_b::sqlite` of nextest, or
/// `test clauses::a::clause_01_b::sqlite ... ok` of cargo test.
fn result(line: &str) -> Option<(&str, bool)> {
    const NEXTEST: [&str; 9] = [
        "PASS", "FAIL", "TIMEOUT", "ABORT", "SIGABRT", "SIGKILL", "SIGSEGV", "XFAIL", "LEAK",
    ];
    let words: Vec<&str> = line.split_whitespace().collect();
    let (path, passed) = match words.as_slice() {
        ["test", path, "...", verdict, ..] => (*path, *verdict == "ok"),
        [status, rest @ ..] if NEXTEST.contains(status) && line.contains('[') => {
            (*rest.last()?, matches!(*status, "PASS" | "LEAK"))
        }
        _ => return None,
    };
    let name = path.split("::").find(|part| part.starts_with("clause_"))?;
    Some((name, passed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_the_list() {
        let list = "    clause!(1, \"a\", \"b\",\n        test: \"clause_01_one\"),\n        test: \"clause_02_two\"),\n test: $test:literal";
        assert_eq!(names(list), ["clause_01_one", "clause_02_two"]);
        assert_eq!(parts("clause_01_one"), ("01", "one"));
    }

    #[test]
    fn the_list_of_the_product_names_thirty_three() {
        let list = fs::read_to_string(concat!("../", "src/domain/privacy/clauses.rs")).unwrap();
        assert_eq!(names(&list).len(), 33);
    }

    #[test]
    fn a_promise_passes_when_both_databases_do() {
        let output = "\
            \x20       PASS [   1.2s] (1/5) spectr::it clauses::a::clause_01_one::sqlite\n\
            \x20       FAIL [   1.2s] (2/5) spectr::it clauses::a::clause_01_one::postgres\n\
            \x20       PASS [   1.2s] (3/5) spectr::it clauses::a::clause_02_two::sqlite\n\
            \x20    SIGABRT [   1.2s] (4/5) spectr::it clauses::a::clause_03_three\n\
            \x20    PASS of a clause_04_four without a time\n";
        let results = results(output);
        let verdict = |name| Verdict::of(&results, name);
        assert_eq!(verdict("clause_01_one"), Verdict::Fail);
        assert_eq!(verdict("clause_02_two"), Verdict::Pass);
        assert_eq!(verdict("clause_03_three"), Verdict::Fail);
        assert_eq!(verdict("clause_04_four"), Verdict::Missing);
    }

    #[test]
    fn a_test_that_says_more_behind_the_name_counts_for_its_promise_and_no_other() {
        let output = "\
            \x20       PASS [   1.2s] (1/4) spectr::it clauses::a::clause_01_one::sqlite\n\
            \x20       FAIL [   1.2s] (2/4) spectr::it clauses::a::clause_01_one_whatever_breaks::sqlite\n\
            \x20       PASS [   1.2s] (3/4) spectr::it clauses::a::clause_02_two_on_sqlite\n\
            \x20       FAIL [   1.2s] (4/4) spectr::it clauses::a::clause_02_twofold::sqlite\n";
        let results = results(output);
        let verdict = |name| Verdict::of(&results, name);
        assert_eq!(verdict("clause_01_one"), Verdict::Fail);
        assert_eq!(verdict("clause_02_two"), Verdict::Pass);
        assert_eq!(verdict("clause_02"), Verdict::Fail);
    }

    #[test]
    fn cargo_test_is_read_too() {
        let output =
            "test clauses::a::clause_01_one::sqlite ... ok\ntest clauses::a::clause_02_two::sqlite ... FAILED\n";
        let results = results(output);
        assert_eq!(Verdict::of(&results, "clause_01_one"), Verdict::Pass);
        assert_eq!(Verdict::of(&results, "clause_02_two"), Verdict::Fail);
    }
}
