//! Causes as rows: how many, what they say, how sure.

use super::lists::names;
use super::{Filter, Look, Order, Stretch, bar, counted, nothing};
use crate::desk::Desk;
use maud::{Markup, html};
use spectr_reports::analysis::Analysis;
use spectr_reports::causes::cluster::Cluster;

/// A stretch of the causes.
pub fn list(desk: &Desk, analysis: &Analysis, filter: &Filter, look: Look<'_>) -> Markup {
    let mut causes: Vec<(&Cluster, usize)> = analysis
        .clusters
        .iter()
        .filter(|cause| fits(analysis, cause, filter))
        .map(|cause| (cause, cause.members().count()))
        .collect();
    causes.sort_by(|(a, size_a), (b, size_b)| {
        let by = match look.order {
            Order::Size => std::cmp::Ordering::Equal,
            Order::Certainty => b.certainty.total_cmp(&a.certainty),
            Order::Category => a.category.words().cmp(b.category.words()),
            Order::Title => a.title.to_lowercase().cmp(&b.title.to_lowercase()),
        };
        let pinned = desk.edits.is_pinned(b.id).cmp(&desk.edits.is_pinned(a.id));
        pinned.then(by).then(size_b.cmp(size_a)).then(a.id.cmp(&b.id))
    });
    let most = causes.iter().map(|(_, size)| *size).max().unwrap_or(1);
    let stretch = Stretch::of(causes.into_iter(), look.page);
    let empty = if analysis.counts().tests == 0 {
        "No test was read, so whether anything failed is not known."
    } else {
        "Nothing failed, so there are no causes."
    };
    html! {
        @if stretch.total == 0 {
            (nothing(filter, empty))
        } @else {
            ol.causes aria-label="Causes" {
                @for (cause, size) in &stretch.items {
                    @let is_open = cause.id == look.open;
                    (row(desk, analysis, cause, share(*size, most), is_open))
                }
            }
            (stretch.pager("causes"))
        }
    }
}

fn row(desk: &Desk, analysis: &Analysis, cause: &Cluster, share: f64, is_open: bool) -> Markup {
    html! {
        li.cause data-cause=(cause.name()) {
            a.cause-link href=(format!("#cause={}", cause.name())) data-row aria-current=[is_open.then_some("true")] {
                span.cause-size { (super::grouped(cause.members().count())) }
                span.cause-words {
                    span.cause-title { (cause.title) }
                    (bar(share))
                    span.cause-meta {
                        (cause.category.words()) " · certainty " (percent(cause.certainty))
                        @if cause.groups.len() > 1 { " · " (counted(cause.groups.len(), "exact group", "exact groups")) }
                        @if let Some(frame) = cause.exemplar.own() {
                            @let place = [frame.file.as_str(), frame.function.as_str()].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" in ");
                            @if !place.is_empty() { " · " span.place { (place) } }
                        }
                    }
                    span.cause-marks { (marks(desk, analysis, cause)) }
                }
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of cases are far below 2^52")]
fn share(size: usize, most: usize) -> f64 {
    size as f64 / most.max(1) as f64
}

/// What sets a cause apart, in single words.
pub fn marks(desk: &Desk, analysis: &Analysis, cause: &Cluster) -> Markup {
    let is_new = analysis
        .change
        .as_ref()
        .is_some_and(|change| !change.known.contains(&cause.id));
    html! {
        @if is_new { span.badge.dot.tone-warn { "new" } }
        @if desk.edits.is_pinned(cause.id) { span.badge.dot.tone-note { "pinned" } }
        @if desk.edits.is_arranged(cause) { span.badge { "arranged by you" } }
    }
}

pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Looks at the cause's own words first, then at its tests.
fn fits(analysis: &Analysis, cause: &Cluster, filter: &Filter) -> bool {
    if filter.is_empty() {
        return true;
    }
    let id = cause.name();
    let own = [
        cause.title.as_str(),
        cause.category.words(),
        &cause.exemplar.message,
        &id,
    ];
    if filter.fits(own.into_iter()) {
        return true;
    }
    cause
        .members()
        .filter_map(|member| analysis.find(member))
        .any(|(report, case)| filter.fits(own.into_iter().chain(names(report, case))))
}

#[cfg(test)]
mod tests {
    use crate::desk::Desk;
    use crate::desk::tests::{desk, give};
    use crate::view::{self, List, Look, Order};

    fn shown(desk: &Desk, filter: &str, order: Order) -> String {
        let look = Look {
            filter,
            order,
            ..Look::default()
        };
        view::list(desk, List::Causes, look).into_string()
    }

    fn order(html: &str, words: [&str; 2]) -> bool {
        html.find(words[0]).unwrap() < html.find(words[1]).unwrap()
    }

    #[test]
    fn the_largest_comes_first_unless_another_is_pinned_or_another_order_is_asked_for() {
        let mut desk = desk(&[("TimeoutError: no answer", 3), ("KeyError: the price is gone", 1)], 2);
        assert!(order(&shown(&desk, "", Order::Size), ["TimeoutError", "KeyError"]));
        assert!(order(&shown(&desk, "", Order::Title), ["KeyError", "TimeoutError"]));
        let small = desk.analysis.as_ref().unwrap().clusters[1].id;
        desk.edit(|edits, _| edits.pin(small, true));
        assert!(order(&shown(&desk, "", Order::Size), ["KeyError", "TimeoutError"]));
    }

    #[test]
    fn a_filter_finds_causes_by_their_words_and_by_their_tests() {
        let desk = desk(&[("TimeoutError: no answer", 3), ("KeyError: the price is gone", 1)], 2);
        for (filter, has, lacks) in [
            ("PRICE", "KeyError", "TimeoutError"),
            ("t0 2", "TimeoutError", "KeyError"),
        ] {
            let html = shown(&desk, filter, Order::Size);
            assert!(html.contains(has) && !html.contains(lacks), "{filter}");
        }
        assert!(shown(&desk, "zebra", Order::Size).contains("Nothing has these words"));
    }

    #[test]
    fn that_nothing_failed_is_said_of_tests_that_were_read_only() {
        let mut empty = Desk::default();
        give(&mut empty, "empty.xml", "<testsuite></testsuite>");
        empty.conclude(false);
        let html = shown(&empty, "", Order::Size);
        assert!(html.contains("No test was read") && !html.contains("Nothing failed"));
        assert!(shown(&desk(&[], 3), "", Order::Size).contains("Nothing failed"));
    }

    #[test]
    fn what_a_report_says_is_never_markup() {
        let desk = desk(
            &[("Error: &lt;img src=x onerror=alert(1)&gt; &quot;&gt;&lt;script&gt;", 1)],
            0,
        );
        let id = desk.analysis.as_ref().unwrap().clusters[0].name();
        let (analysis, cause) = desk.cause(u64::from_str_radix(&id, 16).unwrap()).unwrap();
        let html = shown(&desk, "", Order::Size) + &view::cause(&desk, analysis, cause, 0).into_string();
        assert!(!html.contains("<img") && !html.contains("<script") && html.contains("&lt;img"));
    }
}
