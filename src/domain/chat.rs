//! The chat contract: what a browser sends to `POST /stream/chat`, and the events that come back.
//!
//! Message content passes through these types in memory only; none of them is ever written to a
//! table or a log, and [`ChatRequest`] and [`Message`] therefore print without their text.

use crate::domain::ids::{CallId, ProviderKeyId};
use crate::domain::problem::{Code, Problem};
use crate::domain::providers::Provider;
use crate::domain::usage::Feature;
use serde::{Deserialize, Deserializer, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    System,
    User,
    Assistant,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub role: Role,
    pub content: String,
}

impl Message {
    #[must_use]
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self {
            role,
            content: content.into(),
        }
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({:?}, {} bytes)", self.role, self.content.len())
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Params {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
}

/// For which part of the product a page asks. What the server asks for itself stands in no request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asker {
    #[default]
    Assistant,
    Reports,
}

impl From<Asker> for Feature {
    fn from(asker: Asker) -> Self {
        match asker {
            Asker::Assistant => Self::Assistant,
            Asker::Reports => Self::Reports,
        }
    }
}

/// Body of `POST /stream/chat`. Only `provider`, `model` and `messages` are required.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatRequest {
    pub provider: Provider,
    /// The key to use; without it the newest of that provider.
    #[serde(default)]
    pub key_id: Option<ProviderKeyId>,
    pub model: String,
    #[serde(default)]
    pub system: Option<String>,
    pub messages: Vec<Message>,
    #[serde(default, deserialize_with = "or_default")]
    pub params: Params,
    /// Under which the call is counted.
    #[serde(default, deserialize_with = "or_default")]
    pub feature: Asker,
}

/// `null` is what many clients send for what they leave out.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(value: D) -> Result<T, D::Error> {
    Option::deserialize(value).map(Option::unwrap_or_default)
}

impl ChatRequest {
    /// The messages that say something, in order: providers refuse empty ones.
    pub fn spoken(&self) -> impl Iterator<Item = &Message> {
        self.messages
            .iter()
            .filter(|message| !message.content.trim().is_empty())
    }

    /// The spoken messages without system ones, neighbours of the same role joined: some
    /// providers demand that roles alternate.
    #[must_use]
    pub fn turns(&self) -> Vec<Message> {
        let mut turns: Vec<Message> = Vec::new();
        for message in self.spoken().filter(|message| message.role != Role::System) {
            match turns.last_mut() {
                Some(last) if last.role == message.role => {
                    last.content.push_str("\n\n");
                    last.content.push_str(&message.content);
                }
                _ => turns.push(message.clone()),
            }
        }
        turns
    }

    /// The system prompt and all system messages as one text, for providers that take it apart
    /// from the conversation.
    #[must_use]
    pub fn system_text(&self) -> Option<String> {
        let parts: Vec<&str> = self
            .system
            .iter()
            .map(String::as_str)
            .chain(
                self.messages
                    .iter()
                    .filter(|message| message.role == Role::System)
                    .map(|message| message.content.as_str()),
            )
            .filter(|text| !text.trim().is_empty())
            .collect();
        (!parts.is_empty()).then(|| parts.join("\n\n"))
    }

    /// Checks what does not depend on the provider.
    ///
    /// # Errors
    /// `unprocessable` with the field that has to be mended.
    pub fn check(&self) -> Result<(), Problem> {
        let wrong = |field: &str, detail: &str| Err(Problem::new(Code::Unprocessable).field(field).detail(detail));
        if self.model.trim().is_empty() || self.model.contains(char::is_control) {
            return wrong("model", "Name a model.");
        }
        if self.model.chars().count() > 200 {
            return wrong("model", "The name of a model has at most 200 characters.");
        }
        if !self.spoken().any(|message| message.role == Role::User) {
            return wrong("messages", "Write a message first.");
        }
        if self.params.max_tokens == Some(0) {
            return wrong("params.max_tokens", "Allow at least one token.");
        }
        match self.params.temperature {
            Some(value) if !(0.0..=2.0).contains(&value) => {
                wrong("params.temperature", "Choose a temperature from 0 to 2.")
            }
            _ => Ok(()),
        }
    }
}

