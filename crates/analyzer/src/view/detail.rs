//! One cause: what was thrown, where, what it says, which tests, and what can be done with it.

use super::causes::{marks, percent};
use super::{Stretch, counted, duration, grouped, test};
use crate::desk::Desk;
use maud::{Markup, html};
use spectr_reports::analysis::Analysis;
use spectr_reports::causes::cluster::{Cluster, name};
use spectr_reports::causes::frames::Frame;
use spectr_reports::cut;

/// Bytes of a message, and frames, that are shown.
const MAX_MESSAGE: usize = 4000;
const MAX_FRAMES: usize = 30;

/// The cause with a stretch of its members.
pub fn cause(desk: &Desk, analysis: &Analysis, cause: &Cluster, page: usize) -> Markup {
    let id = cause.name();
    let members = Stretch::of(cause.members().filter_map(|member| analysis.find(member)), page);
    html! {
        article aria-labelledby="cause-title" data-open=(id) {
            header.detail-head {
                h2 id="cause-title" tabindex="-1" { (cause.title) }
                button.button.quiet.small type="button" data-close { "Close" }
            }
            p.cause-marks { (marks(desk, analysis, cause)) }
            dl.facts { (facts(cause)) }
            div.form-actions { (actions(desk, cause)) }
            (message(cause))
            (frames(&cause.exemplar.frames))
            section aria-labelledby="cause-tests" {
                h3 id="cause-tests" { (counted(members.total, "failing test", "failing tests")) }
                ul.tests {
                    @for (report, case) in &members.items {
                        li {
                            (test(report, case))
                            span.test-meta {
                                (case.status.name())
                                @if let Some(millis) = case.millis() { " · " (duration(millis)) }
                                @if case.attempts > 1 { " · " (counted(usize::from(case.attempts), "attempt", "attempts")) }
                                " · " (report.path)
                            }
                        }
                    }
                }
                (members.pager("failing tests"))
            }
            (groups(analysis, cause))
            (arrange(desk, analysis, cause))
        }
    }
}

fn facts(cause: &Cluster) -> Markup {
    let trace = &cause.exemplar;
    let level = if cause.level == 1 {
        "all failures are exactly alike"
    } else {
        "failures that are alike, see the exact groups"
    };
    html! {
        @if !trace.kind.is_empty() { dt { "Exception" } dd { code { (trace.kind) } } }
        @if let Some(frame) = trace.own() { dt { "In your code" } dd { code { (frame.place()) } } }
        @if !trace.source.is_empty() { dt { "Line" } dd { code { (trace.source) } } }
        dt { "Likely" } dd { (cause.category.words()) }
        dt { "Certainty" } dd { (percent(cause.certainty)) ", " (level) }
        dt { "Id" } dd { a href=(format!("#cause={}", cause.name())) { code { (cause.name()) } } }
    }
}

fn actions(desk: &Desk, cause: &Cluster) -> Markup {
    let (id, is_pinned) = (cause.name(), desk.edits.is_pinned(cause.id));
    html! {
        button.button.small.primary type="button" data-explain=(id) { "Explain" }
        button.button.small type="button" data-copy-ask=(format!("{{\"do\":\"markdown\",\"id\":\"{id}\"}}")) { "Copy as Markdown" }
        button.button.small type="button" aria-pressed=(is_pinned)
            data-ask=(format!("{{\"do\":\"pin\",\"id\":\"{id}\",\"on\":{}}}", !is_pinned)) { "Pin" }
    }
}

fn message(cause: &Cluster) -> Markup {
    let message = cause.exemplar.message.trim();
    html! {
        @if !message.is_empty() {
            section aria-labelledby="cause-message" {
                h3 id="cause-message" { "What it says" }
                pre tabindex="0" aria-labelledby="cause-message" { code { (cut(message, MAX_MESSAGE)) } }
            }
        }
    }
}

/// The deepest frame first; the user's own stand out, the rest is there for who looks.
fn frames(frames: &[Frame]) -> Markup {
    html! {
        @if !frames.is_empty() {
            section aria-labelledby="cause-frames" {
                h3 id="cause-frames" { "Where" }
                ol.frames {
                    @for frame in frames.iter().take(MAX_FRAMES) {
                        li.ours[frame.is_ours] {
                            code { (frame.place()) }
                            @if !frame.source.is_empty() { code.source { (frame.source) } }
                        }
                    }
                }
                @if frames.len() > MAX_FRAMES { p.hint { "and " (frames.len() - MAX_FRAMES) " more" } }
            }
        }
    }
}

