//! The wire of OpenAI's Chat Completions, as OpenAI, Mistral, Groq, the built-in guide and the
//! many compatible servers speak it. One reader takes all their dialects: content as text or as
//! parts (Mistral), `reasoning` (Groq, vLLM), `reasoning_content` (DeepSeek, vLLM) and
//! `reasoning_details` (OpenRouter, Snowflake), usage at the top or in `x_groq`.

use super::chat_content::Content;
use super::decoder::{Halt, Sink};
use super::sse::Event;
use super::{Output, Provider, fault, loose};
use crate::domain::chat::{Stop, Tokens, Tool};
use crate::domain::problem::Code;
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

/// Most tool calls in one answer; beyond it they are joined to the last.
const MAX_TOOLS: usize = 256;

/// A chunk of a stream, or a whole answer (`message` in place of `delta`).
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default, deserialize_with = "loose::borrowed")]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "loose::borrowed")]
    object: Option<Cow<'a, str>>,
    #[serde(default)]
    choices: Option<Vec<Choice>>,
    #[serde(default)]
    usage: Option<Usage>,
    #[serde(default)]
    x_groq: Option<XGroq>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default, deserialize_with = "loose::count")]
    index: Option<u64>,
    #[serde(default)]
    delta: Option<Delta>,
    #[serde(default)]
    message: Option<Delta>,
    #[serde(default, deserialize_with = "loose::text")]
    finish_reason: Option<String>,
    /// OpenRouter: why the provider behind it gave up.
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Delta {
    #[serde(default)]
    content: Content,
    #[serde(default, deserialize_with = "loose::text")]
    refusal: Option<String>,
    #[serde(default, deserialize_with = "loose::text")]
    reasoning: Option<String>,
    #[serde(default, deserialize_with = "loose::text")]
    reasoning_content: Option<String>,
    #[serde(default)]
    reasoning_details: Option<Value>,
    #[serde(default)]
    tool_calls: Option<Vec<ToolCall>>,
}

#[derive(Deserialize)]
struct ToolCall {
    #[serde(default, deserialize_with = "loose::count")]
    index: Option<u64>,
    #[serde(default, deserialize_with = "loose::text")]
    id: Option<String>,
    #[serde(default)]
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default, deserialize_with = "loose::text")]
    name: Option<String>,
    /// A text by contract; some servers send the object itself.
    #[serde(default)]
    arguments: Option<Value>,
}

#[derive(Deserialize)]
struct XGroq {
    #[serde(default, deserialize_with = "loose::text")]
    id: Option<String>,
    #[serde(default)]
    usage: Option<Usage>,
    #[serde(default)]
    error: Option<Value>,
}

