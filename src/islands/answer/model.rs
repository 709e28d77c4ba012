//! One model's answer as plain data: what the store, the exports and the screen share.

use crate::domain::chat::{Credential, Stop, Usage};
use crate::domain::ids::{CallId, ProviderKeyId};
use crate::domain::pricing::Rates;
use crate::domain::providers::Provider;
use serde::{Deserialize, Serialize};

/// One model that is asked, and with which key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    pub provider: Provider,
    pub model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<ProviderKeyId>,
    /// The key's label when it was chosen, for the meta line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_label: Option<String>,
    /// The price when it was chosen, for the rough figure while an answer streams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Rates>,
}

impl Lane {
    /// The built-in guide, which needs no key.
    #[must_use]
    pub fn guide() -> Self {
        Self {
            provider: Provider::Spectr,
            model: "spectr/guide".to_owned(),
            key_id: None,
            key_label: None,
            price: Some(Rates::default()),
        }
    }

    /// Whether both ask the same model, with whatever key.
    #[must_use]
    pub fn is_same_model(&self, other: &Self) -> bool {
        self.provider == other.provider && self.model == other.model
    }
}

/// Why an answer is not whole, in words for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// A code of `domain::problem`, or one of `islands::stream`.
    pub code: String,
    pub message: String,
    pub help: String,
    /// Browser time in milliseconds after which asking again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<i64>,
}

/// Where an answer stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Asked; nothing has come yet.
    #[default]
    Waiting,
    Streaming,
    Done(Stop),
    /// By the person, or because the page was closed.
    Stopped,
    Failed(Fault),
}

impl State {
    #[must_use]
    pub const fn is_running(&self) -> bool {
        matches!(self, Self::Waiting | Self::Streaming)
    }
}

/// One model's answer to one message, with what it took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub lane: Lane,
    #[serde(default)]
    pub text: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// Calls of tools that the model asked for, as it wrote them; nothing runs them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tools: String,
    #[serde(default)]
    pub state: State,
    #[serde(default)]
    pub usage: Option<Usage>,
    #[serde(default)]
    pub credential: Option<Credential>,
    #[serde(default)]
    pub request_id: Option<CallId>,
    /// Milliseconds from the question to the first text.
    #[serde(default)]
    pub first_token_ms: Option<u32>,
    /// Milliseconds from the question to the end.
    #[serde(default)]
    pub total_ms: Option<u32>,
}

impl Answer {
    #[must_use]
    pub const fn new(lane: Lane) -> Self {
        Self {
            lane,
            text: String::new(),
            reasoning: String::new(),
            tools: String::new(),
            state: State::Waiting,
            usage: None,
            credential: None,
            request_id: None,
            first_token_ms: None,
            total_ms: None,
        }
    }

    /// Whether anything of the answer is here: text, reasoning or calls of tools.
    #[must_use]
    pub const fn has_begun(&self) -> bool {
        !(self.text.is_empty() && self.reasoning.is_empty() && self.tools.is_empty())
    }
}

/// A rough count of tokens, for the meter until the provider's figure comes: four bytes each in
/// Latin scripts, and one for each character of scripts that take three bytes.
#[must_use]
pub fn estimate_tokens(text: &str) -> u64 {
    let wide = text.chars().filter(|c| c.len_utf8() >= 3).count();
    let narrow = text.len().saturating_sub(wide * 3);
    (wide + narrow.div_ceil(4)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_scripts_count_by_character() {
        assert_eq!(estimate_tokens("abcdefgh"), 2);
        assert_eq!(estimate_tokens("日本"), 2);
        assert_eq!(estimate_tokens(""), 0);
    }
}