/// Which credential paid for a call. There is never a silent change from one to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credential {
    /// The user's own key.
    Byok,
    /// The operator's key, within the daily number of trial calls.
    Trial,
    /// No credential: the built-in guide.
    None,
}

impl Credential {
    /// The id in tables, URLs and JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Byok => "byok",
            Self::Trial => "trial",
            Self::None => "none",
        }
    }
}

/// Tokens of one call. `input` includes cached tokens, `output` includes reasoning tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tokens {
    pub input: u64,
    pub output: u64,
    pub cached_read: u64,
    pub cached_write: u64,
    /// The part of `cached_write` that is kept for an hour and costs more; not on our own wire.
    #[serde(skip)]
    pub cached_write_hour: u64,
    pub reasoning: u64,
}

/// Why a model stopped, in one vocabulary for all providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    End,
    StopSequence,
    MaxTokens,
    ToolUse,
    Refusal,
    ContentFilter,
    ContextWindow,
    Pause,
    Other,
}

impl Stop {
    /// The id in tables and JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::StopSequence => "stop_sequence",
            Self::MaxTokens => "max_tokens",
            Self::ToolUse => "tool_use",
            Self::Refusal => "refusal",
            Self::ContentFilter => "content_filter",
            Self::ContextWindow => "context_window",
            Self::Pause => "pause",
            Self::Other => "other",
        }
    }
}

/// One event of the stream, as the browser sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum StreamEvent {
    Open(Open),
    Delta(Text),
    Reasoning(ReasoningText),
    Tool(Tool),
    Usage(Usage),
    Done(Done),
    Error(StreamError),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    pub request_id: CallId,
    pub provider: Provider,
    pub model: String,
    pub credential: Credential,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub text: String,
}

/// Same shape as [`Text`]; the event's name tells them apart.
pub type ReasoningText = Text;

/// A piece of a tool call; `arguments` are to be joined by `index`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    pub index: u32,
    pub id: Option<String>,
    pub name: Option<String>,
    pub arguments: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    #[serde(flatten)]
    pub tokens: Tokens,
    /// Integer nano-USD; null where the price is unknown.
    pub cost_nano_usd: Option<i64>,
    /// True where the provider gave no figure and we counted ourselves.
    pub estimated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    pub stop: Stop,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamError {
    pub code: String,
    pub message: String,
    pub help: String,
}

impl From<&Problem> for StreamError {
    fn from(problem: &Problem) -> Self {
        Self {
            code: problem.code.code().to_owned(),
            message: problem.message(),
            help: problem.code.help().to_owned(),
        }
    }
}

impl StreamEvent {
    /// The `event:` field on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Delta(_) => "delta",
            Self::Reasoning(_) => "reasoning",
            Self::Tool(_) => "tool",
            Self::Usage(_) => "usage",
            Self::Done(_) => "done",
            Self::Error(_) => "error",
        }
    }

    /// Reads an event back from its name and data; unknown names are `None`, so that a newer
    /// server does not break an older page.
    #[must_use]
    pub fn parse(name: &str, data: &str) -> Option<Self> {
        fn read<T: serde::de::DeserializeOwned>(data: &str) -> Option<T> {
            serde_json::from_str(data).ok()
        }
        match name {
            "open" => read(data).map(Self::Open),
            "delta" => read(data).map(Self::Delta),
            "reasoning" => read(data).map(Self::Reasoning),
            "tool" => read(data).map(Self::Tool),
            "usage" => read(data).map(Self::Usage),
            "done" => read(data).map(Self::Done),
            "error" => read(data).map(Self::Error),
            _ => None,
        }
    }
}
