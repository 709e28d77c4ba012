//! Counting tokens without a tokenizer: for the reservation before a call, for calls whose provider
//! gave no figure, and for a live counter ("~").
//!
//! An estimate is always marked as one. English prose has about four characters to a token; scripts
//! outside ASCII come near one character to a token.

use crate::domain::chat::{ChatRequest, Tokens};

/// Tokens that a message costs beside its text (role and separators).
const PER_MESSAGE: u64 = 4;

/// A running count of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    ascii: u64,
    other: u64,
}

impl Meter {
    #[must_use]
    pub const fn new() -> Self {
        Self { ascii: 0, other: 0 }
    }

    pub fn add(&mut self, text: &str) {
        if text.is_ascii() {
            self.ascii += text.len() as u64;
            return;
        }
        for character in text.chars() {
            if character.is_ascii() {
                self.ascii += 1;
            } else {
                self.other += 1;
            }
        }
    }

    /// The likely number of tokens.
    #[must_use]
    pub const fn tokens(self) -> u64 {
        self.ascii.div_ceil(4) + self.other
    }

    /// A number that ordinary text stays below: what a reservation counts with.
    #[must_use]
    pub const fn at_most(self) -> u64 {
        self.ascii.div_ceil(2) + self.other.saturating_mul(2)
    }
}

/// Text and messages of a request.
fn of_request(request: &ChatRequest) -> (Meter, u64) {
    let mut meter = Meter::default();
    meter.add(request.system.as_deref().unwrap_or_default());
    for message in &request.messages {
        meter.add(&message.content);
    }
    (meter, PER_MESSAGE * (request.messages.len() as u64 + 1))
}

/// The likely number of input tokens of a request.
#[must_use]
pub fn input_tokens(request: &ChatRequest) -> u64 {
    let (meter, overhead) = of_request(request);
    meter.tokens() + overhead
}

/// A number of input tokens that an ordinary request stays below.
#[must_use]
pub fn input_tokens_at_most(request: &ChatRequest) -> u64 {
    let (meter, overhead) = of_request(request);
    meter.at_most() + overhead
}

/// What a call used: the provider's figures where it finished and gave some; otherwise, marked as an
/// estimate, the larger of what it gave so far and what we counted.
#[must_use]
pub fn settle(given: Option<Tokens>, counted: Tokens, is_finished: bool) -> (Tokens, bool) {
    match given {
        Some(tokens) if is_finished => (tokens, false),
        Some(tokens) => (
            Tokens {
                input: if tokens.input == 0 { counted.input } else { tokens.input },
                output: tokens.output.max(counted.output),
                reasoning: tokens.reasoning.max(counted.reasoning),
                ..tokens
            },
            true,
        ),
        None => (counted, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_counts_four_characters_and_other_scripts_one_to_a_token() {
        let mut meter = Meter::default();
        meter.add("abcdefgh");
        assert_eq!(meter.tokens(), 2);
        meter.add("日本");
        assert_eq!(meter.tokens(), 4);
    }

    #[test]
    fn pieces_count_like_the_whole() {
        let text = "Write tests for añ 日本語 parser.";
        let mut whole = Meter::default();
        whole.add(text);
        let mut pieces = Meter::default();
        for character in text.chars() {
            pieces.add(character.encode_utf8(&mut [0; 4]));
        }
        assert_eq!(whole, pieces);
    }

    #[test]
    fn a_finished_call_keeps_the_providers_figures_and_a_cut_one_is_marked() {
        let given = Tokens {
            input: 10,
            output: 1,
            ..Tokens::default()
        };
        let counted = Tokens {
            input: 8,
            output: 30,
            ..Tokens::default()
        };
        assert_eq!(settle(Some(given), counted, true), (given, false));
        assert_eq!(
            settle(Some(given), counted, false),
            (
                Tokens {
                    input: 10,
                    output: 30,
                    ..Tokens::default()
                },
                true
            )
        );
        assert_eq!(settle(None, counted, true), (counted, true));
    }
}
