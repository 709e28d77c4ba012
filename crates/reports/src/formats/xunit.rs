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
    fn is_case(&self, name: &str, _suites: &[Suite]) -> bool {
        name == "test"
    }

    fn case(&mut self, case: Element<'_>, suites: &[Suite], out: &mut Builder) {
        let class = case.attribute("type");
        let full = case.attribute("name");
        let status = match case.attribute("result") {
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
