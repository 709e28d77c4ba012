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

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// By the contact form.
    Form,
    /// From the settings of an account.
    Account,
    /// By mail or another way; the operator entered it.
    Mail,
}

impl Channel {
    /// The word in the table and in exports.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Account => "account",
            Self::Mail => "mail",
        }
    }

    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        [Self::Form, Self::Account, Self::Mail]
            .into_iter()
            .find(|channel| channel.id() == id)
    }
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

/// Replaces what looks like a payment card's number: 13 to 19 digits that begin with 2 to 6, written as one
/// or in groups with up to three separators between, whose checksum (Luhn) holds. Groups are never
/// cut: a longer number that happens to hold such digits somewhere inside stays. The last four digits stay.
#[must_use]
pub fn mask_cards(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let groups = groups(&chars);
    let mut at = 0;
    while at < groups.len() {
        let Some(next) = (at..groups.len())
            .take_while(|last| *last == at || are_joined(&chars, &groups, *last))
            .filter(|last| is_card(&chars, groups.get(at..=*last).unwrap_or_default()))
            .last()
        else {
            at += 1;
            continue;
        };
        let places: Vec<usize> = groups
            .get(at..=next)
            .unwrap_or_default()
            .iter()
            .cloned()
            .flatten()
            .collect();
        for place in places.iter().take(places.len().saturating_sub(4)) {
            if let Some(c) = chars.get_mut(*place) {
                *c = '•';
            }
        }
        at = next + 1;
    }
    chars.into_iter().collect()
}

/// Places of digits that stand together.
fn groups(chars: &[char]) -> Vec<std::ops::Range<usize>> {
    let mut groups: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, c) in chars.iter().enumerate() {
        match groups.last_mut() {
            _ if digit(*c).is_none() => {}
            Some(group) if group.end == at => group.end = at + 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

/// Whether only a few separators stand between this group and the one before it.
fn are_joined(chars: &[char], groups: &[std::ops::Range<usize>], at: usize) -> bool {
    let (Some(before), Some(group)) = (at.checked_sub(1).and_then(|at| groups.get(at)), groups.get(at)) else {
        return false;
    };
    let between = chars.get(before.end..group.start).unwrap_or_default();
    between.len() <= 3
        && between
            .iter()
            .all(|c| c.is_whitespace() || matches!(c, '-' | '.' | '\u{2010}'..='\u{2014}'))
}

/// Whether these groups together are a card's number.
fn is_card(chars: &[char], groups: &[std::ops::Range<usize>]) -> bool {
    let digits: Vec<u32> = groups
        .iter()
        .cloned()
        .flatten()
        .filter_map(|at| chars.get(at).copied().and_then(digit))
        .collect();
    (13..=19).contains(&digits.len())
        && digits.first().is_some_and(|first| (2..=6).contains(first))
        && luhn(digits.into_iter())
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
        assert_eq!(mask_cards("４１１１１１１１１１１１１１１１"), "••••••••••••１１１１");
        assert_eq!(mask_cards("4111 - 1111 - 1111 - 1111"), "•••• - •••• - •••• - 1111");
        // Numbers beside a card neither hide it nor are they masked with it.
        assert_eq!(mask_cards("12 4111111111111111 7"), "12 ••••••••••••1111 7");
    }

    #[test]
    fn real_formats_of_13_to_19_digits_are_masked() {
        for card in [
            "4222222222222",  // Visa, 13
            "30569309025904", // Diners Club, 14
            "3056 930902 5904",
            "378282246310005", // American Express, 15
            "3782 822463 10005",
            "5555555555554444",        // Mastercard, 16
            "2223003122003222",        // Mastercard of the 2 series
            "6011 1111 1111 1117",     // Discover
            "3530111333300000",        // JCB
            "6304000000000000000",     // Maestro, 19
            "4000 0000 0000 0000 006", // Visa, 19
        ] {
            let masked = mask_cards(card);
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            let last = digits(card).split_off(digits(card).len() - 4);
            assert_eq!(digits(&masked), last, "{card}");
            assert_eq!(
                masked.chars().filter(|c| *c == '•').count(),
                digits(card).len() - 4,
                "{card}"
            );
        }
    }

    #[test]
    fn long_numbers_that_are_no_cards_stay_whole() {
        for text in [
            "1777881600000",               // milliseconds since 1970
            "41111111111111111234",        // 20 digits
            "order 10041111111111111111",  // a card's digits inside a longer number
            "DE89 3704 0044 0532 0130 00", // IBAN
            "9780306406157",               // ISBN
            "00000000000000000000000000000000",
            "3.14159265358979323846264338327950288",
            "01a1fd29-df38-71f9-ba3f-76319399c72f",
        ] {
            assert_eq!(mask_cards(text), text);
        }
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
