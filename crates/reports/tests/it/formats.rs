//! Reports that the real tools wrote on failing suites, with the counts those tools printed.
//!
//! Fixtures were made by running pytest 9, Jest 30, Vitest, Mocha 11, node:test 20, node-tap, Playwright,
//! cucumber-js, behave, Robot Framework 7, CTest, GoogleTest, Check, CppUnit, CUnit, Test::More, go test 1.19,
//! cargo nextest and libtest. Formats whose tools do not run here are written after their specifications.

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
    ("go-test.jsonl", Format::GoTest, [2, 4, 0, 1, 0]),
    ("gtest.xml", Format::JUnit, [1, 2, 0, 2, 0]),
    ("gtest.json", Format::GoogleTest, [1, 2, 0, 2, 0]),
    ("check.xml", Format::Check, [1, 1, 1, 0, 0]),
    ("cppunit.xml", Format::CppUnit, [1, 1, 1, 0, 0]),
    ("cunit.xml", Format::CUnit, [1, 1, 0, 0, 0]),
    // 5 run: 2 passed (1 flaky), 3 failed.
    ("nextest-junit.xml", Format::JUnit, [2, 3, 0, 0, 1]),
    ("libtest.jsonl", Format::LibTest, [2, 3, 0, 1, 0]),
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
