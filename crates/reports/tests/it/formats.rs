//! Reports that the real tools wrote on failing suites, with the counts those tools printed.
//!
//! Which tool and version wrote which is in `fixtures/README.md`. Formats whose tools do not run here are
//! written after their specifications.

use super::written;
use spectr_reports::format::Format;
use spectr_reports::model::{Counts, Report};
use spectr_reports::open::Opened;
use spectr_reports::reader::Reader;

/// Name, format, and passed, failed, errored, skipped, flaky.
pub const RECORDED: &[(&str, Format, [usize; 5])] = &[
    // The terminal says 4 failed, 4 passed, 1 skipped, 1 xfailed, 3 errors. A failed test whose tear-down errs is
    // one case here, and so is a passed one.
    ("pytest-junit.xml", Format::JUnit, [3, 3, 3, 2, 0]),
    ("pytest.json", Format::PytestJson, [3, 3, 3, 2, 0]),
    ("pytest-log.jsonl", Format::PytestLog, [3, 3, 3, 2, 0]),
    ("pytest-rerun-junit.xml", Format::JUnit, [4, 2, 3, 2, 1]),
    ("pytest-rerun-log.jsonl", Format::PytestLog, [4, 2, 3, 2, 1]),
    // 3 failed, 1 skipped, 1 todo, 1 passed; a file that did not load beside them.
    ("jest.json", Format::Jest, [1, 3, 1, 2, 0]),
    // jest-ctrf-json-reporter beside a terminal that says 5 failed, 1 skipped, 1 todo, 2 passed.
    ("jest-ctrf.json", Format::Ctrf, [2, 5, 0, 2, 0]),
    ("jest-junit.xml", Format::JUnit, [2, 3, 0, 1, 0]),
    ("vitest.json", Format::Jest, [2, 1, 0, 1, 0]),
    ("vitest-junit.xml", Format::JUnit, [2, 1, 0, 1, 0]),
    // 2 passing, 2 pending, 3 failing.
    ("mocha.json", Format::Mocha, [2, 3, 0, 2, 1]),
    ("mochawesome.json", Format::Mochawesome, [2, 3, 0, 4, 0]),
    // tests 7, pass 2, fail 3 (one of them a parent), skipped 1, todo 1.
    ("node.tap", Format::Tap, [2, 3, 0, 2, 0]),
    ("perl.tap", Format::Tap, [2, 2, 0, 2, 0]),
    // 4 expected (2 of them failures that were expected), 2 skipped, 4 unexpected, 2 flaky.
    ("playwright.json", Format::Playwright, [4, 4, 0, 4, 2]),
    ("robot.xml", Format::Robot, [1, 2, 0, 1, 0]),
    // 2 failed, 1 timed out; 1 skipped, 1 disabled, 1 not found.
    ("ctest.xml", Format::CTest, [1, 1, 1, 3, 0]),
    ("cucumber.json", Format::Cucumber, [1, 2, 0, 1, 0]),
    ("behave.json", Format::Cucumber, [1, 2, 1, 0, 0]),
    // Beside the tests a package that could not be built.
    ("go-test.jsonl", Format::GoTest, [2, 4, 1, 1, 0]),
    ("gtest.xml", Format::JUnit, [1, 2, 0, 2, 0]),
    ("gtest.json", Format::GoogleTest, [1, 2, 0, 2, 0]),
    ("check.xml", Format::Check, [1, 1, 1, 0, 0]),
    ("cppunit.xml", Format::CppUnit, [1, 1, 1, 0, 0]),
    ("cunit.xml", Format::CUnit, [1, 1, 0, 0, 0]),
    // 5 run: 2 passed (1 flaky), 3 failed.
    ("nextest-junit.xml", Format::JUnit, [2, 3, 0, 0, 1]),
    ("libtest.jsonl", Format::LibTest, [2, 3, 0, 1, 0]),
    // mocha says 4 passing, 2 pending, 6 failing. The TRX tells both tests behind the failed hook and not the hook,
    // and the one that hung as timed out; TAP and CTRF tell the hook.
    ("mocha.trx", Format::Trx, [4, 6, 1, 2, 0]),
    ("mocha.tap", Format::Tap, [4, 6, 0, 2, 0]),
    ("mocha-ctrf.json", Format::Ctrf, [4, 6, 0, 2, 1]),
    // Of the same suite, the suite `Price` without its inner one; thrown errors and the time-out are broken.
    ("allure1.xml", Format::Allure1, [2, 2, 2, 2, 0]),
    // Jest says 4 failed, 1 skipped, 1 todo, 3 passed; the file that did not load is a result too.
    ("jest.trx", Format::Trx, [3, 5, 0, 2, 0]),
    // Tests run: 12, Errors: 1, Failures: 6, Inconclusive: 1; Not run: 2 (Invalid: 1, Ignored: 1).
    ("nunit2.xml", Format::NUnit, [4, 6, 2, 2, 0]),
    // 8 specs, 2 pending; of its 5 failures one is of a suite, which this reporter does not tell.
    ("jasmine-nunit.xml", Format::NUnit, [2, 4, 0, 2, 0]),
    // 5 failed, 4 passed, 1 skipped, 2 xfailed: pytest-nunit writes the last as passed.
    ("pytest-nunit.xml", Format::NUnit, [6, 5, 0, 1, 0]),
    // A crash ends the run in the midst: the log stops there, the report calls the rest passed, JUnit skipped.
    ("boost-log.xml", Format::Boost, [3, 3, 2, 1, 0]),
    ("boost-report.xml", Format::Boost, [9, 1, 3, 0, 0]),
    ("boost-junit.xml", Format::JUnit, [3, 3, 2, 6, 0]),
    // The default level: 6 failed assertions and exceptions without the names of their tests.
    ("boost-log-failures.xml", Format::Boost, [0, 4, 2, 0, 0]),
    // Tests run: 11, Failures: 2, Errors: 3, Skipped: 2, Flakes: 1, in three files; a third one has the rest.
    ("surefire.xml", Format::JUnit, [2, 1, 2, 2, 1]),
    ("surefire-setup.xml", Format::JUnit, [0, 0, 1, 0, 0]),
    // 3 runs of a suite with 3 failures, one of them a parent, and one that passed when run again.
    ("gotestsum-rerun.xml", Format::JUnit, [4, 3, 0, 1, 1]),
    ("gotestsum-rerun.jsonl", Format::GoTest, [4, 3, 0, 1, 1]),
    // DONE 10 tests, 1 skipped, 5 failures, 1 error: a package that could not be built.
    ("go119-test.jsonl", Format::GoTest, [4, 5, 1, 1, 0]),
    // -count=2: each test twice.
    ("go-count.jsonl", Format::GoTest, [8, 6, 0, 2, 0]),
    // 12 examples, 6 failures, 2 pending.
    ("rspec.json", Format::RSpec, [4, 6, 0, 2, 0]),
    ("rspec-junit.xml", Format::JUnit, [4, 6, 0, 2, 0]),
    // 0 examples, 0 failures, 1 error occurred outside of examples.
    ("rspec-broken.json", Format::RSpec, [0, 0, 1, 0, 0]),
    // Tests: 11, Errors: 2, Failures: 2, Skipped: 2, Incomplete: 1, Risky: 1; the XML calls risky an error.
    ("phpunit.xml", Format::JUnit, [3, 2, 3, 3, 0]),
    // tests 8, pass 5 (1 skip and 2 todo among them), fail 3.
    ("tape.tap", Format::Tap, [2, 3, 0, 3, 0]),
    // 3 tests failed, 1 known failure, 1 test skipped, 1 test todo.
    ("ava.tap", Format::Tap, [2, 3, 0, 2, 0]),
    ("bats.tap", Format::Tap, [1, 2, 0, 1, 0]),
    // Sections and subcases are cases of their own; failures that Catch2 was told to expect are still told.
    ("catch2-junit.xml", Format::JUnit, [2, 4, 1, 0, 0]),
    ("doctest-junit.xml", Format::JUnit, [2, 2, 1, 0, 0]),
    // Suites 2, run 1; test cases run 2, failed 1.
    ("cunit-suite.xml", Format::CUnit, [1, 1, 1, 0, 0]),
    // 44%: Checks: 9, Failures: 2, Errors: 3.
    ("check-loop.xml", Format::Check, [4, 2, 3, 0, 0]),
];

