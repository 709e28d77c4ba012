//! The chart: bars over time, drawn on the server as SVG, with the same numbers as a table beneath.
//!
//! Parts are told apart by colour and by hatching, and named in the legend; nobody needs to see colour.

use super::parts::Names;
use super::view::View;
use crate::domain::timestamp::{HOUR_MS, Timestamp};
use crate::domain::usage::{Metric, Period};
use crate::features::usage::{Overview, Summary};
use crate::web::components::{Panel, TableScroll};
use leptos::prelude::*;
use std::fmt::Write;
use std::sync::Arc;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 216.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 4.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 24.0;
/// Beyond so many parts the last ones are drawn together.
const SERIES: usize = 6;
const BAR_MAX: f64 = 26.0;

/// What is drawn: series by name, and for each moment one value per series.
#[derive(Debug, PartialEq, Eq)]
struct Plot {
    metric: Metric,
    names: Vec<String>,
    bars: Vec<(Timestamp, Vec<i64>)>,
}

impl Plot {
    fn new(summary: &Summary, metric: Metric, names: &Names) -> Self {
        if !metric.is_additive() {
            let bars = summary
                .slots
                .iter()
                .map(|slot| (slot.at, vec![metric.of(&slot.total()).unwrap_or(0)]));
            return Self {
                metric,
                names: vec!["Mean time to the end of the answer".to_owned()],
                bars: bars.collect(),
            };
        }
        let count = summary.parts.len();
        let own = if count > SERIES { SERIES - 1 } else { count };
        let mut series: Vec<String> = summary.parts.iter().take(own).map(|(part, _)| names.of(part)).collect();
        if count > own {
            series.push(format!("{} others", count - own));
        }
        let values = |parts: &[crate::domain::usage::Sums]| {
            let value = |sums| metric.of(sums).unwrap_or(0);
            let mut values: Vec<i64> = parts.iter().take(own).map(value).collect();
            if count > own {
                values.push(parts.iter().skip(own).map(value).sum());
            }
            values
        };
        Self {
            metric,
            names: series,
            bars: summary
                .slots
                .iter()
                .map(|slot| (slot.at, values(&slot.parts)))
                .collect(),
        }
    }

    fn tallest(&self) -> i64 {
        self.bars
            .iter()
            .map(|(_, values)| values.iter().sum())
            .max()
            .unwrap_or(0)
    }
}

