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
}

impl Dialect for Trx {
    fn is_case(&self, name: &str, _suites: &[Suite]) -> bool {
        matches!(name, "UnitTestResult" | "UnitTest")
    }

    fn case(&mut self, case: Element<'_>, _suites: &[Suite], out: &mut Builder) {
        if case.name() == "UnitTest" {
            let Some(numbers) = self.cases.get(case.attribute("id")) else {
                return;
            };
            let class = case
                .child("TestMethod")
                .map_or("", |method| method.attribute("className"));
            // Older tools append the assembly.
            let class = class.split(',').next().unwrap_or_default();
            for number in numbers {
                out.set_class(*number, class);
            }
            return;
        }
        let rows: Vec<Element<'_>> = case.all().filter(|it| it.name() == "UnitTestResult").collect();
        let rows = if rows.is_empty() { vec![case] } else { rows };
        for row in rows {
            if let Some(number) = out.case(&draft(row)) {
                self.cases
                    .entry(case.attribute("testId").to_owned())
                    .or_default()
                    .push(number);
            }
        }
    }
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
