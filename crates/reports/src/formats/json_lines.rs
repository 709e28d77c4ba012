//! Other reports of one JSON event per line: Rust's libtest, Dart and Flutter, pytest-reportlog.

use super::Lines;
use crate::builder::{Again, Builder, Draft, Told};
use crate::json::Value;
use crate::model::Status;
use std::borrow::Cow;
use std::collections::HashMap;

/// `cargo test -- --format json`.
#[derive(Debug, Default)]
pub struct LibTest;

impl Lines for LibTest {
    fn line(&mut self, event: &Value<'_>, out: &mut Builder) {
        if event.get("type").text() != "test" {
            return;
        }
        let status = match event.get("event").text() {
            "ok" => Status::Passed,
            "failed" => Status::Failed,
            "ignored" => Status::Skipped,
            _ => return,
        };
        let full = event.get("name").text();
        let (module, name) = full.rsplit_once("::").unwrap_or(("", full));
        let mut failures = Vec::new();
        if status.is_bad() {
            failures.push(Told {
                message: event.str("message"),
                stack: event.str("stdout"),
                ..Told::default()
            });
        }
        out.case(&Draft {
            class: Cow::Borrowed(module),
            name: Cow::Borrowed(name),
            status: Some(status),
            millis: event.get("exec_time").number().map(|seconds| seconds * 1000.0),
            failures,
            // Several test binaries may follow each other with modules of the same name.
            again: Again::Apart,
            ..Draft::default()
        });
    }
}

/// What is known of a Dart test before it ends.
#[derive(Debug, Default)]
struct DartTest {
    name: String,
    suite: i64,
    is_skipped: bool,
    started: f64,
    errors: Vec<(String, String, bool)>,
    output: String,
}

/// `dart test --reporter json`, `flutter test --machine`.
#[derive(Debug, Default)]
pub struct Dart {
    suites: HashMap<i64, String>,
    tests: HashMap<i64, DartTest>,
}

impl Lines for Dart {
    fn line(&mut self, event: &Value<'_>, out: &mut Builder) {
        let number = id(event.get("testID"));
        match event.get("type").text() {
            "suite" => {
                let suite = event.get("suite");
                self.suites
                    .insert(id(suite.get("id")), suite.get("path").text().to_owned());
            }
            "testStart" => {
                let test = event.get("test");
                let known = DartTest {
                    name: test.get("name").text().to_owned(),
                    suite: id(test.get("suiteID")),
                    is_skipped: test.get("metadata").get("skip").is_true(),
                    started: event.get("time").number().unwrap_or(0.0),
                    ..DartTest::default()
                };
                self.tests.insert(id(test.get("id")), known);
            }
            "error" => {
                if let Some(test) = self.tests.get_mut(&number).filter(|test| test.errors.len() < 20) {
                    let text = |name: &str| event.get(name).text().to_owned();
                    test.errors
                        .push((text("error"), text("stackTrace"), event.get("isFailure").is_true()));
                }
            }
            "print" => {
                if let Some(test) = self.tests.get_mut(&number).filter(|test| test.output.len() < 8 << 10) {
                    test.output.push_str(event.get("message").text());
                    test.output.push('\n');
                }
            }
            "testDone" => {
                if let Some(test) = self.tests.remove(&number) {
                    self.end(&test, event, out);
                }
            }
            _ => {}
        }
    }

    fn finish(&mut self, out: &mut Builder) {
        let mut open: Vec<&str> = self.tests.values().map(|test| test.name.as_str()).collect();
        open.sort_unstable();
        for test in open {
            out.problem("end", format!("{test} has no result and was left out"));
        }
    }
}

