//! What the user made of the causes: groups moved from one to another, names, pins.
//!
//! Written by ids of exact groups, which are the same in every report: what was merged today is merged
//! in tomorrow's report too.

use serde::{Deserialize, Serialize};
use spectr_reports::causes::cluster::{Cluster, Group};
use spectr_reports::cut;
use std::collections::{BTreeMap, BTreeSet};

/// Longest name that a user may give, in bytes.
const MAX_NAME: usize = 160;

/// The user's own arrangement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Edits {
    /// Exact group → the cause it was put under.
    moved: BTreeMap<u64, u64>,
    names: BTreeMap<u64, String>,
    pinned: BTreeSet<u64>,
}

impl Edits {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    #[must_use]
    pub fn is_pinned(&self, cause: u64) -> bool {
        self.pinned.contains(&cause)
    }

    /// The name that the user gave.
    #[must_use]
    pub fn name(&self, cause: u64) -> Option<&str> {
        self.names.get(&cause).map(String::as_str)
    }

    /// Whether groups of this cause were put together or taken apart by the user.
    #[must_use]
    pub fn is_arranged(&self, cluster: &Cluster) -> bool {
        cluster.groups.iter().any(|group| self.moved.contains_key(&group.id))
    }

    pub fn pin(&mut self, cause: u64, on: bool) {
        if on {
            self.pinned.insert(cause);
        } else {
            self.pinned.remove(&cause);
        }
    }

    /// An empty name gives the found one back.
    pub fn rename(&mut self, cause: u64, name: &str) {
        let name = cut(name.trim(), MAX_NAME);
        if name.is_empty() {
            self.names.remove(&cause);
        } else {
            self.names.insert(cause, name.to_owned());
        }
    }

    /// Puts all groups of one cause under another.
    pub fn merge(&mut self, from: &Cluster, into: u64) {
        for group in &from.groups {
            self.moved.insert(group.id, into);
        }
    }

    /// Makes one exact group a cause of its own.
    pub fn split(&mut self, cause: &Cluster, group: u64) {
        let ids = cause.groups.iter().map(|it| it.id);
        let mut others = ids.filter(|id| *id != group);
        if group != cause.id {
            if others.next().is_some() {
                self.moved.insert(group, group);
            }
            return;
        }
        // A cause is known by its largest group; without it, by the next one.
        if let Some(next) = others.next() {
            self.moved.insert(group, group);
            self.moved.insert(next, next);
            self.moved.extend(others.map(|other| (other, next)));
        }
    }

    /// The causes as the user arranged them, the largest first.
    #[must_use]
    pub fn apply(&self, found: &[Cluster], describe: impl Fn(u64, &Group) -> Cluster) -> Vec<Cluster> {
        let mut groups: BTreeMap<u64, Vec<&Group>> = BTreeMap::new();
        for cluster in found {
            for group in &cluster.groups {
                let cause = self.moved.get(&group.id).copied().unwrap_or(cluster.id);
                groups.entry(cause).or_default().push(group);
            }
        }
        let mut out: Vec<Cluster> = groups
            .into_iter()
            .filter_map(|(id, mut groups)| {
                groups.sort_by_key(|group| (usize::MAX - group.members.len(), group.id));
                let same = found.iter().find(|it| it.id == id && it.groups.len() == groups.len());
                let mut cluster = match same {
                    Some(same)
                        if groups
                            .iter()
                            .all(|group| same.groups.iter().any(|it| it.id == group.id)) =>
                    {
                        same.clone()
                    }
                    _ => {
                        let chief = groups.iter().find(|group| group.id == id).or(groups.first())?;
                        let mut cluster = describe(id, chief);
                        cluster.level = if groups.len() > 1 { 2 } else { 1 };
                        cluster.groups = groups.into_iter().cloned().collect();
                        cluster
                    }
                };
                if let Some(name) = self.name(id) {
                    name.clone_into(&mut cluster.title);
                }
                Some(cluster)
            })
            .collect();
        out.sort_by_key(|cluster| (usize::MAX - cluster.members().count(), cluster.id));
        out
    }
}
