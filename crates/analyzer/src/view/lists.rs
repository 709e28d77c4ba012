//! Tests by time, flaky tests, what changed, and what was read of each file.

use super::{Filter, List, Stretch, counted, duration, grouped, nothing, test};
use crate::desk::Desk;
use maud::{Markup, html};
use spectr_reports::analysis::Analysis;
use spectr_reports::compare::Name;
use spectr_reports::model::{Case, Report};

/// Problems that are listed of one file; more are counted.
const MAX_PROBLEMS: usize = 20;

/// What a filter looks at in a test: its names, its file, and where it was reported.
pub fn names<'a>(report: &'a Report, case: &Case) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
    [case.suite, case.class, case.name, case.file]
        .map(|it| report.text(it))
        .into_iter()
        .chain([report.path.as_str()])
}

/// All timed tests, the longest first.
pub fn slowest(analysis: &Analysis, filter: &Filter, page: usize) -> Markup {
    let timed = analysis.slowest(usize::MAX).into_iter();
    let rows = Stretch::of(timed.filter(|(report, case)| filter.fits(names(report, case))), page);
    tests(
        &rows,
        filter,
        "No report says how long its tests took.",
        "slowest tests",
    )
}

/// Tests that passed after an attempt that did not.
pub fn flaky(analysis: &Analysis, filter: &Filter, page: usize) -> Markup {
    let all = analysis
        .reports
        .iter()
        .flat_map(|report| report.cases.iter().map(move |case| (report, case)));
    let rows = Stretch::of(
        all.filter(|(report, case)| case.is_flaky && filter.fits(names(report, case))),
        page,
    );
    tests(&rows, filter, "No test passed only after a retry.", "flaky tests")
}

fn tests(rows: &Stretch<(&Report, &Case)>, filter: &Filter, empty: &str, what: &str) -> Markup {
    html! {
        @if rows.total == 0 {
            (nothing(filter, empty))
        } @else {
            ul.tests aria-label=(what) {
                @for (report, case) in &rows.items {
                    li tabindex="-1" data-row {
                        (test(report, case))
                        span.test-meta {
                            @if let Some(millis) = case.millis() { strong { (duration(millis)) } " · " }
                            (case.status.name())
                            @if case.attempts > 1 { " · " (counted(usize::from(case.attempts), "attempt", "attempts")) }
                            " · " (report.path)
                        }
                    }
                }
            }
            (rows.pager(what))
        }
    }
}

/// Tests that fail newly, were mended, or still fail.
pub fn changed(analysis: &Analysis, list: List, filter: &Filter, page: usize) -> Markup {
    let cases = analysis.change.as_ref().map(|change| &change.cases);
    let (all, what, empty): (&[Name], _, _) = match (list, cases) {
        (List::New, Some(cases)) => (&cases.new, "new failures", "Nothing fails that did not fail before."),
        (List::Fixed, Some(cases)) => (&cases.fixed, "fixed tests", "Nothing that failed before passes now."),
        (_, Some(cases)) => (&cases.still, "tests still failing", "Nothing fails in both runs."),
        (_, None) => (&[], "tests", "Choose an earlier run to compare with."),
    };
    let fits = |name: &&Name| filter.fits([name.suite.as_str(), &name.class, &name.name].into_iter());
    let rows = Stretch::of(all.iter().filter(fits), page);
    html! {
        @if rows.total == 0 {
            (nothing(filter, empty))
        } @else {
            ul.tests aria-label=(what) {
                @for name in &rows.items {
                    @let class = if name.class.is_empty() { &name.suite } else { &name.class };
                    li tabindex="-1" data-row {
                        span.test-name { @if !class.is_empty() { (class) " › " } (name.name) }
                    }
                }
            }
            (rows.pager(what))
        }
    }
}

