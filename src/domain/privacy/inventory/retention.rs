//! How long rows are kept. Numbers come from the constants of the policy only.

use crate::domain::timestamp::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

/// When a row, or a value in it, is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// Until its owner deletes it or the account.
    WithAccount,
    /// So long after the time in the column; a row without that time waits for it.
    After {
        column: &'static str,
        span: Span,
        /// Of what the time is: `the call`.
        of: &'static str,
    },
    /// At the time in the column, which is at most so long after the row was made.
    Expires { column: &'static str, span: Span },
    /// At an event; `as soon as the mail has left`.
    When(&'static str),
    /// Not limited: it says nothing about a person.
    Unlimited,
}

/// A length of time as the policy writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Minutes(i64),
    Hours(i64),
    Days(i64),
}

impl Span {
    /// In milliseconds.
    #[must_use]
    pub const fn ms(self) -> i64 {
        match self {
            Self::Minutes(count) => count * MINUTE_MS,
            Self::Hours(count) => count * HOUR_MS,
            Self::Days(count) => count * DAY_MS,
        }
    }

    /// `90 days`; a whole year reads `12 months`.
    #[must_use]
    pub fn words(self) -> String {
        let (count, unit) = match self {
            Self::Minutes(count) => (count, "minute"),
            Self::Hours(count) => (count, "hour"),
            Self::Days(365) => (12, "month"),
            Self::Days(count) => (count, "day"),
        };
        format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

impl Retention {
    /// The column that the time is counted from.
    #[must_use]
    pub const fn column(self) -> Option<&'static str> {
        match self {
            Self::After { column, .. } | Self::Expires { column, .. } => Some(column),
            Self::WithAccount | Self::When(_) | Self::Unlimited => None,
        }
    }

    /// Rows whose time in [`Retention::column`] is at or before this moment are due for deletion, and
    /// are not shown any more even if the purge is late.
    #[must_use]
    pub const fn cutoff(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::After { span, .. } => Some(now.minus(span.ms())),
            Self::Expires { .. } => Some(now),
            Self::WithAccount | Self::When(_) | Self::Unlimited => None,
        }
    }

    /// When a row with this time in [`Retention::column`] is deleted.
    #[must_use]
    pub const fn deleted_on(self, time: Timestamp) -> Option<Timestamp> {
        match self {
            Self::After { span, .. } => Some(time.plus(span.ms())),
            Self::Expires { .. } => Some(time),
            Self::WithAccount | Self::When(_) | Self::Unlimited => None,
        }
    }

    /// As the policy says it.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::WithAccount => "until you delete it or your account".to_owned(),
            Self::After { span, of, .. } => format!("{} after {of}", span.words()),
            Self::Expires { span, .. } => format!("at most {}", span.words()),
            Self::When(event) => event.to_owned(),
            Self::Unlimited => "no limit: nothing personal in it".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_due_exactly_when_its_date_of_deletion_is_reached() {
        let kept = Retention::After {
            column: "at",
            span: Span::Days(90),
            of: "the call",
        };
        let made = Timestamp(1_000);
        let due = kept.deleted_on(made).unwrap();
        assert_eq!(kept.cutoff(due), Some(made));
        assert_eq!(kept.words(), "90 days after the call");
    }

    #[test]
    fn spans_read_as_people_say_them() {
        assert_eq!(Span::Days(1).words(), "1 day");
        assert_eq!(Span::Days(365).words(), "12 months");
        assert_eq!(Span::Minutes(30).words(), "30 minutes");
    }
}
