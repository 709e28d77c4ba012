//! The mark of a proof: a tick and a value, or what is broken and since when. For the proof page and
//! for the margin of the policy.

use crate::features::privacy::proof::{Entry, Report, Standing};
use crate::web::components::{Icon, Name};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The marks of a document's sections, by the sections' anchors: for its margin.
#[must_use]
pub fn margins(report: &Report) -> BTreeMap<&'static str, AnyView> {
    let mut marks: BTreeMap<&'static str, Vec<AnyView>> = BTreeMap::new();
    for entry in &report.entries {
        marks.entry(entry.clause.section).or_default().push(small(entry));
    }
    marks
        .into_iter()
        .map(|(section, marks)| (section, view! { <ul class="proof-margin">{marks}</ul> }.into_any()))
        .collect()
}

/// A mark that leads to its promise on the proof page.
fn small(entry: &Entry) -> AnyView {
    let (class, icon, word) = look(entry.finding.standing);
    let href = format!("/privacy/proof#clause-{}", entry.clause.number);
    view! {
        <li class=class>
            <Icon name=icon small=true />
            <div>
                <a href=href>{entry.clause.title}</a>
                <span class="visually-hidden">": "{word}</span>
                <p class="proof-value">{entry.finding.value.clone()}</p>
            </div>
        </li>
    }
    .into_any()
}

const fn look(standing: Standing) -> (&'static str, Name, &'static str) {
    match standing {
        Standing::Kept => ("proof-mark tone-good", Name::Check, "Holds"),
        Standing::Broken => ("proof-mark tone-bad", Name::Alert, "Broken"),
        Standing::Unread => ("proof-mark tone-warn", Name::Info, "Not readable"),
    }
}

/// How a promise stands, for eyes and for screen readers.
#[component]
pub fn ProofMark(entry: Entry, #[prop(optional_no_strip)] own: Option<String>) -> impl IntoView {
    let (class, icon, word) = look(entry.finding.standing);
    let since = entry.broken_since.map(|at| format!(" since {}", at.human()));
    view! {
        <div class=class>
            <Icon name=icon small=true />
            <div>
                <p class="proof-state">{word}{since}</p>
                <p class="proof-value">{entry.finding.value}</p>
                {own.map(|own| view! { <p class="proof-own">{own}</p> })}
            </div>
        </div>
    }
    .into_any()
}
