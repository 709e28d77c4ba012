//! The smaller XML dialects of C and C++: CppUnit, CUnit, Check, Boost.Test, CTest.

use super::numbers::seconds;
use crate::builder::{Again, Builder, Draft, Told};
use crate::model::Status;
use crate::xml::driver::{Dialect, Suite};
use crate::xml::tree::Element;
use std::borrow::Cow;

#[derive(Debug, Default)]
pub struct CppUnit;

impl Dialect for CppUnit {
    fn is_case(&self, name: &str, _suites: &[Suite]) -> bool {
        matches!(name, "FailedTest" | "Test")
    }

    fn case(&mut self, case: Element<'_>, suites: &[Suite], out: &mut Builder) {
        let full = case.child_text("Name").trim().to_owned();
        let (class, name) = full.rsplit_once("::").unwrap_or(("", &full));
        let kind = case.child_text("FailureType");
        // AUnit writes the same, but calls a failed test a test too: the list decides.
        let list = suites.last().map_or("", |list| &list.name);
        let status = match kind.trim() {
            "Error" => Status::Errored,
            "" if list == "SkippedTests" => Status::Skipped,
            "" if case.name() == "Test" && list != "FailedTests" => Status::Passed,
            _ => Status::Failed,
        };
        let place = case.child("Location");
        let part = |name: &str| place.map_or(Cow::Borrowed(""), |place| place.child_text(name));
        let mut failures = Vec::new();
        if status.is_bad() {
            failures.push(Told {
                message: case.child_text("Message"),
                stack: Cow::Owned(at(&part("File"), &part("Line"))),
                ..Told::default()
            });
        }
        out.case(&Draft {
            class: Cow::Borrowed(class),
            name: Cow::Borrowed(name),
            status: Some(status),
            failures,
            again: Again::Apart,
            ..Draft::default()
        });
    }
}

/// CUnit tells one record per failed assertion: several are one case.
#[derive(Debug, Default)]
pub struct CUnit;

impl Dialect for CUnit {
    fn is_case(&self, name: &str, _suites: &[Suite]) -> bool {
        matches!(
            name,
            "CUNIT_RUN_TEST_SUCCESS" | "CUNIT_RUN_TEST_FAILURE" | "CUNIT_RUN_SUITE_FAILURE"
        )
    }

    fn labels(&self, name: &str) -> bool {
        name == "SUITE_NAME"
    }

    fn case(&mut self, case: Element<'_>, suites: &[Suite], out: &mut Builder) {
        if case.name() == "CUNIT_RUN_SUITE_FAILURE" {
            // Its tests are not told of.
            out.case(&Draft {
                suite: Cow::Owned(case.child_text("SUITE_NAME").trim().to_owned()),
                name: Cow::Borrowed("(the suite did not run)"),
                status: Some(Status::Errored),
                failures: vec![Told {
                    message: case.child_text("FAILURE_REASON"),
                    ..Told::default()
                }],
                again: Again::Apart,
                ..Draft::default()
            });
            return;
        }
        let has_failed = case.name() == "CUNIT_RUN_TEST_FAILURE";
        let suite = suites.iter().rev().find(|suite| !suite.text.is_empty());
        let mut failures = Vec::new();
        if has_failed {
            failures.push(Told {
                message: case.child_text("CONDITION"),
                stack: Cow::Owned(at(&case.child_text("FILE_NAME"), &case.child_text("LINE_NUMBER"))),
                ..Told::default()
            });
        }
        out.case(&Draft {
            suite: Cow::Owned(suite.map_or_else(String::new, |suite| suite.text.trim().to_owned())),
            name: Cow::Owned(case.child_text("TEST_NAME").trim().to_owned()),
            status: Some(if has_failed { Status::Failed } else { Status::Passed }),
            failures,
            again: if has_failed { Again::Phase } else { Again::Apart },
            ..Draft::default()
        });
    }
}

#[derive(Debug, Default)]
pub struct Check;

impl Dialect for Check {
    fn is_case(&self, name: &str, _suites: &[Suite]) -> bool {
        name == "test"
    }

    fn labels(&self, name: &str) -> bool {
        name == "title"
    }

    fn case(&mut self, case: Element<'_>, suites: &[Suite], out: &mut Builder) {
        let status = match case.attribute("result") {
            "success" => Status::Passed,
            "failure" => Status::Failed,
            _ => Status::Errored,
        };
        let place = case.child_text("fn");
        let mut failures = Vec::new();
        if status.is_bad() {
            failures.push(Told {
                message: case.child_text("message"),
                stack: place.clone(),
                ..Told::default()
            });
        }
        // Loop tests run one function many times.
        let name = match (case.child_text("id").trim(), case.child_text("iteration").trim()) {
            (id, "" | "0") => id.to_owned(),
            (id, iteration) => format!("{id} #{iteration}"),
        };
        out.case(&Draft {
            suite: suites
                .last()
                .map_or(Cow::Borrowed(""), |suite| Cow::Borrowed(suite.text.trim())),
            class: Cow::Owned(case.child_text("description").into_owned()),
            name: Cow::Owned(name),
            file: Cow::Owned(place.rsplit_once(':').map_or("", |(file, _)| file).to_owned()),
            status: Some(status),
            millis: seconds(&case.child_text("duration")),
            failures,
            again: Again::Apart,
            ..Draft::default()
        });
    }
}

