//! Answers in the wires of the vendors.

use serde_json::{Value, json};
use spectr::domain::providers::Provider;

/// One piece of an answer.
#[derive(Clone, Debug)]
pub enum Say {
    Text(String),
    Reasoning(String),
    Refusal(String),
    /// Name and arguments.
    Tool(&'static str, &'static str),
}

/// Input tokens that every answer reports.
pub const INPUT_TOKENS: u64 = 21;

fn event(value: &Value) -> Vec<u8> {
    format!("data: {value}\n\n").into_bytes()
}

fn named(value: &Value) -> Vec<u8> {
    let name = value.get("type").and_then(Value::as_str).unwrap_or_default();
    format!("event: {name}\ndata: {value}\n\n").into_bytes()
}

fn chunk(provider: Provider, delta: &Value, finish: Option<&str>) -> Value {
    let mut chunk = json!({"id": "double-answer", "object": "chat.completion.chunk", "created": 1_790_000_000,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]});
    if let (Provider::Groq, Some(fields)) = (provider, chunk.as_object_mut()) {
        fields.insert("x_groq".to_owned(), json!({"id": "req_double"}));
    }
    chunk
}

fn gemini(part: &Value) -> Value {
    json!({"candidates": [{"content": {"parts": [part], "role": "model"}, "index": 0}],
           "usageMetadata": {"promptTokenCount": INPUT_TOKENS}, "responseId": "double-answer"})
}

/// The beginning of an answer: its head and these pieces, without an end.
pub fn begin(provider: Provider, says: &[Say]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    if provider == Provider::Anthropic {
        frames.push(named(
            &json!({"type": "message_start", "message": {"id": "double-answer", "type": "message",
            "role": "assistant", "content": [], "usage": {"input_tokens": INPUT_TOKENS, "output_tokens": 1}}}),
        ));
        frames.push(named(&json!({"type": "ping"})));
    } else if provider != Provider::Google {
        frames.push(event(&chunk(
            provider,
            &json!({"role": "assistant", "content": ""}),
            None,
        )));
    }
    for (index, say) in says.iter().enumerate() {
        frames.extend(frames_of(provider, index, say));
    }
    frames
}

/// A whole answer: head, pieces, reason to stop, usage, end mark.
pub fn answer(provider: Provider, says: &[Say]) -> Vec<Vec<u8>> {
    let mut frames = begin(provider, says);
    let output = says.len() as u64;
    let calls_tool = says.iter().any(|say| matches!(say, Say::Tool(..)));
    let refuses = says.iter().any(|say| matches!(say, Say::Refusal(_)));
    match provider {
        Provider::Anthropic => {
            let reason = match (calls_tool, refuses) {
                (true, _) => "tool_use",
                (_, true) => "refusal",
                _ => "end_turn",
            };
            frames.push(named(
                &json!({"type": "message_delta", "delta": {"stop_reason": reason},
                                      "usage": {"output_tokens": output}}),
            ));
            frames.push(named(&json!({"type": "message_stop"})));
        }
        Provider::Google => {
            let reason = if refuses { "SAFETY" } else { "STOP" };
            frames.push(event(&json!({"candidates": [{"finishReason": reason, "index": 0}],
                "usageMetadata": {"promptTokenCount": INPUT_TOKENS, "candidatesTokenCount": output},
                "responseId": "double-answer"})));
        }
        _ => {
            let reason = match (calls_tool, refuses) {
                (true, _) => "tool_calls",
                (_, true) if provider != Provider::OpenAi => "content_filter",
                _ => "stop",
            };
            let usage = json!({"prompt_tokens": INPUT_TOKENS, "completion_tokens": output,
                               "total_tokens": INPUT_TOKENS + output});
            let mut last = chunk(provider, &json!({}), Some(reason));
            if let Some(fields) = last.as_object_mut() {
                match provider {
                    Provider::Mistral => fields.insert("usage".to_owned(), usage.clone()),
                    Provider::Groq => fields.insert("x_groq".to_owned(), json!({"id": "req_double", "usage": usage})),
                    _ => None,
                };
            }
            frames.push(event(&last));
            if matches!(provider, Provider::OpenAi | Provider::Compatible) {
                frames.push(event(&json!({"id": "double-answer", "choices": [], "usage": usage})));
            }
            frames.push(b"data: [DONE]\n\n".to_vec());
        }
    }
    frames
}

