//! JSON of other tools: CTRF, RSpec, Cucumber, GoogleTest, pytest-json-report, Allure.

use super::numbers::seconds;
use crate::builder::{Again, Builder, Draft, Told};
use crate::json::Value;
use crate::model::Status;
use std::borrow::Cow;

/// Common Test Report Format.
pub fn ctrf(document: &Value<'_>, out: &mut Builder) {
    for test in document.get("results").get("tests").items() {
        let has_cause = !test.get("message").text().is_empty() || !test.get("trace").text().is_empty();
        let status = match test.get("status").text() {
            "passed" => Status::Passed,
            "failed" => Status::Failed,
            "other" if has_cause => Status::Errored,
            _ => Status::Skipped,
        };
        let earlier = test.get("retryAttempts").items();
        let mut failures: Vec<Told<'_>> = Vec::new();
        for (attempt, told) in (1..).zip(earlier).filter(|(_, it)| it.get("status").text() == "failed") {
            failures.push(Told {
                message: told.str("message"),
                stack: told.str("trace"),
                attempt,
                ..Told::default()
            });
        }
        let attempts = test
            .get("retries")
            .number()
            .map_or(0, super::whole)
            .max(super::whole_len(earlier))
            + 1;
        if status.is_bad() {
            failures.push(Told {
                message: test.str("message"),
                stack: test.str("trace"),
                attempt: attempts,
                ..Told::default()
            });
        }
        let suite = match test.get("suite") {
            Value::List(parts) => Cow::Owned(parts.iter().map(Value::text).collect::<Vec<_>>().join(" › ")),
            one => Cow::Borrowed(one.text()),
        };
        let attachments = test.get("attachments").items();
        out.case(&Draft {
            suite,
            class: test.str("browser"),
            name: test.str("name"),
            file: if test.has("filePath") {
                test.str("filePath")
            } else {
                test.str("filepath")
            },
            status: Some(status),
            millis: test.get("duration").number(),
            attempts,
            is_flaky: test.get("flaky").is_true(),
            failures,
            attachments: attachments.iter().map(|it| it.str("name")).collect(),
            again: Again::Apart,
            ..Draft::default()
        });
    }
}

/// `rspec --format json`.
pub fn rspec(document: &Value<'_>, out: &mut Builder) {
    for example in document.get("examples").items() {
        let status = match example.get("status").text() {
            "passed" => Status::Passed,
            "failed" => Status::Failed,
            _ => Status::Skipped,
        };
        let exception = example.get("exception");
        let mut failures = Vec::new();
        if status.is_bad() {
            failures.push(Told {
                kind: exception.str("class"),
                message: exception.str("message"),
                stack: lines(exception.get("backtrace")),
                ..Told::default()
            });
        }
        let (full, own) = (
            example.get("full_description").text(),
            example.get("description").text(),
        );
        out.case(&Draft {
            class: Cow::Borrowed(full.strip_suffix(own).unwrap_or_default().trim()),
            name: Cow::Borrowed(if own.is_empty() { full } else { own }),
            file: example.str("file_path"),
            status: Some(status),
            millis: example.get("run_time").number().map(|seconds| seconds * 1000.0),
            failures,
            again: Again::Apart,
            ..Draft::default()
        });
    }
    let outside = document.get("summary").get("errors_outside_of_examples_count").number();
    let messages = document.get("messages").items();
    for error in 0..outside.map_or(0, super::whole) {
        let told = messages.get(usize::from(error)).map_or("", Value::text);
        out.case(&Draft {
            name: Cow::Borrowed("(outside of any example)"),
            status: Some(Status::Errored),
            failures: vec![Told {
                stack: Cow::Borrowed(told),
                ..Told::default()
            }],
            again: Again::Apart,
            ..Draft::default()
        });
    }
}

/// `gtest --gtest_output=json`.
pub fn googletest(document: &Value<'_>, out: &mut Builder) {
    for suite in document.get("testsuites").items() {
        for test in suite.get("testsuite").items() {
            let told = test.get("failures").items();
            let is_run = test.get("status").text() == "RUN" && test.get("result").text() != "SKIPPED";
            let status = match is_run {
                _ if !told.is_empty() => Status::Failed,
                true => Status::Passed,
                false => Status::Skipped,
            };
            let failures = told.iter().map(|failure| Told {
                stack: failure.str("failure"),
                ..Told::default()
            });
            out.case(&Draft {
                suite: suite.str("name"),
                class: test.str("classname"),
                name: test.str("name"),
                file: test.str("file"),
                status: Some(status),
                millis: seconds(test.get("time").text()),
                failures: failures.collect(),
                again: Again::Apart,
                ..Draft::default()
            });
        }
    }
}

