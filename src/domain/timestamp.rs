//! Points in time as integer milliseconds since the Unix epoch, UTC: the form in every table.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

pub const SECOND_MS: i64 = 1_000;
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;

impl Timestamp {
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    #[must_use]
    pub const fn minus(self, millis: i64) -> Self {
        Self(self.0.saturating_sub(millis))
    }

    /// Midnight UTC of the day that holds this moment.
    #[must_use]
    pub const fn start_of_day(self) -> Self {
        Self(self.0 - self.0.rem_euclid(DAY_MS))
    }

    /// Midnight UTC of the first day of this moment's month.
    #[must_use]
    pub fn start_of_month(self) -> Self {
        let days_before = i64::from(self.to_datetime().day()) - 1;
        self.start_of_day().minus(days_before * DAY_MS)
    }

    /// The calendar moment; times outside the calendar's range fall back to the epoch.
    #[must_use]
    pub fn to_datetime(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// RFC 3339 in UTC, for machines: `2026-05-01T08:30:00.25Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.to_datetime().format(&Rfc3339).unwrap_or_default()
    }

    /// A moment as people write it: `2026-05-01` (midnight UTC) or RFC 3339.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let moment = if text.len() == 10 {
            OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339)
        } else {
            OffsetDateTime::parse(text, &Rfc3339)
        };
        let millis = moment.ok()?.unix_timestamp_nanos() / 1_000_000;
        i64::try_from(millis).ok().map(Self)
    }

    /// `2026-05-01`.
    #[must_use]
    pub fn date(self) -> String {
        let day = self.to_datetime().date();
        format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day())
    }

    /// Midnight UTC of a day written as `2026-05-01`; `None` for anything else.
    #[must_use]
    pub fn parse_date(text: &str) -> Option<Self> {
        let format = time::macros::format_description!("[year]-[month]-[day]");
        let day = time::Date::parse(text, format).ok()?;
        Some(Self(day.midnight().assume_utc().unix_timestamp() * SECOND_MS))
    }

    /// `1 May 2026, 08:30 UTC`, for people.
    #[must_use]
    pub fn human(self) -> String {
        let at = self.to_datetime();
        format!(
            "{} {} {}, {:02}:{:02} UTC",
            at.day(),
            at.month(),
            at.year(),
            at.hour(),
            at.minute()
        )
    }

    /// `1 May 2026`: the day in UTC, for people.
    #[must_use]
    pub fn day_words(self) -> String {
        let at = self.to_datetime();
        format!("{} {} {}", at.day(), at.month(), at.year())
    }

    /// How long ago, in the largest unit that fits: `just now`, `12 min ago`, `3 h ago`, `5 days ago`.
    #[must_use]
    pub fn ago(self, now: Self) -> String {
        let past = now.0.saturating_sub(self.0);
        match past {
            ..MINUTE_MS => "just now".to_owned(),
            MINUTE_MS..HOUR_MS => format!("{} min ago", past / MINUTE_MS),
            HOUR_MS..DAY_MS => format!("{} h ago", past / HOUR_MS),
            _ if past / DAY_MS == 1 => "yesterday".to_owned(),
            _ => format!("{} days ago", past / DAY_MS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_back_as_it_is_written() {
        for day in ["2026-05-01", "1970-01-01", "2028-02-29"] {
            assert_eq!(Timestamp::parse_date(day).unwrap().date(), day);
        }
        for nonsense in ["2026-02-30", "2026-5-1", "", "tomorrow", "2026-05-01T00:00:00Z"] {
            assert_eq!(Timestamp::parse_date(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn dates_and_moments_are_read_and_nonsense_is_not() {
        let moment = Timestamp::parse("2026-05-01T08:30:00.25Z").unwrap();
        assert_eq!(moment.rfc3339(), "2026-05-01T08:30:00.25Z");
        assert_eq!(Timestamp::parse("2026-05-01"), Some(moment.start_of_day()));
        assert_eq!(Timestamp::parse("2026-05-01T10:30:00.25+02:00"), Some(moment));
        for text in ["", "2026-13-01", "yesterday", "2026-05-01 08:30", "1777881600000"] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_past_is_told_in_the_largest_unit_that_fits() {
        let now = Timestamp(10 * DAY_MS);
        let ago = |past| now.minus(past).ago(now);
        assert_eq!((ago(0), ago(-5)), ("just now".into(), "just now".into()));
        assert_eq!(
            (ago(59 * MINUTE_MS), ago(HOUR_MS)),
            ("59 min ago".into(), "1 h ago".into())
        );
        assert_eq!(
            (ago(DAY_MS), ago(3 * DAY_MS)),
            ("yesterday".into(), "3 days ago".into())
        );
    }
}
