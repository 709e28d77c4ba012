//! xUnit.net, version 2 and later.

use super::numbers::seconds;
use crate::builder::{Again, Builder, Draft, Told};
use crate::model::Status;
use crate::xml::driver::{Dialect, Suite};
use crate::xml::tree::Element;
use std::borrow::Cow;

#[derive(Debug, Default)]
pub struct XUnit;

impl Dialect for XUnit {
    fn is_case(&self, name: &str, suites: &[Suite]) -> bool {
        // What went wrong outside of any test, such as the cleaning up of a class, has a list of its own.
        name == "test" || name == "error" && suites.last().is_some_and(|around| around.name == "errors")
    }

    fn case(&mut self, case: Element<'_>, suites: &[Suite], out: &mut Builder) {
        let class = case.attribute("type");
        let full = case.attribute("name");
        let full = if full.is_empty() { class } else { full };
        let status = match case.attribute("result") {
            _ if case.name() == "error" => Status::Errored,
            "Pass" => Status::Passed,
            "Fail" => Status::Failed,
            _ => Status::Skipped,
        };
        let mut failures = Vec::new();
        if let Some(failure) = case.child("failure").filter(|_| status.is_bad()) {
            failures.push(Told {
                kind: Cow::Borrowed(failure.attribute("exception-type")),
                message: failure.child_text("message"),
                stack: failure.child_text("stack-trace"),
                output: case.child_text("output"),
                ..Told::default()
            });
        }
        let assembly = suites.iter().rev().find(|suite| suite.name == "assembly");
        let assembly = assembly.map_or("", |suite| suite.attribute("name"));
        out.case(&Draft {
            // The path differs from machine to machine, the file's name does not.
            suite: Cow::Borrowed(assembly.rsplit(['/', '\\']).next().unwrap_or_default()),
            class: Cow::Borrowed(class),
            name: Cow::Borrowed(
                full.strip_prefix(class)
                    .and_then(|rest| rest.strip_prefix('.'))
                    .unwrap_or(full),
            ),
            file: Cow::Borrowed(case.attribute("source-file")),
            status: Some(status),
            millis: seconds(case.attribute("time")),
            failures,
            again: Again::Apart,
            ..Draft::default()
        });
    }
}