/// Cucumber's JSON, also of behave and others that write the same.
pub fn cucumber(document: &Value<'_>, out: &mut Builder) {
    for feature in document.items() {
        let mut background: Option<&Value<'_>> = None;
        for element in feature.get("elements").items() {
            if element.get("type").text() == "background" {
                background = Some(element);
                continue;
            }
            let own = ["before", "steps", "after"]
                .iter()
                .flat_map(|list| element.get(list).items());
            let before = background
                .take()
                .map_or(&[][..], |background| background.get("steps").items());
            let steps: Vec<&Value<'_>> = before.iter().chain(own).collect();
            let status = steps
                .iter()
                .map(|step| step_status(step))
                .max()
                .unwrap_or(Status::Skipped);
            let failed = steps.iter().find(|step| step_status(step).is_bad());
            let failures = failed.iter().map(|step| Told {
                message: Cow::Owned(format!("{}{}", step.get("keyword").text(), step.get("name").text())),
                stack: lines(step.get("result").get("error_message")),
                ..Told::default()
            });
            let nanos: f64 = steps
                .iter()
                .filter_map(|step| step.get("result").get("duration").number())
                .sum();
            let file = feature.str(if feature.has("uri") { "uri" } else { "location" });
            let place = ["id", "line", "location"].map(|key| element.get(key));
            let is_placed = place.iter().any(|it| !it.text().is_empty() || it.number().is_some());
            let [id, line, location] = place;
            out.case(&Draft {
                suite: feature.str("name"),
                name: element.str("name"),
                // Rows of an outline share a name, and retries of one share a place.
                key: is_placed.then(|| {
                    let line = line.number().unwrap_or(0.0);
                    Cow::Owned(format!("{file}\n{}\n{line}\n{}", id.text(), location.text()))
                }),
                file,
                status: Some(status),
                // behave counts in seconds; no scenario lasts under a thousand nanoseconds.
                millis: Some(if nanos < 1000.0 { nanos * 1000.0 } else { nanos / 1e6 }),
                failures: failures.collect(),
                again: Again::Mended,
                ..Draft::default()
            });
        }
    }
}

fn step_status(step: &Value<'_>) -> Status {
    match step.get("result").get("status").text().to_ascii_lowercase().as_str() {
        "passed" => Status::Passed,
        "failed" | "ambiguous" | "undefined" => Status::Failed,
        "error" => Status::Errored,
        // A hook without a result says nothing.
        "" => Status::Passed,
        _ => Status::Skipped,
    }
}

/// `pytest --json-report`.
pub fn pytest(document: &Value<'_>, out: &mut Builder) {
    for test in document.get("tests").items() {
        let status = match test.get("outcome").text() {
            "passed" | "xpassed" => Status::Passed,
            "failed" => Status::Failed,
            "error" => Status::Errored,
            _ => Status::Skipped,
        };
        let phases = ["setup", "call", "teardown"].map(|phase| test.get(phase));
        let mut failures = Vec::new();
        for phase in phases.iter().filter(|_| status.is_bad()) {
            if phase.get("outcome").text() == "failed" {
                failures.push(Told {
                    message: phase.get("crash").str("message"),
                    stack: phase.str("longrepr"),
                    output: phase.str("stdout"),
                    ..Told::default()
                });
            }
        }
        let seconds: f64 = phases.iter().filter_map(|phase| phase.get("duration").number()).sum();
        let (file, class, name) = super::nodeid(test.get("nodeid").text());
        out.case(&Draft {
            class: Cow::Owned(class),
            name: Cow::Borrowed(name),
            file: Cow::Borrowed(file),
            status: Some(status),
            millis: Some(seconds * 1000.0),
            failures,
            again: if test.get("outcome").text() == "rerun" {
                Again::Attempt
            } else {
                Again::Mended
            },
            ..Draft::default()
        });
    }
    for collector in document.get("collectors").items() {
        if collector.get("outcome").text() == "failed" {
            out.case(&Draft {
                name: Cow::Borrowed("(the file did not load)"),
                file: collector.str("nodeid"),
                status: Some(Status::Errored),
                failures: vec![Told {
                    stack: collector.str("longrepr"),
                    ..Told::default()
                }],
                again: Again::Apart,
                ..Draft::default()
            });
        }
    }
}

/// One `*-result.json` of Allure 2 and 3. Attempts of one test are files of their own.
pub fn allure(document: &Value<'_>, out: &mut Builder) {
    let label = |name: &str| {
        let found = document
            .get("labels")
            .items()
            .iter()
            .find(|it| it.get("name").text() == name);
        found.map_or("", |it| it.get("value").text())
    };
    let status = match document.get("status").text() {
        "passed" => Status::Passed,
        "failed" => Status::Failed,
        "broken" => Status::Errored,
        _ => Status::Skipped,
    };
    let details = document.get("statusDetails");
    let mut failures = Vec::new();
    if status.is_bad() {
        failures.push(Told {
            message: details.str("message"),
            stack: details.str("trace"),
            ..Told::default()
        });
    }
    let suite = ["parentSuite", "suite", "subSuite"].map(label);
    let suite: Vec<&str> = suite.into_iter().filter(|it| !it.is_empty()).collect();
    let number = |name: &str| document.get(name).number();
    let history = document.get("historyId").text();
    let attachments = document.get("attachments").items();
    out.case(&Draft {
        suite: Cow::Owned(suite.join(" › ")),
        class: Cow::Borrowed(if label("testClass").is_empty() {
            label("package")
        } else {
            label("testClass")
        }),
        name: document.str("name"),
        status: Some(status),
        millis: number("stop").zip(number("start")).map(|(stop, start)| stop - start),
        is_flaky: details.get("flaky").is_true(),
        failures,
        attachments: attachments.iter().map(|it| it.str("source")).collect(),
        again: if history.is_empty() {
            Again::Apart
        } else {
            Again::Attempt
        },
        key: (!history.is_empty()).then_some(Cow::Borrowed(history)),
        order: number("start").unwrap_or(0.0),
        ..Draft::default()
    });
}

/// A text, or a list of lines as one text.
fn lines<'a>(value: &'a Value<'_>) -> Cow<'a, str> {
    match value {
        Value::List(items) => Cow::Owned(items.iter().map(Value::text).collect::<Vec<_>>().join("\n")),
        one => Cow::Borrowed(one.text()),
    }
}
