//! Requests by people with or without an account: kinds, due dates, and the masking of card numbers.

use super::constants::{GENERAL_REQUEST_BUSINESS_DAYS, PRIVACY_REQUEST_DAYS, SECURITY_REQUEST_HOURS};
use crate::domain::timestamp::{DAY_MS, HOUR_MS, Timestamp};
use time::Weekday;

/// What somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    Demo,
    Support,
    Privacy,
    Security,
}

impl RequestKind {
    pub const ALL: [Self; 4] = [Self::Demo, Self::Support, Self::Privacy, Self::Security];

    /// The value in forms, addresses and the table.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Support => "support",
            Self::Privacy => "privacy",
            Self::Security => "security",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// The words in the form's list.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Demo => "Book a demo",
            Self::Support => "Get support",
            Self::Privacy => "Privacy request",
            Self::Security => "Report a vulnerability",
        }
    }

    /// By when it is answered.
    #[must_use]
    pub fn due(self, from: Timestamp) -> Timestamp {
        match self {
            Self::Privacy => from.plus(PRIVACY_REQUEST_DAYS * DAY_MS),
            Self::Security => from.plus(SECURITY_REQUEST_HOURS * HOUR_MS),
            Self::Demo | Self::Support => business_days_after(from, GENERAL_REQUEST_BUSINESS_DAYS),
        }
    }
}

/// The same time of day that many working days (Monday to Friday, UTC) later.
fn business_days_after(from: Timestamp, days: u8) -> Timestamp {
    let (mut at, mut left) = (from, days);
    while left > 0 {
        at = at.plus(DAY_MS);
        if !matches!(at.to_datetime().weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    at
}

/// Why a message is not taken; for the person in front of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    #[error("Write a few words, so that we can answer.")]
    Empty,
    #[error("Shorten this to {0} characters.")]
    TooLong(usize),
    #[error("Remove the invisible control characters.")]
    Control,
}

/// What somebody wrote: lines of text, card numbers masked already.
#[derive(Clone, PartialEq, Eq)]
pub struct Message(String);

impl Message {
    pub const MAX: usize = 5_000;

    /// # Errors
    /// When it is empty, too long or holds control characters other than line breaks and tabs.
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        if text.is_empty() {
            return Err(MessageError::Empty);
        }
        if text.chars().count() > Self::MAX {
            return Err(MessageError::TooLong(Self::MAX));
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(MessageError::Control);
        }
        Ok(Self(mask_cards(text)))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Replaces what looks like a payment card's number: 13 to 19 digits, apart by single spaces,
/// dots or dashes at most, whose checksum (Luhn) holds. The last four digits stay.
#[must_use]
pub fn mask_cards(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        let run = chars.get(at..).map_or(0, run_length);
        if run > 0 {
            let end = at + run;
            out.extend(masked(chars.get(at..end).unwrap_or_default()));
            at = end;
        } else {
            out.push(*c);
            at += 1;
        }
    }
    out
}

/// Length of the run of digits, joined by single separators, at the beginning.
fn run_length(chars: &[char]) -> usize {
    let mut end = 0;
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        if digit(*c).is_some() {
            end = at + 1;
        } else if end != at || at == 0 || !matches!(c, ' ' | '-' | '.' | '\u{a0}' | '\n' | '\t') {
            break;
        }
        at += 1;
    }
    end
}

/// The run with every card number in it masked; the longest one at each place counts.
fn masked(run: &[char]) -> Vec<char> {
    let places: Vec<(usize, u32)> = run
        .iter()
        .enumerate()
        .filter_map(|(at, c)| Some((at, digit(*c)?)))
        .collect();
    let mut out = run.to_vec();
    let mut from = 0;
    while from < places.len() {
        let length = (13..=19).rev().find(|length| {
            places
                .get(from..from + length)
                .is_some_and(|digits| luhn(digits.iter().map(|(_, digit)| *digit)))
        });
        let Some(length) = length else {
            from += 1;
            continue;
        };
        for (at, _) in places.iter().skip(from).take(length - 4) {
            if let Some(c) = out.get_mut(*at) {
                *c = '•';
            }
        }
        from += length;
    }
    out
}

/// A digit of any script that people type numbers in.
fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => c.to_digit(10),
        // full-width, Arabic-Indic, extended Arabic-Indic and Devanagari forms
        '\u{ff10}'..='\u{ff19}' => Some(c as u32 - 0xff10),
        '\u{660}'..='\u{669}' => Some(c as u32 - 0x660),
        '\u{6f0}'..='\u{6f9}' => Some(c as u32 - 0x6f0),
        '\u{966}'..='\u{96f}' => Some(c as u32 - 0x966),
        _ => None,
    }
}

fn luhn(digits: impl DoubleEndedIterator<Item = u32>) -> bool {
    let (mut sum, mut any) = (0, false);
    for (place, digit) in digits.rev().enumerate() {
        any |= digit != 0;
        sum += match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        };
    }
    any && sum % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 2026-05-01 is a Friday.
    const FRIDAY: Timestamp = Timestamp(1_777_629_600_000);

    #[test]
    fn a_general_request_of_friday_is_due_on_tuesday() {
        assert_eq!(FRIDAY.date(), "2026-05-01");
        assert_eq!(RequestKind::Demo.due(FRIDAY).date(), "2026-05-05");
        assert_eq!(RequestKind::Support.due(FRIDAY.plus(DAY_MS)).date(), "2026-05-05");
    }

    #[test]
    fn privacy_has_thirty_days_and_security_three() {
        assert_eq!(RequestKind::Privacy.due(FRIDAY), FRIDAY.plus(30 * DAY_MS));
        assert_eq!(RequestKind::Security.due(FRIDAY), FRIDAY.plus(72 * HOUR_MS));
    }

    #[test]
    fn card_numbers_are_masked_however_they_are_written() {
        for text in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "4111.1111.1111.1111",
        ] {
            let masked = mask_cards(&format!("my card {text}, thanks"));
            assert!(!masked.contains("4111") && masked.contains("1111, thanks"), "{masked}");
        }
        assert_eq!(mask_cards("378282246310005"), "•••••••••••0005");
        assert_eq!(mask_cards("４１１１１１１１１１１１１１１１"), "••••••••••••１１１１");
        // Digits before a card do not hide it, even where more than the card is masked.
        assert!(!mask_cards("12 4111111111111111").contains("4111"));
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "+49 30 1234 5678",
            "4111111111111113",
            "2026-05-01 10:00",
            "0000000000000000",
            "1 2 3",
        ] {
            assert_eq!(mask_cards(text), text);
        }
    }

    #[test]
    fn a_message_keeps_its_lines_and_loses_no_words() {
        let message = Message::parse("  one\r\n\ttwo  ").unwrap();
        assert_eq!(message.as_str(), "one\n\ttwo");
        assert_eq!(Message::parse(" \n").err(), Some(MessageError::Empty));
        assert_eq!(Message::parse("a\u{0}b").err(), Some(MessageError::Control));
        assert!(Message::parse(&"a".repeat(5_001)).is_err());
    }

    proptest! {
        #[test]
        fn masking_changes_digits_only(text in ".{0,200}") {
            let masked = mask_cards(&text);
            prop_assert_eq!(masked.chars().count(), text.chars().count());
            for (was, is) in text.chars().zip(masked.chars()) {
                prop_assert!(was == is || (digit(was).is_some() && is == '•'));
            }
        }
    }
}
