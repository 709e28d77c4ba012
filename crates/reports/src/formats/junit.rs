//! JUnit XML in the dialects of the tools that write it.
//!
//! Known by heart: Surefire (`flakyFailure` is a pass, `rerunFailure` a further failed attempt),
//! pytest (call and tear-down of one test are two elements), jest-junit (no attributes on failures),
//! Playwright (the project stands in `hostname`), gotestsum (a retry is a second element), GoogleTest
//! (`status="notrun"`), CTest, nextest, PHPUnit, RSpec, Cypress and Mocha.

use super::go_test::own_output;
use super::numbers::seconds;
use crate::builder::{Again, Builder, Draft, Told};
use crate::model::Status;
use crate::xml::driver::{Dialect, Suite};
use crate::xml::tree::Element;
use std::borrow::Cow;
use std::collections::HashSet;

/// Go's tests with failed parts that are remembered.
const MAX_PARENTS: usize = 10_000;

#[derive(Debug, Default)]
pub struct JUnit {
    is_go: bool,
    /// Go's tests that have a failed part, with their package.
    failed_parents: HashSet<(String, String)>,
}

impl Dialect for JUnit {
    fn is_case(&self, name: &str, _suites: &[Suite]) -> bool {
        name == "testcase"
    }

    fn tags_within(&self, leaf: &str) -> Option<&'static [&'static str]> {
        match leaf {
            "failure" | "error" | "skipped" | "system-out" | "system-err" | "stackTrace" => {
                Some(&["testcase", "testsuite", "testsuites", "flakyFailure", "rerunFailure"])
            }
            "flakyFailure" | "flakyError" | "rerunFailure" | "rerunError" => {
                Some(&["stackTrace", "system-out", "system-err", "testcase", "testsuite"])
            }
            _ => None,
        }
    }

    fn case(&mut self, case: Element<'_>, suites: &[Suite], out: &mut Builder) {
        let suite = suites.iter().rev().find(|suite| suite.name == "testsuite");
        let suite_name = suite.map_or("", |suite| suite.attribute("name"));
        let mut draft = Draft {
            suite: suite.map_or(Cow::Borrowed(""), |suite| suite_label(suite, case)),
            class: Cow::Borrowed(case.attribute("classname")),
            name: Cow::Borrowed(case.attribute("name")),
            file: Cow::Borrowed(file(case, suite)),
            millis: seconds(case.attribute("time")),
            ..Draft::default()
        };
        let root = suites.first().map_or("", |root| root.attribute("name"));
        draft.again = match suite_name {
            _ if self.is_go => Again::Rerun,
            "pytest" => Again::Phase,
            // RSpec and Mocha retry within one element, and give rows of a table one name.
            name if name.starts_with("rspec") || root == "Mocha Tests" => Again::Apart,
            _ => Again::Mended,
        };
        read_outcome(case, &mut draft);
        draft.is_echo = self.is_go && self.is_echo(&draft);
        out.case(&draft);
    }

    fn leave(&mut self, ended: &Suite, _suites: &[Suite], out: &mut Builder) {
        match ended.name.as_str() {
            "property" if ended.attribute("name") == "go.version" => self.is_go = true,
            "error" | "failure" => {
                let what = format!(
                    "a suite reports a failure outside of any test: {}",
                    ended.attribute("message")
                );
                out.problem("suite", what);
            }
            _ => {}
        }
    }
}

impl JUnit {
    /// Whether a test of Go failed only because a part of it, told before, did. Notes the parent of a failed part.
    fn is_echo(&mut self, draft: &Draft<'_>) -> bool {
        if !draft.status.is_some_and(Status::is_bad) {
            return false;
        }
        let key = |test: &str| (draft.class.clone().into_owned(), test.to_owned());
        if let Some((parent, _)) = draft.name.rsplit_once('/')
            && self.failed_parents.len() < MAX_PARENTS
        {
            self.failed_parents.insert(key(parent));
        }
        let says_nothing = |told: &Told<'_>| own_output(&told.stack).is_empty();
        draft.failures.iter().all(says_nothing) && self.failed_parents.contains(&key(&draft.name))
    }
}

