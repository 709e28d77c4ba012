//! Platform keys as text: `spectr_`, 43 characters of a secret, 6 of a checksum.
//!
//! ```text
//! spectr_ | base62 of 256 random bits, 43 digits | base62 of CRC-32 of all that, 6 digits
//! ```
//!
//! The word before lets scanners of repositories find a key, the checksum lets them (and us) tell a
//! whole key from a piece of one without asking a database. Pure; keeps no key.

use crate::domain::timestamp::{DAY_MS, HOUR_MS, Timestamp};

/// What every key begins with.
pub const PREFIX: &str = "spectr_";
/// Base62 digits of 256 bits.
const SECRET_DIGITS: usize = 43;
/// Base62 digits of 32 bits.
const CHECK_DIGITS: usize = 6;
/// Characters of a whole key.
pub const KEY_CHARS: usize = PREFIX.len() + SECRET_DIGITS + CHECK_DIGITS;
/// How many keys one person may keep, those that wait for their end included.
pub const KEYS_PER_USER: i64 = 20;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// When a key ends by itself, counted from its making.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    Endless,
    Days(i64),
}

impl Lifetime {
    pub const ALL: [Self; 5] = [
        Self::Days(7),
        Self::Days(30),
        Self::Days(90),
        Self::Days(365),
        Self::Endless,
    ];

    /// The value in the form: days, or nothing.
    #[must_use]
    pub fn id(self) -> String {
        match self {
            Self::Endless => String::new(),
            Self::Days(days) => days.to_string(),
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lifetime| lifetime.id() == id.trim())
    }

    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Endless => "never".to_owned(),
            Self::Days(365) => "after a year".to_owned(),
            Self::Days(days) => format!("after {days} days"),
        }
    }

    #[must_use]
    pub const fn end(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Endless => None,
            Self::Days(days) => Some(now.plus(days * DAY_MS)),
        }
    }
}

/// How long the old key works beside the one that replaces it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlap {
    /// Dead on the next request: what a leaked key needs.
    #[default]
    None,
    Hours(i64),
}

impl Overlap {
    pub const ALL: [Self; 3] = [Self::None, Self::Hours(1), Self::Hours(24)];

    /// The value in the form: hours.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::None => "0",
            Self::Hours(1) => "1",
            Self::Hours(_) => "24",
        }
    }

    /// Nothing sent reads as [`Self::None`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        match id.trim() {
            "" => Some(Self::None),
            id => Self::ALL.into_iter().find(|overlap| overlap.id() == id),
        }
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "at once",
            Self::Hours(1) => "in one hour",
            Self::Hours(_) => "in 24 hours",
        }
    }

    /// When the old key ends; `None` for at once.
    #[must_use]
    pub const fn end(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::None => None,
            Self::Hours(hours) => Some(now.plus(hours * HOUR_MS)),
        }
    }
}

/// The key that stands for these bits.
#[must_use]
pub fn encode(secret: &[u8; 32]) -> String {
    let mut key = String::with_capacity(KEY_CHARS);
    key.push_str(PREFIX);
    push_base62(&mut key, secret, SECRET_DIGITS);
    let check = crc32(key.as_bytes()).to_be_bytes();
    push_base62(&mut key, &check, CHECK_DIGITS);
    key
}

/// The first whole key in a text, such as a line of a log that somebody found; `None` where there is
/// none, or only a piece of one.
#[must_use]
pub fn find(text: &str) -> Option<&str> {
    text.match_indices(PREFIX).find_map(|(at, _)| {
        let key = text.get(at..at + KEY_CHARS)?;
        let next = text.as_bytes().get(at + KEY_CHARS);
        let ends_here = next.is_none_or(|byte| !byte.is_ascii_alphanumeric());
        (ends_here && is_whole(key)).then_some(key)
    })
}

/// What is shown of a key: the word before it and its last four characters.
#[must_use]
pub fn hint(key: &str) -> String {
    let last = key
        .len()
        .checked_sub(4)
        .and_then(|at| key.get(at..))
        .unwrap_or_default();
    format!("{PREFIX}…{last}")
}

