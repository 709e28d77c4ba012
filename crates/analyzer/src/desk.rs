//! What was read and what the user made of it.

use crate::edits::Edits;
use crate::intake::Intake;
use spectr_reports::analysis::{Analysis, Change};
use spectr_reports::causes::cluster::{Cluster, cluster, describe};
use spectr_reports::compare::{compare, known_causes};
use spectr_reports::model::Report;

/// The reports at hand.
#[derive(Debug, Default)]
pub struct Desk {
    pub intake: Intake,
    pub edits: Edits,
    /// The run that is looked at; its causes are as the user arranged them.
    pub analysis: Option<Analysis>,
    /// Its causes as they were found.
    found: Vec<Cluster>,
    earlier: Option<Earlier>,
}

/// The run to compare with.
#[derive(Debug)]
struct Earlier {
    reports: Vec<Report>,
    causes: Vec<Cluster>,
}

impl Desk {
    /// Takes what came in as the run to look at, or as the earlier one.
    pub fn conclude(&mut self, is_earlier: bool) {
        let reports = self.intake.finish();
        if is_earlier {
            let causes = cluster(&reports.iter().collect::<Vec<_>>());
            self.earlier = Some(Earlier { reports, causes });
        } else {
            let analysis = Analysis::of(reports, None);
            self.found.clone_from(&analysis.clusters);
            self.analysis = Some(analysis);
            self.earlier = None;
        }
        self.arrange();
        self.compare();
    }

    /// Ends the comparison.
    pub fn forget_earlier(&mut self) {
        self.earlier = None;
        self.compare();
    }

    /// Changes the user's arrangement and shows the causes by it.
    pub fn edit(&mut self, change: impl FnOnce(&mut Edits, &[Cluster])) {
        let clusters = self
            .analysis
            .as_ref()
            .map(|it| it.clusters.as_slice())
            .unwrap_or_default();
        change(&mut self.edits, clusters);
        self.arrange();
        self.mark_known();
    }

    /// The cause of this id, as the user arranged it.
    #[must_use]
    pub fn cause(&self, id: u64) -> Option<(&Analysis, &Cluster)> {
        let analysis = self.analysis.as_ref()?;
        let cause = analysis.clusters.iter().find(|it| it.id == id)?;
        Some((analysis, cause))
    }

    /// Files of the earlier run, where there is one.
    #[must_use]
    pub fn earlier(&self) -> Option<&[Report]> {
        self.earlier.as_ref().map(|earlier| earlier.reports.as_slice())
    }

    fn arrange(&mut self) {
        let Some(analysis) = &mut self.analysis else { return };
        let reports: Vec<&Report> = analysis.reports.iter().collect();
        analysis.clusters = self.edits.apply(&self.found, |id, group| describe(id, group, &reports));
    }

    fn compare(&mut self) {
        let Some(analysis) = &mut self.analysis else { return };
        analysis.change = self.earlier.as_ref().map(|earlier| Change {
            cases: compare(
                &earlier.reports.iter().collect::<Vec<_>>(),
                &analysis.reports.iter().collect::<Vec<_>>(),
            ),
            known: known_causes(&earlier.causes, &analysis.clusters),
        });
    }