/// The distance between grid lines: a round number, four of which reach over the tallest bar.
fn grid_step(tallest: i64, metric: Metric) -> i64 {
    let least: i64 = if metric == Metric::Cost { 100_000 } else { 1 };
    let mut power: i64 = least;
    loop {
        for factor in [10, 20, 25, 50] {
            let is_whole = power * factor % 10 == 0;
            let step = power * factor / 10;
            if is_whole && step.saturating_mul(4) >= tallest {
                return step;
            }
        }
        match power.checked_mul(10) {
            Some(next) if next < i64::MAX / 50 => power = next,
            _ => return tallest / 4 + 1,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "pixels of a drawing")]
fn share(value: i64, of: i64) -> f64 {
    if of == 0 { 0.0 } else { value as f64 / of as f64 }
}

/// Where a bar stands, in pixels.
#[derive(Clone, Copy)]
struct Band {
    left: f64,
    width: f64,
    bar: f64,
}

fn bands(count: usize) -> impl Iterator<Item = Band> {
    let count = u32::try_from(count.max(1)).unwrap_or(u32::MAX);
    let width = (WIDTH - LEFT - RIGHT) / f64::from(count);
    (0..count).map(move |index| Band {
        left: LEFT + width * f64::from(index),
        width,
        bar: (width * 0.72).min(BAR_MAX),
    })
}

/// The inside of the `<svg>`. Everything that is text is escaped.
fn draw(plot: &Plot, period: Period) -> String {
    let mut svg = String::with_capacity(16 * 1024);
    let step = grid_step(plot.tallest(), plot.metric);
    let top = step.saturating_mul(4);
    let floor = HEIGHT - BOTTOM;
    let height = floor - TOP;
    patterns(&mut svg);
    for line in 0..=4_i64 {
        let y = floor - height * share(line, 4);
        let class = if line == 0 { "axis" } else { "grid" };
        let text = axis_label(plot.metric, step * line);
        let (x, end, label) = (LEFT, WIDTH - RIGHT, LEFT - 8.0);
        _ = write!(
            svg,
            r#"<path class="{class}" d="M{x} {y:.1}H{end}"/><text x="{label}" y="{:.1}" text-anchor="end">{text}</text>"#,
            y + 3.5
        );
    }
    let mut floors = vec![floor; plot.bars.len()];
    for series in 0..plot.names.len() {
        let mut path = String::new();
        for (((_, values), band), floor) in plot.bars.iter().zip(bands(plot.bars.len())).zip(&mut floors) {
            let value = values.get(series).copied().unwrap_or(0);
            if value <= 0 {
                continue;
            }
            // A value that is there is seen, however small.
            let tall = (height * share(value, top)).max(1.0);
            let x = band.left + (band.width - band.bar) / 2.0;
            _ = write!(path, "M{x:.1} {floor:.1}v-{tall:.1}h{:.1}v{tall:.1}z", band.bar);
            *floor -= tall;
        }
        if !path.is_empty() {
            _ = write!(svg, r#"<path fill="url(#fill-{})" d="{path}"/>"#, series + 1);
        }
    }
    let every = plot.bars.len().div_ceil(7).max(1);
    let every = if period == Period::Today { 4 } else { every };
    for (index, ((at, values), band)) in plot.bars.iter().zip(bands(plot.bars.len())).enumerate() {
        let Band { left, width, .. } = band;
        if index % every == 0 {
            let (middle, y, label) = (left + width / 2.0, HEIGHT - 7.0, moment(*at, period));
            _ = write!(
                svg,
                r#"<text x="{middle:.1}" y="{y}" text-anchor="middle">{label}</text>"#
            );
        }
        if values.iter().any(|value| *value > 0) {
            let title = escape(&tooltip(plot, *at, values, period));
            _ = write!(
                svg,
                r#"<rect class="hit" x="{left:.1}" y="{TOP}" width="{width:.1}" height="{height}"><title>{title}</title></rect>"#
            );
        }
    }
    svg
}

/// Fills: plain and hatched by turns, in the colour of their place.
fn patterns(svg: &mut String) {
    svg.push_str("<defs>");
    for series in 1..=SERIES {
        let hatch = match series {
            2 | 5 => r#"<path class="hatch" d="M0 6L6 0"/>"#,
            3 | 6 => r#"<path class="hatch" d="M0 3H6"/>"#,
            4 => r#"<path class="hatch" d="M0 0L6 6"/>"#,
            _ => "",
        };
        _ = write!(
            svg,
            r#"<pattern id="fill-{series}" class="series-{series}" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="mark" width="6" height="6"/>{hatch}</pattern>"#
        );
    }
    svg.push_str("</defs>");
}

fn axis_label(metric: Metric, value: i64) -> String {
    match metric {
        Metric::Cost if value == 0 => "$0".to_owned(),
        Metric::Cost | Metric::Latency => metric.show(value),
        Metric::Tokens | Metric::Calls | Metric::Errors => crate::domain::usage::compact(value),
    }
}

/// `4 May`, or `14:00` within a day.
fn moment(at: Timestamp, period: Period) -> String {
    let time = at.to_datetime();
    if period.step() == HOUR_MS {
        return format!("{:02}:00", time.hour());
    }
    let month = time.month().to_string();
    format!("{} {}", time.day(), month.get(..3).unwrap_or(&month))
}

fn tooltip(plot: &Plot, at: Timestamp, values: &[i64], period: Period) -> String {
    let mut text = format!("{}: {}", moment(at, period), plot.metric.show(values.iter().sum()));
    let parts = plot.names.iter().zip(values).filter(|(_, value)| **value > 0);
    if plot.names.len() > 1 {
        for (name, value) in parts {
            _ = write!(text, "\n{name}: {}", plot.metric.show(*value));
        }
    }
    text
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

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
        let text = if summary.total.calls == 0 {
            "No calls in this view. Choose a longer period or show all."
        } else {
            "All zero in this view."
        };
        view! { <p class="muted chart-empty">{text}</p> }.into_any()
    } else {
        let label = format!("{title}, UTC. The same numbers stand in the table below the chart.");
        let box_ = format!("0 0 {WIDTH} {HEIGHT}");
        view! {
            <svg class="chart" viewBox=box_ role="img" aria-label=label inner_html=draw(&plot, view.period)></svg>
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
        .filter(|(_, values)| values.iter().any(|value| *value > 0))
        .map(|(at, values)| {
            let cells = values.iter().map(|value| view! { <td class="num">{metric.show(*value)}</td> }).collect_view();
            let total = several.then(|| view! { <td class="num">{metric.show(values.iter().sum())}</td> });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::timestamp::DAY_MS;
    use proptest::prelude::*;

    fn plot(bars: &[&[i64]]) -> Plot {
        Plot {
            metric: Metric::Calls,
            names: (0..bars[0].len()).map(|n| format!("<{n}>")).collect(),
            bars: bars
                .iter()
                .enumerate()
                .map(|(day, values)| (Timestamp(day as i64 * DAY_MS), values.to_vec()))
                .collect(),
        }
    }

    #[test]
    fn names_do_not_break_out_of_the_drawing() {
        let svg = draw(&plot(&[&[3, 0], &[1, 2]]), Period::Week);
        assert!(svg.contains("&lt;0&gt;: 3") && !svg.contains("<0>"));
    }

    #[test]
    fn every_series_is_drawn_once_and_bars_without_values_are_not() {
        let svg = draw(&plot(&[&[3, 0], &[0, 0]]), Period::Week);
        assert_eq!(svg.matches("<path fill=").count(), 1);
        assert_eq!(svg.matches("class=\"hit\"").count(), 1);
    }

    #[test]
    fn grid_lines_are_round_numbers() {
        assert_eq!(grid_step(0, Metric::Calls), 1);
        assert_eq!(grid_step(5, Metric::Calls), 2);
        assert_eq!(grid_step(97, Metric::Calls), 25);
        assert_eq!(grid_step(1_000, Metric::Tokens), 250);
        assert_eq!(grid_step(7_300_000_000, Metric::Cost), 2_000_000_000);
    }

    proptest! {
        #[test]
        fn the_grid_always_reaches_over_the_tallest_bar(tallest in 0..i64::MAX / 8) {
            for metric in Metric::ALL {
                let step = grid_step(tallest, metric);
                prop_assert!(step > 0 && step.saturating_mul(4) >= tallest);
            }
        }
    }
}
