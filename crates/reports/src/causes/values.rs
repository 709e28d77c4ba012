//! What a failed comparison compared: the shape of the value that was there and of the one that was wanted.
//!
//! Values differ from test to test, their shapes much less: a function that gives `null` gives it to all.

use super::normal::normalise;

/// The shape of a value. Never the value itself: that is the test's, not the cause's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Nothing,
    True,
    False,
    Zero,
    Negative,
    Number,
    Text,
    EmptyText,
    List,
    EmptyList,
    Object,
    EmptyObject,
    /// `Err(…)`, `Ok(…)`, `Some(…)` and the like, by the length of the name and its first letter.
    Wrapped(u8, usize),
    Other,
}

/// A failed comparison.
#[derive(Clone, Debug)]
pub struct Compared {
    actual: String,
    expected: String,
}

/// The actual and the expected value, where the message tells both.
#[must_use]
pub fn compared(message: &str) -> Option<Compared> {
    let (actual, expected) = labelled(message)
        .or_else(|| by_operator(message))
        .or_else(|| by_difference(message))?;
    Some(Compared { actual, expected })
}

impl Compared {
    /// The shapes of the actual and of the expected value.
    #[must_use]
    pub fn shapes(&self) -> (Shape, Shape) {
        (shape(&self.actual), shape(&self.expected))
    }

    /// By how much a number was off.
    #[must_use]
    pub fn off_by(&self) -> Option<f64> {
        let number = |value: &str| {
            value
                .split_whitespace()
                .next()?
                .trim_end_matches(',')
                .parse::<f64>()
                .ok()
        };
        Some(number(&self.actual)? - number(&self.expected)?).filter(|it| it.is_finite())
    }

    /// What was put in the place of what: the two values without their common beginning and end.
    #[must_use]
    pub fn change(&self) -> (String, String) {
        let (actual, expected) = (plain(&self.actual), plain(&self.expected));
        let same = |(a, b): &(char, char)| a == b;
        let before: usize = actual
            .chars()
            .zip(expected.chars())
            .take_while(same)
            .map(|(it, _)| it.len_utf8())
            .sum();
        let rest = |value: &str| value.get(before..).unwrap_or_default().to_owned();
        let (actual, expected) = (rest(&actual), rest(&expected));
        let after: usize = actual
            .chars()
            .rev()
            .zip(expected.chars().rev())
            .take_while(same)
            .map(|(it, _)| it.len_utf8())
            .sum();
        let rest = |value: &str| {
            value
                .get(..value.len().saturating_sub(after))
                .unwrap_or_default()
                .to_owned()
        };
        (rest(&expected), rest(&actual))
    }

