//! How long a provider asks to wait, from its headers.
//!
//! Moments are measured from the answer's own `date`, so that no clock of ours is needed.

use crate::domain::timestamp::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// Seconds to wait by the headers, rounded up: `retry-after-ms`, `retry-after` as seconds or a
/// date, else the reset of the limit that is used up.
pub fn by_headers(headers: &dyn Fn(&str) -> Option<String>) -> Option<u64> {
    if let Some(millis) = headers("retry-after-ms").and_then(|text| text.trim().parse::<u64>().ok()) {
        return Some(millis.div_ceil(1000));
    }
    let now = headers("date").and_then(|text| moment(&text));
    if let Some(after) = headers("retry-after") {
        let after = after.trim();
        return duration(after).or_else(|| until(moment(after)?, now?));
    }
    let mut exhausted = None;
    for (remaining, reset) in LIMITS {
        if headers(remaining).is_none_or(|left| left.trim() != "0") {
            continue;
        }
        let Some(text) = headers(reset) else { continue };
        let wait = duration(&text).or_else(|| until(moment(&text)?, now?));
        exhausted = exhausted.max(wait);
    }
    exhausted
}

/// Headers that tell what is left of a limit and when it is full again.
const LIMITS: [(&str, &str); 6] = [
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
    (
        "anthropic-ratelimit-requests-remaining",
        "anthropic-ratelimit-requests-reset",
    ),
    (
        "anthropic-ratelimit-tokens-remaining",
        "anthropic-ratelimit-tokens-reset",
    ),
    (
        "anthropic-ratelimit-input-tokens-remaining",
        "anthropic-ratelimit-input-tokens-reset",
    ),
    (
        "anthropic-ratelimit-output-tokens-remaining",
        "anthropic-ratelimit-output-tokens-reset",
    ),
];

/// An HTTP date or RFC 3339.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    OffsetDateTime::parse(text, &Rfc2822)
        .or_else(|_| OffsetDateTime::parse(text, &Rfc3339))
        .ok()
        .map(|at| Timestamp(at.unix_timestamp().saturating_mul(1000)))
}

fn until(then: Timestamp, now: Timestamp) -> Option<u64> {
    u64::try_from(then.0.saturating_sub(now.0))
        .ok()
        .map(|millis| millis.div_ceil(1000))
}

/// `30`, `34.4s`, `6m0s`, `1h2m3.5s`, `250ms` in whole seconds, rounded up.
pub fn duration(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut micros: u64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (number, tail) = rest.split_at_checked(digits)?;
        let unit_end = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, next) = tail.split_at_checked(unit_end)?;
        let scale = match unit {
            "" | "s" => 1_000_000,
            "ms" => 1_000,
            "us" | "µs" => 1,
            "m" => 60_000_000,
            "h" => 3_600_000_000,
            "d" => 86_400_000_000,
            _ => return None,
        };
        micros = micros.saturating_add(decimal(number)?.saturating_mul(scale) / 1_000);
        rest = next;
    }
    Some(micros.div_ceil(1_000_000))
}

/// A decimal number in thousandths; further digits are cut.
fn decimal(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: u64 = whole.parse().ok()?;
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(whole.checked_mul(1000)?.saturating_add(thousandths.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(headers: &[(&str, &str)]) -> Option<u64> {
        by_headers(&|name| {
            let found = headers.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn durations_of_every_vendor_are_read_and_rounded_up() {
        for (text, seconds) in [
            ("30", 30),
            ("34.4s", 35),
            ("6m0s", 360),
            ("1h2m3.5s", 3724),
            ("250ms", 1),
            ("0", 0),
            ("7.66s", 8),
        ] {
            assert_eq!(duration(text), Some(seconds), "{text}");
        }
        for text in ["", "soon", "-5", "1.2.3", "5 minutes", "99999999999999999999"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_counts_from_the_answers_own_date() {
        let date = ("date", "Sat, 21 Nov 2026 08:00:00 GMT");
        assert_eq!(
            with(&[("retry-after", "Sat, 21 Nov 2026 08:00:42 GMT"), date]),
            Some(42)
        );
        assert_eq!(with(&[("retry-after", "Sat, 21 Nov 2026 07:00:00 GMT"), date]), None);
        assert_eq!(with(&[("retry-after", "Sat, 21 Nov 2026 08:00:42 GMT")]), None);
    }

    #[test]
    fn milliseconds_win_over_seconds() {
        assert_eq!(with(&[("retry-after-ms", "1500"), ("retry-after", "9")]), Some(2));
    }

    #[test]
    fn without_retry_after_the_exhausted_limit_tells() {
        let requests = [
            ("x-ratelimit-remaining-requests", "12"),
            ("x-ratelimit-reset-requests", "24h0m0s"),
        ];
        let tokens = [
            ("x-ratelimit-remaining-tokens", "0"),
            ("x-ratelimit-reset-tokens", "6.5s"),
        ];
        assert_eq!(with(&[requests, tokens].concat()), Some(7));
        assert_eq!(with(&requests), None);
        let anthropic = [
            ("date", "Sat, 21 Nov 2026 08:00:00 GMT"),
            ("anthropic-ratelimit-input-tokens-remaining", "0"),
            ("anthropic-ratelimit-input-tokens-reset", "2026-11-21T08:01:00Z"),
        ];
        assert_eq!(with(&anthropic), Some(60));
    }
}
