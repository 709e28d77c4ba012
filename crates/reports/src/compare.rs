//! Two runs side by side: what fails newly, what was mended, what still fails, and which causes went on.

use super::causes::cluster::Cluster;
use super::model::{Case, Report};
use std::collections::{BTreeMap, BTreeSet};

/// A case by its names, the same in both runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    pub suite: String,
    pub class: String,
    pub name: String,
}

/// What changed from an earlier run to a later one.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Failing now; passing, skipped or absent before.
    pub new: Vec<Name>,
    /// Failing before, passing now.
    pub fixed: Vec<Name>,
    pub still: Vec<Name>,
    /// Passing now only after a retry.
    pub flaky: Vec<Name>,
    /// Cases of one run only.
    pub added: usize,
    pub removed: usize,
}

/// Compares by names; cases of one name are compared in their order.
#[must_use]
pub fn compare(before: &[&Report], after: &[&Report]) -> Comparison {
    let (old, new) = (index(before), index(after));
    let mut out = Comparison::default();
    for (key, case) in &new {
        let name = &key.0;
        let earlier = old.get(key);
        let was_bad = earlier.is_some_and(|case| case.status.is_bad());
        match (was_bad, case.status.is_bad()) {
            (false, true) => out.new.push(name.clone()),
            (true, true) => out.still.push(name.clone()),
            (true, false) if case.status == super::model::Status::Passed => out.fixed.push(name.clone()),
            _ => {}
        }
        if case.is_flaky {
            out.flaky.push(name.clone());
        }
        out.added += usize::from(earlier.is_none());
    }
    out.removed = old.keys().filter(|key| !new.contains_key(*key)).count();
    out
}

/// Ids of clusters that share an exact group with one of the earlier run.
#[must_use]
pub fn known_causes(before: &[Cluster], after: &[Cluster]) -> BTreeSet<u64> {
    let groups: BTreeSet<u64> = before
        .iter()
        .flat_map(|cluster| &cluster.groups)
        .map(|group| group.id)
        .collect();
    let is_known = |cluster: &&Cluster| cluster.groups.iter().any(|group| groups.contains(&group.id));
    after.iter().filter(is_known).map(|cluster| cluster.id).collect()
}

fn index<'a>(reports: &[&'a Report]) -> BTreeMap<(Name, usize), &'a Case> {
    let mut seen: BTreeMap<Name, usize> = BTreeMap::new();
    let mut cases = BTreeMap::new();
    for report in reports {
        for case in &report.cases {
            let name = Name {
                suite: report.text(case.suite).to_owned(),
                class: report.text(case.class).to_owned(),
                name: report.text(case.name).to_owned(),
            };
            let count = seen.entry(name.clone()).or_default();
            cases.insert((name, *count), case);
            *count += 1;
        }
    }
    cases
}