    /// Numbers of some length that were compared.
    pub fn long_numbers(&self) -> impl Iterator<Item = &str> {
        let first = |value| str::split_whitespace(value).next().unwrap_or_default();
        let both = [first(self.actual.as_str()), first(self.expected.as_str())];
        both.into_iter()
            .filter(|it| it.len() > 2 && it.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

/// A value without what may follow it on its line, and without noise.
fn plain(value: &str) -> String {
    let value = value.trim();
    let quote = value.chars().next().filter(|it| matches!(it, '\'' | '"' | '`'));
    match quote.and_then(|quote| Some((value.get(1..)?, quote))) {
        Some((inner, quote)) => inner
            .rfind(quote)
            .and_then(|end| inner.get(..end))
            .unwrap_or(inner)
            .to_owned(),
        None => normalise(value),
    }
}

/// How tools name the two: actual, then expected.
const LABELS: [(&str, &str); 5] = [
    ("left: ", "right: "),
    ("Received: ", "Expected: "),
    ("Actual: ", "Expected: "),
    ("got: ", "want: "),
    ("but was: ", "expected: "),
];

fn labelled(message: &str) -> Option<(String, String)> {
    LABELS.iter().find_map(|(actual, expected)| {
        let value = |label: &str| {
            let mut lines = message.lines().map(str::trim_start);
            lines.find_map(|line| line.strip_prefix(label)).map(str::to_owned)
        };
        Some((value(actual)?, value(expected)?))
    })
}

/// `assert 4 == 5` and `4 !== 5`; `expected: <5> but was: <4>`.
fn by_operator(message: &str) -> Option<(String, String)> {
    message.lines().find_map(|line| {
        let owned = |(actual, expected): (&str, &str)| (actual.trim().to_owned(), expected.trim().to_owned());
        if let Some((_, told)) = line.split_once("assert ") {
            return told.split_once(" == ").map(owned);
        }
        if let Some((_, told)) = line.split_once("expected: <") {
            let (expected, actual) = told.split_once("> but was: <")?;
            return Some((actual.trim_end_matches('>').to_owned(), expected.to_owned()));
        }
        line.split_once(" !== ")
            .or_else(|| line.strip_prefix("AssertionError: ")?.split_once(" != "))
            .map(owned)
    })
}

/// A difference: what is there with `+`, what was wanted with `-`.
fn by_difference(message: &str) -> Option<(String, String)> {
    let side = |sign: char, not: [&str; 2]| {
        let lines = message
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix(sign)?.strip_prefix(' '));
        let told: Vec<&str> = lines
            .map(str::trim)
            .filter(|line| !not.iter().any(|it| line.starts_with(it)))
            .collect();
        told.join(" ")
    };
    let (actual, expected) = (side('+', ["actual - ", "where "]), side('-', ["actual - ", "where "]));
    (!actual.is_empty() || !expected.is_empty()).then_some((actual, expected))
}

fn shape(value: &str) -> Shape {
    let value = value.trim();
    // What follows the value on its line is no part of it.
    let first = value.split_whitespace().next().unwrap_or_default();
    match first {
        "null" | "undefined" | "None" | "nil" | "NaN" => return Shape::Nothing,
        "true" | "True" => return Shape::True,
        "false" | "False" => return Shape::False,
        "{}" => return Shape::EmptyObject,
        "[]" | "()" => return Shape::EmptyList,
        "''" | "\"\"" => return Shape::EmptyText,
        _ => {}
    }
    if let Ok(number) = first.parse::<f64>() {
        return if number == 0.0 {
            Shape::Zero
        } else if number < 0.0 {
            Shape::Negative
        } else {
            Shape::Number
        };
    }
    let name = value.bytes().take_while(u8::is_ascii_alphabetic).count();
    match value.bytes().next() {
        Some(b'\'' | b'"' | b'`') => Shape::Text,
        Some(b'[' | b'(') => Shape::List,
        Some(b'{') => Shape::Object,
        Some(first) if name > 0 && value.as_bytes().get(name) == Some(&b'(') => Shape::Wrapped(first, name),
        _ => Shape::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Shape, compared};

    #[test]
    fn what_was_put_in_the_place_of_what_is_told_without_noise() {
        let change = |message: &str| compared(message).map(|it| it.change());
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(change("AssertionError: '/a~1b' != '/a~2b'"), pair("2", "1"));
        assert_eq!(change("assert 'x-y' == 'x_y' [req=17 at 10.0.0.1]"), pair("_", "-"));
        assert_eq!(change("'ähe' !== 'ähre'"), pair("r", ""));
        assert_eq!(compared("12 !== 10").and_then(|it| it.off_by()), Some(2.0));
    }

    #[test]
    fn both_sides_are_told_apart_in_every_spelling() {
        let pairs = [
            (
                "assertion `left == right` failed\n  left: Err(\"x\")\n right: 4",
                Shape::Wrapped(b'E', 3),
                Shape::Number,
            ),
            (
                "assert -500 == 500\n +  where -500 = f(2)",
                Shape::Negative,
                Shape::Number,
            ),
            (
                "Expected values to be strictly equal:\n\nnull !== 'a'",
                Shape::Nothing,
                Shape::Text,
            ),
            (
                "strictly deep-equal:\n+ actual - expected\n\n+ {}\n- {\n-   a: 1\n- }",
                Shape::EmptyObject,
                Shape::Object,
            ),
            (
                "expect(received).toBe(expected)\n\nExpected: true\nReceived: 0",
                Shape::Zero,
                Shape::True,
            ),
            ("expected: <[1]> but was: <[]>", Shape::EmptyList, Shape::List),
        ];
        for (message, actual, expected) in pairs {
            assert_eq!(
                compared(message).map(|it| it.shapes()),
                Some((actual, expected)),
                "{message}"
            );
        }
        assert!(compared("connection refused").is_none());
    }
}
