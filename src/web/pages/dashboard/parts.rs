//! The table that explains the chart, and the names of its rows.

use super::view::View;
use crate::domain::ids::ProviderKeyId;
use crate::domain::providers::Provider;
use crate::domain::usage::{Breakdown, Feature, OTHER_MODEL, Sums, grouped, millis, usd};
use crate::features::usage::{Overview, Part};
use crate::features::vault::KeyView;
use crate::web::components::{Panel, TableScroll};
use leptos::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// What parts are called. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Names(Arc<HashMap<ProviderKeyId, String>>);

impl Names {
    pub fn new(keys: &[KeyView]) -> Self {
        let name = |key: &KeyView| format!("{} {}", key.name(), key.hint);
        Self(Arc::new(keys.iter().map(|key| (key.id, name(key))).collect()))
    }

    pub fn of(&self, part: &Part) -> String {
        match part {
            Part::Provider(id) => Provider::from_id(id).map_or_else(|| id.clone(), |known| known.name().to_owned()),
            Part::Feature(id) => Feature::from_id(id).map_or_else(|| id.clone(), |known| known.name().to_owned()),
            Part::Model(model) if model == OTHER_MODEL => "Other models".to_owned(),
            Part::Model(model) => model.clone(),
            Part::Key(None) => "Without a key of yours".to_owned(),
            Part::Key(Some(id)) => self.0.get(id).cloned().unwrap_or_else(|| {
                let text = id.0.simple().to_string();
                let end = text.get(text.len().saturating_sub(4)..).unwrap_or_default();
                format!("Deleted key ({end})")
            }),
        }
    }
}

#[component]
pub fn PartsTable(usage: Arc<Overview>, view: View, names: Names) -> impl IntoView {
    let summary = &usage.summary;
    if summary.parts.is_empty() {
        return ().into_any();
    }
    let whole = summary.total;
    let rows = summary
        .parts
        .iter()
        .enumerate()
        .map(|(index, (part, sums))| {
            let name = names.of(part);
            let narrowed = view.only(part).filter(|narrowed| *narrowed != view);
            let name = match narrowed {
                Some(view) => view! { <a href=view.href()><bdi>{name}</bdi></a> }.into_any(),
                None => view! { <bdi>{name}</bdi> }.into_any(),
            };
            view! { <tr><th scope="row" data-series=(index + 1).min(6)>{name}</th><Cells sums=*sums whole /></tr> }
        })
        .collect_view();
    let several = summary.parts.len() > 1;
    let foot = several.then(|| {
        view! { <tfoot><tr><th scope="row">"Together"</th><Cells sums=whole whole /></tr></tfoot> }
    });
    let by = Breakdown::ALL
        .into_iter()
        .map(|by| {
            let current = (by == view.by).then_some("true");
            let href = View { by, ..view.clone() }.href();
            view! { <a href=href aria-current=current>{by.name()}</a> }
        })
        .collect_view();
    let action = view! { <nav class="segments" aria-label="Breakdown">{by}</nav> }.into_any();
    view! {
        <Panel title=format!("By {}", view.by.name().to_lowercase()) flush=true action=action>
            <TableScroll label="Usage by part">
                <table class="table parts">
                    <thead>
                        <tr>
                            <th scope="col">{view.by.name()}</th>
                            <th scope="col" class="num">"Cost"</th>
                            <th scope="col" class="num">"Share"</th>
                            <th scope="col" class="num">"Calls"</th>
                            <th scope="col" class="num">"Tokens in"</th>
                            <th scope="col" class="num">"Tokens out"</th>
                            <th scope="col" class="num">"Mean time"</th>
                            <th scope="col" class="num">"Errors"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                    {foot}
                </table>
            </TableScroll>
        </Panel>
    }
    .into_any()
}

#[component]
fn Cells(sums: Sums, whole: Sums) -> impl IntoView {
    let dash = || "—".to_owned();
    let cost = sums.cost().map_or_else(|| "unpriced".to_owned(), usd);
    let share = match sums.cost() {
        Some(cost) if whole.cost_nano_usd > 0 => format!("{} %", cost.saturating_mul(100) / whole.cost_nano_usd),
        _ => dash(),
    };
    view! {
        <td class="num">{cost}</td>
        <td class="num">{share}</td>
        <td class="num">{grouped(sums.calls)}</td>
        <td class="num">{grouped(sums.input_tokens)}</td>
        <td class="num">{grouped(sums.output_tokens)}</td>
        <td class="num">{sums.mean_latency_ms().map_or_else(dash, millis)}</td>
        <td class="num">{grouped(sums.errors)}</td>
    }
}
