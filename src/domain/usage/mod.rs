//! Usage in words and numbers: what a call can be for, how it can end, and how money and counts are
//! written. Pure; money is integer nano-USD everywhere and is never a float.

mod amounts;
mod budgets;
mod feature;

pub use amounts::{AmountFault, NANO_USD, compact, csv_guard, grouped, millis, parse_usd, plain_usd, usd};
pub use budgets::{ALERT_PERCENTS, Span, spent_percent};
pub use feature::Feature;

use crate::domain::privacy::constants::USAGE_RETENTION_DAYS;
use crate::domain::timestamp::{DAY_MS, HOUR_MS, Timestamp};
use serde::{Deserialize, Serialize};

/// The name under which calls are recorded whose model stands in no list: a model's name is text of
/// the caller otherwise, and text of people is not kept.
pub const OTHER_MODEL: &str = "other";

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    Ok,
    /// Stopped by the person, or their browser went away.
    Aborted,
    Error,
}

impl CallStatus {
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Aborted => "aborted",
            Self::Error => "error",
        }
    }
}

/// How many UTC days the dashboard looks at, today included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Period {
    Today,
    Week,
    #[default]
    Month,
    /// Everything that is kept.
    All,
}

impl Period {
    pub const ALL: [Self; 4] = [Self::Today, Self::Week, Self::Month, Self::All];

    #[must_use]
    pub const fn days(self) -> i64 {
        match self {
            Self::Today => 1,
            Self::Week => 7,
            Self::Month => 30,
            Self::All => USAGE_RETENTION_DAYS,
        }
    }

    /// Whether nothing older is kept.
    #[must_use]
    pub const fn is_all(self) -> bool {
        matches!(self, Self::All)
    }

    /// The value in URLs.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Week => "7",
            Self::Month => "30",
            Self::All => "90",
        }
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Week => "7 days",
            Self::Month => "30 days",
            Self::All => "90 days",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.id() == id)
    }

    /// The first moment of the period: never older than what is kept.
    #[must_use]
    pub const fn start(self, now: Timestamp) -> Timestamp {
        now.start_of_day().minus((self.days() - 1) * DAY_MS)
    }

    /// The first moment of the period before, of the same length; `None` where its rows are gone.
    #[must_use]
    pub const fn previous_start(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::All => None,
            _ => Some(self.start(now).minus(self.days() * DAY_MS)),
        }
    }

    /// Width of one bar of the chart, in milliseconds.
    #[must_use]
    pub const fn step(self) -> i64 {
        match self {
            Self::Today => HOUR_MS,
            _ => DAY_MS,
        }
    }
}

/// The oldest moment of which anything may be shown: rows beyond it do not exist, even if the job
/// that deletes them is late.
#[must_use]
pub const fn oldest_shown(now: Timestamp) -> Timestamp {
    now.minus(USAGE_RETENTION_DAYS * DAY_MS)
}

/// By what calls are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Breakdown {
    #[default]
    Provider,
    Model,
    Feature,
    Key,
}

impl Breakdown {
    pub const ALL: [Self; 4] = [Self::Provider, Self::Model, Self::Feature, Self::Key];

    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Model => "model",
            Self::Feature => "feature",
            Self::Key => "key",
        }
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Provider => "Provider",
            Self::Model => "Model",
            Self::Feature => "Feature",
            Self::Key => "Key",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|breakdown| breakdown.id() == id)
    }
}

/// What the chart shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metric {
    #[default]
    Cost,
    Tokens,
    Calls,
    Latency,
    Errors,
}

impl Metric {
    pub const ALL: [Self; 5] = [Self::Cost, Self::Tokens, Self::Calls, Self::Latency, Self::Errors];

    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::Tokens => "tokens",
            Self::Calls => "calls",
            Self::Latency => "latency",
            Self::Errors => "errors",
        }
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cost => "Cost",
            Self::Tokens => "Tokens",
            Self::Calls => "Calls",
            Self::Latency => "Latency",
            Self::Errors => "Errors",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.id() == id)
    }

    /// The metric's value in these sums; `None` where there is nothing to form it from.
    #[must_use]
    pub const fn of(self, sums: &Sums) -> Option<i64> {
        match self {
            Self::Cost => sums.cost(),
            Self::Tokens => Some(sums.tokens()),
            Self::Calls => Some(sums.calls),
            Self::Errors => Some(sums.errors),
            Self::Latency => sums.mean_latency_ms(),
        }
    }

    /// Whether the values of parts add up to the value of the whole.
    #[must_use]
    pub const fn is_additive(self) -> bool {
        !matches!(self, Self::Latency)
    }

    /// A value for people, with its unit.
    #[must_use]
    pub fn show(self, value: i64) -> String {
        match self {
            Self::Cost => usd(value),
            Self::Latency => millis(value),
            Self::Tokens | Self::Calls | Self::Errors => grouped(value),
        }
    }
}

