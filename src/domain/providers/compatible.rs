//! Any server that speaks OpenAI's Chat Completions: Ollama, vLLM, LM Studio, llama.cpp, DeepSeek
//! and others. Lenient in what it takes; the base URL may or may not name its version.

use super::wire::{Auth, BaseRule, WireRequest};
use super::{Model, Provider, chat_wire};
use crate::domain::chat::ChatRequest;
use crate::domain::problem::Problem;
use serde_json::json;

pub fn chat_request(request: &ChatRequest) -> WireRequest {
    let mut body = json!({
        "model": request.model,
        "messages": chat_wire::messages(request),
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    if let Some(limit) = request.params.max_tokens {
        body["max_tokens"] = limit.into();
    }
    if let Some(temperature) = request.params.temperature {
        body["temperature"] = temperature.into();
    }
    WireRequest::post("/v1/chat/completions", BaseRule::Compatible, Auth::Bearer, &body)
}

pub fn models_request() -> WireRequest {
    WireRequest::get("/v1/models", BaseRule::Compatible, Auth::Bearer)
}

pub fn read_models(body: &[u8]) -> Result<Vec<Model>, Problem> {
    chat_wire::read_models(body, |entry| {
        let mut model = chat_wire::read_model(entry);
        model.chats = !["embed", "rerank", "whisper"]
            .iter()
            .any(|word| model.id.contains(word));
        model.enriched(Provider::Compatible)
    })
}
