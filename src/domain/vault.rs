//! The vault's rules for what a person types: keys, labels, hints. Pure; holds no key itself.
//!
//! The shape of a key is never judged, only whether it can travel in a header: providers change their
//! shapes, and the one honest check is whether the provider accepts it.

use crate::domain::problem::{Code, Problem};
use crate::domain::providers::Provider;
use crate::domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest key, in bytes; access tokens of gateways are long.
pub const KEY_MAX_BYTES: usize = 4096;
/// The longest label, in characters.
pub const LABEL_MAX_CHARS: usize = 60;
/// How many keys one person may keep.
pub const KEYS_PER_USER: i64 = 50;

/// Why something typed into the vault's forms cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("Paste the key.")]
    KeyMissing,
    #[error("The key is longer than 4,096 characters. Copy only the key itself.")]
    KeyTooLong,
    #[error(
        "The key holds a line break or a character that no key can have. Copy it again, without what stands around it."
    )]
    KeyCharacter,
    #[error("The label is longer than 60 characters.")]
    LabelTooLong,
    #[error("The label holds a control character. Type it by hand.")]
    LabelCharacter,
    #[error("Give the address of the server, for example https://llm.example.com.")]
    BaseUrlMissing,
}

/// Trims the spaces and line breaks that come along with copying, and checks that the rest can stand
/// in a header.
///
/// # Errors
/// Empty, too long, or with characters that a header cannot carry.
pub fn key(text: &str) -> Result<&str, Fault> {
    let key = text.trim();
    if key.is_empty() {
        return Err(Fault::KeyMissing);
    }
    if key.len() > KEY_MAX_BYTES {
        return Err(Fault::KeyTooLong);
    }
    if !key.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
        return Err(Fault::KeyCharacter);
    }
    Ok(key)
}

/// A label as the person wrote it, without surrounding space; `None` where it is empty.
///
/// # Errors
/// Too long, or with characters that would change how the page around it reads.
pub fn label(text: &str) -> Result<Option<&str>, Fault> {
    let label = text.trim();
    if label.chars().count() > LABEL_MAX_CHARS {
        return Err(Fault::LabelTooLong);
    }
    if label.chars().any(is_unprintable) {
        return Err(Fault::LabelCharacter);
    }
    Ok(Some(label).filter(|label| !label.is_empty()))
}

/// Control characters, and the marks that turn the direction of the text that follows.
#[must_use]
pub fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What is shown of a key: its public prefix and the last four characters, `sk-…9f3a`. A short key
/// shows nothing of itself.
#[must_use]
pub fn hint(key: &str) -> String {
    let count = key.chars().count();
    if count == 0 {
        return "no key".to_owned();
    }
    if count < 16 {
        return "…".to_owned();
    }
    let prefix = key
        .char_indices()
        .take(5)
        .find(|(_, c)| matches!(c, '-' | '_'))
        .and_then(|(at, _)| key.get(..=at))
        .unwrap_or_default();
    let last: String = key.chars().skip(count - 4).collect();
    format!("{prefix}…{last}")
}

/// The outcome of a key's last check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub at: Timestamp,
    /// How many models the provider listed.
    pub models: i64,
    /// How long the provider took to list them.
    pub millis: i64,
    /// Why the key does not work, as a problem's code; `None` where it works.
    pub problem: Option<Code>,
}

impl Check {
    /// `works, 43 models, 210 ms`, or what is wrong.
    #[must_use]
    pub fn summary(&self) -> String {
        match self.problem {
            Some(code) => code.title().to_owned(),
            None => works(self.models, self.millis),
        }
    }
}

/// `works, 43 models, 210 ms`.
#[must_use]
pub fn works(models: i64, millis: i64) -> String {
    let noun = if models == 1 { "model" } else { "models" };
    format!("works, {models} {noun}, {millis} ms")
}

/// Why a provider does not take a key, and what to do about it, for the field in which it was typed.
#[must_use]
pub fn refusal(provider: Provider, problem: &Problem) -> String {
    let name = provider.name();
    match problem.code {
        Code::KeyRefused => format!("{name} does not accept this key. Copy it again from {name}'s console, whole."),
        Code::ProviderPermission => {
            format!("{name} knows this key, but does not let it list models. Allow that in {name}'s console.")
        }
        Code::ProviderBilling => format!("{name} says that this account has no credit. Add some in {name}'s console."),
        code => format!("{name}: {} {}", problem.message(), code.help()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_pasted_key_loses_the_space_around_it_and_nothing_else() {
        assert_eq!(key(" \r\n sk-a b/+=. \n"), Ok("sk-a b/+=."));
    }

    #[test]
    fn a_key_that_would_break_a_header_is_refused() {
        assert_eq!(key(" \n"), Err(Fault::KeyMissing));
        for bad in ["sk-a\r\nX-Evil: 1", "sk-\0", "ключ-0123456789", "sk\t1", "sk-“x”"] {
            assert_eq!(key(bad), Err(Fault::KeyCharacter), "{bad:?}");
        }
        assert_eq!(key(&"x".repeat(KEY_MAX_BYTES + 1)), Err(Fault::KeyTooLong));
        assert!(key(&"x".repeat(KEY_MAX_BYTES)).is_ok());
    }

    #[test]
    fn hints_show_the_prefix_and_the_last_four() {
        assert_eq!(hint("sk-0123456789abcdef9f3a"), "sk-…9f3a");
        assert_eq!(hint("gsk_0123456789abcdef9f3a"), "gsk_…9f3a");
        assert_eq!(hint("AIzaSyA0123456789abcd"), "…abcd");
        assert_eq!(hint("short-key"), "…");
        assert_eq!(hint(""), "no key");
    }

    #[test]
    fn labels_in_any_script_are_kept_and_direction_tricks_are_not() {
        assert_eq!(label("  مفتاح الفريق "), Ok(Some("مفتاح الفريق")));
        assert_eq!(label("  "), Ok(None));
        assert_eq!(label("a\u{202e}b"), Err(Fault::LabelCharacter));
        assert_eq!(label(&"é".repeat(61)), Err(Fault::LabelTooLong));
        assert!(label(&"é".repeat(60)).is_ok());
    }

    proptest! {
        #[test]
        fn a_hint_never_shows_more_than_nine_characters_of_a_key(text in "\\PC{0,80}") {
            prop_assert!(hint(&text).chars().count() <= 10);
        }

        #[test]
        fn a_hint_hides_at_least_half_of_a_key(text in "[!-~]{1,80}") {
            let shown = hint(&text).chars().filter(|c| *c != '…').count();
            prop_assert!(shown * 2 <= text.len() + 2, "{shown} of {}", text.len());
        }
    }
}