/// Sums over some calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub calls: i64,
    pub errors: i64,
    pub aborted: i64,
    /// Calls whose price is unknown; they cost something that is not in `cost_nano_usd`.
    pub unpriced: i64,
    pub cost_nano_usd: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
    /// Of finished calls only.
    pub latency_ms: i64,
}

impl Sums {
    pub const fn add(&mut self, other: &Self) {
        self.calls = self.calls.saturating_add(other.calls);
        self.errors = self.errors.saturating_add(other.errors);
        self.aborted = self.aborted.saturating_add(other.aborted);
        self.unpriced = self.unpriced.saturating_add(other.unpriced);
        self.cost_nano_usd = self.cost_nano_usd.saturating_add(other.cost_nano_usd);
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.latency_ms = self.latency_ms.saturating_add(other.latency_ms);
    }

    /// Nano-USD; `None` where the price of no call is known.
    #[must_use]
    pub const fn cost(&self) -> Option<i64> {
        if self.calls > 0 && self.unpriced == self.calls {
            return None;
        }
        Some(self.cost_nano_usd)
    }

    #[must_use]
    pub const fn tokens(&self) -> i64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }

    /// Mean time to the end of the answer over the calls that finished.
    #[must_use]
    pub const fn mean_latency_ms(&self) -> Option<i64> {
        self.latency_ms.checked_div(self.calls - self.errors - self.aborted)
    }

    /// Share of calls without a price, in percent, never rounded down to nothing.
    #[must_use]
    pub const fn unpriced_percent(&self) -> i64 {
        if self.unpriced == 0 || self.calls == 0 {
            return 0;
        }
        let percent = self.unpriced.saturating_mul(100) / self.calls;
        if percent == 0 { 1 } else { percent }
    }
}

impl<'a> std::iter::Sum<&'a Sums> for Sums {
    fn sum<I: Iterator<Item = &'a Sums>>(sums: I) -> Self {
        sums.fold(Self::default(), |mut whole, part| {
            whole.add(part);
            whole
        })
    }
}

/// What has to be said where some calls have no price; `None` where all have one.
#[must_use]
pub fn unpriced_sentence(sums: &Sums) -> Option<String> {
    (sums.unpriced > 0).then(|| {
        let (percent, unpriced, calls) = (sums.unpriced_percent(), grouped(sums.unpriced), grouped(sums.calls));
        format!(
            "{percent} % of these calls ({unpriced} of {calls}) went to models whose price is not known. They are in every \
             count but the cost."
        )
    })
}

/// How much more or less than before, in percent: `None` where there was nothing before.
#[must_use]
pub fn change_percent(now: i64, before: i64) -> Option<i64> {
    if before == 0 {
        return None;
    }
    let percent = (i128::from(now) - i128::from(before)) * 100 / i128::from(before);
    i64::try_from(percent).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp(1_772_366_400_000); // 2026-03-01 12:00 UTC

    #[test]
    fn no_period_reaches_beyond_what_is_kept() {
        for period in Period::ALL {
            assert!(period.start(NOON) >= oldest_shown(NOON));
        }
        assert_eq!(Period::Today.start(NOON), NOON.start_of_day());
        assert_eq!(Period::Week.start(NOON).date(), "2026-02-23");
        assert_eq!(Period::Week.previous_start(NOON).unwrap().date(), "2026-02-16");
        assert_eq!(Period::All.previous_start(NOON), None);
    }

    #[test]
    fn a_single_unpriced_call_among_many_is_told() {
        let sums = Sums {
            calls: 1_000,
            unpriced: 1,
            ..Sums::default()
        };
        assert_eq!(sums.unpriced_percent(), 1);
    }

    #[test]
    fn a_trend_needs_something_before_it() {
        assert_eq!(change_percent(5, 0), None);
        assert_eq!(change_percent(150, 100), Some(50));
        assert_eq!(change_percent(0, 100), Some(-100));
        assert_eq!(change_percent(i64::MAX, 1), None);
    }

    #[test]
    fn latency_is_the_mean_of_finished_calls() {
        let sums = Sums {
            calls: 4,
            errors: 1,
            aborted: 1,
            latency_ms: 300,
            ..Sums::default()
        };
        assert_eq!(sums.mean_latency_ms(), Some(150));
        assert_eq!(Sums::default().mean_latency_ms(), None);
    }
}