/// Each file with its counts and what was skipped in it.
pub fn files(desk: &Desk, analysis: &Analysis, filter: &Filter, page: usize) -> Markup {
    let now = analysis.reports.iter().map(|report| (report, false));
    let before = desk.earlier().unwrap_or_default().iter().map(|report| (report, true));
    let fits = |(report, _): &(&Report, bool)| filter.fits([report.path.as_str()].into_iter());
    let rows = Stretch::of(now.chain(before).filter(fits), page);
    html! {
        @if rows.total == 0 { (nothing(filter, "No file was read.")) } @else {
            ul.files aria-label="Files" {
                @for (report, is_earlier) in &rows.items { (file(report, *is_earlier)) }
            }
            (rows.pager("files"))
        }
    }
}

fn file(report: &Report, is_earlier: bool) -> Markup {
    let counts = report.counts();
    html! {
        li tabindex="-1" data-row data-file=(report.path) {
            p {
                strong.test-name { (report.path) }
                " "
                @if is_earlier { span.badge { "earlier run" } }
            }
            p.test-meta {
                @if let Some(format) = report.format {
                    (format.name()) " · " (counted(counts.tests, "test", "tests")) ": "
                    (grouped(counts.passed)) " passed, " (grouped(counts.failed)) " failed, "
                    (grouped(counts.errored)) " errored, " (grouped(counts.skipped)) " skipped; "
                    (grouped(counts.flaky)) " flaky"
                } @else {
                    "not read"
                }
            }
            @if !report.problems.is_empty() {
                ul.problems {
                    @for problem in report.problems.iter().take(MAX_PROBLEMS) {
                        li { strong { (problem.at) } ": " (problem.what) }
                    }
                    @if report.problems.len() > MAX_PROBLEMS {
                        li { "and " (report.problems.len() - MAX_PROBLEMS) " more" }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::desk::Desk;
    use crate::desk::tests::{desk, give, junit};
    use crate::view::{self, List, Look};

    fn shown(desk: &Desk, list: List, filter: &str) -> String {
        let look = Look {
            filter,
            ..Look::default()
        };
        view::list(desk, list, look).into_string()
    }

    #[test]
    fn the_slowest_come_first_and_can_be_filtered() {
        let desk = desk(&[("KeyError: gone", 3)], 1);
        let html = shown(&desk, List::Slowest, "");
        assert!(html.find("p0").unwrap() < html.find("t0 2").unwrap() && html.contains("1.5 s"));
        assert!(!shown(&desk, List::Slowest, "p0").contains("t0 2"));
    }

    #[test]
    fn a_test_that_passed_on_a_retry_is_listed_as_flaky() {
        let mut desk = Desk::default();
        give(
            &mut desk,
            "f.xml",
            "<testsuite><testcase classname=\"c\" name=\"shy\"><flakyFailure message=\"no\"/></testcase><testcase name=\"firm\"/></testsuite>",
        );
        desk.conclude(false);
        let html = shown(&desk, List::Flaky, "");
        assert!(html.contains("c › shy") && !html.contains("firm"));
    }

    #[test]
    fn changes_are_listed_each_in_its_list() {
        let mut desk = desk(&[("KeyError: gone", 2)], 1);
        give(&mut desk, "old.xml", &junit(&[("KeyError: gone", 1)], 1));
        desk.conclude(true);
        assert!(shown(&desk, List::New, "").contains("t0 1") && !shown(&desk, List::New, "").contains("t0 0"));
        assert!(shown(&desk, List::Still, "").contains("t0 0"));
        assert!(shown(&desk, List::Fixed, "").contains("Nothing that failed before passes now."));
        desk.forget_earlier();
        assert!(shown(&desk, List::New, "").contains("Choose an earlier run"));
    }

    #[test]
    fn a_file_tells_its_counts_or_why_it_was_not_read() {
        let mut desk = desk(&[("KeyError: gone", 2)], 3);
        assert!(shown(&desk, List::Files, "").contains("5 tests: 3 passed, 2 failed, 0 errored, 0 skipped; 0 flaky"));
        give(&mut desk, "notes.txt", "hello");
        desk.conclude(false);
        let html = shown(&desk, List::Files, "");
        assert!(html.contains("not read") && html.contains("not a test report"));
    }
}