/// The suite's name, with the project before it where Playwright wrote the report.
fn suite_label<'a>(suite: &'a Suite, case: Element<'_>) -> Cow<'a, str> {
    let (name, host) = (suite.attribute("name"), suite.attribute("hostname"));
    let is_playwright = !host.is_empty()
        && case.attribute("classname") == name
        && [".ts", ".js", ".tsx", ".jsx", ".mjs", ".mts"]
            .iter()
            .any(|ending| name.ends_with(ending));
    if is_playwright {
        Cow::Owned(format!("{host} › {name}"))
    } else {
        Cow::Borrowed(name)
    }
}

fn file<'a>(case: Element<'a>, suite: Option<&'a Suite>) -> &'a str {
    let names = ["file", "filepath", "filename"];
    let own = names.iter().map(|name| case.attribute(name)).find(|it| !it.is_empty());
    let around = || suite.and_then(|suite| names.iter().map(|name| suite.attribute(name)).find(|it| !it.is_empty()));
    own.or_else(around).unwrap_or_default()
}

/// Status, failures by attempt, attachments.
fn read_outcome<'a>(case: Element<'a>, draft: &mut Draft<'a>) {
    let mut status = by_attributes(case);
    let (mut earlier, mut output, mut is_todo) = (0, Cow::Borrowed(""), false);
    for child in case.children() {
        let name = child.name();
        match name {
            "failure" | "error" => {
                let own = if name == "error" {
                    Status::Errored
                } else {
                    Status::Failed
                };
                status = status.max(own);
                draft.failures.push(told(child, 1));
            }
            "flakyFailure" | "flakyError" | "rerunFailure" | "rerunError" => {
                earlier += 1;
                let attempt = if name.starts_with("flaky") {
                    earlier
                } else {
                    earlier + 1
                };
                draft.failures.push(told(child, attempt));
                draft.is_flaky |= name.starts_with("flaky");
            }
            // Failing is what a test to be done is expected to do.
            "skipped" if child.attribute("type") == "todo" => is_todo = true,
            "skipped" | "ignored" => status = status.max(Status::Skipped),
            "system-out" | "system-err" => {
                let text = child.text();
                draft.attachments.extend(attachments(&text));
                if output.is_empty() {
                    output = text;
                }
            }
            _ => {}
        }
    }
    if is_todo {
        status = Status::Skipped;
        draft.failures.clear();
    }
    draft.attempts = earlier + 1;
    draft.status = Some(status);
    if status.is_bad() {
        if draft.failures.is_empty() {
            draft.failures.push(Told::default());
        }
        for told in draft.failures.iter_mut().filter(|told| told.output.is_empty()) {
            told.output = output.clone();
        }
    }
}

fn by_attributes(case: Element<'_>) -> Status {
    let word = |name: &str| case.attribute(name).to_ascii_lowercase();
    match (word("status").as_str(), word("result").as_str()) {
        ("notrun" | "disabled" | "skipped" | "pending" | "ignored", _) | (_, "suppressed" | "skipped") => {
            Status::Skipped
        }
        ("failed" | "failure" | "fail", _) => Status::Failed,
        ("error" | "errored", _) => Status::Errored,
        _ => Status::Passed,
    }
}

fn told(failure: Element<'_>, attempt: u16) -> Told<'_> {
    let nested = failure.child_text("stackTrace");
    let stack = if nested.is_empty() { failure.text() } else { nested };
    Told {
        kind: Cow::Borrowed(failure.attribute("type")),
        message: Cow::Borrowed(failure.attribute("message")),
        stack,
        output: failure.child_text("system-out"),
        attempt,
    }
}

/// `[[ATTACHMENT|path]]`, as Playwright and the Jenkins plug-in write it.
fn attachments<'a>(output: &str) -> impl Iterator<Item = Cow<'a, str>> {
    let marks = output.split("[[ATTACHMENT|").skip(1);
    let names = marks.filter_map(|rest| rest.split_once("]]").map(|(path, _)| Cow::Owned(path.to_owned())));
    names.collect::<Vec<_>>().into_iter()
}
