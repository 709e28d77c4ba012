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
        let by_suites = fixture
            .filter(|_| case.attribute("classname").is_empty())
            .map_or_else(String::new, |fixture| path_to(fixture, suites));
        let class = match (case.attribute("classname"), fixture) {
            ("", Some(fixture)) if !fixture.attribute("fullname").is_empty() => fixture.attribute("fullname"),
            ("", _) if full.strip_prefix(&*by_suites).is_some_and(|rest| rest.starts_with('.')) => &by_suites,
            ("", _) => class_of(full),
            (class, _) => class,
        };
        // Tools of other languages write names of one part, and suites of any kind around them.
        let names = if class.is_empty() {
            around(suites)
        } else {
            String::new()
        };
        let class = if class.is_empty() { &names } else { class };
        let name = full
            .strip_prefix(class)
            .and_then(|rest| rest.strip_prefix('.'))
            .unwrap_or(case.attribute("name"));
        let assembly = suites.iter().find(|suite| suite.attribute("type") == "Assembly");
        let assembly = assembly.map_or("", |suite| suite.attribute("name"));
        let status = status(case);
        let mut failures = Vec::new();
        if status.is_bad() {
            let failure = case.child("failure");
            // What could not be run has a reason instead.
            let failure = failure.or_else(|| case.child("reason"));
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
            // NUnit 2 gives the path, which differs from machine to machine.
            suite: Cow::Borrowed(assembly.rsplit(['/', '\\']).next().unwrap_or_default()),
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
        // The oldest files, and those of Jasmine, say it by two flags only.
        ("", _) if case.attribute("executed").eq_ignore_ascii_case("true") => {
            if case.attribute("success").eq_ignore_ascii_case("false") {
                Status::Failed
            } else {
                Status::Passed
            }
        }
        _ => Status::Skipped,
    }
}

/// The names of the suites around a case.
fn around(suites: &[Suite]) -> String {
    let is_named = |suite: &&Suite| suite.name == "test-suite" && suite.attribute("type") != "Assembly";
    let names: Vec<&str> = suites.iter().filter(is_named).map(|it| it.attribute("name")).collect();
    names.join(" › ")
}

/// The full name of a fixture of NUnit 2, which tells the name of each level only: `Shop.SizeTest(1)`.
fn path_to(fixture: &Suite, suites: &[Suite]) -> String {
    let spaces = suites.iter().filter(|suite| suite.attribute("type") == "Namespace");
    let path: Vec<&str> = spaces.chain([fixture]).map(|suite| suite.attribute("name")).collect();
    path.join(".")
}

/// The class of `Space.Class.Method(1.5)`.
fn class_of(full: &str) -> &str {
    let head = full.split('(').next().unwrap_or_default();
    // A dot in a sentence parts nothing.
    let parts = head.rsplit_once('.').filter(|_| !head.contains(' '));
    parts.map_or("", |(class, _)| class)
}
