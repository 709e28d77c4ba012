//! JSON of JavaScript's runners: Playwright, Mocha and Cypress, Mochawesome, Jest and Vitest.

use crate::builder::{Again, Builder, Draft, Told};
use crate::json::Value;
use crate::model::Status;
use std::borrow::Cow;

/// Suites within suites deeper than this are not followed.
const MAX_DEPTH: usize = 100;

/// `npx playwright test --reporter=json`.
pub fn playwright(document: &Value<'_>, out: &mut Builder) {
    for suite in document.get("suites").items() {
        playwright_suite(suite, &[], out);
    }
    for error in document.get("errors").items() {
        let message = error.str("message");
        out.problem(
            "errors",
            format!("a failure outside of any test: {}", super::first_line(&message)),
        );
    }
}

fn playwright_suite(suite: &Value<'_>, around: &[&str], out: &mut Builder) {
    if around.len() > MAX_DEPTH {
        return;
    }
    let path: Vec<&str> = around.iter().copied().chain([suite.get("title").text()]).collect();
    for spec in suite.get("specs").items() {
        for test in spec.get("tests").items() {
            playwright_test(spec, test, &path, out);
        }
    }
    for inner in suite.get("suites").items() {
        playwright_suite(inner, &path, out);
    }
}

fn playwright_test(spec: &Value<'_>, test: &Value<'_>, path: &[&str], out: &mut Builder) {
    let results = test.get("results").items();
    let expects_failure = test.get("expectedStatus").text() == "failed";
    let last = results.last().map_or("", |result| result.get("status").text());
    let (status, is_flaky) = match test.get("status").text() {
        "expected" if expects_failure => (Status::Skipped, false),
        "expected" => (Status::Passed, false),
        "flaky" => (Status::Passed, true),
        "skipped" => (Status::Skipped, false),
        _ if matches!(last, "interrupted") => (Status::Errored, false),
        _ => (Status::Failed, false),
    };
    let mut failures = Vec::new();
    for (attempt, result) in (1..).zip(results) {
        if status == Status::Skipped || result.get("status").text() == "passed" && status == Status::Passed {
            continue;
        }
        let errors = result.get("errors").items();
        let one = [result.get("error").clone()];
        for error in if errors.is_empty() { &one[..] } else { errors }
            .iter()
            .filter(|it| it.is_map())
        {
            failures.push(Told {
                message: Cow::Owned(error.get("message").text().to_owned()),
                stack: Cow::Owned(error.get("stack").text().to_owned()),
                attempt,
                ..Told::default()
            });
        }
    }
    if status.is_bad() && failures.is_empty() {
        let what = if expects_failure {
            "expected to fail, but passed"
        } else {
            last
        };
        failures.push(Told {
            message: Cow::Borrowed(what),
            ..Told::default()
        });
    }
    let attachments = results.iter().flat_map(|result| result.get("attachments").items());
    let project = test.get("projectName").text();
    let file = path.first().copied().unwrap_or_default();
    out.case(&Draft {
        suite: Cow::Owned(if project.is_empty() {
            file.to_owned()
        } else {
            format!("{project} › {file}")
        }),
        class: Cow::Owned(path.get(1..).unwrap_or_default().join(" › ")),
        name: spec.str("title"),
        file: spec.str("file"),
        status: Some(status),
        millis: results.last().and_then(|result| result.get("duration").number()),
        attempts: u16::try_from(results.len()).unwrap_or(u16::MAX),
        is_flaky,
        failures,
        attachments: attachments
            .map(|it| it.str(if it.has("path") { "path" } else { "name" }))
            .collect(),
        again: Again::Apart,
        ..Draft::default()
    });
}

/// `mocha --reporter json`, also Cypress.
pub fn mocha(document: &Value<'_>, out: &mut Builder) {
    let lists = [
        ("passes", Status::Passed),
        ("failures", Status::Failed),
        ("pending", Status::Skipped),
    ];
    for (list, status) in lists {
        for test in document.get(list).items() {
            let (title, full) = (test.get("title").text(), test.get("fullTitle").text());
            let error = test.get("err");
            let mut failures = Vec::new();
            if status.is_bad() {
                failures.push(error_of(error, "stack"));
            }
            let retries = test.get("currentRetry").number().unwrap_or(0.0);
            out.case(&Draft {
                class: Cow::Borrowed(full.strip_suffix(title).unwrap_or(full).trim()),
                name: Cow::Borrowed(title),
                file: test.str("file"),
                status: Some(status),
                millis: test.get("duration").number(),
                attempts: 1 + super::whole(retries),
                is_flaky: retries > 0.0,
                failures,
                again: Again::Apart,
                ..Draft::default()
            });
        }
    }
}

