//! Any server that speaks OpenAI's Chat Completions: Ollama, vLLM, LM Studio, llama.cpp, DeepSeek
//! and others. Lenient in what it takes; the base URL may or may not name its version.

use super::chat_body::Body;
use super::wire::{Auth, BaseRule, WireRequest};
use super::{Model, Provider, chat_wire};
use crate::domain::chat::ChatRequest;
use crate::domain::problem::Problem;

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
    chat_wire::read_models(body, |entry| {
        let mut model = chat_wire::read_model(entry);
        model.chats = !["embed", "rerank", "whisper"]
            .iter()
            .any(|word| model.id.contains(word));
        model.enriched(Provider::Compatible)
    })
}
