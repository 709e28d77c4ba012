//! TRX, the report of `dotnet test` and Visual Studio.
//!
//! Classes stand in definitions that follow the results; data-driven tests nest their rows.

use super::numbers::clock;
use crate::builder::{Again, Builder, Draft, Told};
use crate::model::Status;
use crate::xml::driver::{Dialect, Suite};
use crate::xml::tree::Element;
use std::borrow::Cow;
use std::collections::HashMap;

#[derive(Debug, Default)]
pub struct Trx {
    /// Cases by the id of their definition.
    cases: HashMap<String, Vec<usize>>,
    /// Classes by the id of the definition: some tools write the definitions first.
    classes: HashMap<String, String>,
}

impl Dialect for Trx {
    fn is_case(&self, name: &str, suites: &[Suite]) -> bool {
        let is_within = |list: &str| suites.last().is_some_and(|around| around.name == list);
        name == "UnitTest" || is_result(name) && (is_within("Results") || name == "UnitTestResult")
    }

    fn case(&mut self, case: Element<'_>, _suites: &[Suite], out: &mut Builder) {
        if case.name() == "UnitTest" {
            self.define(case, out);
            return;
        }
        let known = self.classes.get(case.attribute("testId"));
        for row in rows(case) {
            let mut draft = draft(row);
            draft.class = Cow::Borrowed(known.map_or("", String::as_str));
            let number = out.case(&draft);
            if let Some(number) = number.filter(|_| known.is_none()) {
                let id = case.attribute("testId").to_owned();
                self.cases.entry(id).or_default().push(number);
            }
        }
    }
}

impl Trx {
    /// Tells the cases of a definition their class, those that came and those to come.
    fn define(&mut self, definition: Element<'_>, out: &mut Builder) {
        let class = definition
            .child("TestMethod")
            .map_or("", |method| method.attribute("className"));
        // Older tools append the assembly; node-trx has a word for no class.
        let class = class.split(',').next().unwrap_or_default();
        let class = if class == "none" { "" } else { class };
        let id = definition.attribute("id");
        match self.cases.get(id) {
            Some(numbers) => numbers.iter().for_each(|number| out.set_class(*number, class)),
            None => {
                self.classes.insert(id.to_owned(), class.to_owned());
            }
        }
    }
}

/// Unit tests, and the web, load, manual and generic ones of Visual Studio.
fn is_result(name: &str) -> bool {
    name.ends_with("TestResult")
}

/// The results without results of their own: rows of data-driven tests nest, also within each other.
fn rows(case: Element<'_>) -> Vec<Element<'_>> {
    let is_leaf = |it: &Element<'_>| !it.all().any(|inner| is_result(inner.name()));
    let inner = case.all().filter(|it| is_result(it.name()) && is_leaf(it));
    let inner: Vec<Element<'_>> = inner.collect();
    if inner.is_empty() { vec![case] } else { inner }
}

fn draft(row: Element<'_>) -> Draft<'_> {
    let status = match row.attribute("outcome") {
        "Passed" | "PassedButRunAborted" | "Warning" | "Completed" => Status::Passed,
        "Failed" => Status::Failed,
        "Error" | "Timeout" | "Aborted" => Status::Errored,
        _ => Status::Skipped,
    };
    let output = row.child("Output");
    let mut failures = Vec::new();
    if status.is_bad() {
        let info = output.and_then(|output| output.child("ErrorInfo"));
        let part = |name: &str| info.map_or(Cow::Borrowed(""), |info| info.child_text(name));
        failures.push(Told {
            message: part("Message"),
            stack: part("StackTrace"),
            output: output.map_or(Cow::Borrowed(""), |output| output.child_text("StdOut")),
            ..Told::default()
        });
    }
    let files = row.all().filter(|it| it.name() == "ResultFile");
    Draft {
        name: Cow::Borrowed(row.attribute("testName")),
        status: Some(status),
        millis: clock(row.attribute("duration")),
        failures,
        attachments: files.map(|file| Cow::Borrowed(file.attribute("path"))).collect(),
        again: Again::Apart,
        ..Draft::default()
    }
}
