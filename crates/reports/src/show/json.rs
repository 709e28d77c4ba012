//! The JSON of `spectr analyze --format json`: a contract, so fields are only ever added.

use crate::analysis::Analysis;
use crate::causes::category::Category;
use crate::causes::cluster::{Member, name};
use crate::compare::Name;
use crate::format::Format;
use crate::model::{Counts, Problem};
use crate::redact::redact;
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    files: Vec<File<'a>>,
    clusters: Vec<Entry<'a>>,
    storm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Change<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    format: Option<Format>,
    #[serde(flatten)]
    counts: Counts,
    problems: &'a [Problem],
}

#[derive(Serialize)]
struct Entry<'a> {
    id: String,
    title: String,
    level: u8,
    category: Category,
    certainty: f64,
    members: Vec<Place<'a>>,
    groups: Vec<Exact<'a>>,
}

#[derive(Serialize)]
struct Exact<'a> {
    id: String,
    members: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    suite: &'a str,
    class: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Change<'a> {
    new: Vec<Place<'a>>,
    fixed: Vec<Place<'a>>,
    still: Vec<Place<'a>>,
    flaky: Vec<Place<'a>>,
    added: usize,
    removed: usize,
    /// Clusters that the earlier run did not have.
    new_clusters: Vec<String>,
}

/// The analysis for programs, on one line.
///
/// # Errors
/// Never in practice: every value can be written as JSON.
pub fn json(analysis: &Analysis) -> Result<String, serde_json::Error> {
    let files = analysis.reports.iter().map(|report| File {
        path: &report.path,
        format: report.format,
        counts: report.counts(),
        problems: &report.problems,
    });
    let clusters = analysis.clusters.iter().map(|cluster| Entry {
        id: cluster.name(),
        title: redact(&cluster.title).into_owned(),
        level: cluster.level,
        category: cluster.category,
        certainty: (cluster.certainty * 100.0).round() / 100.0,
        members: cluster.members().filter_map(|member| place(analysis, member)).collect(),
        groups: cluster
            .groups
            .iter()
            .map(|group| Exact {
                id: name(group.id),
                members: group
                    .members
                    .iter()
                    .filter_map(|member| place(analysis, *member))
                    .collect(),
            })
            .collect(),
    });
    let change = analysis.change.as_ref().map(|change| Change {
        new: names(&change.cases.new),
        fixed: names(&change.cases.fixed),
        still: names(&change.cases.still),
        flaky: names(&change.cases.flaky),
        added: change.cases.added,
        removed: change.cases.removed,
        new_clusters: analysis
            .clusters
            .iter()
            .filter(|cluster| !change.known.contains(&cluster.id))
            .map(|cluster| cluster.name())
            .collect(),
    });
    serde_json::to_string(&Document {
        files: files.collect(),
        clusters: clusters.collect(),
        storm: analysis.is_storm,
        change,
    })
}

fn place(analysis: &Analysis, member: Member) -> Option<Place<'_>> {
    let (report, case) = analysis.find(member)?;
    Some(Place {
        file: &report.path,
        suite: report.text(case.suite),
        class: report.text(case.class),
        name: report.text(case.name),
    })
}

fn names(all: &[Name]) -> Vec<Place<'_>> {
    all.iter()
        .map(|name| Place {
            file: "",
            suite: &name.suite,
            class: &name.class,
            name: &name.name,
        })
        .collect()
}
