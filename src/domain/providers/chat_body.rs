//! The body of a Chat Completions request, common to all who speak that wire.

use crate::domain::chat::{ChatRequest, Role};
use serde::Serialize;
use std::borrow::Cow;

/// A request's body; what is `None` is not sent.
#[derive(Serialize)]
pub struct Body<'a> {
    pub model: &'a str,
    pub messages: Vec<WireMessage<'a>>,
    pub stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
}

#[derive(Serialize)]
pub struct StreamOptions {
    pub include_usage: bool,
}

#[derive(Serialize)]
pub struct WireMessage<'a> {
    pub role: &'static str,
    pub content: Cow<'a, str>,
    /// Mistral: the answer is to go on from here.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub prefix: bool,
}

impl<'a> WireMessage<'a> {
    fn new(role: &'static str, content: impl Into<Cow<'a, str>>) -> Self {
        Self {
            role,
            content: content.into(),
            prefix: false,
        }
    }
}

impl<'a> Body<'a> {
    /// What every dialect sends: the system prompt first, empty messages left out. The limit of
    /// tokens goes by a different name for each and is the caller's.
    pub fn new(request: &'a ChatRequest) -> Self {
        let system = request.system.as_deref().filter(|text| !text.trim().is_empty());
        let spoken = request.spoken().map(|spoken| match spoken.role {
            Role::System => WireMessage::new("system", &spoken.content),
            Role::User => WireMessage::new("user", &spoken.content),
            Role::Assistant => WireMessage::new("assistant", &spoken.content),
        });
        let system = system.map(|text| WireMessage::new("system", text));
        Self {
            model: &request.model,
            messages: system.into_iter().chain(spoken).collect(),
            stream: true,
            stream_options: None,
            max_tokens: None,
            max_completion_tokens: None,
            temperature: request.params.temperature,
        }
    }

    /// Asks for a last chunk with the usage.
    pub fn with_usage(mut self) -> Self {
        self.stream_options = Some(StreamOptions { include_usage: true });
        self
    }

    /// Joins all system messages into one at the beginning, for those who take none later.
    pub fn with_one_system(mut self, request: &ChatRequest) -> Self {
        self.messages.retain(|message| message.role != "system");
        if let Some(text) = request.system_text() {
            self.messages.insert(0, WireMessage::new("system", text));
        }
        self
    }
}
