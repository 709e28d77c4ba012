//! JUnit XML of any report, one suite per file; each failure names its cause as the type.

use super::escape;
use crate::analysis::Analysis;
use crate::model::{Case, Report, Status};
use crate::redact::redact;
use std::collections::BTreeMap;

/// The analysis for CI servers.
#[must_use]
pub fn junit(analysis: &Analysis) -> String {
    let mut causes = BTreeMap::new();
    for cluster in &analysis.clusters {
        causes.extend(cluster.members().map(|member| (member, cluster.name())));
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (number, report) in analysis.reports.iter().enumerate() {
        let counts = report.counts();
        out.push_str(&format!(
            "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n",
            escape(&report.path),
            counts.tests,
            counts.failed,
            counts.errored,
            counts.skipped
        ));
        for (at, case) in report.cases.iter().enumerate() {
            let member = crate::causes::cluster::Member {
                report: number,
                case: at,
            };
            write_case(report, case, causes.get(&member).map_or("", String::as_str), &mut out);
        }
        out.push_str("</testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn write_case(report: &Report, case: &Case, cause: &str, out: &mut String) {
    let class = if case.class.is_empty() { case.suite } else { case.class };
    let (class, name) = (escape(report.text(class)), escape(report.text(case.name)));
    out.push_str(&format!("<testcase classname=\"{class}\" name=\"{name}\""));
    if let Some(millis) = case.millis() {
        out.push_str(&format!(" time=\"{:.3}\"", millis / 1000.0));
    }
    let element = match case.status {
        Status::Passed if case.is_flaky => "flakyFailure",
        Status::Passed => return out.push_str("/>\n"),
        Status::Skipped => return out.push_str("><skipped/></testcase>\n"),
        Status::Failed => "failure",
        Status::Errored => "error",
    };
    let failure = report.verdict(case);
    let text = |part| escape(&redact(report.text(part)));
    let (message, stack) =
        failure.map_or_else(Default::default, |failure| (text(failure.message), text(failure.stack)));
    out.push_str(&format!(
        "><{element} type=\"{cause}\" message=\"{message}\">{stack}</{element}></testcase>\n"
    ));
}
