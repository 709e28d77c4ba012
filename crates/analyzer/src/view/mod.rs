//! Fragments of HTML for the page. Every text is escaped by the templates; no styles, no scripts.
//!
//! A control says what it asks (ids are digits, so that the JSON needs no writer): `data-ask` holds a question that changes something, `data-copy-ask`
//! one whose text is copied, `data-explain` a cause to ask a model about, `data-page` the number of another stretch of the list.

mod causes;
mod detail;
mod lists;
mod overview;

pub use detail::cause;
pub use overview::{Lengths, lengths, overview};

use crate::desk::Desk;
use maud::{Markup, html};
use serde::Deserialize;
use spectr_reports::analysis::Analysis;
use spectr_reports::model::{Case, Report};

/// Rows of a fragment at most: so many are laid out well within a frame.
pub const ROWS: usize = 100;

/// A list that can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum List {
    Causes,
    New,
    Fixed,
    Still,
    Flaky,
    Slowest,
    Files,
}

/// The order of causes; pinned ones come first in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    #[default]
    Size,
    Certainty,
    Category,
    Title,
}

/// How a list is looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look<'a> {
    /// Words that must all be there.
    pub filter: &'a str,
    pub order: Order,
    /// Which stretch, from 0.
    pub page: usize,
    /// The cause that is open.
    pub open: u64,
}

/// A stretch of a list.
#[must_use]
pub fn list(desk: &Desk, list: List, look: Look<'_>) -> Markup {
    let Some(analysis) = &desk.analysis else {
        return html! {};
    };
    let filter = Filter::of(look.filter);
    let page = look.page;
    match list {
        List::Causes => causes::list(desk, analysis, &filter, look),
        List::Files => lists::files(desk, analysis, &filter, page),
        List::Slowest => lists::slowest(analysis, &filter, page),
        List::Flaky => lists::flaky(analysis, &filter, page),
        List::New | List::Fixed | List::Still => lists::changed(analysis, list, &filter, page),
    }
}

/// Words that must all stand in a text, in any case.
pub struct Filter(Vec<String>);

impl Filter {
    fn of(text: &str) -> Self {
        Self(text.to_lowercase().split_whitespace().map(str::to_owned).collect())
    }

    /// Whether every word stands in one of these texts.
    fn fits<'a>(&self, texts: impl Iterator<Item = &'a str> + Clone) -> bool {
        self.0
            .iter()
            .all(|word| texts.clone().any(|text| text.to_lowercase().contains(word.as_str())))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The items of a stretch, and where it stands.
struct Stretch<T> {
    items: Vec<T>,
    page: usize,
    total: usize,
}

impl<T> Stretch<T> {
    fn of(all: impl Iterator<Item = T>, page: usize) -> Self {
        let (mut items, mut total) = (Vec::new(), 0);
        for item in all {
            if total / ROWS == page {
                items.push(item);
            }
            total += 1;
        }
        Self { items, page, total }
    }

    /// Links to the stretches before and after; nothing where all is shown.
    fn pager(&self, what: &str) -> Markup {
        let first = self.page * ROWS + 1;
        let last = self.page * ROWS + self.items.len();
        html! {
            @if self.total > ROWS {
                nav.pager aria-label=(format!("Pages of {what}")) {
                    @if self.page > 0 {
                        button.button.small type="button" data-page=(self.page - 1) { "Previous" }
                    }
                    span { (first) "–" (last) " of " (grouped(self.total)) }
                    @if last < self.total {
                        button.button.small type="button" data-page=(self.page + 1) { "Next" }
                    }
                }
            }
        }
    }
}

/// What stands where a list is empty.
fn nothing(filter: &Filter, what: &str) -> Markup {
    html! {
        p.nothing {
            @if filter.is_empty() { (what) } @else { "Nothing has these words. Clear the filter to see all." }
        }
    }
}

/// `1 test`, `2 tests`, `1,204 tests`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// A number with a comma between thousands.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Milliseconds for people.
fn duration(millis: f32) -> String {
    match millis {
        it if it >= 60_000.0 => format!("{:.0} min {:.0} s", (it / 60_000.0).floor(), (it % 60_000.0) / 1000.0),
        it if it >= 1000.0 => format!("{:.1} s", it / 1000.0),
        it => format!("{it:.0} ms"),
    }
}

/// A bar of this share of the whole width, 0 to 1. Decoration: the number stands beside it.
fn bar(share: f64) -> Markup {
    let width = (share.clamp(0.0, 1.0) * 100.0).round();
    html! {
        svg.cause-bar viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.track width="100" height="4" {}
            rect width=(width.max(1.0)) height="4" {}
        }
    }
}

/// A test by its names, with the file beneath where it is told.
fn test(report: &Report, case: &Case) -> Markup {
    let file = report.text(case.file);
    html! {
        span.test-name { (Analysis::label(report, case)) }
        @if !file.is_empty() { span.test-file { (file) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_for_people() {
        assert_eq!(
            (grouped(7), grouped(1204), grouped(1_000_000)),
            ("7".into(), "1,204".into(), "1,000,000".into())
        );
        assert_eq!(
            (counted(1, "test", "tests"), counted(0, "test", "tests")),
            ("1 test".into(), "0 tests".into())
        );
        assert_eq!(
            (duration(12.3), duration(1530.0), duration(125_000.0)),
            ("12 ms".into(), "1.5 s".into(), "2 min 5 s".into())
        );
    }

    #[test]
    fn a_filter_wants_every_word_in_any_of_the_texts() {
        let filter = Filter::of("  Timeout QUEUE ");
        assert!(filter.fits(["a timeout", "of the queue"].into_iter()));
        assert!(!filter.fits(["a timeout"].into_iter()));
        assert!(Filter::of("").fits(std::iter::empty()));
    }

    #[test]
    fn a_stretch_holds_its_own_hundred() {
        let stretch = Stretch::of(0..250, 2);
        assert_eq!(
            (stretch.items.first(), stretch.items.len(), stretch.total),
            (Some(&200), 50, 250)
        );
        let html = stretch.pager("tests").into_string();
        assert!(
            html.contains("201–250 of 250") && html.contains("data-page=\"1\"") && !html.contains("data-page=\"3\"")
        );
        assert!(Stretch::of(0..3, 0).pager("tests").into_string().is_empty());
    }
}
