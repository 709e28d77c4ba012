//! Allure 1: one XML file per suite.

use crate::builder::{Again, Builder, Draft, Told};
use crate::model::Status;
use crate::xml::driver::{Dialect, Suite};
use crate::xml::tree::Element;
use std::borrow::Cow;

#[derive(Debug, Default)]
pub struct Allure1;

impl Dialect for Allure1 {
    fn is_case(&self, name: &str, _suites: &[Suite]) -> bool {
        name == "test-case"
    }

    fn labels(&self, name: &str) -> bool {
        name == "name"
    }

    fn case(&mut self, case: Element<'_>, suites: &[Suite], out: &mut Builder) {
        let suite = suites.iter().rev().find(|suite| suite.name == "test-suite");
        let status = match case.attribute("status") {
            "passed" => Status::Passed,
            "failed" => Status::Failed,
            "broken" => Status::Errored,
            _ => Status::Skipped,
        };
        let mut failures = Vec::new();
        if let Some(failure) = case.child("failure").filter(|_| status.is_bad()) {
            failures.push(Told {
                message: failure.child_text("message"),
                stack: failure.child_text("stack-trace"),
                ..Told::default()
            });
        }
        let labels = case.all().filter(|it| it.name() == "label");
        let class = labels
            .filter(|it| it.attribute("name") == "testClass")
            .map(|it| it.attribute("value"))
            .next();
        let number = |name: &str| case.attribute(name).parse::<f64>().ok();
        let files = case.all().filter(|it| it.name() == "attachment");
        out.case(&Draft {
            suite: suite.map_or(Cow::Borrowed(""), |suite| Cow::Borrowed(suite.text.trim())),
            class: Cow::Borrowed(class.unwrap_or_default()),
            name: Cow::Owned(case.child_text("name").trim().to_owned()),
            status: Some(status),
            millis: number("stop").zip(number("start")).map(|(stop, start)| stop - start),
            failures,
            attachments: files.map(|file| Cow::Borrowed(file.attribute("source"))).collect(),
            again: Again::Mended,
            ..Draft::default()
        });
    }
}