impl Dart {
    fn end(&self, test: &DartTest, event: &Value<'_>, out: &mut Builder) {
        let status = match event.get("result").text() {
            _ if event.get("skipped").is_true() || test.is_skipped => Status::Skipped,
            "success" => Status::Passed,
            "failure" => Status::Failed,
            _ => Status::Errored,
        };
        // Loading a file counts as a test only when it goes wrong.
        if event.get("hidden").is_true() && !status.is_bad() {
            return;
        }
        let failures = test.errors.iter().map(|(message, stack, _)| Told {
            message: Cow::Borrowed(message),
            stack: Cow::Borrowed(stack),
            output: Cow::Borrowed(&test.output),
            ..Told::default()
        });
        let file = self.suites.get(&test.suite).map_or("", String::as_str);
        out.case(&Draft {
            suite: Cow::Borrowed(file),
            name: Cow::Borrowed(&test.name),
            file: Cow::Borrowed(file),
            status: Some(status),
            millis: event.get("time").number().map(|ended| ended - test.started),
            failures: failures.filter(|_| status.is_bad()).collect(),
            again: Again::Mended,
            ..Draft::default()
        });
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "ids of Dart are small integers; others only fail to match"
)]
fn id(value: &Value<'_>) -> i64 {
    value.number().map_or(-1, |number| number as i64)
}

/// `pytest --report-log`: set-up, call and tear-down of a test are lines of their own.
#[derive(Debug, Default)]
pub struct ReportLog {
    /// Attempts that end in a re-run, by test.
    reruns: HashMap<String, u16>,
}

impl Lines for ReportLog {
    fn line(&mut self, event: &Value<'_>, out: &mut Builder) {
        let outcome = event.get("outcome").text();
        match event.get("$report_type").text() {
            "TestReport" => {}
            "CollectReport" if outcome == "failed" => {}
            _ => return,
        }
        let id = event.get("nodeid").text();
        let when = event.get("when").text();
        if outcome == "rerun" {
            *self.reruns.entry(id.to_owned()).or_default() += 1;
            return;
        }
        let expects_failure = event.has("wasxfail");
        let status = match (outcome, when) {
            ("passed", "setup" | "teardown") => return,
            ("passed", _) => Status::Passed,
            ("failed", "call") => Status::Failed,
            ("failed", _) => Status::Errored,
            _ => Status::Skipped,
        };
        let told = event.get("longrepr");
        let crash = told.get("reprcrash");
        let mut failures = Vec::new();
        if status.is_bad() {
            failures.push(Told {
                message: crash.str("message"),
                stack: if told.is_map() {
                    Cow::Owned(traceback(told))
                } else {
                    told_text(told)
                },
                ..Told::default()
            });
        }
        let reruns = self.reruns.remove(id).unwrap_or(0);
        let (file, class, name) = super::nodeid(id);
        out.case(&Draft {
            class: Cow::Owned(class),
            name: Cow::Borrowed(if name.is_empty() {
                "(the file did not load)"
            } else {
                name
            }),
            file: Cow::Borrowed(file),
            status: Some(if expects_failure && !status.is_bad() && outcome != "passed" {
                Status::Skipped
            } else {
                status
            }),
            millis: event.get("duration").number().map(|seconds| seconds * 1000.0),
            attempts: reruns + 1,
            is_flaky: reruns > 0,
            failures,
            again: Again::Phase,
            ..Draft::default()
        });
    }
}

fn told_text<'a>(told: &'a Value<'_>) -> Cow<'a, str> {
    Cow::Borrowed(told.text())
}

/// pytest's structured trace-back as the text that it prints.
fn traceback(told: &Value<'_>) -> String {
    let mut text = String::new();
    for entry in told.get("reprtraceback").get("reprentries").items() {
        let data = entry.get("data");
        for line in data.get("lines").items() {
            text.push_str(line.text());
            text.push('\n');
        }
        let place = data.get("reprfileloc");
        let line = place.get("lineno").number().unwrap_or(0.0);
        text.push_str(&format!(
            "{}:{line}: {}\n",
            place.get("path").text(),
            place.get("message").text()
        ));
    }
    text
}
