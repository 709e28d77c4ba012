//! The mark of a proof: a tick and a value, or what is broken and since when. For the proof page and
//! for the margin of the policy.

use crate::features::privacy::proof::{Entry, Standing};
use crate::web::components::{Icon, Name};
use leptos::prelude::*;

/// How a promise stands, for eyes and for screen readers.
#[component]
pub fn ProofMark(entry: Entry, #[prop(optional_no_strip)] own: Option<String>) -> impl IntoView {
    let (class, icon, word) = match entry.finding.standing {
        Standing::Kept => ("proof-mark tone-good", Name::Check, "Holds"),
        Standing::Broken => ("proof-mark tone-bad", Name::Alert, "Broken"),
        Standing::Unread => ("proof-mark tone-warn", Name::Info, "Not readable"),
    };
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
