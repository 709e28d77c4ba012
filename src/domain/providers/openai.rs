//! OpenAI by Chat Completions.
//!
//! `max_completion_tokens` is taken by every chat model (reasoning models refuse `max_tokens`).
//! A temperature is passed on as given: models that take none answer 400, which the person sees.

use super::chat_body::Body;
use super::wire::{Auth, BaseRule, WireRequest};
use super::{Model, Provider, model_list};
use crate::domain::chat::ChatRequest;
use crate::domain::problem::Problem;

pub fn chat_request(request: &ChatRequest) -> WireRequest {
    let body = Body {
        max_completion_tokens: request.params.max_tokens,
        ..Body::new(request).with_usage()
    };
    WireRequest::post("/v1/chat/completions", BaseRule::Vendor, Auth::Bearer, &body)
}

pub fn models_request() -> WireRequest {
    WireRequest::get("/v1/models", BaseRule::Vendor, Auth::Bearer)
}

pub fn read_models(body: &[u8]) -> Result<Vec<Model>, Problem> {
    model_list::read(body, |entry| {
        let mut model = model_list::entry(entry);
        model.chats = does_chat(&model.id);
        model.enriched(Provider::OpenAi)
    })
}

/// OpenAI's list holds everything it sells and says nothing of kinds: names of what does not
/// answer on Chat Completions are sorted out.
fn does_chat(id: &str) -> bool {
    const OTHER: [&str; 17] = [
        "embedding",
        "whisper",
        "tts",
        "dall-e",
        "gpt-image",
        "moderation",
        "davinci",
        "babbage",
        "realtime",
        "transcribe",
        "sora",
        "computer-use",
        "-instruct",
        "codex",
        "deep-research",
        "gpt-audio",
        "chatgpt-image",
    ];
    let base = id.strip_prefix("ft:").unwrap_or(id);
    // o1-pro, gpt-5-pro, gpt-5.2-pro-2026-…: only on the Responses API.
    let is_pro = base.split('-').any(|part| part == "pro");
    !is_pro && !OTHER.iter().any(|word| base.contains(word))
}
