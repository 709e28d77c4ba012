//! What a password must be by length. Whether it is easy to guess is judged on the server.

pub const MIN_CHARS: usize = 12;
pub const MAX_CHARS: usize = 128;

/// Why a password is not taken; the message is for the person in front of the form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("Use at least {MIN_CHARS} characters. A few unrelated words do well.")]
    TooShort,
    #[error("Use at most {MAX_CHARS} characters.")]
    TooLong,
    #[error("This one is easy to guess. {0}")]
    Guessable(String),
}

/// # Errors
/// When the password has fewer than [`MIN_CHARS`] or more than [`MAX_CHARS`] characters.
pub fn check_length(password: &str) -> Result<(), PasswordError> {
    match password.chars().count() {
        count if count < MIN_CHARS => Err(PasswordError::TooShort),
        count if count > MAX_CHARS => Err(PasswordError::TooLong),
        _ => Ok(()),
    }
}

/// Words that stand on every page of the product and so in every guesser's list.
pub const PRODUCT_WORDS: &[&str] = &[
    "spectr",
    "spectrum",
    "jarvis",
    "testing",
    "tester",
    "assistant",
    "privacy",
    "dashboard",
    "anthropic",
    "openai",
    "gemini",
    "mistral",
    "groq",
    "password",
    "passphrase",
];
