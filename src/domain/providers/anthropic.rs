//! Anthropic by the Messages API.
//!
//! Usage is cumulative and partial: each field that comes replaces the one before. `input_tokens`
//! excludes the cache, so reads and writes are added. Unknown events, blocks and deltas are passed
//! over: the vendor adds new ones at any time.

use super::decoder::{Halt, Sink};
use super::sse::Event;
use super::wire::{Auth, BaseRule, WireRequest, encode};
use super::{Model, Output, Provider, fault, loose};
use crate::domain::chat::{ChatRequest, Role, Stop, Tokens, Tool};
use crate::domain::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// What we ask for where the person set no limit; the API demands one. Enough for long answers,
/// and within what every current model can write.
const DEFAULT_MAX_TOKENS: u32 = 16_384;

/// Models that write less than [`DEFAULT_MAX_TOKENS`], by the beginning of their ids.
const SMALL: [(&str, u32); 6] = [
    ("claude-3-5-", 8_192),
    ("claude-3-haiku", 4_096),
    ("claude-3-sonnet", 4_096),
    ("claude-3-opus", 4_096),
    ("claude-2", 4_096),
    ("claude-instant", 4_096),
];

const VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");

/// Most blocks of one answer that are told apart.
const MAX_TOOLS: usize = 256;

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    max_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    messages: Vec<WireMessage<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
}

#[derive(Serialize)]
struct WireMessage<'a> {
    role: &'static str,
    content: &'a str,
}

pub fn chat_request(request: &ChatRequest) -> WireRequest {
    let turns = request.turns();
    let last = turns.len().saturating_sub(1);
    let body = Body {
        model: &request.model,
        max_tokens: request
            .params
            .max_tokens
            .unwrap_or_else(|| default_limit(&request.model)),
        system: request.system_text(),
        messages: turns
            .iter()
            .enumerate()
            .map(|(place, turn)| WireMessage {
                role: if turn.role == Role::Assistant {
                    "assistant"
                } else {
                    "user"
                },
                // An answer to be continued may not end with white space.
                content: if place == last && turn.role == Role::Assistant {
                    turn.content.trim_end()
                } else {
                    &turn.content
                },
            })
            .collect(),
        stream: true,
        temperature: request.params.temperature,
    };
    WireRequest::post("/v1/messages", BaseRule::Vendor, Auth::Header("x-api-key"), &body).header(VERSION.0, VERSION.1)
}

/// `max_tokens` where the person set none.
pub fn default_limit(model: &str) -> u32 {
    let small = SMALL.iter().find(|(start, _)| model.starts_with(start));
    small.map_or(DEFAULT_MAX_TOKENS, |(_, limit)| *limit)
}

pub fn models_request(after: Option<&str>) -> WireRequest {
    let path = match after {
        Some(id) => format!("/v1/models?limit=1000&after_id={}", encode(id)),
        None => "/v1/models?limit=1000".to_owned(),
    };
    WireRequest::get(path, BaseRule::Vendor, Auth::Header("x-api-key")).header(VERSION.0, VERSION.1)
}

pub fn next_page(body: &[u8]) -> Option<WireRequest> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let has_more = body.get("has_more")?.as_bool()?;
    let last = body.get("last_id")?.as_str().filter(|id| !id.is_empty())?;
    has_more.then(|| models_request(Some(last)))
}

pub fn read_models(body: &[u8]) -> Result<Vec<Model>, Problem> {
    super::model_list::read(body, |entry| {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| entry.get(name).and_then(Value::as_u64).filter(|&number| number > 0);
        Model {
            id: text("id").unwrap_or_default(),
            name: text("display_name"),
            context: number("max_input_tokens"),
            max_output: number("max_tokens"),
            chats: true,
            reasons: None,
            price: None,
        }
        .enriched(Provider::Anthropic)
    })
}

#[derive(Deserialize)]
struct Frame {
    #[serde(rename = "type", default, deserialize_with = "loose::text")]
    kind: Option<String>,
    #[serde(default)]
    message: Option<Start>,
    #[serde(default, deserialize_with = "loose::count")]
    index: Option<u64>,
    #[serde(default)]
    content_block: Option<Block>,
    #[serde(default)]
    delta: Option<Delta>,
    #[serde(default)]
    usage: Option<Usage>,
}