    /// Which causes the earlier run had too, after causes were arranged anew.
    fn mark_known(&mut self) {
        if let (Some(analysis), Some(earlier)) = (&mut self.analysis, &self.earlier)
            && let Some(change) = &mut analysis.change
        {
            change.known = known_causes(&earlier.causes, &analysis.clusters);
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A JUnit report of failures of these messages, so many each, and of some tests that passed.
    pub fn junit(failures: &[(&str, usize)], passed: usize) -> String {
        let mut text = String::from("<testsuite name=\"s\">");
        for (number, (message, count)) in failures.iter().enumerate() {
            for n in 0..*count {
                text.push_str(&format!(
                    "<testcase classname=\"c{number}\" name=\"t{number} {n}\" time=\"0.{n}\"><failure message=\"{message}\"/></testcase>"
                ));
            }
        }
        for n in 0..passed {
            text.push_str(&format!("<testcase classname=\"ok\" name=\"p{n}\" time=\"1.5\"/>"));
        }
        text + "</testsuite>"
    }

    pub fn desk(failures: &[(&str, usize)], passed: usize) -> Desk {
        let mut desk = Desk::default();
        give(&mut desk, "now.xml", &junit(failures, passed));
        desk.conclude(false);
        desk
    }

    pub fn give(desk: &mut Desk, path: &str, text: &str) {
        desk.intake.begin(path, None);
        desk.intake.feed(text.as_bytes());
        desk.intake.end();
    }

    const TWO: [(&str, usize); 2] = [
        ("TimeoutError: no answer from the queue", 3),
        ("KeyError: price of apple is gone", 2),
    ];

    fn sizes(desk: &Desk) -> Vec<usize> {
        desk.analysis
            .iter()
            .flat_map(|it| &it.clusters)
            .map(|it| it.members().count())
            .collect()
    }

    #[test]
    fn causes_are_merged_and_taken_apart_again() {
        let mut desk = desk(&TWO, 5);
        assert_eq!(sizes(&desk), [3, 2]);
        let ids: Vec<u64> = desk
            .analysis
            .iter()
            .flat_map(|it| &it.clusters)
            .map(|it| it.id)
            .collect();
        desk.edit(|edits, all| edits.merge(&all[1], ids[0]));
        assert_eq!(sizes(&desk), [5]);
        assert_eq!(desk.cause(ids[0]).unwrap().1.groups.len(), 2);
        // The group by which the cause is known goes out: the rest is known by the next one.
        desk.edit(|edits, all| edits.split(&all[0], ids[0]));
        assert_eq!(sizes(&desk), [3, 2]);
        assert!(desk.cause(ids[1]).unwrap().1.title.contains("KeyError"));
        desk.edit(|edits, _| *edits = Edits::default());
        assert_eq!(sizes(&desk), [3, 2]);
    }

    #[test]
    fn an_arrangement_holds_for_the_next_report() {
        let mut desk = desk(&TWO, 5);
        let into = desk.analysis.as_ref().unwrap().clusters[0].id;
        desk.edit(|edits, all| {
            edits.merge(&all[1], into);
            edits.rename(into, "  The queue  ");
            edits.pin(into, true);
        });
        let kept: Edits = serde_json::from_str(&serde_json::to_string(&desk.edits).unwrap()).unwrap();
        let mut next = Desk {
            edits: kept,
            ..Desk::default()
        };
        give(&mut next, "next.xml", &junit(&[TWO[1], TWO[0]], 1));
        next.conclude(false);
        assert_eq!(sizes(&next), [5]);
        let (_, cause) = next.cause(into).unwrap();
        assert_eq!(cause.title, "The queue");
        assert!(next.edits.is_pinned(into) && next.edits.is_arranged(cause));
    }

    #[test]
    fn an_earlier_run_tells_new_fixed_and_still_failing() {
        let mut desk = desk(&TWO, 1);
        give(&mut desk, "old.xml", &junit(&[TWO[0]], 3));
        desk.conclude(true);
        let change = desk.analysis.as_ref().unwrap().change.as_ref().unwrap();
        assert_eq!(
            (change.cases.new.len(), change.cases.still.len(), change.known.len()),
            (2, 3, 1)
        );
        desk.forget_earlier();
        assert!(desk.analysis.as_ref().unwrap().change.is_none() && desk.earlier().is_none());
    }

    #[test]
    fn a_single_group_is_not_split_off_from_itself() {
        let mut desk = desk(&TWO, 0);
        desk.edit(|edits, all| edits.split(&all[0], all[0].groups[0].id));
        assert!(desk.edits.is_empty());
        assert_eq!(sizes(&desk), [3, 2]);
    }
}
