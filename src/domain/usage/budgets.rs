//! Budgets in time: when a day or a month begins and ends, and how much of a limit is spent.

use crate::domain::timestamp::{DAY_MS, Timestamp};

/// The time over which a budget counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Day,
    Month,
}

impl Span {
    pub const ALL: [Self; 2] = [Self::Day, Self::Month];

    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Day => "daily",
            Self::Month => "monthly",
        }
    }

    /// When the span that holds `now` began (UTC).
    #[must_use]
    pub fn start(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Day => now.start_of_day(),
            Self::Month => {
                let day = i64::from(now.to_datetime().day());
                now.start_of_day().minus((day - 1) * DAY_MS)
            }
        }
    }

    /// When the next span begins, and the budget with it.
    #[must_use]
    pub fn end(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Day => now.start_of_day().plus(DAY_MS),
            Self::Month => {
                let date = now.to_datetime().date();
                let days = i64::from(date.month().length(date.year()));
                self.start(now).plus(days * DAY_MS)
            }
        }
    }
}

/// Shares of a budget at which its owner is told, in percent.
pub const ALERT_PERCENTS: [i64; 3] = [50, 80, 100];

/// What is spent of a limit, in percent, rounded down; a limit of nothing is always reached.
#[must_use]
pub fn spent_percent(spent: i64, limit: i64) -> i64 {
    if limit <= 0 {
        return 100;
    }
    i64::try_from(i128::from(spent) * 100 / i128::from(limit)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOON: Timestamp = Timestamp(1_772_366_400_000); // 2026-03-01 12:00 UTC

    #[test]
    fn budgets_renew_at_midnight_and_on_the_first() {
        assert_eq!(Span::Day.end(NOON).date(), "2026-03-02");
        assert_eq!(Span::Month.start(NOON), NOON.start_of_day());
        assert_eq!(Span::Month.end(NOON).date(), "2026-04-01");
        let leap = Timestamp(1_709_164_800_000); // 2024-02-29
        assert_eq!(
            (leap.date(), Span::Month.end(leap).date()),
            ("2024-02-29".into(), "2024-03-01".into())
        );
        assert_eq!(Span::Month.start(leap).date(), "2024-02-01");
    }

    #[test]
    fn a_share_is_rounded_down_and_nothing_is_always_spent() {
        assert_eq!(spent_percent(799, 1_000), 79);
        assert_eq!(spent_percent(800, 1_000), 80);
        assert_eq!(spent_percent(0, 0), 100);
        assert_eq!(spent_percent(i64::MAX, i64::MAX), 100);
    }

    proptest! {
        #[test]
        fn every_moment_lies_in_its_span(ms in 0..4_102_444_800_000_i64) {
            let now = Timestamp(ms);
            for span in Span::ALL {
                prop_assert!(span.start(now) <= now && now < span.end(now));
                prop_assert_eq!(span.start(span.end(now)), span.end(now));
            }
        }
    }
}
