//! Money, counts and times as text, and money read from text. Integers only, never a float.

/// A billionth of a US dollar, the unit of every amount.
pub const NANO_USD: i64 = 1_000_000_000;

/// Why an amount that was typed cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountFault {
    #[error("Write an amount in US dollars, such as 5 or 2.50.")]
    Shape,
    #[error("The most that a budget can hold is 1,000,000 US dollars.")]
    TooMuch,
}

/// Reads an amount of US dollars as people write it (`5`, `$2.50`, `1,000`); `None` where it is empty.
///
/// # Errors
/// Anything but digits with at most nine after the point, or more than a million.
pub fn parse_usd(text: &str) -> Result<Option<i64>, AmountFault> {
    let text = text.trim();
    let text = text.strip_prefix('$').unwrap_or(text).trim_start();
    if text.is_empty() {
        return Ok(None);
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let whole = whole.replace(',', "");
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && part.is_empty() || !digits(&whole) || !digits(part) || part.len() > 9 {
        return Err(AmountFault::Shape);
    }
    if whole.trim_start_matches('0').len() > 7 {
        return Err(AmountFault::TooMuch);
    }
    let dollars: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().map_err(|_| AmountFault::Shape)?
    };
    let nano: i64 = format!("{part:0<9}").parse().map_err(|_| AmountFault::Shape)?;
    let amount = dollars.saturating_mul(NANO_USD).saturating_add(nano);
    if amount > 1_000_000 * NANO_USD {
        Err(AmountFault::TooMuch)
    } else {
        Ok(Some(amount))
    }
}

/// An amount as it would be typed: `2.5`, `5`, exact to the last digit.
#[must_use]
pub fn plain_usd(nano: i64) -> String {
    let text = format!("{}.{:09}", nano / NANO_USD, (nano % NANO_USD).abs());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An amount for people: `$1,234.50`, `$0.0021`, `<$0.0001`.
#[must_use]
pub fn usd(nano: i64) -> String {
    match nano {
        i64::MIN..=0 => "$0.00".to_owned(),
        1..100_000 => "<$0.0001".to_owned(),
        100_000..10_000_000 => format!("$0.{:04}", (nano + 50_000) / 100_000),
        _ => {
            let cents = (nano + 5_000_000) / 10_000_000;
            format!("${}.{:02}", grouped(cents / 100), cents % 100)
        }
    }
}

/// `1,234,567`.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1.2 M`, `34.5 k`, `987`: short, for the axis of a chart and for large numbers.
#[must_use]
pub fn compact(number: i64) -> String {
    const STEPS: [(i64, &str); 4] = [
        (1_000_000_000_000, "T"),
        (1_000_000_000, "B"),
        (1_000_000, "M"),
        (1_000, "k"),
    ];
    for (size, unit) in STEPS {
        if number >= size {
            let tenths = number / (size / 10);
            return match tenths % 10 {
                0 => format!("{} {unit}", tenths / 10),
                rest => format!("{}.{rest} {unit}", tenths / 10),
            };
        }
    }
    grouped(number)
}

/// `640 ms`, `2.4 s`, `3 min 05 s`.
#[must_use]
pub fn millis(ms: i64) -> String {
    match ms {
        ..1_000 => format!("{} ms", ms.max(0)),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} min {:02} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

/// A cell as spreadsheets may read it: text that would be taken for a formula is led by an apostrophe
/// (OWASP, CSV injection).
#[must_use]
pub fn csv_guard(cell: &str) -> std::borrow::Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}").into()
    } else {
        cell.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let nano = |text| parse_usd(text);
        assert_eq!(nano("  "), Ok(None));
        assert_eq!(nano("$2.50"), Ok(Some(2_500_000_000)));
        assert_eq!(nano("1,000"), Ok(Some(1_000 * NANO_USD)));
        assert_eq!(nano(".5"), Ok(Some(NANO_USD / 2)));
        assert_eq!(nano("0"), Ok(Some(0)));
        assert_eq!(nano("0.000000001"), Ok(Some(1)));
        for bad in ["-1", "1e3", "five", "1.2.3", ".", "0.0000000001", "１"] {
            assert_eq!(nano(bad), Err(AmountFault::Shape), "{bad}");
        }
        assert_eq!(nano("1000000.01"), Err(AmountFault::TooMuch));
        assert_eq!(nano("99999999999999999999"), Err(AmountFault::TooMuch));
    }

    #[test]
    fn money_is_never_shown_as_nothing_when_it_is_something() {
        assert_eq!(usd(0), "$0.00");
        assert_eq!(usd(1), "<$0.0001");
        assert_eq!(usd(2_100_000), "$0.0021");
        assert_eq!(usd(9_990_000), "$0.0100");
        assert_eq!(usd(1_234_560_000_000), "$1,234.56");
    }

    #[test]
    fn numbers_read_at_a_glance() {
        assert_eq!(
            (compact(987), compact(1_000), compact(34_560)),
            ("987".into(), "1 k".into(), "34.5 k".into())
        );
        assert_eq!(compact(1_250_000), "1.2 M");
        assert_eq!(grouped(-1_234_567), "−1,234,567");
        assert_eq!(
            (millis(640), millis(2_450), millis(185_000)),
            ("640 ms".into(), "2.4 s".into(), "3 min 05 s".into())
        );
    }

    #[test]
    fn formulas_do_not_reach_a_spreadsheet() {
        assert_eq!(csv_guard("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(csv_guard("gpt-5"), "gpt-5");
    }

    proptest! {
        #[test]
        fn no_guarded_cell_begins_like_a_formula(cell in "\\PC{0,20}") {
            let guarded = csv_guard(&cell);
            prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert!(guarded.ends_with(&cell));
        }

        #[test]
        fn an_amount_survives_being_written_and_read(nano in 0..=1_000_000 * NANO_USD) {
            prop_assert_eq!(parse_usd(&plain_usd(nano)), Ok(Some(nano)));
        }
    }
}
