//! Whether a password is easy to guess. No composition rules: only what guessers try first counts.

use crate::domain::accounts::password::{PRODUCT_WORDS, PasswordError, check_length};
use zxcvbn::{Score, zxcvbn};

/// What is left beside a person's own words must have at least this many letters and digits.
const MIN_OWN: usize = 6;

/// Judges a password for a person with this name and address.
///
/// # Errors
/// When it is too short, too long or easy to guess.
pub fn check(password: &str, name: &str, email: &str) -> Result<(), PasswordError> {
    check_length(password)?;
    let lower = password.to_lowercase();
    let own = own_words(name, email);
    let mut rest = lower.clone();
    for word in own.iter().map(String::as_str).chain(["spectr"]) {
        rest = rest.replace(word, "");
    }
    if rest.chars().filter(|c| c.is_alphanumeric()).count() < MIN_OWN && rest.len() < lower.len() {
        return Err(PasswordError::Guessable(
            "Do not build it from your name, your address or the name of this site.".to_owned(),
        ));
    }
    let inputs: Vec<&str> = own
        .iter()
        .map(String::as_str)
        .chain(PRODUCT_WORDS.iter().copied())
        .collect();
    let estimate = zxcvbn(password, &inputs);
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    let why = estimate
        .feedback()
        .and_then(|feedback| feedback.warning().map(|warning| warning.to_string()))
        .unwrap_or_else(|| "Add a few unrelated words.".to_owned());
    Err(PasswordError::Guessable(why))
}

/// The words of a name and the parts of an address, in lower case, without the tiny ones.
fn own_words(name: &str, email: &str) -> Vec<String> {
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let mut words: Vec<String> = name
        .split_whitespace()
        .chain(local.split(['.', '+', '-', '_']))
        .chain([local, email])
        .chain(domain.split('.').take(1))
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= 3)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(password: &str) -> Result<(), PasswordError> {
        check(password, "Ada Lovelace", "ada.lovelace@analytical.example")
    }

    #[test]
    fn passwords_that_guessers_try_first_are_refused() {
        for password in [
            "password1234",
            "123456789012",
            "aaaaaaaaaaaaaaaa",
            "qwertyuiop[]",
            "spectrspectr",
            "Spectr2026!!",
            "AdaLovelace1815",
            "ada.lovelace@analytical.example",
            "passwordpassword",
        ] {
            assert!(
                matches!(verdict(password), Err(PasswordError::Guessable(_))),
                "{password}"
            );
        }
    }

    #[test]
    fn length_is_judged_first() {
        assert_eq!(verdict("x7!kQ"), Err(PasswordError::TooShort));
        assert_eq!(verdict(&"é7".repeat(65)), Err(PasswordError::TooLong));
    }

    #[test]
    fn unrelated_words_do_without_any_composition_rule() {
        for password in [
            "gravel lantern orbit mosaic",
            "tundra-violin-acorn",
            "ζέφυρος αμέθυστος 41",
            "k3#Vq9!zLp0wXe",
        ] {
            assert_eq!(verdict(password), Ok(()), "{password}");
        }
    }
}
