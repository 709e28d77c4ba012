//! Short texts that people give about themselves: any script, no invisible control characters.

/// Why a text is not taken; the message is for the person in front of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("Fill this in.")]
    Empty,
    #[error("Shorten this to {0} characters.")]
    TooLong(usize),
    #[error("Remove the invisible control characters.")]
    Control,
}

/// A person's name: 1 to 100 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

/// An optional line of the profile: at most 200 characters; empty means "not given".
#[derive(Clone, PartialEq, Eq)]
pub struct ProfileText(Option<String>);

impl PersonName {
    pub const MAX: usize = 100;

    /// # Errors
    /// When nothing is left after trimming, or the text is too long or holds control characters.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        match line(text, Self::MAX)? {
            "" => Err(TextError::Empty),
            name => Ok(Self(name.to_owned())),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ProfileText {
    pub const MAX: usize = 200;

    /// # Errors
    /// When the text is too long or holds control characters.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = line(text, Self::MAX)?;
        Ok(Self((!text.is_empty()).then(|| text.to_owned())))
    }

    #[must_use]
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

fn line(text: &str, max: usize) -> Result<&str, TextError> {
    let text = text.trim();
    if text.chars().any(is_control) {
        return Err(TextError::Control);
    }
    if text.chars().count() > max {
        return Err(TextError::TooLong(max));
    }
    // A text of joiners and marks alone shows nothing.
    if !text.is_empty() && text.chars().all(is_invisible) {
        return Ok("");
    }
    Ok(text)
}

/// Controls, and the overrides that make the text around a name run backwards.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

const fn is_invisible(c: char) -> bool {
    matches!(c, ' ' | '\u{00A0}' | '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{3000}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whitespace_and_invisible_names_are_rejected() {
        for text in ["", "   ", "\u{200B}\u{200D}", "\u{3000}"] {
            assert_eq!(PersonName::parse(text).err(), Some(TextError::Empty), "{text:?}");
        }
    }

    #[test]
    fn control_characters_and_direction_overrides_are_rejected() {
        for text in ["a\0b", "a\nb", "a\u{202E}b", "\u{7f}"] {
            assert_eq!(PersonName::parse(text).err(), Some(TextError::Control), "{text:?}");
        }
    }

    #[test]
    fn names_of_every_script_are_kept_as_typed() {
        for text in ["Ada", "محمد بن سلمان", "山田太郎", "O'Brien-Ñandú", "👩‍🔬"] {
            assert_eq!(PersonName::parse(&format!(" {text} ")).unwrap().as_str(), text);
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(PersonName::parse(&"é".repeat(100)).is_ok());
        assert_eq!(PersonName::parse(&"é".repeat(101)).err(), Some(TextError::TooLong(100)));
    }

    proptest! {
        #[test]
        fn a_name_taken_once_is_taken_unchanged_again(text in ".{0,120}") {
            if let Ok(name) = PersonName::parse(&text) {
                let again = PersonName::parse(name.as_str());
                prop_assert!(again.is_ok_and(|again| again == name));
            }
        }
    }
}
