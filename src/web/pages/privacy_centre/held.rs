//! "See": everything that is held about a person, category by category, from the inventory, with the
//! newest rows of each table opened.

use crate::domain::privacy::bundle::Cell;
use crate::domain::privacy::inventory::{Column, Kind, Section};
use crate::domain::privacy::policy::{capitalised, kept};
use crate::domain::timestamp::Timestamp;
use crate::domain::usage::usd;
use crate::features::App;
use crate::features::privacy::export::Latest;
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
    let sections = Section::ALL
        .into_iter()
        .filter_map(|section| {
            let held: Vec<_> = held
                .iter()
                .filter(|holding| holding.table.section == section)
                .cloned()
                .collect();
            (!held.is_empty()).then(|| view! { <Category section held /> })
        })
        .collect_view();
    view! { <div class="held-list">{sections}</div> }
}

#[component]
fn Category(section: Section, held: Vec<Holding>) -> impl IntoView {
    let rows = held
        .into_iter()
        .map(|holding| view! { <Line holding /> })
        .collect_view();
    view! {
        <Panel title=section.title() id=format!("category-{}", section.id()) flush=true>
            <ul class="held">{rows}</ul>
        </Panel>
    }
    .into_any()
}

#[component]
fn Line(holding: Holding) -> impl IntoView {
    let table = holding.table;
    let count = match holding.count {
        0 => "nothing now".to_owned(),
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
                <strong class=("is-none", holding.count == 0) class="num">{count}</strong>
                <span class="muted small">{deleted}</span>
            </p>
            {(!holding.latest.is_empty()).then(|| view! { <Rows holding /> })}
        </li>
    }
    .into_any()
}

/// The data itself, folded.
#[component]
fn Rows(holding: Holding) -> impl IntoView {
    let shown = i64::try_from(holding.latest.len()).unwrap_or_default();
    let summary = match (shown == holding.count, holding.count) {
        (true, 1) => "Show it".to_owned(),
        (true, _) => "Show them".to_owned(),
        (false, _) => format!("Show the newest {shown}"),
    };
    let more = (shown < holding.count).then(|| {
        view! { <p class="hint">"All of them are in "<a href="/settings/privacy/downloads">"your download"</a>"."</p> }
    });
    let rows = holding
        .latest
        .into_iter()
        .map(|row| view! { <Row row /> })
        .collect_view();
    view! {
        <details>
            <summary>{summary}</summary>
            <div class="rows">{rows}{more}</div>
        </details>
    }
    .into_any()
}

#[component]
fn Row(row: Latest) -> impl IntoView {
    let facts = row
        .into_iter()
        .map(|(column, cell)| {
            view! {
                <div>
                    <dt>{capitalised(&column.label())}</dt>
                    <dd>{value(column, &cell)}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="row-facts">{facts}</dl> }.into_any()
}

/// A value as a person reads it.
fn value(column: &Column, cell: &Cell) -> AnyView {
    match cell {
        Cell::Null => view! { <span class="faint">"none"</span> }.into_any(),
        Cell::Integer(amount) if column.kind == Kind::Money => usd(*amount).into_any(),
        Cell::Integer(number) => number.to_string().into_any(),
        Cell::Flag(true) => "yes".into_any(),
        Cell::Flag(false) => "no".into_any(),
        Cell::Id(id) => view! { <code>{id.to_string()}</code> }.into_any(),
        Cell::Time(at) => Timestamp(*at).human().into_any(),
        Cell::Text(text) => view! { <bdi>{text.clone()}</bdi> }.into_any(),
        Cell::Bytes(bytes) => view! { <code>{hex::encode(bytes)}</code> }.into_any(),
        Cell::Document(document) => view! { <bdi>{sentence(document)}</bdi> }.into_any(),
    }
}

/// The words and numbers of a document: `device: Firefox 140 on Linux`.
fn sentence(document: &serde_json::Value) -> String {
    let Some(members) = document.as_object() else {
        return document.to_string();
    };
    let words = members.iter().filter_map(|(name, value)| {
        let value = match value {
            serde_json::Value::String(text) if text.is_empty() => return None,
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::Bool(flag) => flag.to_string(),
            serde_json::Value::Object(_) => format!("({})", sentence(value)),
            serde_json::Value::Array(items) => format!("{}, all in the download", items.len()),
            serde_json::Value::Null => return None,
        };
        Some(format!("{}: {value}", name.replace('_', " ")))
    });
    words.collect::<Vec<_>>().join(", ")
}