/// Mochawesome, also merged ones.
pub fn mochawesome(document: &Value<'_>, out: &mut Builder) {
    for result in document.get("results").items() {
        mochawesome_suite(result, &[], out);
    }
}

fn mochawesome_suite(suite: &Value<'_>, around: &[&str], out: &mut Builder) {
    if around.len() > MAX_DEPTH {
        return;
    }
    let title = suite.get("title").text();
    let path: Vec<&str> = around
        .iter()
        .copied()
        .chain((!title.is_empty()).then_some(title))
        .collect();
    let hooks = ["beforeHooks", "afterHooks"]
        .iter()
        .flat_map(|list| suite.get(list).items());
    let failed_hooks = hooks.filter(|hook| hook.get("fail").is_true());
    for test in suite.get("tests").items().iter().chain(failed_hooks) {
        let status = match test.get("state").text() {
            "passed" => Status::Passed,
            "failed" => Status::Failed,
            _ if test.get("fail").is_true() => Status::Failed,
            _ if test.get("pass").is_true() => Status::Passed,
            _ => Status::Skipped,
        };
        let mut failures = Vec::new();
        if status.is_bad() {
            failures.push(error_of(test.get("err"), "estack"));
        }
        out.case(&Draft {
            class: Cow::Owned(path.join(" ")),
            name: test.str("title"),
            file: suite.str("file"),
            status: Some(status),
            millis: test.get("duration").number(),
            failures,
            again: Again::Apart,
            ..Draft::default()
        });
    }
    for inner in suite.get("suites").items() {
        mochawesome_suite(inner, &path, out);
    }
}

/// Mocha's error object: the type stands before the message in the stack.
fn error_of<'a>(error: &'a Value<'_>, stack: &str) -> Told<'a> {
    let stack = if error.has(stack) {
        error.str(stack)
    } else {
        error.str("stack")
    };
    Told {
        kind: error.str("name"),
        message: error.str("message"),
        stack,
        ..Told::default()
    }
}

/// `jest --json`, `vitest --reporter=json`.
pub fn jest(document: &Value<'_>, out: &mut Builder) {
    for file in document.get("testResults").items() {
        let name = if file.has("name") {
            file.str("name")
        } else {
            file.str("testFilePath")
        };
        let list = if file.has("assertionResults") {
            "assertionResults"
        } else {
            "testResults"
        };
        let tests = file.get(list).items();
        for test in tests {
            jest_test(test, &name, out);
        }
        let message = file.str("message");
        if tests.is_empty() && (file.get("status").text() == "failed" || file.has("testExecError")) {
            out.case(&Draft {
                name: Cow::Borrowed("(the file did not run)"),
                file: name,
                status: Some(Status::Errored),
                failures: vec![Told {
                    stack: message,
                    ..Told::default()
                }],
                again: Again::Apart,
                ..Draft::default()
            });
        }
    }
}

fn jest_test(test: &Value<'_>, file: &str, out: &mut Builder) {
    let status = match test.get("status").text() {
        "passed" => Status::Passed,
        "failed" => Status::Failed,
        _ => Status::Skipped,
    };
    let messages = test.get("failureMessages").items();
    let failures: Vec<Told<'_>> = messages
        .iter()
        .filter(|_| status.is_bad())
        .map(|message| Told {
            stack: Cow::Borrowed(message.text()),
            ..Told::default()
        })
        .collect();
    let earlier = test.get("retryReasons").items();
    let invocations = test
        .get("invocations")
        .number()
        .map_or(1, super::whole)
        .max(super::whole_len(earlier) + 1);
    let path: Vec<&str> = test.get("ancestorTitles").items().iter().map(Value::text).collect();
    out.case(&Draft {
        class: Cow::Owned(path.join(" › ").trim().to_owned()),
        name: test.str("title"),
        file: Cow::Borrowed(file),
        status: Some(status),
        millis: test.get("duration").number(),
        attempts: invocations,
        is_flaky: invocations > 1,
        failures,
        again: Again::Apart,
        ..Draft::default()
    });
}
