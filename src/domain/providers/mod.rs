//! The providers: one small file each, behind one interface.
//!
//! Each file builds requests, decodes the stream, reads usage, maps errors and reads the models
//! list of one provider. Nothing here sends anything or knows a key: [`WireRequest::auth`] only
//! says into which header the caller has to put it.
//!
//! Adding a provider: a variant of [`Provider`], a file with the functions that the `match`es below
//! call, golden streams in its tests, its prices, its double in `tests/support/doubles`.

mod anthropic;
#[cfg(test)]
mod cases;
mod chat_body;
mod chat_content;
mod chat_wire;
mod compatible;
mod decoder;
#[cfg(test)]
mod errors;
mod fault;
#[cfg(test)]
mod golden;
mod google;
mod groq;
pub mod guide;
mod loose;
mod mistral;
mod model_list;
mod openai;
pub mod sse;
mod wait;
mod wire;

pub use decoder::Decoder;
pub use wire::{Auth, BaseRule, WireRequest};

use crate::domain::chat::{ChatRequest, Stop, Tokens, Tool};
use crate::domain::pricing::{self, Rates};
use crate::domain::problem::Problem;
use serde::{Deserialize, Serialize};

/// Whom a request goes to. The ids are part of the public contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Provider {
    #[serde(rename = "anthropic")]
    Anthropic,
    #[serde(rename = "openai")]
    OpenAi,
    #[serde(rename = "google")]
    Google,
    #[serde(rename = "mistral")]
    Mistral,
    #[serde(rename = "groq")]
    Groq,
    /// Any server that speaks OpenAI's Chat Completions, at a base URL of the user's own.
    #[serde(rename = "compatible")]
    Compatible,
    /// The built-in guide: a local responder, no AI, no key.
    #[serde(rename = "spectr")]
    Spectr,
}

impl Provider {
    pub const ALL: [Self; 7] = [
        Self::Anthropic,
        Self::OpenAi,
        Self::Google,
        Self::Mistral,
        Self::Groq,
        Self::Compatible,
        Self::Spectr,
    ];

    /// The id in URLs, forms, tables and JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
            Self::Google => "google",
            Self::Mistral => "mistral",
            Self::Groq => "groq",
            Self::Compatible => "compatible",
            Self::Spectr => "spectr",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.id() == id)
    }

    /// The name on pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anthropic => "Anthropic",
            Self::OpenAi => "OpenAI",
            Self::Google => "Google Gemini",
            Self::Mistral => "Mistral",
            Self::Groq => "Groq",
            Self::Compatible => "OpenAI-compatible",
            Self::Spectr => "Spectr guide",
        }
    }

    /// The vendor's public base URL; `None` where the user gives one or nothing is dialled.
    #[must_use]
    pub const fn default_base_url(self) -> Option<&'static str> {
        match self {
            Self::Anthropic => Some("https://api.anthropic.com"),
            Self::OpenAi => Some("https://api.openai.com"),
            Self::Google => Some("https://generativelanguage.googleapis.com"),
            Self::Mistral => Some("https://api.mistral.ai"),
            Self::Groq => Some("https://api.groq.com"),
            Self::Compatible | Self::Spectr => None,
        }
    }

    /// The streaming chat request in this provider's own shape.
    ///
    /// Parameters are passed on as given: one that a model does not take is refused by the
    /// provider and shown, never dropped silently.
    #[must_use]
    pub fn chat_request(self, request: &ChatRequest) -> WireRequest {
        match self {
            Self::Anthropic => anthropic::chat_request(request),
            Self::OpenAi => openai::chat_request(request),
            Self::Google => google::chat_request(request),
            Self::Mistral => mistral::chat_request(request),
            Self::Groq => groq::chat_request(request),
            Self::Compatible | Self::Spectr => compatible::chat_request(request),
        }
    }

    /// The first page of the models list: the cheap way to test a key.
    #[must_use]
    pub fn models_request(self) -> WireRequest {
        match self {
            Self::Anthropic => anthropic::models_request(None),
            Self::OpenAi => openai::models_request(),
            Self::Google => google::models_request(None),
            Self::Mistral => mistral::models_request(),
            Self::Groq => groq::models_request(),
            Self::Compatible | Self::Spectr => compatible::models_request(),
        }
    }

    /// The request for the page after this one; `None` on the last page and where lists have one.
    #[must_use]
    pub fn next_models_request(self, body: &[u8]) -> Option<WireRequest> {
        match self {
            Self::Anthropic => anthropic::next_page(body),
            Self::Google => google::next_page(body),
            Self::OpenAi | Self::Mistral | Self::Groq | Self::Compatible | Self::Spectr => None,
        }
    }

    /// Reads one page of a models list. Only the id of an entry is required.
    ///
    /// # Errors
    /// `provider_garbled` when this is no models list.
    pub fn read_models(self, body: &[u8]) -> Result<Vec<Model>, Problem> {
        match self {
            Self::Anthropic => anthropic::read_models(body),
            Self::OpenAi => openai::read_models(body),
            Self::Google => google::read_models(body),
            Self::Mistral => mistral::read_models(body),
            Self::Groq => groq::read_models(body),
            Self::Compatible => compatible::read_models(body),
            Self::Spectr => Ok(guide::models()),
        }
    }

    /// Turns an answer with an error status into a problem. Reads the provider's words to classify
    /// them and never repeats them: they can hold the prompt or the key.
    #[must_use]
    pub fn read_error(self, status: u16, headers: &dyn Fn(&str) -> Option<String>, body: &[u8]) -> Problem {
        fault::read_error(self, status, headers, body)
    }

    /// A decoder for one answer to [`Provider::chat_request`] with status 200.
    #[must_use]
    pub fn decoder(self) -> Decoder {
        Decoder::new(self)
    }
}

/// What a decoder finds in a stream, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    Text(String),
    Reasoning(String),
    Tool(Tool),
    /// Totals so far; a later one replaces an earlier one (cumulative on every wire we speak).
    Usage(Tokens),
    /// The provider named its reason to stop. More usage may follow.
    Stop(Stop),
    /// The provider reported an error inside the stream: nothing after it counts.
    Error(Problem),
    /// The wire's own end mark (`[DONE]`, `message_stop`, a terminal event).
    End,
}

/// One entry of a provider's models list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    pub id: String,
    /// The provider's display name, where it gives one.
    pub name: Option<String>,
    /// Context window in tokens, where the provider tells.
    pub context: Option<u64>,
    pub max_output: Option<u64>,
    /// False only where the provider says, or the name tells, that the model does not chat.
    pub chats: bool,
    /// Whether the model thinks before it answers, where known.
    #[serde(default)]
    pub reasons: Option<bool>,
    /// Prices where known, for the picker: micro-USD per million tokens.
    #[serde(default)]
    pub price: Option<Rates>,
}

impl Model {
    /// Adds what the product knows of the model beyond the provider's list.
    fn enriched(mut self, provider: Provider) -> Self {
        if let Some(facts) = pricing::facts(provider, &self.id) {
            self.context = self.context.or(Some(facts.context));
            self.max_output = self.max_output.or(Some(facts.max_output));
            self.reasons = self.reasons.or(Some(facts.reasons));
        }
        self.price = pricing::price(provider, &self.id).map(|price| price.rates);
        self
    }
}
