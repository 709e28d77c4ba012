//! What is seen first: one sentence, the figures, and whether the machines are to blame.

use super::{counted, grouped};
use crate::desk::Desk;
use maud::{Markup, html};
use serde::Serialize;
use spectr_reports::analysis::Analysis;

/// How long each list is; `None` where it does not apply.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lengths {
    causes: usize,
    new: Option<usize>,
    fixed: Option<usize>,
    still: Option<usize>,
    flaky: usize,
    slowest: usize,
    files: usize,
    /// Whether the user arranged anything.
    edited: bool,
}

/// How long each list is.
#[must_use]
pub fn lengths(desk: &Desk) -> Lengths {
    let Some(analysis) = &desk.analysis else {
        return Lengths::default();
    };
    let cases = analysis.change.as_ref().map(|change| &change.cases);
    let cases_of = analysis.reports.iter().flat_map(|report| &report.cases);
    Lengths {
        causes: analysis.clusters.len(),
        new: cases.map(|it| it.new.len()),
        fixed: cases.map(|it| it.fixed.len()),
        still: cases.map(|it| it.still.len()),
        flaky: analysis.counts().flaky,
        slowest: cases_of.filter(|case| case.is_timed()).count(),
        files: analysis.reports.len() + desk.earlier().map_or(0, <[_]>::len),
        edited: !desk.edits.is_empty(),
    }
}

/// The sentence, the storm, the figures.
#[must_use]
pub fn overview(desk: &Desk) -> Markup {
    let Some(analysis) = &desk.analysis else {
        return html! {};
    };
    let counts = analysis.counts();
    let figures = [
        ("Tests", counts.tests, "tests"),
        ("Passed", counts.passed, "passed"),
        ("Failed", counts.failed, "failed"),
        ("Errored", counts.errored, "errored"),
        ("Skipped", counts.skipped, "skipped"),
        ("Flaky", counts.flaky, "flaky"),
    ];
    html! {
        p.sentence tabindex="-1" { (sentence(analysis)) }
        @if let Some(unread) = unread(analysis) { p.hint { (unread) } }
        @if analysis.is_storm {
            div.notice.tone-bad role="alert" {
                div {
                    p.notice-title { "This looks like broken infrastructure" }
                    p {
                        "More than 80 % of the tests failed. Look at machines, services and set-up before you look at "
                        "single tests: the largest cause below is the best place to begin."
                    }
                }
            }
        }
        dl.figures {
            @for (label, value, name) in figures {
                div.figure {
                    dt { (label) }
                    dd data-count=(name) { (grouped(value)) }
                }
            }
        }
    }
}

/// `118 failures, 5 causes; 2 new since the earlier run`.
fn sentence(analysis: &Analysis) -> String {
    if !analysis.is_readable() {
        return "No test report could be read".to_owned();
    }
    let counts = analysis.counts();
    let failures = counts.failed + counts.errored;
    let mut text = if counts.tests == 0 {
        // "No failures" would sound like a run that passed.
        "No test was read".to_owned()
    } else if failures == 0 {
        format!("No failures in {}", counted(counts.tests, "test", "tests"))
    } else {
        format!(
            "{}, {}",
            counted(failures, "failure", "failures"),
            counted(analysis.clusters.len(), "cause", "causes")
        )
    };
    if let Some(change) = &analysis.change {
        let causes = analysis
            .clusters
            .iter()
            .filter(|it| !change.known.contains(&it.id))
            .count();
        text.push_str(&format!(
            "; since the earlier run {} new, {} fixed, {} still failing ({})",
            grouped(change.cases.new.len()),
            grouped(change.cases.fixed.len()),
            grouped(change.cases.still.len()),
            counted(causes, "new cause", "new causes"),
        ));
    }
    text
}

/// What the sentence leaves out: files and parts that could not be read.
fn unread(analysis: &Analysis) -> Option<String> {
    let files = analysis.reports.iter().filter(|it| it.format.is_none()).count();
    let readable = analysis.reports.iter().filter(|it| it.format.is_some());
    let problems: usize = readable.map(|it| it.problems.len()).sum();
    let parts: Vec<String> = [
        (
            files,
            "file is no report that is known here",
            "files are no reports that are known here",
        ),
        (problems, "part of a file was skipped", "parts of files were skipped"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| counted(count, one, many))
    .collect();
    (!parts.is_empty()).then(|| format!("{}. “Files” says which and where.", parts.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::tests::{desk, give, junit};

    const TWO: [(&str, usize); 2] = [("TimeoutError: no answer", 3), ("KeyError: the price is gone", 1)];

    fn text(desk: &Desk) -> String {
        overview(desk).into_string()
    }

    #[test]
    fn one_sentence_says_it_all() {
        assert!(text(&desk(&TWO, 30)).contains("4 failures, 2 causes<"));
        assert!(text(&desk(&TWO[1..], 30)).contains("1 failure, 1 cause<"));
        assert!(text(&desk(&[], 30)).contains("No failures in 30 tests<"));
        assert!(text(&Desk::default()).is_empty());
    }

    #[test]
    fn a_report_whose_only_test_was_cut_does_not_sound_like_a_pass() {
        let mut cut = Desk::default();
        give(&mut cut, "cut.xml", "<testsuite><testcase name=\"a\"><failure mess");
        cut.conclude(false);
        let shown = text(&cut);
        assert!(
            shown.contains("No test was read<") && shown.contains("skipped"),
            "{shown}"
        );
        assert!(!shown.contains("No failures"));
    }

    #[test]
    fn an_earlier_run_is_part_of_the_sentence() {
        let mut desk = desk(&TWO, 30);
        give(&mut desk, "old.xml", &junit(&TWO[..1], 31));
        desk.conclude(true);
        assert!(text(&desk).contains("since the earlier run 1 new, 0 fixed, 3 still failing (1 new cause)"));
        let lengths = lengths(&desk);
        assert_eq!(
            (lengths.new, lengths.fixed, lengths.still, lengths.files),
            (Some(1), Some(0), Some(3), 2)
        );
    }

    #[test]
    fn what_was_not_read_is_told_and_a_storm_is_flagged() {
        let mut torn = Desk::default();
        give(
            &mut torn,
            "torn.xml",
            "<testsuite><testcase name=\"a\"/><testcase name=\"b\"><failure mess",
        );
        give(&mut torn, "notes.txt", "nothing to see");
        torn.conclude(false);
        assert!(text(&torn).contains("1 file is no report that is known here; "));
        assert!(text(&torn).contains("skipped"));
        assert!(text(&desk(&[("ConnectionError: refused", 20)], 1)).contains("broken infrastructure"));
        assert!(!text(&desk(&TWO, 30)).contains("broken infrastructure"));
    }
}
