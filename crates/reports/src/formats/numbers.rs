//! Durations as reports write them.

/// Seconds as milliseconds: `0.25`, `1,234.5`, `3s`, `250ms`.
#[must_use]
pub fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let (number, scale) = match text.strip_suffix("ms") {
        Some(number) => (number, 1.0),
        None => (text.strip_suffix('s').unwrap_or(text), 1000.0),
    };
    let number: f64 = match number.trim().parse() {
        Ok(number) => number,
        Err(_) => number.replace(',', "").trim().parse().ok()?,
    };
    (number.is_finite() && number >= 0.0).then_some(number * scale)
}

/// `01:02:03.5` (days may stand before, as `1.01:02:03`) as milliseconds.
#[must_use]
pub fn clock(text: &str) -> Option<f64> {
    let mut total = 0.0;
    for (at, part) in text.trim().rsplit(':').enumerate() {
        let (days, part) = match part.split_once('.') {
            Some((days, hours)) if at == 2 => (days.parse::<f64>().ok()?, hours),
            _ => (0.0, part),
        };
        let value: f64 = part.parse().ok()?;
        total += days * 86_400_000.0 + value * *[1000.0, 60_000.0, 3_600_000.0].get(at)?;
    }
    Some(total)
}

/// Milliseconds between two times of one format, by the digits of their day (`20240131 23:59:59.123`).
#[must_use]
pub fn between(start: &str, end: &str) -> Option<f64> {
    let (day, from) = start.split_once([' ', 'T'])?;
    let (other, to) = end.split_once([' ', 'T'])?;
    let passed = clock(to)? - clock(from)?;
    match (day == other, passed < 0.0) {
        (true, false) => Some(passed),
        // Over midnight, once.
        (false, true) => Some(passed + 86_400_000.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_tools_write_them() {
        assert_eq!(seconds("0.25"), Some(250.0));
        assert_eq!(seconds("1,234.5"), Some(1_234_500.0));
        assert_eq!(seconds("3s"), Some(3000.0));
        assert_eq!(seconds("<<computed>>"), None);
        assert_eq!(clock("00:01:02.5"), Some(62_500.0));
        assert_eq!(clock("1.00:00:00"), Some(86_400_000.0));
        assert_eq!(between("20240131 23:59:59.500", "20240201 00:00:00.250"), Some(750.0));
    }
}
