//! Saved reports as a history: each beside the one before it. Pure.

use super::Stored;
use crate::domain::reports::saved::{Step, step};

/// A report in the history.
#[derive(Clone, Debug)]
pub struct Entry {
    pub stored: Stored,
    /// Which causes came, stayed and went since the latest earlier report that tells of its causes; `None`
    /// where there is none, or this one keeps counts only.
    pub step: Option<Step>,
}

/// The history of these reports, which come and are given the newest first.
#[must_use]
pub fn history(reports: Vec<Stored>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::with_capacity(reports.len());
    let mut before: Option<usize> = None;
    for stored in reports.into_iter().rev() {
        let earlier = before.and_then(|at| entries.get(at));
        let step = earlier.and_then(|earlier| step(&earlier.stored.report, &stored.report));
        if stored.report.has_causes() {
            before = Some(entries.len());
        }
        entries.push(Entry { stored, step });
    }
    entries.reverse();
    entries
}
