//! Groq: OpenAI's wire under `/openai`.
//!
//! Usage comes on the finish chunk without being asked for (`x_groq.usage`, and `usage`), so
//! `stream_options` is not sent.

use super::chat_body::Body;
use super::wire::{Auth, BaseRule, WireRequest};
use super::{Model, Provider, model_list};
use crate::domain::chat::ChatRequest;
use crate::domain::problem::Problem;
use serde_json::Value;

pub fn chat_request(request: &ChatRequest) -> WireRequest {
    let body = Body {
        max_completion_tokens: request.params.max_tokens,
        ..Body::new(request)
    };
    WireRequest::post("/openai/v1/chat/completions", BaseRule::Vendor, Auth::Bearer, &body)
}

pub fn models_request() -> WireRequest {
    WireRequest::get("/openai/v1/models", BaseRule::Vendor, Auth::Bearer)
}

pub fn read_models(body: &[u8]) -> Result<Vec<Model>, Problem> {
    model_list::read(body, |entry| {
        let mut model = model_list::entry(entry);
        let is_active = entry.get("active").and_then(Value::as_bool).unwrap_or(true);
        let speaks = ["whisper", "tts", "guard", "orpheus"]
            .iter()
            .any(|word| model.id.contains(word));
        model.chats = is_active && !speaks;
        model.enriched(Provider::Groq)
    })
}
