//! Google Gemini by its native API: the OpenAI-compatible endpoint under-reports tokens.
//!
//! Usage stands on every chunk and is cumulative; `candidatesTokenCount` excludes thoughts. There
//! is no end mark: the finish reason is the end. The key goes into a header, never into the URL.

use super::decoder::{Halt, Sink};
use super::sse::Event;
use super::wire::{Auth, BaseRule, WireRequest, encode};
use super::{Model, Output, Provider, fault, loose};
use crate::domain::chat::{ChatRequest, Role, Stop, Tokens, Tool};
use crate::domain::problem::{Code, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

const KEY_HEADER: Auth = Auth::Header("x-goog-api-key");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    contents: Vec<WireContent<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_instruction: Option<WireContent<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation_config: Option<GenerationConfig>,
}

#[derive(Serialize)]
struct WireContent<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    parts: [WirePart<'a>; 1],
}

#[derive(Serialize)]
struct WirePart<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GenerationConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
}

pub fn chat_request(request: &ChatRequest) -> WireRequest {
    let turns = request.turns();
    let system = request.system_text();
    let content = |role, text| WireContent {
        role,
        parts: [WirePart { text }],
    };
    let params = request.params;
    let body = Body {
        contents: turns
            .iter()
            .map(|turn| {
                let role = if turn.role == Role::Assistant { "model" } else { "user" };
                content(Some(role), turn.content.as_str())
            })
            .collect(),
        system_instruction: system.as_deref().map(|text| content(None, text)),
        generation_config: (params.max_tokens.is_some() || params.temperature.is_some()).then_some(GenerationConfig {
            max_output_tokens: params.max_tokens,
            temperature: params.temperature,
        }),
    };
    let path = format!("/v1beta/{}:streamGenerateContent?alt=sse", resource(&request.model));
    WireRequest::post(path, BaseRule::Vendor, KEY_HEADER, &body)
}

/// `models/ID`, or `tunedModels/ID` where the person names such a one.
fn resource(model: &str) -> String {
    let (kind, id) = match model.split_once('/') {
        Some(("models", id)) => ("models", id),
        Some(("tunedModels", id)) => ("tunedModels", id),
        _ => ("models", model),
    };
    format!("{kind}/{}", encode(id))
}

pub fn models_request(page: Option<&str>) -> WireRequest {
    let path = match page {
        Some(token) => format!("/v1beta/models?pageSize=1000&pageToken={}", encode(token)),
        None => "/v1beta/models?pageSize=1000".to_owned(),
    };
    WireRequest::get(path, BaseRule::Vendor, KEY_HEADER)
}

pub fn next_page(body: &[u8]) -> Option<WireRequest> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let token = body.get("nextPageToken")?.as_str().filter(|token| !token.is_empty())?;
    Some(models_request(Some(token)))
}

pub fn read_models(body: &[u8]) -> Result<Vec<Model>, Problem> {
    let body: Value = serde_json::from_slice(body).map_err(|_| Problem::new(Code::ProviderGarbled))?;
    // A key without any model answers `{}`.
    let none = Vec::new();
    let list = match body.get("models") {
        Some(Value::Array(list)) => list,
        None if body.as_object().is_some_and(serde_json::Map::is_empty) => &none,
        _ => return Err(Code::ProviderGarbled.into()),
    };
    Ok(list
        .iter()
        .map(read_model)
        .filter(|model| !model.id.is_empty())
        .collect())
}

fn read_model(entry: &Value) -> Model {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    // Newer lists may say `id`; the resource name is what counts.
    let name = text("name").or_else(|| text("id")).unwrap_or_default();
    let methods = entry.get("supportedGenerationMethods").and_then(Value::as_array);
    let id = name.strip_prefix("models/").unwrap_or(name);
    let speaks = [
        "-tts",
        "-image",
        "embedding",
        "-live",
        "native-audio",
        "aqa",
        "robotics",
        "imagen",
        "veo",
        "nano-banana",
        "lyria",
        "deep-research",
        "computer-use",
    ];
    Model {
        chats: methods.is_none_or(|list| list.iter().any(|method| method == "generateContent"))
            && !speaks.iter().any(|word| id.contains(word)),
        id: id.to_owned(),
        name: text("displayName").map(str::to_owned),
        context: entry.get("inputTokenLimit").and_then(Value::as_u64),
        max_output: entry.get("outputTokenLimit").and_then(Value::as_u64),
        reasons: entry.get("thinking").and_then(Value::as_bool),
        price: None,
    }
    .enriched(Provider::Google)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    #[serde(default)]
    candidates: Option<Vec<Candidate>>,
    #[serde(default)]
    usage_metadata: Option<Usage>,
    #[serde(default)]
    prompt_feedback: Option<Feedback>,
    #[serde(default, deserialize_with = "loose::text")]
    response_id: Option<String>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    #[serde(default, deserialize_with = "loose::count")]
    index: Option<u64>,
    #[serde(default)]
    content: Option<Content>,
    #[serde(default, deserialize_with = "loose::text")]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    parts: Option<Vec<Part>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    #[serde(default, deserialize_with = "loose::text")]
    text: Option<String>,
    #[serde(default)]
    thought: Option<bool>,
    #[serde(default)]
    function_call: Option<FunctionCall>,
}

