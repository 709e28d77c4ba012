//! The pieces of a streamed answer in the wire of Chat Completions, a few words at a time.

use super::{Answer, Ending, FIRST_MS, MODEL, PER_TOKEN, PIECE_MS, Piece};
use crate::domain::chat::ChatRequest;
use serde_json::{Value, json};

/// A streamed answer in the making.
pub struct Script {
    pieces: Vec<Piece>,
    prompt_tokens: usize,
    /// Characters said so far and the most that may be said.
    said: usize,
    thought: usize,
    room: usize,
}

impl Script {
    pub fn new(request: &ChatRequest) -> Self {
        let asked: usize = request.spoken().map(|message| message.content.chars().count()).sum();
        let system = request.system.as_ref().map_or(0, |text| text.chars().count());
        let limit = request
            .params
            .max_tokens
            .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
        Self {
            pieces: Vec::new(),
            prompt_tokens: (asked + system).div_ceil(PER_TOKEN),
            said: 0,
            thought: 0,
            room: limit.unwrap_or(usize::MAX).saturating_mul(PER_TOKEN),
        }
    }

    pub fn frame(mut self, after_ms: u64, data: &Value) -> Self {
        self.pieces.push(Piece {
            after_ms,
            bytes: format!("data: {data}\n\n").into_bytes(),
        });
        self
    }

    fn delta(self, delta: &Value) -> Self {
        let pause = if self.pieces.is_empty() { FIRST_MS } else { PIECE_MS };
        let chunk =
            json!({"object": "chat.completion.chunk", "model": MODEL, "choices": [{"index": 0, "delta": delta}]});
        self.frame(pause, &chunk)
    }

    /// Streams a text a few words at a time, as far as the limit of tokens allows.
    pub fn tell(self, text: &str) -> Self {
        self.stream("content", text)
    }

    pub fn think(mut self, text: &str) -> Self {
        let before = self.said;
        self = self.stream("reasoning", text);
        self.thought = self.said - before;
        self
    }

    pub fn refuse(self, text: &str) -> Self {
        self.stream("refusal", text)
    }

    fn stream(mut self, field: &str, text: &str) -> Self {
        for words in pieces(text) {
            let left = self.room.saturating_sub(self.said);
            if left == 0 {
                break;
            }
            let words: String = words.chars().take(left).collect();
            self.said += words.chars().count();
            let mut delta = serde_json::Map::new();
            delta.insert(field.to_owned(), words.into());
            self = self.delta(&delta.into());
        }
        self
    }

    pub fn call_tool(mut self) -> Self {
        let call = json!({"index": 0, "id": "call_guide", "type": "function", "function": {"name": "open_page", "arguments": ""}});
        self = self.delta(&json!({"tool_calls": [call]}));
        for part in ["{\"path\":", "\"/settings/keys\"}"] {
            self.said += part.len();
            self = self.delta(&json!({"tool_calls": [{"index": 0, "function": {"arguments": part}}]}));
        }
        self
    }

    /// The finish chunk, the usage chunk and the end mark.
    pub fn stop(self, reason: &str) -> Self {
        let reason = if self.said >= self.room { "length" } else { reason };
        let finish = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]});
        let usage = json!({"choices": [], "usage": {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.said.div_ceil(PER_TOKEN),
            "completion_tokens_details": {"reasoning_tokens": self.thought.div_ceil(PER_TOKEN)},
        }});
        let mut script = self.frame(PIECE_MS, &finish).frame(0, &usage);
        script.pieces.push(Piece {
            after_ms: 0,
            bytes: b"data: [DONE]\n\n".to_vec(),
        });
        script
    }

    pub fn end(self, ending: Ending) -> Answer {
        Answer {
            status: 200,
            headers: vec![("content-type", "text/event-stream".to_owned())],
            pieces: self.pieces,
            ending,
        }
    }
}

/// A text cut after every third space; the pieces joined are the text.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.match_indices(' ').nth(2).map_or(rest.len(), |(at, _)| at + 1);
        let (head, tail) = rest.split_at_checked(end)?;
        rest = tail;
        (!head.is_empty()).then_some(head)
    })
}
