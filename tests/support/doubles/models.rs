//! Models lists: several tens of entries, in pages where the vendor has pages.

use super::check::Request;
use super::json;
use super::script::BY_MODEL;
use axum::response::Response;
use serde_json::{Value, json};
use spectr::domain::providers::Provider;

/// Entries of one page, whatever the request asks for: lists must be read to their end.
const PAGE: usize = 25;

/// Ids of real families, so that prices and limits are found.
fn families(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::Anthropic => &[
            "claude-sonnet-4-5-20250929",
            "claude-opus-4-8",
            "claude-haiku-4-5-20251001",
            "claude-opus-4-1-20250805",
        ],
        Provider::OpenAi => &[
            "gpt-5-mini",
            "gpt-5",
            "gpt-4o-mini",
            "gpt-4.1",
            "text-embedding-3-small",
            "whisper-1",
        ],
        Provider::Google => &["gemini-2.5-flash", "gemini-2.5-pro", "gemini-2.5-flash-lite"],
        Provider::Mistral => &["mistral-small-latest", "mistral-large-2512", "codestral-2508"],
        Provider::Groq => &["openai/gpt-oss-120b", "llama-3.3-70b-versatile", "whisper-large-v3"],
        _ => &["llama3.2:3b", "qwen3:8b", "nomic-embed-text"],
    }
}

pub fn ids(provider: Provider) -> Vec<String> {
    let families = families(provider).iter().map(|id| (*id).to_owned());
    let scripted = BY_MODEL.iter().map(|(name, _)| (*name).to_owned());
    let many = (1..=30).map(|number| format!("double-model-{number:02}"));
    families.chain(scripted).chain(many).collect()
}

fn query<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let pairs = request.query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(known, _)| *known == name)
        .map(|(_, value)| value)
        .next_back()
}

pub fn list(request: &Request) -> Response {
    let ids = ids(request.provider);
    match request.provider {
        Provider::Anthropic => {
            let after = query(request, "after_id").and_then(|id| ids.iter().position(|known| known == id));
            let start = after.map_or(0, |place| place + 1);
            let page: Vec<&String> = ids.iter().skip(start).take(PAGE).collect();
            let entries: Vec<Value> = page
                .iter()
                .map(|id| json!({"type": "model", "id": id, "display_name": id, "created_at": "2025-09-29T00:00:00Z"}))
                .collect();
            json(
                200,
                &json!({"data": entries, "has_more": start + PAGE < ids.len(),
                        "first_id": page.first(), "last_id": page.last()}),
            )
        }
        Provider::Google => {
            let start = query(request, "pageToken")
                .and_then(|token| token.parse().ok())
                .unwrap_or(0);
            let entries: Vec<Value> = ids
                .iter()
                .skip(start)
                .take(PAGE)
                .map(|id| {
                    json!({"name": format!("models/{id}"), "displayName": id, "inputTokenLimit": 1_048_576,
                           "outputTokenLimit": 65_536, "supportedGenerationMethods": ["generateContent", "countTokens"]})
                })
                .collect();
            let mut body = json!({"models": entries});
            if let (true, Some(fields)) = (start + PAGE < ids.len(), body.as_object_mut()) {
                fields.insert("nextPageToken".to_owned(), (start + PAGE).to_string().into());
            }
            json(200, &body)
        }
        _ => {
            let entries: Vec<Value> = ids.iter().map(|id| entry(request.provider, id)).collect();
            json(200, &json!({"object": "list", "data": entries}))
        }
    }
}

fn entry(provider: Provider, id: &str) -> Value {
    match provider {
        Provider::Mistral => {
            json!({"id": id, "object": "model", "owned_by": "mistralai", "max_context_length": 131_072,
            "capabilities": {"completion_chat": true, "function_calling": true, "vision": false}})
        }
        Provider::Groq => {
            json!({"id": id, "object": "model", "owned_by": "double", "active": true, "context_window": 131_072})
        }
        _ => json!({"id": id, "object": "model", "created": 1_790_000_000, "owned_by": "double"}),
    }
}