/// Prompt tokens include cached ones, completion tokens include reasoning; some servers think otherwise.
#[derive(Deserialize)]
struct Usage {
    #[serde(default, deserialize_with = "loose::count")]
    prompt_tokens: Option<u64>,
    #[serde(default, deserialize_with = "loose::count")]
    completion_tokens: Option<u64>,
    #[serde(default, deserialize_with = "loose::count")]
    total_tokens: Option<u64>,
    #[serde(default)]
    prompt_tokens_details: Option<PromptDetails>,
    #[serde(default)]
    completion_tokens_details: Option<CompletionDetails>,
    /// DeepSeek's name for cached tokens.
    #[serde(default, deserialize_with = "loose::count")]
    prompt_cache_hit_tokens: Option<u64>,
    /// Mistral's, beside or in place of the details.
    #[serde(default, deserialize_with = "loose::count")]
    num_cached_tokens: Option<u64>,
    /// Moonshot's.
    #[serde(default, deserialize_with = "loose::count")]
    cached_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct PromptDetails {
    #[serde(default, deserialize_with = "loose::count")]
    cached_tokens: Option<u64>,
    #[serde(default, deserialize_with = "loose::count")]
    cache_write_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct CompletionDetails {
    #[serde(default, deserialize_with = "loose::count")]
    reasoning_tokens: Option<u64>,
}

impl Usage {
    fn tokens(&self, provider: Provider) -> Tokens {
        let prompt = self.prompt_tokens_details.as_ref();
        let completion = self.completion_tokens_details.as_ref();
        let cached_read = prompt
            .and_then(|details| details.cached_tokens)
            .or(self.prompt_cache_hit_tokens)
            .or(self.num_cached_tokens)
            .or(self.cached_tokens)
            .unwrap_or(0);
        let given = self.prompt_tokens.unwrap_or(0);
        // More from the cache than there was: counted without it, as Grok on Azure does.
        let input = if cached_read > given {
            given.saturating_add(cached_read)
        } else {
            given
        };
        Tokens {
            input,
            output: self
                .completion_tokens
                .unwrap_or(0)
                .max(self.hidden_output(provider, input)),
            cached_read,
            cached_write: prompt.and_then(|details| details.cache_write_tokens).unwrap_or(0),
            reasoning: completion.and_then(|details| details.reasoning_tokens).unwrap_or(0),
            ..Tokens::default()
        }
    }

    /// What the total says of the output. xAI and Google's compatible door leave thoughts out of
    /// `completion_tokens` and bill them; the total holds them. (Mistral's total holds audio.)
    fn hidden_output(&self, provider: Provider, input: u64) -> u64 {
        match (provider, self.total_tokens) {
            (Provider::Compatible, Some(total)) => total.saturating_sub(input),
            _ => 0,
        }
    }
}

/// State of one answer.
pub struct Stream {
    provider: Provider,
    has_refused: bool,
    /// The wire's index and the id of each tool call seen, in order.
    tools: Vec<(Option<u64>, Option<String>)>,
}

impl Stream {
    pub const fn new(provider: Provider) -> Self {
        Self {
            provider,
            has_refused: false,
            tools: Vec::new(),
        }
    }

    pub const fn ends_without_mark(&self) -> bool {
        matches!(self.provider, Provider::Compatible)
    }

    pub fn event(&mut self, event: &Event, sink: &mut Sink<'_>) -> Result<(), Halt> {
        match event.data.trim() {
            "" => Ok(()),
            "[DONE]" => Err(Halt::End),
            data if event.name == "error" => {
                let error = serde_json::from_str(data).unwrap_or(Value::Null);
                Err(Halt::Failed(fault::in_stream(self.provider, &error)))
            }
            data => {
                let mut chunk: Chunk<'_> = serde_json::from_str(data)?;
                for choice in chunk.choices.iter_mut().flatten() {
                    // Perplexity repeats all that was said so far as `message` beside each `delta`.
                    choice.message.take_if(|_| choice.delta.is_some());
                }
                self.chunk(chunk, sink, || data.to_owned())
            }
        }
    }

    pub fn whole(&mut self, body: &[u8], sink: &mut Sink<'_>) -> Result<(), Halt> {
        let chunk = serde_json::from_slice(body)?;
        self.chunk(chunk, sink, || String::from_utf8_lossy(body).into_owned())
    }

    fn chunk(&mut self, chunk: Chunk<'_>, sink: &mut Sink<'_>, raw: impl Fn() -> String) -> Result<(), Halt> {
        let groq = chunk.x_groq;
        let (groq_id, groq_usage, groq_error) = groq.map_or((None, None, None), |x| (x.id, x.usage, x.error));
        sink.id(groq_id.as_deref().or(chunk.id.as_deref()));
        let error = chunk.error.or(groq_error).filter(|error| !error.is_null());
        if error.is_some() || chunk.object.as_deref() == Some("error") {
            let error = error
                .or_else(|| serde_json::from_str(&raw()).ok())
                .unwrap_or(Value::Null);
            return Err(Halt::Failed(fault::in_stream(self.provider, &error)));
        }
        let mut finish = None;
        for choice in chunk.choices.unwrap_or_default() {
            if choice.index.unwrap_or(0) != 0 {
                continue;
            }
            if let Some(delta) = choice.message.or(choice.delta) {
                self.delta(delta, sink);
            }
            if let Some(error) = choice.error.filter(Value::is_object) {
                return Err(Halt::Failed(fault::in_stream(self.provider, &error)));
            }
            finish = choice.finish_reason.filter(|reason| !reason.is_empty()).or(finish);
        }
        if let Some(usage) = chunk.usage.or(groq_usage) {
            sink.out.push(Output::Usage(usage.tokens(self.provider)));
        }
        match finish {
            Some(reason) => self.finish(&reason, sink),
            None => Ok(()),
        }
    }

    fn finish(&self, reason: &str, sink: &mut Sink<'_>) -> Result<(), Halt> {
        sink.stop(match reason {
            "stop" | "eos" if self.has_refused => Stop::Refusal,
            "stop" | "eos" => Stop::End,
            "length" => Stop::MaxTokens,
            "model_length" => Stop::ContextWindow,
            "tool_calls" | "function_call" => Stop::ToolUse,
            "content_filter" => Stop::ContentFilter,
            "refusal" => Stop::Refusal,
            "error" => return Err(Halt::Failed(Code::ProviderDown.into())),
            // DeepSeek's word for an inference that was given up.
            "insufficient_system_resource" => return Err(Halt::Failed(Code::ProviderOverloaded.into())),
            _ => Stop::Other,
        });
        Ok(())
    }

    fn delta(&mut self, delta: Delta, sink: &mut Sink<'_>) {
        // Some servers send the same reasoning under several names.
        let told = [delta.reasoning_content, delta.reasoning];
        match told.into_iter().flatten().find(|text| !text.is_empty()) {
            Some(text) => sink.reasoning(text),
            None => take_details(delta.reasoning_details.as_ref(), sink),
        }
        delta.content.take(sink);
        if let Some(refusal) = delta.refusal.filter(|text| !text.is_empty()) {
            self.has_refused = true;
            sink.text(refusal);
        }
        for (place, call) in delta.tool_calls.unwrap_or_default().into_iter().enumerate() {
            let tool = self.tool(place, call);
            sink.out.push(Output::Tool(tool));
        }
    }

    /// Finds the call that a piece belongs to: by index, by id where the index is missing or used
    /// twice, else by its place in the chunk.
    fn tool(&mut self, place: usize, call: ToolCall) -> Tool {
        let id = call.id.filter(|id| !id.is_empty() && id != "null");
        let index = call.index;
        let known = self
            .tools
            .iter()
            .rposition(|(known_index, known_id)| match (index, &id) {
                (Some(_), None) => *known_index == index,
                (Some(_), Some(_)) => *known_index == index && (known_id.is_none() || *known_id == id),
                (None, Some(_)) => *known_id == id,
                (None, None) => false,
            });
        let at_place = (index.is_none() && id.is_none() && place < self.tools.len()).then_some(place);
        let slot = known.or(at_place).unwrap_or_else(|| {
            if self.tools.len() < MAX_TOOLS {
                self.tools.push((index, id.clone()));
            }
            self.tools.len().saturating_sub(1)
        });
        let (name, arguments) = call
            .function
            .map_or((None, None), |function| (function.name, function.arguments));
        Tool {
            index: u32::try_from(slot).unwrap_or(u32::MAX),
            id,
            name: name.filter(|name| !name.is_empty()),
            arguments: match arguments {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text,
                Some(other) => other.to_string(),
            },
        }
    }
}

/// `[{"type":"reasoning.text","text":…},{"type":"reasoning.summary","summary":…}]`; encrypted ones say nothing.
fn take_details(details: Option<&Value>, sink: &mut Sink<'_>) {
    for detail in details.and_then(Value::as_array).into_iter().flatten() {
        let text = detail.get("text").or_else(|| detail.get("summary"));
        if let Some(text) = text.and_then(Value::as_str) {
            sink.reasoning(text.to_owned());
        }
    }
}
