//! Robot Framework's `output.xml`, versions 2 to 7.

use super::numbers::{between, seconds};
use crate::builder::{Again, Builder, Draft, Told};
use crate::model::Status;
use crate::xml::driver::{Dialect, Suite};
use crate::xml::tree::Element;
use std::borrow::Cow;

/// Keywords named on the way to the one that failed.
const MAX_KEYWORDS: usize = 20;

#[derive(Debug, Default)]
pub struct Robot;

impl Dialect for Robot {
    fn is_case(&self, name: &str, _suites: &[Suite]) -> bool {
        name == "test"
    }

    fn case(&mut self, case: Element<'_>, suites: &[Suite], out: &mut Builder) {
        let Some(verdict) = case.child("status") else {
            out.problem(case.attribute("name"), "a test without a status was left out");
            return;
        };
        let status = match verdict.attribute("status") {
            "PASS" => Status::Passed,
            "FAIL" => Status::Failed,
            _ => Status::Skipped,
        };
        let names: Vec<&str> = suites
            .iter()
            .filter(|it| it.name == "suite")
            .map(|it| it.attribute("name"))
            .collect();
        let source = suites
            .iter()
            .rev()
            .find(|it| it.name == "suite")
            .map_or("", |it| it.attribute("source"));
        let mut failures = Vec::new();
        if status.is_bad() {
            failures.push(Told {
                message: verdict.text(),
                stack: Cow::Owned(failing_keywords(case).join("\n")),
                ..Told::default()
            });
        }
        let elapsed = seconds(verdict.attribute("elapsed"));
        let times = || between(verdict.attribute("starttime"), verdict.attribute("endtime"));
        out.case(&Draft {
            suite: Cow::Owned(names.join(".")),
            name: Cow::Borrowed(case.attribute("name")),
            file: Cow::Borrowed(source),
            status: Some(status),
            millis: elapsed.or_else(times),
            failures,
            again: Again::Apart,
            ..Draft::default()
        });
    }
}

/// The keywords that failed, from the test inwards, in the manner of a stack trace.
fn failing_keywords(case: Element<'_>) -> Vec<String> {
    let mut path = Vec::new();
    let mut at = case;
    while let Some(keyword) = at.children().find(|it| {
        let is_step = matches!(
            it.name(),
            "kw" | "for" | "iter" | "if" | "branch" | "try" | "while" | "group"
        );
        is_step
            && it
                .child("status")
                .is_some_and(|status| status.attribute("status") == "FAIL")
    }) {
        let owner = [keyword.attribute("owner"), keyword.attribute("library")];
        let owner = owner.iter().find(|it| !it.is_empty()).copied().unwrap_or_default();
        let name = keyword.attribute("name");
        match (owner, name) {
            (_, "") => {}
            ("", name) => path.push(format!("keyword {name}")),
            (owner, name) => path.push(format!("keyword {owner}.{name}")),
        }
        at = keyword;
        if path.len() >= MAX_KEYWORDS {
            break;
        }
    }
    path
}
