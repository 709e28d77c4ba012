//! What is kept of a report on the server when its owner says so: bounded, redacted, and exactly what was shown
//! beforehand. Written in the browser by [`saved`], checked on the server by [`Saved::check`].
//!
//! Never here: files, paths of files, traces, output. What is kept decides [`Keep`].

use crate::analysis::Analysis;
use crate::builder::cut;
use crate::causes::category::Category;
use crate::causes::cluster::{Cluster, name};
use crate::model::Counts;
use crate::redact::redact;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest document, in bytes of JSON.
pub const MAX_BYTES: usize = 256 << 10;
/// Bytes that a document made here may have: less than what is taken, which may be written otherwise.
const MADE_BYTES: usize = 200 << 10;
const MAX_CAUSES: usize = 100;
const MAX_GROUPS: usize = 32;
const MAX_TITLE: usize = 300;
const MAX_PLACE: usize = 300;
const MAX_EXEMPLAR: usize = 1500;
const MAX_NAMES: usize = 50;
const MAX_NAME: usize = 300;
/// Bytes of a text that are looked at: redaction reads all it is given.
const MAX_READ: usize = 64 << 10;
/// More cases than any report has.
const MAX_CASES: usize = 1_000_000_000;

/// How much of a report is kept; each holds what the one before holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// Figures only.
    Counts,
    /// The causes, each with what it says.
    Causes,
    /// Also the names of the failing tests.
    Tests,
}

impl Keep {
    pub const ALL: [Self; 3] = [Self::Counts, Self::Causes, Self::Tests];

    /// The word in documents.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Counts => "counts",
            Self::Causes => "causes",
            Self::Tests => "tests",
        }
    }
}

/// A report as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    pub keep: Keep,
    pub counts: Counts,
    /// So much failed that the machines are the likely cause.
    pub storm: bool,
    /// How many causes there were, whether they are kept or not.
    pub cause_count: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<SavedCause>,
}

/// A cause as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedCause {
    /// Sixteen hexadecimal digits, as those of its groups.
    pub id: String,
    /// Its exact groups, by which it is known again.
    pub groups: Vec<String>,
    pub title: String,
    pub category: Category,
    /// Per cent.
    pub certainty: u8,
    /// How many tests failed by it.
    pub tests: usize,
    /// The deepest frame of the tested program.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// What the failure that stands for all says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub exemplar: String,
    /// Failing tests, the first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// What is to be kept of an analysis. Where that would be too much, texts and lists are cut shorter.
#[must_use]
pub fn saved(analysis: &Analysis, keep: Keep) -> Saved {
    let mut divisor = 1;
    loop {
        let made = build(analysis, keep, divisor);
        let length = serde_json::to_string(&made).map_or(0, |text| text.len());
        if length <= MADE_BYTES || divisor > MAX_EXEMPLAR {
            return made;
        }
        divisor *= 2;
    }
}

