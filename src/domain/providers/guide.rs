//! The built-in guide: a local responder, no AI, that streams a tour of the product.

use super::Model;
use crate::domain::chat::ChatRequest;
use crate::domain::pricing;
use crate::domain::providers::Provider;

/// The guide's only model.
pub const MODEL: &str = "spectr/guide";

/// One piece of an answer and the pause before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Milliseconds to wait before the bytes.
    pub after_ms: u64,
    pub bytes: Vec<u8>,
}

/// How an answer's body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The body ends as it should.
    Complete,
    /// Nothing more comes and the body stays open.
    Stall,
    /// The body breaks off without its end mark.
    Cut,
}

/// An answer as a provider would give it: status, body in pieces, ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Response headers by lower-case name.
    pub headers: Vec<(&'static str, String)>,
    pub pieces: Vec<Piece>,
    pub ending: Ending,
}

/// The models list of the guide.
#[must_use]
pub fn models() -> Vec<Model> {
    vec![Model {
        id: MODEL.to_owned(),
        name: Some("Spectr guide (no AI)".to_owned()),
        context: Some(32_000),
        max_output: Some(2_000),
        chats: true,
        reasons: Some(false),
        price: pricing::price(Provider::Spectr, MODEL).map(|price| price.rates),
    }]
}

/// Answers a request to the guide in the wire of Chat Completions.
#[must_use]
pub fn answer(_request: &ChatRequest) -> Answer {
    let frame = |text: &str| {
        format!("data: {{\"id\":\"guide\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":{text:?}}}}}]}}\n\n")
    };
    Answer {
        status: 200,
        headers: vec![("content-type", "text/event-stream".to_owned())],
        pieces: vec![
            Piece {
                after_ms: 20,
                bytes: frame("Hello").into_bytes(),
            },
            Piece {
                after_ms: 20,
                bytes: b"data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\ndata: [DONE]\n\n".to_vec(),
            },
        ],
        ending: Ending::Complete,
    }
}