#[derive(Deserialize)]
struct FunctionCall {
    #[serde(default, deserialize_with = "loose::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "loose::text")]
    name: Option<String>,
    #[serde(default)]
    args: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    #[serde(default, deserialize_with = "loose::text")]
    block_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    #[serde(default, deserialize_with = "loose::count")]
    prompt_token_count: Option<u64>,
    #[serde(default, deserialize_with = "loose::count")]
    cached_content_token_count: Option<u64>,
    #[serde(default, deserialize_with = "loose::count")]
    candidates_token_count: Option<u64>,
    #[serde(default, deserialize_with = "loose::count")]
    thoughts_token_count: Option<u64>,
    #[serde(default, deserialize_with = "loose::count")]
    tool_use_prompt_token_count: Option<u64>,
    #[serde(default, deserialize_with = "loose::count")]
    total_token_count: Option<u64>,
}

impl Usage {
    /// What the total leaves for the visible answer, where it tells of any output at all.
    fn spoken(&self) -> Option<u64> {
        let tools = self.tool_use_prompt_token_count.unwrap_or(0);
        let asked = self.prompt_token_count?.saturating_add(tools);
        let given = self.total_token_count?.checked_sub(asked).filter(|given| *given > 0)?;
        Some(given.saturating_sub(self.thoughts_token_count.unwrap_or(0)))
    }
}

/// State of one answer.
#[derive(Default)]
pub struct Stream {
    tools: u32,
    totals: Tokens,
}

impl Stream {
    pub fn event(&mut self, event: &Event, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let data = event.data.trim();
        if data.is_empty() || data == "[DONE]" {
            return Ok(());
        }
        self.chunk(serde_json::from_str(data)?, sink)
    }

    /// Without `alt=sse` the answer is one JSON array of chunks; not streamed, it is one chunk.
    pub fn whole(&mut self, body: &[u8], sink: &mut Sink<'_>) -> Result<(), Halt> {
        if body.first() == Some(&b'[') {
            let chunks: Vec<Chunk> = serde_json::from_slice(body)?;
            return chunks.into_iter().try_for_each(|chunk| self.chunk(chunk, sink));
        }
        self.chunk(serde_json::from_slice(body)?, sink)
    }

    fn chunk(&mut self, chunk: Chunk, sink: &mut Sink<'_>) -> Result<(), Halt> {
        sink.id(chunk.response_id.as_deref());
        if let Some(error) = chunk.error.filter(|error| !error.is_null()) {
            return Err(Halt::Failed(fault::in_stream(Provider::Google, &error)));
        }
        let mut finish = None;
        for candidate in chunk.candidates.unwrap_or_default() {
            if candidate.index.unwrap_or(0) != 0 {
                continue;
            }
            for part in candidate.content.and_then(|content| content.parts).unwrap_or_default() {
                self.part(part, sink);
            }
            finish = candidate.finish_reason.or(finish);
        }
        if let Some(usage) = chunk.usage_metadata {
            self.usage(&usage, sink);
        }
        // The prompt itself was blocked: no candidate follows.
        if chunk
            .prompt_feedback
            .and_then(|feedback| feedback.block_reason)
            .is_some()
        {
            sink.stop(Stop::ContentFilter);
        }
        if let Some(reason) = finish {
            sink.stop(self.stop(&reason));
        }
        Ok(())
    }

    fn part(&mut self, part: Part, sink: &mut Sink<'_>) {
        let text = part.text.unwrap_or_default();
        if part.thought == Some(true) {
            sink.reasoning(text);
        } else {
            sink.text(text);
        }
        if let Some(call) = part.function_call {
            sink.out.push(Output::Tool(Tool {
                index: self.tools,
                id: call.id,
                name: call.name,
                arguments: call.args.map_or_else(|| "{}".to_owned(), |args| args.get().to_owned()),
            }));
            self.tools = self.tools.saturating_add(1);
        }
    }

    /// Early chunks may lack counts: what was known stays.
    fn usage(&mut self, usage: &Usage, sink: &mut Sink<'_>) {
        let totals = &mut self.totals;
        if let Some(prompt) = usage.prompt_token_count {
            totals.input = prompt.saturating_add(usage.tool_use_prompt_token_count.unwrap_or(0));
        }
        totals.cached_read = usage.cached_content_token_count.unwrap_or(totals.cached_read);
        let spoken = usage
            .candidates_token_count
            .or_else(|| usage.spoken())
            .unwrap_or_else(|| totals.output.saturating_sub(totals.reasoning));
        totals.reasoning = usage.thoughts_token_count.unwrap_or(totals.reasoning);
        totals.output = spoken.saturating_add(totals.reasoning);
        sink.out.push(Output::Usage(*totals));
    }

    fn stop(&self, reason: &str) -> Stop {
        match reason {
            // Gemini has no reason of its own for a tool call.
            "STOP" if self.tools > 0 => Stop::ToolUse,
            "STOP" => Stop::End,
            "MAX_TOKENS" => Stop::MaxTokens,
            "SAFETY"
            | "RECITATION"
            | "BLOCKLIST"
            | "PROHIBITED_CONTENT"
            | "SPII"
            | "MODEL_ARMOR"
            | "IMAGE_SAFETY"
            | "IMAGE_PROHIBITED_CONTENT"
            | "IMAGE_RECITATION"
            | "LANGUAGE" => Stop::ContentFilter,
            _ => Stop::Other,
        }
    }
}