fn groups(analysis: &Analysis, cause: &Cluster) -> Markup {
    html! {
        @if cause.groups.len() > 1 {
            section aria-labelledby="cause-groups" {
                h3 id="cause-groups" { (counted(cause.groups.len(), "exact group", "exact groups")) }
                ul.groups {
                    @for group in cause.groups.iter().take(super::ROWS) {
                        li {
                            span.cause-size { (grouped(group.members.len())) }
                            span.test-name {
                                @if let Some((report, case)) = group.members.first().and_then(|member| analysis.find(*member)) {
                                    (words(report, case))
                                }
                            }
                            button.button.quiet.small type="button"
                                data-ask=(format!("{{\"do\":\"split\",\"id\":\"{}\",\"group\":\"{}\"}}", cause.name(), name(group.id))) { "Split off" }
                        }
                    }
                }
            }
        }
    }
}

/// The first line that a failure says, else its test.
fn words(report: &spectr_reports::model::Report, case: &spectr_reports::model::Case) -> String {
    let line = report.verdict(case).map(|failure| {
        let text = [failure.message, failure.stack].map(|it| report.text(it));
        let lines = text.into_iter().flat_map(str::lines).map(str::trim);
        lines
            .into_iter()
            .find(|line| !line.is_empty())
            .unwrap_or_default()
            .to_owned()
    });
    match line {
        Some(line) if !line.is_empty() => cut(&line, 200).to_owned(),
        _ => Analysis::label(report, case),
    }
}

/// Renaming and merging. Causes to merge into are the largest ones: more than that nobody reads in a list.
fn arrange(desk: &Desk, analysis: &Analysis, cause: &Cluster) -> Markup {
    let id = cause.name();
    let others: Vec<&Cluster> = analysis
        .clusters
        .iter()
        .filter(|it| it.id != cause.id)
        .take(super::ROWS)
        .collect();
    html! {
        section.arrange aria-labelledby="cause-arrange" {
            h3 id="cause-arrange" { "Arrange" }
            form data-ask=(format!("{{\"do\":\"rename\",\"id\":\"{id}\"}}")) {
                div.field {
                    label for="cause-name" { "Name" }
                    input id="cause-name" name="name" maxlength="120" autocomplete="off"
                        value=(desk.edits.name(cause.id).unwrap_or_default()) placeholder=(cut(&cause.title, 60));
                }
                button.button.small type="submit" { "Rename" }
            }
            @if !others.is_empty() {
                form data-ask=(format!("{{\"do\":\"merge\",\"id\":\"{id}\"}}")) {
                    div.field {
                        label for="cause-into" { "The same cause as" }
                        select id="cause-into" name="into" {
                            @for other in others { option value=(other.name()) { (cut(&other.title, 90)) } }
                        }
                    }
                    button.button.small type="submit" { "Merge" }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::desk::tests::desk;
    use crate::view;

    #[test]
    fn a_cause_is_shown_with_its_words_its_tests_and_its_actions() {
        let desk = desk(
            &[
                ("TimeoutError: no answer from 10.0.0.7", 130),
                ("KeyError: the price is gone", 1),
            ],
            300,
        );
        let id = desk.analysis.as_ref().unwrap().clusters[0].id;
        let (analysis, cause) = desk.cause(id).unwrap();
        let first = view::cause(&desk, analysis, cause, 0).into_string();
        for part in [
            "130 failing tests",
            "1–100 of 130",
            "TimeoutError",
            "t0 99",
            "Copy as Markdown",
            "Merge",
            "Rename",
            "time-out",
        ] {
            assert!(first.contains(part), "{part}");
        }
        let second = view::cause(&desk, analysis, cause, 1).into_string();
        assert!(second.contains("t0 129") && !second.contains("t0 99<"));
    }

    #[test]
    fn groups_can_be_split_off_where_there_are_several() {
        let mut desk = desk(&[("TimeoutError: no answer", 3), ("KeyError: the price is gone", 1)], 2);
        let into = desk.analysis.as_ref().unwrap().clusters[0].id;
        let show = |desk: &crate::desk::Desk| {
            let (analysis, cause) = desk.cause(into).unwrap();
            view::cause(desk, analysis, cause, 0).into_string()
        };
        assert!(!show(&desk).contains("Split off"));
        desk.edit(|edits, all| edits.merge(&all[1], into));
        assert_eq!(show(&desk).matches("Split off").count(), 2);
        assert!(show(&desk).contains("arranged by you"));
    }
}