/// A message, whole or at its start.
#[derive(Deserialize)]
struct Start {
    #[serde(default, deserialize_with = "loose::text")]
    id: Option<String>,
    #[serde(default)]
    content: Option<Vec<Block>>,
    #[serde(default, deserialize_with = "loose::text")]
    stop_reason: Option<String>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type", default, deserialize_with = "loose::text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "loose::text")]
    text: Option<String>,
    #[serde(default, deserialize_with = "loose::text")]
    thinking: Option<String>,
    #[serde(default, deserialize_with = "loose::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "loose::text")]
    name: Option<String>,
    #[serde(default)]
    input: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Delta {
    #[serde(rename = "type", default, deserialize_with = "loose::text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "loose::text")]
    text: Option<String>,
    #[serde(default, deserialize_with = "loose::text")]
    thinking: Option<String>,
    #[serde(default, deserialize_with = "loose::text")]
    partial_json: Option<String>,
    #[serde(default, deserialize_with = "loose::text")]
    stop_reason: Option<String>,
}

#[derive(Deserialize, Default)]
struct Usage {
    #[serde(default, deserialize_with = "loose::count")]
    input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "loose::count")]
    output_tokens: Option<u64>,
    #[serde(default, deserialize_with = "loose::count")]
    cache_read_input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "loose::count")]
    cache_creation_input_tokens: Option<u64>,
    #[serde(default)]
    cache_creation: Option<CacheCreation>,
    #[serde(default)]
    output_tokens_details: Option<OutputDetails>,
}

#[derive(Deserialize)]
struct CacheCreation {
    #[serde(default, deserialize_with = "loose::count")]
    ephemeral_5m_input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "loose::count")]
    ephemeral_1h_input_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct OutputDetails {
    #[serde(default, deserialize_with = "loose::count")]
    thinking_tokens: Option<u64>,
}

struct ToolBlock {
    index: u64,
    has_arguments: bool,
}

/// State of one answer.
#[derive(Default)]
pub struct Stream {
    /// `input_tokens` as the wire counts them: without the cache.
    fresh: u64,
    totals: Tokens,
    /// The blocks that are tool calls, in order.
    tools: Vec<ToolBlock>,
    message: Option<String>,
}

impl Stream {
    pub fn event(&mut self, event: &Event, sink: &mut Sink<'_>) -> Result<(), Halt> {
        if event.data.trim().is_empty() {
            return Ok(());
        }
        let frame: Frame = serde_json::from_str(&event.data)?;
        match frame.kind.as_deref().unwrap_or(&event.name) {
            "message_start" => {
                if let Some(message) = frame.message {
                    self.begin(message.id.as_deref());
                    sink.id(message.id.as_deref());
                    // One that is repeated must not set the count back.
                    let said = self.totals.output;
                    self.usage(message.usage, said, sink);
                }
            }
            "content_block_start" => {
                if let Some(block) = frame.content_block {
                    self.block(frame.index.unwrap_or(0), block, sink, false);
                }
            }
            "content_block_delta" => {
                if let Some(delta) = frame.delta {
                    self.delta(frame.index.unwrap_or(0), delta, sink);
                }
            }
            "content_block_stop" => self.end_block(frame.index.unwrap_or(0), sink),
            "message_delta" => {
                self.usage(frame.usage, 0, sink);
                if let Some(reason) = frame.delta.and_then(|delta| delta.stop_reason) {
                    sink.stop(stop(&reason));
                }
            }
            "message_stop" => return Err(Halt::End),
            "error" => return Err(failure(event.data.as_bytes())),
            _ => {}
        }
        Ok(())
    }

    pub fn whole(&mut self, body: &[u8], sink: &mut Sink<'_>) -> Result<(), Halt> {
        let kind: Frame = serde_json::from_slice(body)?;
        if kind.kind.as_deref() == Some("error") {
            return Err(failure(body));
        }
        let message: Start = serde_json::from_slice(body)?;
        sink.id(message.id.as_deref());
        for (index, block) in (0..).zip(message.content.unwrap_or_default()) {
            self.block(index, block, sink, true);
        }
        self.usage(message.usage, 0, sink);
        if let Some(reason) = message.stop_reason {
            sink.stop(stop(&reason));
        }
        Ok(())
    }