/// Boost.Test: the log, and the short and detailed reports.
#[derive(Debug, Default)]
pub struct Boost {
    has_lone_failures: bool,
}

impl Dialect for Boost {
    fn is_case(&self, name: &str, _suites: &[Suite]) -> bool {
        // A log of the default level names no test cases: its failures stand alone.
        name == "TestCase" || boost_failure(name).is_some()
    }

    fn case(&mut self, case: Element<'_>, suites: &[Suite], out: &mut Builder) {
        if let Some(status) = boost_failure(case.name()) {
            let failure = boost_told(case);
            out.case(&Draft {
                name: Cow::Owned(format!("(at {})", failure.stack)),
                status: Some(status),
                failures: vec![failure],
                again: Again::Apart,
                ..Draft::default()
            });
            if !std::mem::replace(&mut self.has_lone_failures, true) {
                let what = "the log tells failures without their test cases; --log_level=test_suite names them";
                out.problem("log", what);
            }
            return;
        }
        let path: Vec<&str> = suites
            .iter()
            .filter(|it| it.name == "TestSuite")
            .map(|it| it.attribute("name"))
            .collect();
        let mut status = match case.attribute("result") {
            "failed" => Status::Failed,
            "aborted" => Status::Errored,
            "skipped" => Status::Skipped,
            _ if case.attribute("skipped") == "yes" => Status::Skipped,
            _ => Status::Passed,
        };
        let mut failures = Vec::new();
        for child in case.children() {
            let Some(own) = boost_failure(child.name()) else {
                continue;
            };
            status = status.max(own);
            failures.push(boost_told(child));
        }
        if failures.is_empty() && status.is_bad() {
            // The report, unlike the log, tells how many and not which.
            let message = match case.attribute("assertions_failed") {
                "" => case.attribute("result").to_owned(),
                count => format!("{}, failed assertions: {count}", case.attribute("result")),
            };
            failures.push(Told {
                message: Cow::Owned(message),
                ..Told::default()
            });
        }
        let micros: Option<f64> = case.child_text("TestingTime").trim().parse().ok();
        out.case(&Draft {
            suite: Cow::Owned(path.join("/")),
            name: Cow::Borrowed(case.attribute("name")),
            file: Cow::Borrowed(case.attribute("file")),
            status: Some(status),
            millis: micros.map(|micros| micros / 1000.0),
            failures,
            again: Again::Apart,
            ..Draft::default()
        });
    }
}

fn boost_failure(name: &str) -> Option<Status> {
    match name {
        "Error" | "FatalError" => Some(Status::Failed),
        "Exception" => Some(Status::Errored),
        _ => None,
    }
}

/// An exception knows only the last place that the test passed.
fn boost_told(failure: Element<'_>) -> Told<'_> {
    let place = failure
        .child("LastCheckpoint")
        .filter(|_| failure.attribute("line") == "0")
        .unwrap_or(failure);
    Told {
        message: failure.text(),
        stack: Cow::Owned(at(place.attribute("file"), place.attribute("line"))),
        ..Told::default()
    }
}

/// CTest's own `Test.xml` (`ctest -T Test`).
#[derive(Debug, Default)]
pub struct CTest;

impl Dialect for CTest {
    fn is_case(&self, name: &str, suites: &[Suite]) -> bool {
        // Inside the list of tests the same word is only a name.
        name == "Test" && suites.last().is_some_and(|around| around.name == "Testing")
    }

    fn case(&mut self, case: Element<'_>, _suites: &[Suite], out: &mut Builder) {
        let measured = |name: &str| {
            let found = case
                .all()
                .find(|it| it.name() == "NamedMeasurement" && it.attribute("name") == name);
            found.map_or(Cow::Borrowed(""), |it| it.child_text("Value"))
        };
        let reason = measured("Exit Code");
        let status = match case.attribute("Status") {
            "passed" => Status::Passed,
            "failed" if matches!(&*reason, "Timeout" | "SEGFAULT" | "Exception" | "ILLEGAL" | "NUMERICAL") => {
                Status::Errored
            }
            "failed" => Status::Failed,
            _ => Status::Skipped,
        };
        let output = case
            .all()
            .find(|it| it.name() == "Measurement")
            .map_or(Cow::Borrowed(""), |it| it.child_text("Value"));
        let mut failures = Vec::new();
        if status.is_bad() {
            failures.push(Told {
                kind: reason,
                stack: output,
                ..Told::default()
            });
        }
        out.case(&Draft {
            class: Cow::Owned(case.child_text("Path").into_owned()),
            name: Cow::Owned(case.child_text("Name").into_owned()),
            status: Some(status),
            millis: seconds(&measured("Execution Time")),
            failures,
            again: Again::Apart,
            ..Draft::default()
        });
    }
}

/// A place in the manner of a stack frame.
fn at(file: &str, line: &str) -> String {
    match (file.trim(), line.trim()) {
        ("", _) => String::new(),
        (file, "") => file.to_owned(),
        (file, line) => format!("{file}:{line}"),
    }
}
