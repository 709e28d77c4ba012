//! Mistral: OpenAI's wire with content in parts and reasoning inside them.
//!
//! `stream_options` has been answered with 422 and is not sent: usage comes on the finish chunk.
//! A conversation that ends with the assistant's words needs `prefix` on that message.

use super::chat_body::Body;
use super::wire::{Auth, BaseRule, WireRequest};
use super::{Model, Provider, model_list};
use crate::domain::chat::ChatRequest;
use crate::domain::problem::Problem;
use serde_json::Value;

pub fn chat_request(request: &ChatRequest) -> WireRequest {
    let mut body = Body {
        max_tokens: request.params.max_tokens,
        ..Body::new(request).with_one_system(request)
    };
    if let Some(last) = body.messages.last_mut() {
        last.prefix = last.role == "assistant";
    }
    WireRequest::post("/v1/chat/completions", BaseRule::Vendor, Auth::Bearer, &body)
}

pub fn models_request() -> WireRequest {
    WireRequest::get("/v1/models", BaseRule::Vendor, Auth::Bearer)
}

pub fn read_models(body: &[u8]) -> Result<Vec<Model>, Problem> {
    model_list::read(body, |entry| {
        let mut model = model_list::entry(entry);
        model.chats = entry
            .pointer("/capabilities/completion_chat")
            .and_then(Value::as_bool)
            .unwrap_or(true);
        model.reasons = entry.pointer("/capabilities/reasoning").and_then(Value::as_bool);
        model.enriched(Provider::Mistral)
    })
}