    /// A block as it opens, or whole: then a tool's input is there already.
    fn block(&mut self, index: u64, block: Block, sink: &mut Sink<'_>, is_whole: bool) {
        match block.kind.as_deref() {
            Some("text") => sink.text(block.text.unwrap_or_default()),
            Some("thinking") => sink.reasoning(block.thinking.unwrap_or_default()),
            // Tools that the vendor runs itself (`server_tool_use`) are not ours to answer.
            Some("tool_use") => {
                let input = block.input.map(|input| input.get().to_owned());
                let arguments = input.filter(|input| is_whole || input != "{}").unwrap_or_default();
                let place = self.tools.iter().position(|tool| tool.index == index);
                if place.is_none() && self.tools.len() < MAX_TOOLS {
                    self.tools.push(ToolBlock {
                        index,
                        has_arguments: !arguments.is_empty(),
                    });
                }
                sink.out.push(Output::Tool(Tool {
                    index: number(place.unwrap_or(self.tools.len().saturating_sub(1))),
                    id: block.id,
                    name: block.name,
                    arguments,
                }));
            }
            _ => {}
        }
    }

    fn delta(&mut self, index: u64, delta: Delta, sink: &mut Sink<'_>) {
        match delta.kind.as_deref() {
            Some("text_delta") => sink.text(delta.text.unwrap_or_default()),
            Some("thinking_delta") => sink.reasoning(delta.thinking.unwrap_or_default()),
            Some("input_json_delta") => self.arguments(index, delta.partial_json.unwrap_or_default(), sink),
            // Signatures, citations and kinds not known yet.
            _ => {}
        }
    }

    /// A tool that takes nothing sends no arguments at all: joined they must still be an object.
    fn end_block(&mut self, index: u64, sink: &mut Sink<'_>) {
        if self.tools.iter().any(|tool| tool.index == index && !tool.has_arguments) {
            self.arguments(index, "{}".to_owned(), sink);
        }
    }

    /// Tool calls are counted among themselves: the first is 0 wherever its block stands.
    fn arguments(&mut self, index: u64, arguments: String, sink: &mut Sink<'_>) {
        let found = self.tools.iter_mut().enumerate().find(|(_, tool)| tool.index == index);
        let Some((place, tool)) = found.filter(|_| !arguments.is_empty()) else {
            return;
        };
        tool.has_arguments = true;
        sink.out.push(Output::Tool(Tool {
            index: number(place),
            id: None,
            name: None,
            arguments,
        }));
    }

    /// Another message in the same stream counts its blocks anew: those of the one before are closed.
    fn begin(&mut self, id: Option<&str>) {
        if self.message.as_deref().is_some_and(|known| Some(known) != id) {
            self.tools.iter_mut().for_each(|tool| tool.index = u64::MAX);
        }
        self.message = id.map(str::to_owned);
    }

    /// Counts are totals: a later one replaces an earlier one. `least` is what the output is at least.
    fn usage(&mut self, usage: Option<Usage>, least: u64, sink: &mut Sink<'_>) {
        let Some(usage) = usage else { return };
        let totals = &mut self.totals;
        self.fresh = usage.input_tokens.unwrap_or(self.fresh);
        totals.cached_read = usage.cache_read_input_tokens.unwrap_or(totals.cached_read);
        let (short, hour) = usage.cache_creation.map_or((None, None), |cache| {
            (cache.ephemeral_5m_input_tokens, cache.ephemeral_1h_input_tokens)
        });
        totals.cached_write_hour = hour.unwrap_or(totals.cached_write_hour);
        let by_kind = (short.is_some() || hour.is_some()).then(|| short.unwrap_or(0).saturating_add(hour.unwrap_or(0)));
        totals.cached_write = usage
            .cache_creation_input_tokens
            .or(by_kind)
            .unwrap_or(totals.cached_write);
        totals.input = self
            .fresh
            .saturating_add(totals.cached_read)
            .saturating_add(totals.cached_write);
        totals.output = usage.output_tokens.unwrap_or(totals.output).max(least);
        let thinking = usage.output_tokens_details.and_then(|details| details.thinking_tokens);
        totals.reasoning = thinking.unwrap_or(totals.reasoning);
        sink.out.push(Output::Usage(*totals));
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn failure(body: &[u8]) -> Halt {
    let error = serde_json::from_slice(body).unwrap_or(Value::Null);
    Halt::Failed(fault::in_stream(Provider::Anthropic, &error))
}

fn stop(reason: &str) -> Stop {
    match reason {
        "end_turn" => Stop::End,
        "stop_sequence" => Stop::StopSequence,
        "max_tokens" => Stop::MaxTokens,
        "tool_use" => Stop::ToolUse,
        "pause_turn" => Stop::Pause,
        "refusal" => Stop::Refusal,
        "model_context_window_exceeded" => Stop::ContextWindow,
        _ => Stop::Other,
    }
}
