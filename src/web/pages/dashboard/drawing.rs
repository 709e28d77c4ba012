//! Bars over time as SVG.
//!
//! Parts are told apart by colour and by hatching; nobody needs to see colour. A drawing shrinks with its page and
//! its words along with it, so there are two: one for wide pages and one for phones.

use super::parts::Names;
use crate::domain::timestamp::{HOUR_MS, Timestamp};
use crate::domain::usage::{Metric, Period, Sums};
use crate::features::usage::Summary;
use std::fmt::Write;

const RIGHT: f64 = 4.0;
const TOP: f64 = 8.0;

/// The paper of a drawing.
#[derive(Clone, Copy, Debug)]
pub struct Paper {
    pub class: &'static str,
    pub width: f64,
    pub height: f64,
    left: f64,
    bottom: f64,
    /// How many moments are named beneath the bars, at most.
    moments: usize,
}

pub const WIDE: Paper = Paper {
    class: "chart chart-wide",
    width: 720.0,
    height: 216.0,
    left: 60.0,
    bottom: 24.0,
    moments: 7,
};

pub const NARROW: Paper = Paper {
    class: "chart chart-narrow",
    width: 320.0,
    height: 206.0,
    left: 56.0,
    bottom: 34.0,
    moments: 4,
};

/// Beyond so many parts the last ones are drawn together.
const SERIES: usize = 6;
const BAR_MAX: f64 = 26.0;

/// What is drawn: series by name, and for each moment one value per series; `None` where it is not known.
#[derive(Debug, PartialEq, Eq)]
pub struct Plot {
    pub metric: Metric,
    pub names: Vec<String>,
    pub bars: Vec<(Timestamp, Vec<Option<i64>>)>,
}

