//! Numbers of an answer as people read them. Money is integer nano-USD, never a float.

use crate::domain::usage::grouped;

/// `1,204`
#[must_use]
pub fn count(number: u64) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

/// `$0.0021`, `$12.40`; something is never shown as nothing.
#[must_use]
pub fn usd(nano: i64) -> String {
    let nano = nano.unsigned_abs();
    if nano == 0 {
        return "$0".to_owned();
    }
    // Two decimals from a dollar on, four below, six below a hundredth of a cent.
    let (unit, places) = match nano {
        1_000_000_000.. => (10_000_000, 2),
        100_000.. => (100_000, 4),
        _ => (1_000, 6),
    };
    let scaled = ((nano + unit / 2) / unit).max(1);
    let base = 10_u64.pow(places);
    let fraction = (scaled % base).to_string();
    let zeros = "0".repeat((places as usize).saturating_sub(fraction.len()));
    ["$", &count(scaled / base), ".", &zeros, &fraction].concat()
}

/// `412 ms`, `3.2 s`, `2 min 05 s`
#[must_use]
pub fn duration(ms: u32) -> String {
    let text = |number: u32| number.to_string();
    match ms {
        0..1_000 => [&text(ms), " ms"].concat(),
        1_000..60_000 => [&text(ms / 1_000), ".", &text(ms % 1_000 / 100), " s"].concat(),
        _ => {
            let seconds = ms % 60_000 / 1_000;
            let zero = if seconds < 10 { "0" } else { "" };
            [&text(ms / 60_000), " min ", zero, &text(seconds), " s"].concat()
        }
    }
}

/// `128k`, `1M`: a context window.
#[must_use]
pub fn window(tokens: u64) -> String {
    match tokens {
        1_000_000.. => [&(tokens / 1_000_000).to_string(), "M"].concat(),
        1_000.. => [&(tokens / 1_000).to_string(), "k"].concat(),
        _ => tokens.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_204), "1,204");
        assert_eq!(count(1_234_567), "1,234,567");
    }

    #[test]
    fn something_is_never_shown_as_nothing() {
        assert_eq!(usd(0), "$0");
        assert_eq!(usd(1), "$0.000001");
        assert_eq!(usd(2_100_000), "$0.0021");
        assert_eq!(usd(12_400_000_000), "$12.40");
        assert_eq!(usd(1_234_000_000_000), "$1,234.00");
    }

    #[test]
    fn durations_are_short() {
        assert_eq!(duration(412), "412 ms");
        assert_eq!(duration(3_250), "3.2 s");
        assert_eq!(duration(125_000), "2 min 05 s");
    }
}
