//! NUnit 2 and 3.

use super::numbers::seconds;
use crate::builder::{Again, Builder, Draft, Told};
use crate::model::Status;
use crate::xml::driver::{Dialect, Suite};
use crate::xml::tree::Element;
use std::borrow::Cow;

#[derive(Debug, Default)]
pub struct NUnit;

impl Dialect for NUnit {
    fn is_case(&self, name: &str, _suites: &[Suite]) -> bool {
        name == "test-case"
    }

    fn case(&mut self, case: Element<'_>, suites: &[Suite], out: &mut Builder) {
        let full = case.attribute("fullname");
        let full = if full.is_empty() { case.attribute("name") } else { full };
        let fixture = suites
            .iter()
            .rev()
            .find(|suite| suite.attribute("type") == "TestFixture");
        let class = match (case.attribute("classname"), fixture) {
            ("", Some(fixture)) if !fixture.attribute("fullname").is_empty() => fixture.attribute("fullname"),
            ("", _) => class_of(full),
            (class, _) => class,
        };
        let name = full
            .strip_prefix(class)
            .and_then(|rest| rest.strip_prefix('.'))
            .unwrap_or(case.attribute("name"));
        let assembly = suites.iter().find(|suite| suite.attribute("type") == "Assembly");
        let status = status(case);
        let mut failures = Vec::new();
        if status.is_bad() {
            let failure = case.child("failure");
            let part = |name: &str| failure.map_or(Cow::Borrowed(""), |failure| failure.child_text(name));
            failures.push(Told {
                message: part("message"),
                stack: part("stack-trace"),
                output: case.child_text("output"),
                ..Told::default()
            });
        }
        let time = case.attribute("duration");
        let files = case.all().filter(|it| it.name() == "filePath");
        out.case(&Draft {
            suite: Cow::Borrowed(assembly.map_or("", |suite| suite.attribute("name"))),
            class: Cow::Borrowed(class),
            name: Cow::Borrowed(name),
            status: Some(status),
            millis: seconds(if time.is_empty() { case.attribute("time") } else { time }),
            failures,
            attachments: files.map(Element::text).collect(),
            again: Again::Apart,
            ..Draft::default()
        });
    }
}

fn status(case: Element<'_>) -> Status {
    match (case.attribute("result"), case.attribute("label")) {
        ("Failed", "Error" | "Invalid" | "Cancelled") | ("Error" | "NotRunnable", _) => Status::Errored,
        ("Failed" | "Failure", _) => Status::Failed,
        ("Passed" | "Success" | "Warning", _) => Status::Passed,
        // The oldest files say it by two flags only.
        ("", _) if case.attribute("executed") == "True" => match case.attribute("success") {
            "False" => Status::Failed,
            _ => Status::Passed,
        },
        _ => Status::Skipped,
    }
}

/// The class of `Space.Class.Method(1.5)`.
fn class_of(full: &str) -> &str {
    let head = full.split('(').next().unwrap_or_default();
    head.rsplit_once('.').map_or("", |(class, _)| class)
}
