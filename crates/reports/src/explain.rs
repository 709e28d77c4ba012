//! What a model is told of a cause: bounded, redacted, and exactly what the user is shown beforehand.

use super::builder::cut;
use super::causes::cluster::Cluster;
use super::model::Report;
use super::redact::redact;

/// Bytes of the whole text, and of its parts.
const MAX_PROMPT: usize = 12 << 10;
const MAX_STACK: usize = 4 << 10;
const MAX_OUTPUT: usize = 1 << 10;
const MAX_NAMES: usize = 12;

/// The text to send for one cluster.
#[must_use]
pub fn prompt(cluster: &Cluster, reports: &[&Report]) -> String {
    let mut text = String::from(
        "These test failures seem to have one cause. Say the root cause, quote the lines that show it, suggest a fix, \
         and propose a regression test. Say so when the evidence does not suffice.\n\n",
    );
    let members: Vec<_> = cluster.members().collect();
    text.push_str(&format!(
        "Cause: {}\nLikely kind: {}\nFailing tests: {}\n",
        cluster.title,
        cluster.category.words(),
        members.len()
    ));
    for member in members.iter().take(MAX_NAMES) {
        let Some((report, case)) = find(reports, member.report, member.case) else {
            continue;
        };
        let names = [case.suite, case.class, case.name].map(|it| report.text(it));
        let names: Vec<&str> = names.into_iter().filter(|it| !it.is_empty()).collect();
        text.push_str(&format!("- {}\n", cut(&names.join(" › "), 300)));
    }
    if members.len() > MAX_NAMES {
        text.push_str(&format!("- and {} more\n", members.len() - MAX_NAMES));
    }
    if let Some(first) = members.first()
        && let Some(report) = reports.get(first.report)
    {
        for name in report.attachments(first.case).take(MAX_NAMES) {
            text.push_str(&format!("Attachment: {}\n", cut(name, 300)));
        }
    }
    let exemplar = members
        .first()
        .and_then(|member| find(reports, member.report, member.case));
    if let Some((report, case)) = exemplar
        && let Some(failure) = report.verdict(case)
    {
        for (title, part, most) in [
            ("Message", failure.message, MAX_STACK),
            ("Trace", failure.stack, MAX_STACK),
            ("Output", failure.output, MAX_OUTPUT),
        ] {
            let part = report.text(part);
            if !part.is_empty() {
                text.push_str(&format!("\n{title}:\n{}\n", cut(part, most)));
            }
        }
    }
    cut(&redact(&text), MAX_PROMPT).to_owned()
}

fn find<'a>(reports: &[&'a Report], report: usize, case: usize) -> Option<(&'a Report, &'a super::model::Case)> {
    let report = reports.get(report)?;
    Some((report, report.cases.get(case)?))
}
