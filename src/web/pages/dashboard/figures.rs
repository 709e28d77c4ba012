//! The first row: four numbers, each with its trend.

use crate::domain::usage::{Period, Sums, change_percent, compact, grouped, millis, usd};
use crate::features::usage::Overview;
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn Figures(usage: Arc<Overview>, period: Period) -> impl IntoView {
    let summary = &usage.summary;
    let now = summary.total;
    let before = summary.previous;
    let of = |value: fn(&Sums) -> i64| (Some(value(&now)), before.as_ref().map(value));
    let unpriced = (now.unpriced > 0).then(|| format!("{} % of calls unpriced", now.unpriced_percent()));
    let cost = of(|sums| sums.cost_nano_usd);
    let calls = of(|sums| sums.calls);
    let tokens = of(Sums::tokens);
    let ttft = (summary.median_ttft_ms, before.and(summary.previous_ttft_ms));
    let failed = (now.errors > 0).then(|| format!("{} failed", grouped(now.errors)));
    let split =
        (now.tokens() > 0).then(|| format!("{} in, {} out", compact(now.input_tokens), compact(now.output_tokens)));
    view! {
        <dl class="figures">
            <Figure label="Cost" value=now.cost().map_or_else(|| "unpriced".to_owned(), usd) trend=trend(cost, period) more=unpriced />
            <Figure label="Calls" value=grouped(now.calls) trend=trend(calls, period) more=failed />
            <Figure label="Tokens" value=compact(now.tokens()) trend=trend(tokens, period) more=split />
            <Figure label="Median time to first token"
                value=summary.median_ttft_ms.map_or_else(|| "—".to_owned(), millis) trend=trend(ttft, period) more=None />
        </dl>
    }
}

#[component]
fn Figure(label: &'static str, value: String, trend: String, more: Option<String>) -> impl IntoView {
    let more = more.map(|more| format!(" · {more}"));
    view! {
        <div class="figure">
            <dt>{label}</dt>
            <dd>{value}</dd>
            <dd class="trend">{trend}{more}</dd>
        </div>
    }
}

/// How a number moved against the period before, in words that need no colour.
fn trend((now, before): (Option<i64>, Option<i64>), period: Period) -> String {
    if period.is_all() {
        return "all that is kept".to_owned();
    }
    let span = match period {
        Period::Today => "yesterday".to_owned(),
        _ => format!("the {} before", period.name()),
    };
    let (Some(now), Some(before)) = (now, before) else {
        return format!("nothing in {span} to compare").replace("in yesterday", "yesterday");
    };
    match change_percent(now, before) {
        None if now == 0 => format!("as {span}"),
        None => format!("nothing in {span}").replace("in yesterday", "yesterday"),
        Some(0) => format!("as {span}"),
        Some(percent) if percent > 999 => format!("▲ over ten times {span}"),
        Some(percent) if percent > 0 => format!("▲ {percent} % on {span}"),
        Some(percent) => format!("▼ {} % on {span}", -percent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_says_what_it_is_compared_with() {
        assert_eq!(
            trend((Some(150), Some(100)), Period::Month),
            "▲ 50 % on the 30 days before"
        );
        assert_eq!(trend((Some(50), Some(100)), Period::Today), "▼ 50 % on yesterday");
        assert_eq!(trend((Some(5), Some(0)), Period::Today), "nothing yesterday");
        assert_eq!(trend((Some(0), Some(0)), Period::Week), "as the 7 days before");
        assert_eq!(
            trend((None, Some(3)), Period::Week),
            "nothing in the 7 days before to compare"
        );
        assert_eq!(trend((Some(1), None), Period::All), "all that is kept");
    }
}
