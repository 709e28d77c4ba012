//! The chart: bars over time, drawn on the server, with the same numbers as a table beneath.

use super::drawing::{NARROW, Paper, Plot, WIDE, draw, fills, moment, together, words};
use super::parts::Names;
use super::view::View;
use crate::domain::usage::{Metric, Period};
use crate::features::usage::Overview;
use crate::web::components::{Panel, TableScroll};
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn ChartPanel(usage: Arc<Overview>, view: View, names: Names) -> impl IntoView {
    let summary = &usage.summary;
    let plot = Plot::new(summary, view.metric, &names);
    let metrics = Metric::ALL
        .into_iter()
        .map(|metric| {
            let current = (metric == view.metric).then_some("true");
            let href = View { metric, ..view.clone() }.href();
            view! { <a href=href aria-current=current>{metric.name()}</a> }
        })
        .collect_view();
    let action = view! { <nav class="segments" aria-label="What the chart shows">{metrics}</nav> }.into_any();
    let unit = if view.period == Period::Today { "hour" } else { "day" };
    let title = format!("{} per {unit}", view.metric.name());
    let body = if plot.tallest() == 0 {
        let text = match view.metric.of(&summary.total) {
            _ if summary.total.calls == 0 => "No calls in this view. Choose a longer period or show all.",
            None if view.metric == Metric::Cost => "The price of these calls is not known.",
            _ => "All zero in this view.",
        };
        view! { <p class="muted chart-empty">{text}</p> }.into_any()
    } else {
        let label = format!("{title}, UTC. The same numbers stand in the table below the chart.");
        let drawing = |paper: Paper| {
            let (paper_box, inside) = (
                format!("0 0 {} {}", paper.width, paper.height),
                draw(&plot, view.period, paper),
            );
            view! { <svg class=paper.class viewBox=paper_box role="img" aria-label=label.clone() inner_html=inside></svg> }
        };
        view! {
            // Apart from the drawings: of these one is always out of the page, and its fills with it.
            <svg class="chart-fills" width="0" height="0" aria-hidden="true" inner_html=fills()></svg>
            {drawing(WIDE)}
            {drawing(NARROW)}
            <Legend names=plot.names.clone() />
            <Numbers plot period=view.period unit />
        }
        .into_any()
    };
    view! { <Panel title=title action=action><div class="stack stack-tight">{body}</div></Panel> }
}

#[component]
fn Legend(names: Vec<String>) -> impl IntoView {
    let items = names
        .into_iter()
        .enumerate()
        .map(|(index, name)| {
            let fill = format!("url(#fill-{})", index + 1);
            view! {
                <li>
                    <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true"><rect width="12" height="12" rx="2" fill=fill /></svg>
                    <bdi>{name}</bdi>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="legend chart-legend">{items}</ul> }
}

/// The chart's numbers as a table; bars without anything are left out.
#[component]
fn Numbers(plot: Plot, period: Period, unit: &'static str) -> impl IntoView {
    let metric = plot.metric;
    let several = plot.names.len() > 1;
    let heads = plot
        .names
        .iter()
        .cloned()
        .map(|name| view! { <th scope="col" class="num"><bdi>{name}</bdi></th> })
        .collect_view();
    let rows = plot
        .bars
        .iter()
        .rev()
        .filter(|(_, values)| values.iter().any(|value| *value != Some(0)))
        .map(|(at, values)| {
            let cells = values.iter().map(|value| view! { <td class="num">{words(metric, *value)}</td> }).collect_view();
            let total = several.then(|| view! { <td class="num">{words(metric, together(values))}</td> });
            view! { <tr><th scope="row" class="nowrap"><time datetime=at.rfc3339()>{moment(*at, period)}</time></th>{cells}{total}</tr> }
        })
        .collect_view();
    let caption = format!("{} per {unit} (UTC). A {unit} without any is left out.", metric.name());
    view! {
        <details class="numbers">
            <summary>"The chart as a table"</summary>
            <TableScroll label="The chart as a table">
                <table class="table">
                    <caption>{caption}</caption>
                    <thead><tr><th scope="col">{if unit == "day" { "Day" } else { "Hour" }}</th>{heads}{several.then(|| view! { <th scope="col" class="num">"Together"</th> })}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableScroll>
        </details>
    }
}