/// Class and name that a case of a recorded report must have.
const NAMED: &[(&str, &str, &str)] = &[
    ("jest.trx", "Price", "Price / with rows / doubles 2"),
    ("nunit2.xml", "Shop.SizeTest(2)", "IsOne"),
    ("nunit2.xml", "Shop.PriceTest", "Texts(\"a.b\",\"x(1)\")"),
    ("jasmine-nunit.xml", "Price › with rows", "doubles 2"),
    ("tape.tap", "is off", "five"),
    ("rspec.json", "Price with rows", "doubles a row"),
    ("cunit-suite.xml", "", "(the suite did not run)"),
    ("boost-log-failures.xml", "", "(at boost.cpp:11)"),
    ("go119-test.jsonl", "example.org/shop/broken", "(package)"),
    ("surefire.xml", "shop.PriceTest", "flaky"),
    ("check-loop.xml", "core", "rows #2"),
];

pub fn recorded(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub fn read(bytes: &[u8], step: usize) -> Report {
    let mut reader = Reader::default();
    bytes.chunks(step).for_each(|piece| reader.feed(piece));
    reader.finish("report".to_owned())
}

pub fn counts([passed, failed, errored, skipped, flaky]: [usize; 5]) -> Counts {
    Counts {
        tests: passed + failed + errored + skipped,
        passed,
        failed,
        errored,
        skipped,
        flaky,
    }
}

/// Everything that a report says, for comparison.
fn told(report: &Report) -> String {
    let mut out = String::new();
    for (at, case) in report.cases.iter().enumerate() {
        let names = [case.suite, case.class, case.name, case.file].map(|it| report.text(it));
        let failures: Vec<_> = report
            .failures(case)
            .iter()
            .map(|it| [it.kind, it.message, it.stack, it.output].map(|text| report.text(text)))
            .collect();
        out.push_str(&format!(
            "{names:?} {:?} {:?} {} {failures:?} {:?}\n",
            case.status,
            case.millis(),
            case.attempts,
            report.attachments(at).collect::<Vec<_>>()
        ));
    }
    out
}

#[test]
fn reports_of_real_tools_have_the_counts_that_the_tools_printed() {
    let mut wrong = Vec::new();
    for (name, format, wanted) in RECORDED {
        let report = read(&recorded(name), 1 << 20);
        if report.format != Some(*format) || report.counts() != counts(*wanted) {
            wrong.push(format!(
                "{name}: {:?} {:?} {:?}",
                report.format,
                report.counts(),
                report.problems
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn cases_have_the_names_that_their_tool_gave_them() {
    for (file, class, name) in NAMED {
        let report = read(&recorded(file), 1 << 20);
        let mut cases = report
            .cases
            .iter()
            .map(|case| (report.text(case.class), report.text(case.name)));
        assert!(cases.any(|it| it == (*class, *name)), "{file}: {class} {name}");
    }
}

#[test]
fn a_parent_that_fails_with_its_part_is_an_echo_in_both_reports_of_gotestsum() {
    for file in ["gotestsum-rerun.xml", "gotestsum-rerun.jsonl"] {
        let report = read(&recorded(file), 1 << 20);
        let echoes: Vec<&str> = report
            .cases
            .iter()
            .filter(|case| case.is_echo)
            .map(|case| report.text(case.name))
            .collect();
        assert_eq!(echoes, ["TestRows"], "{file}");
    }
}

#[test]
fn a_failure_in_tap_keeps_what_follows_it_and_nothing_of_the_totals() {
    for (file, name, wanted) in [
        ("mocha.tap", "Price throws", "no price\nTypeError: no price\n"),
        (
            "mocha.tap",
            "Stock \"before all\" hook for \"is full\"",
            "no stock\nError: no stock\n",
        ),
        ("tape.tap", "five", "Error: five\n    at "),
        ("bats.tap", "throws", "(in test file price.bats, line 4)\n"),
    ] {
        let report = read(&recorded(file), 1 << 20);
        let case = report.cases.iter().find(|case| report.text(case.name) == name).unwrap();
        let stack = report.text(report.verdict(case).unwrap().stack);
        assert!(stack.starts_with(wanted), "{file}: {stack}");
        assert!(
            !stack.contains("\ntests ") && !stack.contains("\npass "),
            "{file}: {stack}"
        );
    }
}

#[test]
fn formats_without_a_tool_here_read_as_specified() {
    for (name, text, format, wanted) in written::ALL {
        let report = read(text.as_bytes(), 1 << 20);
        assert_eq!(
            (report.format, report.counts()),
            (Some(*format), counts(*wanted)),
            "{name}: {:?}",
            report.problems
        );
    }
}

#[test]
fn every_failure_of_a_real_report_has_a_text() {
    for (name, ..) in RECORDED {
        let report = read(&recorded(name), 1 << 20);
        for case in report.cases.iter().filter(|case| case.status.is_bad() && !case.is_echo) {
            let failure = report
                .verdict(case)
                .unwrap_or_else(|| panic!("{name}: {}", report.text(case.name)));
            assert!(
                !(failure.message.is_empty() && failure.stack.is_empty() && failure.kind.is_empty()),
                "{name}: {}",
                report.text(case.name)
            );
        }
    }
}

#[test]
fn a_report_reads_the_same_in_pieces_of_any_size() {
    for (name, ..) in RECORDED {
        let bytes = recorded(name);
        let whole = told(&read(&bytes, 1 << 20));
        for step in [1, 7, 1000] {
            assert_eq!(told(&read(&bytes, step)), whole, "{name} in steps of {step}");
        }
    }
}

#[test]
fn a_folder_of_allure_results_in_an_archive_is_one_report_and_its_retries_count_once() {
    for (name, wanted) in [("allure.zip", [3, 4, 2, 2, 0]), ("allure-rerun.zip", [4, 3, 2, 2, 1])] {
        let mut opened = Opened::default();
        opened.take(name, &recorded(name));
        let reports = opened.finish();
        let found: Vec<_> = reports.iter().map(|report| (report.format, report.counts())).collect();
        assert_eq!(found, [(Some(Format::Allure), counts(wanted))], "{name}");
    }
}

#[test]
fn every_format_has_an_example() {
    for format in Format::ALL {
        let is_recorded = RECORDED.iter().any(|(_, it, _)| it == format) || *format == Format::Allure;
        assert!(
            is_recorded || written::ALL.iter().any(|(_, _, it, _)| it == format),
            "{}",
            format.name()
        );
    }
}
