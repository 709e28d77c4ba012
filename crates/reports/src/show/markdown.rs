//! Markdown for terminals and pull requests.

use super::duration;
use crate::analysis::Analysis;
use crate::causes::cluster::Cluster;
use crate::compare::Name;
use crate::cut;
use crate::redact::redact;

/// Entries listed of anything; more are counted.
const MAX_LISTED: usize = 10;
const MAX_EXCERPT: usize = 1200;

/// The analysis for people.
#[must_use]
pub fn markdown(analysis: &Analysis) -> String {
    let counts = analysis.counts();
    let mut out = format!(
        "# Test report\n\n{} tests: {} passed, {} failed, {} errored, {} skipped; {} flaky.\n",
        counts.tests, counts.passed, counts.failed, counts.errored, counts.skipped, counts.flaky
    );
    if analysis.is_storm {
        out.push_str("\n**More than 80 % failed: this looks like broken infrastructure, not like broken tests.**\n");
    }
    if !analysis.clusters.is_empty() {
        out.push_str(&format!("\n## Causes ({})\n", analysis.clusters.len()));
        for (number, cluster) in (1_usize..).zip(&analysis.clusters) {
            cause(analysis, &format!("{number}. "), cluster, &mut out);
        }
    }
    if let Some(change) = &analysis.change {
        out.push_str("\n## Since the earlier run\n");
        let lists = [
            ("New failures", &change.cases.new),
            ("Fixed", &change.cases.fixed),
            ("Still failing", &change.cases.still),
            ("Flaky", &change.cases.flaky),
        ];
        for (title, names) in lists {
            list(title, names, &mut out);
        }
    }
    let slowest = analysis.slowest(5);
    if !slowest.is_empty() {
        out.push_str("\n## Slowest\n\n");
        for (report, case) in slowest {
            out.push_str(&format!(
                "- {} {}\n",
                duration(case.millis().unwrap_or(0.0)),
                inline(&Analysis::label(report, case))
            ));
        }
    }
    files(analysis, &mut out);
    out
}

/// One cause, for the description of a pull request.
#[must_use]
pub fn cause_markdown(analysis: &Analysis, cluster: &Cluster) -> String {
    let mut out = String::new();
    cause(analysis, "", cluster, &mut out);
    out.trim_start().to_owned()
}

fn cause(analysis: &Analysis, number: &str, cluster: &Cluster, out: &mut String) {
    let members: Vec<_> = cluster.members().collect();
    let news = match &analysis.change {
        Some(change) if !change.known.contains(&cluster.id) => ", new",
        _ => "",
    };
    let title = inline(&redact(&cluster.title));
    out.push_str(&format!(
        "\n### {number}{title}\n\n{} tests · {} · certainty {:.0} % · `{}`{news}\n\n",
        members.len(),
        cluster.category.words(),
        cluster.certainty * 100.0,
        cluster.name(),
    ));
    if let Some(frame) = cluster.exemplar.own() {
        let place = if frame.line > 0 {
            format!("{}:{}", frame.path, frame.line)
        } else {
            frame.path.clone()
        };
        let place = [place.as_str(), frame.function.as_str()]
            .into_iter()
            .filter(|it| !it.is_empty())
            .collect::<Vec<_>>()
            .join(" in ");
        out.push_str(&format!("At `{}`\n\n", inline(&redact(&place))));
    }
    let message = redact(&cluster.exemplar.message);
    if message.lines().count() > 1 {
        // A fence longer than any in the message.
        out.push_str(&format!(
            "````text\n{}\n````\n\n",
            cut(&message, MAX_EXCERPT).replace("````", "'''")
        ));
    }
    for member in members.iter().take(MAX_LISTED) {
        if let Some((report, case)) = analysis.find(*member) {
            out.push_str(&format!("- {}\n", inline(&Analysis::label(report, case))));
        }
    }
    if members.len() > MAX_LISTED {
        out.push_str(&format!("- and {} more\n", members.len() - MAX_LISTED));
    }
}

fn list(title: &str, names: &[Name], out: &mut String) {
    out.push_str(&format!("\n{title}: {}\n", names.len()));
    for name in names.iter().take(MAX_LISTED) {
        let class = if name.class.is_empty() {
            &name.suite
        } else {
            &name.class
        };
        out.push_str(&format!("- {}\n", inline(&format!("{class} › {}", name.name))));
    }
    if names.len() > MAX_LISTED {
        out.push_str(&format!("- and {} more\n", names.len() - MAX_LISTED));
    }
}

fn files(analysis: &Analysis, out: &mut String) {
    out.push_str("\n## Files\n\n");
    for report in &analysis.reports {
        let format = report.format.map_or("not read", |format| format.name());
        let counts = report.counts();
        let bad = counts.failed + counts.errored;
        out.push_str(&format!(
            "- {}: {format}, {} tests, {bad} failing\n",
            inline(&report.path),
            counts.tests
        ));
        for problem in report.problems.iter().take(MAX_LISTED) {
            out.push_str(&format!(
                "  - {}: {}\n",
                inline(&problem.at),
                inline(&redact(&problem.what))
            ));
        }
    }
}

/// One line without what Markdown and HTML would take for marks.
fn inline(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut out = String::with_capacity(line.len());
    for it in cut(line, 300).chars() {
        if matches!(it, '<' | '>' | '*' | '_' | '`' | '[' | ']' | '|' | '#') {
            out.push('\\');
        }
        out.push(it);
    }
    out
}