impl Plot {
    pub fn new(summary: &Summary, metric: Metric, names: &Names) -> Self {
        if !metric.is_additive() {
            let bars = summary
                .slots
                .iter()
                .map(|slot| (slot.at, vec![Some(metric.of(&slot.total()).unwrap_or(0))]));
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
        let values = |parts: &[Sums]| {
            let mut values: Vec<Option<i64>> = parts.iter().take(own).map(|sums| metric.of(sums)).collect();
            if count > own {
                values.push(metric.of(&parts.iter().skip(own).sum()));
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

    pub fn tallest(&self) -> i64 {
        let known = |values: &Vec<Option<i64>>| values.iter().flatten().sum();
        self.bars.iter().map(|(_, values)| known(values)).max().unwrap_or(0)
    }
}

/// The values of a moment together, as far as they are known; `None` where nothing is.
pub fn together(values: &[Option<i64>]) -> Option<i64> {
    let known: i64 = values.iter().flatten().sum();
    (known > 0 || !values.contains(&None)).then_some(known)
}

/// A value in words. What is not known is a price: it is never shown as nothing.
pub fn words(metric: Metric, value: Option<i64>) -> String {
    value.map_or_else(|| "unpriced".to_owned(), |value| metric.show(value))
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

impl Paper {
    /// Where the bars stand.
    fn floor(self) -> f64 {
        self.height - self.bottom
    }

    /// How tall the tallest bar can be.
    fn room(self) -> f64 {
        self.floor() - TOP
    }

    fn bands(self, count: usize) -> impl Iterator<Item = Band> {
        let count = u32::try_from(count.max(1)).unwrap_or(u32::MAX);
        let width = (self.width - self.left - RIGHT) / f64::from(count);
        (0..count).map(move |index| Band {
            left: self.left + width * f64::from(index),
            width,
            bar: (width * 0.72).min(BAR_MAX),
        })
    }
}

/// The inside of the `<svg>`; its fills are those of [`fills`]. Everything that is text is escaped.
pub fn draw(plot: &Plot, period: Period, paper: Paper) -> String {
    let mut svg = String::with_capacity(16 * 1024);
    let step = grid_step(plot.tallest(), plot.metric);
    grid(&mut svg, plot.metric, step, paper);
    bars(&mut svg, plot, step.saturating_mul(4), paper);
    moments(&mut svg, plot, period, paper);
    svg
}

fn grid(svg: &mut String, metric: Metric, step: i64, paper: Paper) {
    for line in 0..=4_i64 {
        let y = paper.floor() - paper.room() * share(line, 4);
        let class = if line == 0 { "axis" } else { "grid" };
        let text = axis_label(metric, step * line);
        let (x, end, label) = (paper.left, paper.width - RIGHT, paper.left - 8.0);
        _ = write!(
            svg,
            r#"<path class="{class}" d="M{x} {y:.1}H{end}"/><text x="{label}" y="{:.1}" text-anchor="end">{text}</text>"#,
            y + 3.5
        );
    }
}

fn bars(svg: &mut String, plot: &Plot, top: i64, paper: Paper) {
    let mut floors = vec![paper.floor(); plot.bars.len()];
    for series in 0..plot.names.len() {
        let mut path = String::new();
        for (((_, values), band), floor) in plot.bars.iter().zip(paper.bands(plot.bars.len())).zip(&mut floors) {
            let value = values.get(series).copied().flatten().unwrap_or(0);
            if value <= 0 {
                continue;
            }
            // A value that is there is seen, however small.
            let tall = (paper.room() * share(value, top)).max(1.0);
            let x = band.left + (band.width - band.bar) / 2.0;
            _ = write!(path, "M{x:.1} {floor:.1}v-{tall:.1}h{:.1}v{tall:.1}z", band.bar);
            *floor -= tall;
        }
        if !path.is_empty() {
            _ = write!(svg, r#"<path fill="url(#fill-{})" d="{path}"/>"#, series + 1);
        }
    }
}

/// Names beneath the bars, and what each bar tells when it is pointed at.
fn moments(svg: &mut String, plot: &Plot, period: Period, paper: Paper) {
    let every = plot.bars.len().div_ceil(paper.moments).max(1);
    // Hours are counted by fours at least.
    let every = if period == Period::Today { every.max(4) } else { every };
    for (index, ((at, values), band)) in plot.bars.iter().zip(paper.bands(plot.bars.len())).enumerate() {
        let Band { left, width, .. } = band;
        if index % every == 0 {
            let (middle, y, label) = (left + width / 2.0, paper.height - 7.0, moment(*at, period));
            _ = write!(
                svg,
                r#"<text x="{middle:.1}" y="{y}" text-anchor="middle">{label}</text>"#
            );
        }
        if values.iter().flatten().any(|value| *value > 0) {
            let (title, room) = (escape(&tooltip(plot, *at, values, period)), paper.room());
            _ = write!(
                svg,
                r#"<rect class="hit" x="{left:.1}" y="{TOP}" width="{width:.1}" height="{room}"><title>{title}</title></rect>"#
            );
        }
    }
}

/// Fills for drawings and legends: plain and hatched by turns, in the colour of their place.
pub fn fills() -> String {
    let mut svg = String::from("<defs>");
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
    svg
}

fn axis_label(metric: Metric, value: i64) -> String {
    match metric {
        Metric::Cost if value == 0 => "$0".to_owned(),
        Metric::Cost | Metric::Latency => metric.show(value),
        Metric::Tokens | Metric::Calls | Metric::Errors => crate::domain::usage::compact(value),
    }
}

/// `4 May`, or `14:00` within a day.
pub fn moment(at: Timestamp, period: Period) -> String {
    let time = at.to_datetime();
    if period.step() == HOUR_MS {
        return format!("{:02}:00", time.hour());
    }
    let month = time.month().to_string();
    format!("{} {}", time.day(), month.get(..3).unwrap_or(&month))
}

fn tooltip(plot: &Plot, at: Timestamp, values: &[Option<i64>], period: Period) -> String {
    let mut text = format!("{}: {}", moment(at, period), words(plot.metric, together(values)));
    if plot.names.len() > 1 {
        for (name, value) in plot.names.iter().zip(values).filter(|(_, value)| **value != Some(0)) {
            _ = write!(text, "\n{name}: {}", words(plot.metric, *value));
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
                .map(|(day, values)| {
                    (
                        Timestamp(day as i64 * DAY_MS),
                        values.iter().copied().map(Some).collect(),
                    )
                })
                .collect(),
        }
    }

    #[test]
    fn names_do_not_break_out_of_the_drawing() {
        let svg = draw(&plot(&[&[3, 0], &[1, 2]]), Period::Week, WIDE);
        assert!(svg.contains("&lt;0&gt;: 3") && !svg.contains("<0>"));
    }

    #[test]
    fn every_series_is_drawn_once_and_bars_without_values_are_not() {
        let svg = draw(&plot(&[&[3, 0], &[0, 0]]), Period::Week, WIDE);
        assert_eq!(svg.matches("<path fill=").count(), 1);
        assert_eq!(svg.matches("class=\"hit\"").count(), 1);
    }

    #[test]
    fn what_is_not_known_is_never_nothing() {
        let mut plot = plot(&[&[3, 0, 7]]);
        plot.metric = Metric::Cost;
        let values = &mut plot.bars[0].1;
        values[2] = None;
        assert_eq!(together(values), Some(3));
        assert_eq!(together(&[Some(0), None]), None);
        assert_eq!(together(&[Some(0), Some(0)]), Some(0));
        let svg = draw(&plot, Period::Week, NARROW);
        assert!(
            svg.contains("&lt;2&gt;: unpriced") && !svg.contains("&lt;2&gt;: $"),
            "{svg}"
        );
    }

    #[test]
    fn moments_are_named_as_often_as_the_paper_has_room_for() {
        let days: Vec<&[i64]> = vec![&[1]; 30];
        let names = |paper| {
            draw(&plot(&days), Period::Month, paper)
                .matches("text-anchor=\"middle\"")
                .count()
        };
        assert_eq!((names(WIDE), names(NARROW)), (6, 4));
        let hours: Vec<&[i64]> = vec![&[1]; 24];
        let names = |paper| {
            draw(&plot(&hours), Period::Today, paper)
                .matches("text-anchor=\"middle\"")
                .count()
        };
        assert_eq!((names(WIDE), names(NARROW)), (6, 4));
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