/// A piece of text alone.
pub fn piece(provider: Provider, text: &str) -> Vec<u8> {
    frames_of(provider, 0, &Say::Text(text.to_owned())).concat()
}

/// An error in mid-stream.
pub fn error(provider: Provider) -> Vec<u8> {
    match provider {
        Provider::Anthropic => {
            named(&json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}))
        }
        Provider::Google => event(&json!({"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}})),
        Provider::Groq => {
            let error =
                json!({"error": {"message": "over capacity", "type": "internal_server_error", "status_code": 503}});
            format!("event: error\ndata: {error}\n\n").into_bytes()
        }
        _ => event(&json!({"error": {"message": "overloaded", "type": "overloaded", "code": "overloaded"}})),
    }
}

fn frames_of(provider: Provider, index: usize, say: &Say) -> Vec<Vec<u8>> {
    match provider {
        Provider::Anthropic => anthropic(index, say),
        Provider::Google => vec![event(&match say {
            Say::Text(text) | Say::Refusal(text) => gemini(&json!({"text": text})),
            Say::Reasoning(text) => gemini(&json!({"text": text, "thought": true})),
            Say::Tool(name, arguments) => {
                let args: Value = serde_json::from_str(arguments).unwrap_or_default();
                gemini(&json!({"functionCall": {"name": name, "args": args}}))
            }
        })],
        _ => {
            let delta = match (provider, say) {
                (Provider::OpenAi, Say::Refusal(text)) => json!({"refusal": text}),
                (_, Say::Text(text) | Say::Refusal(text)) => json!({"content": text}),
                (Provider::Mistral, Say::Reasoning(text)) => {
                    json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": text}]}]})
                }
                (Provider::Groq, Say::Reasoning(text)) => json!({"reasoning": text}),
                (_, Say::Reasoning(text)) => json!({"reasoning_content": text}),
                (Provider::Mistral, Say::Tool(name, arguments)) => {
                    json!({"tool_calls": [{"id": "double001", "function": {"name": name, "arguments": arguments}}]})
                }
                (_, Say::Tool(name, arguments)) => json!({"tool_calls": [{"index": 0, "id": "call_double",
                    "type": "function", "function": {"name": name, "arguments": arguments}}]}),
            };
            vec![event(&chunk(provider, &delta, None))]
        }
    }
}

fn anthropic(index: usize, say: &Say) -> Vec<Vec<u8>> {
    let start = |block: Value| named(&json!({"type": "content_block_start", "index": index, "content_block": block}));
    let delta = |delta: Value| named(&json!({"type": "content_block_delta", "index": index, "delta": delta}));
    let stop = named(&json!({"type": "content_block_stop", "index": index}));
    let mut frames = match say {
        Say::Text(text) | Say::Refusal(text) => vec![
            start(json!({"type": "text", "text": ""})),
            delta(json!({"type": "text_delta", "text": text})),
        ],
        Say::Reasoning(text) => vec![
            start(json!({"type": "thinking", "thinking": "", "signature": ""})),
            delta(json!({"type": "thinking_delta", "thinking": text})),
            delta(json!({"type": "signature_delta", "signature": "c2ln"})),
        ],
        Say::Tool(name, arguments) => vec![
            start(json!({"type": "tool_use", "id": "toolu_double", "name": name, "input": {}})),
            delta(json!({"type": "input_json_delta", "partial_json": arguments})),
        ],
    };
    frames.push(stop);
    // One frame on the wire: a piece of an answer is one step of the pace.
    vec![frames.concat()]
}