fn build(analysis: &Analysis, keep: Keep, divisor: usize) -> Saved {
    let kept = if keep == Keep::Counts {
        &[]
    } else {
        analysis.clusters.get(..MAX_CAUSES).unwrap_or(&analysis.clusters)
    };
    // Lists of names and messages give way first; causes only when these are used up.
    let causes = kept.iter().take(MAX_CAUSES.div_ceil(divisor.div_ceil(64)));
    Saved {
        keep,
        counts: analysis.counts(),
        storm: analysis.is_storm,
        cause_count: analysis.clusters.len(),
        causes: causes.map(|cluster| cause(analysis, cluster, keep, divisor)).collect(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a certainty is between 0 and 1"
)]
fn cause(analysis: &Analysis, cluster: &Cluster, keep: Keep, divisor: usize) -> SavedCause {
    let members: Vec<_> = cluster.members().collect();
    let names = members
        .iter()
        .take(if keep == Keep::Tests { MAX_NAMES / divisor } else { 0 })
        .filter_map(|member| analysis.find(*member))
        .map(|(report, case)| clean(&Analysis::label(report, case), MAX_NAME))
        .collect();
    SavedCause {
        id: cluster.name(),
        groups: cluster.groups.iter().take(MAX_GROUPS).map(|it| name(it.id)).collect(),
        title: clean(&cluster.title, MAX_TITLE),
        category: cluster.category,
        certainty: (cluster.certainty.clamp(0.0, 1.0) * 100.0).round() as u8,
        tests: members.len(),
        place: cluster
            .exemplar
            .own()
            .map(|frame| clean(&frame.place(), MAX_PLACE))
            .unwrap_or_default(),
        exemplar: clean(cluster.exemplar.message.trim(), MAX_EXEMPLAR / divisor),
        names,
    }
}

/// Redacted first and cut then: half of a secret would not be known as one.
fn clean(text: &str, most: usize) -> String {
    cut(&redact(cut(text, MAX_READ)), most).to_owned()
}

impl Saved {
    /// Checks what came from outside.
    ///
    /// # Errors
    /// What is wrong with it, for the log of whoever wrote the document.
    pub fn check(&self) -> Result<(), &'static str> {
        let counts = self.counts;
        let all = [counts.passed, counts.failed, counts.errored, counts.skipped];
        if all
            .iter()
            .chain([&counts.tests, &counts.flaky, &self.cause_count])
            .any(|it| *it > MAX_CASES)
        {
            return Err("a count is too large");
        }
        if all.iter().sum::<usize>() != counts.tests || counts.flaky > counts.passed {
            return Err("the counts do not add up");
        }
        if self.causes.len() > MAX_CAUSES || self.causes.len() > self.cause_count {
            return Err("there are too many causes");
        }
        if self.keep == Keep::Counts && !self.causes.is_empty() {
            return Err("there are causes where only counts are kept");
        }
        self.causes.iter().try_for_each(|cause| cause.check(self.keep))
    }

    /// Whether it tells which causes there were.
    #[must_use]
    pub fn has_causes(&self) -> bool {
        self.keep != Keep::Counts
    }

    /// Tests that did not pass and were not skipped.
    #[must_use]
    pub const fn failures(&self) -> usize {
        self.counts.failed + self.counts.errored
    }
}

impl SavedCause {
    fn check(&self, keep: Keep) -> Result<(), &'static str> {
        let is_id = |id: &String| id.len() == 16 && id.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
        if !is_id(&self.id) || !self.groups.iter().all(is_id) {
            return Err("an id is not sixteen hexadecimal digits");
        }
        if self.groups.is_empty() || self.groups.len() > MAX_GROUPS || self.names.len() > MAX_NAMES {
            return Err("a list is too long, or empty");
        }
        if self.title.len() > MAX_TITLE || self.place.len() > MAX_PLACE || self.exemplar.len() > MAX_EXEMPLAR {
            return Err("a text is too long");
        }
        if self.names.iter().any(|name| name.len() > MAX_NAME) {
            return Err("a name is too long");
        }
        if keep != Keep::Tests && !self.names.is_empty() {
            return Err("there are names of tests where they are not kept");
        }
        if self.certainty > 100 || self.tests == 0 || self.tests > MAX_CASES {
            return Err("a figure is out of its range");
        }
        Ok(())
    }
}

/// Causes of one saved report beside those of an earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Ids that the earlier one did not have.
    pub new: BTreeSet<String>,
    /// Ids that it had too.
    pub still: BTreeSet<String>,
    /// Of the earlier one: ids that are not there any more.
    pub gone: BTreeSet<String>,
    /// One of the two had more causes than are kept: what is said holds for the largest ones.
    pub is_partial: bool,
}

/// What changed from the earlier to the later one; a cause is known again by any of its exact groups. `None` where
/// one of them keeps counts only.
#[must_use]
pub fn step(before: &Saved, after: &Saved) -> Option<Step> {
    if !before.has_causes() || !after.has_causes() {
        return None;
    }
    let groups = |saved: &Saved| -> BTreeSet<String> { saved.causes.iter().flat_map(|it| it.groups.clone()).collect() };
    let (old, new) = (groups(before), groups(after));
    let ids = |saved: &Saved, known: &BTreeSet<String>, is_known: bool| {
        let causes = saved.causes.iter();
        let wanted = causes.filter(|it| it.groups.iter().any(|group| known.contains(group)) == is_known);
        wanted.map(|it| it.id.clone()).collect()
    };
    Some(Step {
        new: ids(after, &old, false),
        still: ids(after, &old, true),
        gone: ids(before, &new, false),
        is_partial: [before, after].into_iter().any(|it| it.causes.len() < it.cause_count),
    })
}