/// Whether the shape and the checksum are a key's.
fn is_whole(key: &str) -> bool {
    if key.len() != KEY_CHARS || !key.starts_with(PREFIX) {
        return false;
    }
    let Some((body, check)) = key.split_at_checked(KEY_CHARS - CHECK_DIGITS) else {
        return false;
    };
    let mut expected = String::with_capacity(CHECK_DIGITS);
    push_base62(&mut expected, &crc32(body.as_bytes()).to_be_bytes(), CHECK_DIGITS);
    let digits = body.bytes().skip(PREFIX.len());
    check == expected && digits.into_iter().all(|byte| byte.is_ascii_alphanumeric())
}

/// Appends a big-endian number as exactly so many base62 digits.
fn push_base62(out: &mut String, number: &[u8], digits: usize) {
    let mut rest = number.to_vec();
    let mut reversed = Vec::with_capacity(digits);
    for _ in 0..digits {
        let mut remainder = 0_usize;
        for byte in &mut rest {
            let value = (remainder << 8) | usize::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or_default();
            remainder = value % 62;
        }
        reversed.push(DIGITS.get(remainder).copied().unwrap_or(b'0'));
    }
    out.extend(reversed.into_iter().rev().map(char::from));
}

/// CRC-32 as in zip and PNG (ISO-HDLC).
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let mask = (crc & 1).wrapping_neg();
            crc = (crc >> 1) ^ (0xEDB8_8320 & mask);
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_checksum_is_the_one_that_scanners_compute() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn the_smallest_and_the_largest_secret_have_the_same_length() {
        for secret in [[0; 32], [255; 32]] {
            assert_eq!(encode(&secret).len(), KEY_CHARS);
        }
        assert!(encode(&[0; 32]).starts_with("spectr_0000000000"));
    }

    #[test]
    fn a_key_is_found_in_the_line_in_which_it_leaked() {
        let key = encode(&[7; 32]);
        for line in [
            key.clone(),
            format!("  {key}\n"),
            format!("curl -H 'Authorization: Bearer {key}' https://s.example"),
            format!("spectr_ SPECTR_KEY=\"{key}\""),
        ] {
            assert_eq!(find(&line), Some(key.as_str()), "{line}");
        }
        for piece in [&key[..KEY_CHARS - 1], &key[1..], &format!("{key}x"), "spectr_", ""] {
            assert_eq!(find(piece), None, "{piece}");
        }
    }

    #[test]
    fn what_is_shown_is_the_word_and_four_characters() {
        let key = encode(&[9; 32]);
        assert_eq!(hint(&key), format!("spectr_…{}", &key[KEY_CHARS - 4..]));
    }

    #[test]
    fn forms_read_back_what_they_offer() {
        for lifetime in Lifetime::ALL {
            assert_eq!(Lifetime::from_id(&lifetime.id()), Some(lifetime));
        }
        for overlap in Overlap::ALL {
            assert_eq!(Overlap::from_id(overlap.id()), Some(overlap));
        }
        assert_eq!((Lifetime::from_id("8"), Overlap::from_id("-1")), (None, None));
    }

    proptest! {
        #[test]
        fn every_secret_makes_a_whole_key_and_no_other_the_same(a: [u8; 32], b: [u8; 32]) {
            let (one, other) = (encode(&a), encode(&b));
            prop_assert_eq!(find(&one), Some(one.as_str()));
            prop_assert_eq!(one == other, a == b);
        }

        #[test]
        fn one_wrong_character_is_noticed(secret: [u8; 32], at in PREFIX.len()..KEY_CHARS, digit in "[0-9A-Za-z]") {
            let key = encode(&secret);
            let mut changed = key.clone();
            changed.replace_range(at..=at, &digit);
            prop_assert_eq!(find(&changed).is_some(), changed == key);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,120}") {
            drop(find(&text).map(hint));
        }
    }
}
