//! The providers: one small file each, behind one interface.
//!
//! Each file builds requests, decodes the stream, reads usage, maps errors and reads the models
//! list of one provider. Nothing here sends anything or knows a key: [`WireRequest::auth`] only
//! says into which header the caller has to put it.
//!
//! Adding a provider: a variant of [`Provider`], a file with the functions that the `match`es below
//! call, golden streams in its tests, its prices, its double in `tests/support/providers`.

use crate::domain::chat::{Stop, Tokens, Tool};
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
}

/// How the key goes into the request's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer KEY`.
    Bearer,
    /// The named header holds the bare key.
    Header(&'static str),
}

/// A request ready to be sent, but for the base URL and the key.
#[derive(Clone, PartialEq, Eq)]
pub struct WireRequest {
    /// Path and query, beginning with `/`, to be appended to the base URL.
    pub path: String,
    pub auth: Auth,
    /// Fixed headers beside `content-type` and the key.
    pub headers: Vec<(&'static str, &'static str)>,
    /// JSON body of a POST; `None` makes it a GET.
    pub body: Option<Vec<u8>>,
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
    /// False only where the provider says that the model does not chat.
    pub chats: bool,
}
