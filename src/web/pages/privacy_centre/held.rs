//! "See": everything that is held about a person, category by category, from the inventory.

use crate::domain::privacy::inventory::Section;
use crate::domain::privacy::policy::{capitalised, kept};
use crate::features::App;
use crate::features::privacy::holdings::{self, Holding};
use crate::web::components::{Panel, ProblemNotice};
use crate::web::page::person;
use leptos::prelude::*;

#[component]
pub fn Held() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let body = Suspend::new(async move {
        let user = user?;
        Some(match holdings::list(&app, user.id).await {
            Ok(held) => view! { <Sections held /> }.into_any(),
            Err(error) => view! { <ProblemNotice problem=error.into() /> }.into_any(),
        })
    });
    view! {
        <section class="section" id="held">
            <h2>"What is held about you"</h2>
            <p class="lead">
                "Every table of this server that can say something about you, with what it holds right now. The list is the one by which your data is exported and deleted."
            </p>
            <Suspense>{body}</Suspense>
        </section>
    }
}

#[component]
fn Sections(held: Vec<Holding>) -> impl IntoView {
    Section::ALL
        .into_iter()
        .filter_map(|section| {
            let held: Vec<_> = held
                .iter()
                .filter(|holding| holding.table.section == section)
                .cloned()
                .collect();
            (!held.is_empty()).then(|| view! { <Category section held /> })
        })
        .collect_view()
}

#[component]
fn Category(section: Section, held: Vec<Holding>) -> impl IntoView {
    let rows = held
        .into_iter()
        .map(|holding| view! { <Line holding /> })
        .collect_view();
    view! {
        <Panel title=section.title() id=format!("held-{}", section.id()) flush=true>
            <ul class="held">{rows}</ul>
        </Panel>
    }
    .into_any()
}

#[component]
fn Line(holding: Holding) -> impl IntoView {
    let table = holding.table;
    let count = match holding.count {
        0 => "nothing".to_owned(),
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    let deleted = match (holding.count, holding.deleted_on()) {
        (0, _) => String::new(),
        (_, Some(day)) => format!("Deleted on {}", day.day_words()),
        (_, None) => capitalised(&table.retention.words()),
    };
    view! {
        <li id=format!("held-{}", table.name)>
            <div class="held-what">
                <h3>{table.title}</h3>
                <p>{capitalised(table.holds)}"."</p>
                <p class="hint">
                    {table.purpose.name()}" · "{table.purpose.basis().name()}" · "{kept(table)}
                </p>
            </div>
            <p class="held-stand">
                <strong class="num">{count}</strong>
                <span class="muted small">{deleted}</span>
            </p>
        </li>
    }
    .into_any()
}
