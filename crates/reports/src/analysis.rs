//! Everything that is told of a set of reports, in one place for every door.

use super::causes::cluster::{Cluster, cluster, is_storm};
use super::compare::{Comparison, compare, known_causes};
use super::model::{Case, Counts, Report};
use std::collections::BTreeSet;

/// Reports with their causes and, if there was an earlier run, what changed.
#[derive(Debug)]
pub struct Analysis {
    pub reports: Vec<Report>,
    pub clusters: Vec<Cluster>,
    /// So much failed that the machines are the likely cause.
    pub is_storm: bool,
    pub change: Option<Change>,
}

/// What changed since an earlier run.
#[derive(Debug)]
pub struct Change {
    pub cases: Comparison,
    /// Ids of clusters that the earlier run had too.
    pub known: BTreeSet<u64>,
}

impl Analysis {
    #[must_use]
    pub fn of(reports: Vec<Report>, before: Option<&[Report]>) -> Self {
        let after: Vec<&Report> = reports.iter().collect();
        let clusters = cluster(&after);
        let change = before.map(|before| {
            let before: Vec<&Report> = before.iter().collect();
            Change {
                cases: compare(&before, &after),
                known: known_causes(&cluster(&before), &clusters),
            }
        });
        let is_storm = is_storm(&after);
        Self {
            reports,
            clusters,
            is_storm,
            change,
        }
    }

    /// Whether any report could be read.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.reports.iter().any(|report| report.format.is_some())
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.reports.iter().for_each(|report| counts.add(report.counts()));
        counts
    }

    /// The cases that took longest, with their reports.
    #[must_use]
    pub fn slowest(&self, most: usize) -> Vec<(&Report, &Case)> {
        let all = self
            .reports
            .iter()
            .flat_map(|report| report.cases.iter().map(move |case| (report, case)));
        let mut timed: Vec<(&Report, &Case)> = all.filter(|(_, case)| case.is_timed()).collect();
        timed.sort_by(|(_, a), (_, b)| b.millis().unwrap_or(0.0).total_cmp(&a.millis().unwrap_or(0.0)));
        timed.truncate(most);
        timed
    }

    /// The report and case of a member.
    #[must_use]
    pub fn find(&self, member: super::causes::cluster::Member) -> Option<(&Report, &Case)> {
        let report = self.reports.get(member.report)?;
        Some((report, report.cases.get(member.case)?))
    }

    /// `class › name`, or `suite › name` where there is no class.
    #[must_use]
    pub fn label(report: &Report, case: &Case) -> String {
        let class = if case.class.is_empty() { case.suite } else { case.class };
        match report.text(class) {
            "" => report.text(case.name).to_owned(),
            class => format!("{class} › {}", report.text(case.name)),
        }
    }
}
