//! Any server that speaks OpenAI's Chat Completions: Ollama, vLLM, LM Studio, llama.cpp, DeepSeek
//! and others. Lenient in what it takes; the base URL may or may not name its version.

use super::chat_body::Body;
use super::wire::{Auth, BaseRule, WireRequest};
use super::{Model, Provider, model_list};
use crate::domain::chat::ChatRequest;
use crate::domain::problem::Problem;
use serde_json::Value;

/// Parts of names of models that answer no chat.
const NO_CHAT: [&str; 3] = ["embed", "rerank", "whisper"];
/// The `type` that some lists (Together, LM Studio) give to models that answer no chat.
const NO_CHAT_KINDS: [&str; 5] = ["image", "audio", "video", "moderation", "transcribe"];

pub fn chat_request(request: &ChatRequest) -> WireRequest {
    let body = Body {
        max_tokens: request.params.max_tokens,
        ..Body::new(request).with_usage()
    };
    WireRequest::post("/v1/chat/completions", BaseRule::Compatible, Auth::Bearer, &body)
}

pub fn models_request() -> WireRequest {
    WireRequest::get("/v1/models", BaseRule::Compatible, Auth::Bearer)
}

pub fn read_models(body: &[u8]) -> Result<Vec<Model>, Problem> {
    model_list::read(body, |entry| {
        let mut model = model_list::entry(entry);
        let kind = entry.get("type").and_then(Value::as_str).unwrap_or_default();
        model.chats = ![kind, &model.id]
            .iter()
            .any(|name| NO_CHAT.iter().any(|word| name.contains(word)))
            && !NO_CHAT_KINDS.contains(&kind);
        model.enriched(Provider::Compatible)
    })
}
