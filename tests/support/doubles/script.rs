//! What a double does with a chat request.

use super::check::{Refusal, Request};
use super::wire::{self, Say};
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::Response;
use spectr::domain::providers::Provider;
use std::time::Duration;

/// Pause between the pieces of an answer.
const PACE: Duration = Duration::from_millis(15);

#[derive(Clone, Debug)]
pub enum Script {
    /// The usual answer: repeats the question, word by word.
    Say(Vec<Say>),
    /// The usual answer with a pause of one's own between pieces.
    Paced(Vec<Say>, Duration),
    /// The usual answer with `\r\n` at the ends of lines.
    Crlf(Vec<Say>),
    /// The usual answer, one byte at a time, so that characters are split.
    ByteByByte(Vec<Say>),
    /// Accepts the request and never answers.
    StallFirst,
    /// Says some words, then nothing more.
    StallMid,
    /// Says some words, then breaks the connection.
    Reset,
    /// Says some words, then ends the body without the wire's end mark.
    Cut,
    /// The vendor's error answer.
    Status(u16),
    /// An error answer that repeats the prompt.
    Echo,
    /// Says some words, then reports an error in the stream.
    ErrorMid,
    /// Words without end.
    Endless,
    /// One line of 10 MB.
    HugeLine,
    /// A page with status 200.
    Html,
    /// A stream whose JSON is broken.
    BrokenJson,
}

/// Models by whose name a script is chosen.
pub const BY_MODEL: &[(&str, Kind)] = &[
    ("double-crlf", Kind::Crlf),
    ("double-bytes", Kind::Bytes),
    ("double-slow", Kind::Slow),
    ("double-long", Kind::Long),
    ("double-markdown", Kind::Markdown),
    ("double-reasoning", Kind::Reasoning),
    ("double-tools", Kind::Tools),
    ("double-refusal", Kind::Refusal),
    ("double-stall-first", Kind::Plain(Script::StallFirst)),
    ("double-stall", Kind::Plain(Script::StallMid)),
    ("double-reset", Kind::Plain(Script::Reset)),
    ("double-cut", Kind::Plain(Script::Cut)),
    ("double-400", Kind::Plain(Script::Status(400))),
    ("double-401", Kind::Plain(Script::Status(401))),
    ("double-404", Kind::Plain(Script::Status(404))),
    ("double-429", Kind::Plain(Script::Status(429))),
    ("double-500", Kind::Plain(Script::Status(500))),
    ("double-529", Kind::Plain(Script::Status(529))),
    ("double-echo-error", Kind::Plain(Script::Echo)),
    ("double-error-mid", Kind::Plain(Script::ErrorMid)),
    ("double-endless", Kind::Plain(Script::Endless)),
    ("double-huge-line", Kind::Plain(Script::HugeLine)),
    ("double-html", Kind::Plain(Script::Html)),
    ("double-broken-json", Kind::Plain(Script::BrokenJson)),
];

/// A script, or how to make one from the question.
#[derive(Clone, Debug)]
pub enum Kind {
    Plain(Script),
    Crlf,
    Bytes,
    Slow,
    Long,
    Markdown,
    Reasoning,
    Tools,
    Refusal,
}

pub enum Play {
    Silence,
    Answer(Response),
}

const MARKDOWN: &str = "# Cases\n\n1. **Valid** sign-in\n2. *Wrong* password\n\n| case | result |\n|---|---|\n| one | ok |\n\n```rust\nfn main() {\n    println!(\"hi\");\n}\n```\n\nDone. <script>alert(1)</script>\n";

fn words(text: &str) -> Vec<Say> {
    text.split_inclusive(' ')
        .map(|word| Say::Text(word.to_owned()))
        .collect()
}

impl Script {
    /// The script that a model's name stands for; the usual answer for all others.
    pub fn for_model(model: &str, question: &str) -> Self {
        let usual = || words(&format!("You said: {question} Grüße 👋🏽"));
        let Some((_, kind)) = BY_MODEL.iter().find(|(name, _)| *name == model) else {
            return Self::Say(usual());
        };
        match kind {
            Kind::Plain(script) => script.clone(),
            Kind::Crlf => Self::Crlf(usual()),
            Kind::Bytes => Self::ByteByByte(usual()),
            Kind::Slow => Self::Paced(words(&"slow words ".repeat(200)), Duration::from_millis(100)),
            Kind::Long => Self::Paced(words(&"many words in a row ".repeat(400)), Duration::from_millis(2)),
            Kind::Markdown => Self::Say(words(MARKDOWN)),
            Kind::Reasoning => Self::Say(vec![
                Say::Reasoning("Let me think ".to_owned()),
                Say::Reasoning("about it.".to_owned()),
                Say::Text("Thought about.".to_owned()),
            ]),
            Kind::Tools => Self::Say(vec![Say::Tool("find_case", "{\"suite\":\"login\"}")]),
            Kind::Refusal => Self::Say(vec![Say::Refusal("I cannot help with that.".to_owned())]),
        }
    }

    pub fn play(self, provider: Provider, request: &Request) -> Play {
        let frames = |says: &[Say]| wire::answer(provider, says);
        let begun = || wire::begin(provider, &words("This answer will not "));
        Play::Answer(match self {
            Self::StallFirst => return Play::Silence,
            Self::Say(says) => stream(frames(&says), PACE, End::Whole),
            Self::Paced(says, pace) => stream(frames(&says), pace, End::Whole),
            Self::Crlf(says) => {
                let frames = frames(&says).into_iter().map(|frame| crlf(&frame));
                stream(frames.collect(), PACE, End::Whole)
            }
            Self::ByteByByte(says) => {
                let bytes: Vec<u8> = frames(&says).concat();
                stream(
                    bytes.chunks(1).map(<[u8]>::to_vec).collect(),
                    Duration::ZERO,
                    End::Whole,
                )
            }
            Self::StallMid => stream(begun(), PACE, End::Stall),
            Self::Reset => stream(begun(), PACE, End::Break),
            Self::Cut => stream(begun(), PACE, End::Whole),
            Self::Status(status) => refusal(provider, status, "as asked").into_response(provider),
            Self::Echo => refusal(provider, 400, &request.body.to_string()).into_response(provider),
            Self::ErrorMid => {
                let mut frames = begun();
                frames.push(wire::error(provider));
                stream(frames, PACE, End::Whole)
            }
            Self::Endless => stream(begun(), PACE, End::Repeat(wire::piece(provider, "on and on "))),
            Self::HugeLine => stream(
                vec![b"data: ".to_vec(), vec![b'x'; 10 << 20], b"\n\n".to_vec()],
                Duration::ZERO,
                End::Whole,
            ),
            Self::Html => typed(
                "text/html",
                Body::from("<!doctype html><title>Gateway</title><h1>Sign in</h1>"),
            ),
            Self::BrokenJson => {
                let mut frames = begun();
                frames.push(b"data: {\"choices\":[{]\n\n".to_vec());
                stream(frames, PACE, End::Stall)
            }
        })
    }
}

/// The error answer of a vendor for a status.
fn refusal(provider: Provider, status: u16, message: &str) -> Refusal {
    let kind = match (provider, status) {
        (Provider::Google, 400) => "FAILED_PRECONDITION",
        (Provider::Google, 401) => "UNAUTHENTICATED",
        (Provider::Google, 404) => "NOT_FOUND",
        (Provider::Google, 429) => "RESOURCE_EXHAUSTED",
        (Provider::Google, 503 | 529) => "UNAVAILABLE",
        (Provider::Google, _) => "INTERNAL",
        (_, 401) => "authentication_error",
        (_, 404) => "not_found_error",
        (_, 429) => "rate_limit_error",
        (_, 503 | 529) => "overloaded_error",
        (_, 500..) => "api_error",
        _ => "invalid_request_error",
    };
    let mut refusal = Refusal::new(status, kind, message);
    if status == 429 && provider != Provider::Google {
        refusal.headers.push(("retry-after", "7"));
    }
    refusal
}

fn crlf(frame: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(frame.len() + 8);
    for &byte in frame {
        if byte == b'\n' {
            out.push(b'\r');
        }
        out.push(byte);
    }
    out
}

/// What comes after the frames.
enum End {
    Whole,
    Stall,
    Break,
    Repeat(Vec<u8>),
}

fn stream(frames: Vec<Vec<u8>>, pace: Duration, end: End) -> Response {
    let body = async_stream::stream! {
        for (place, frame) in frames.into_iter().enumerate() {
            if place > 0 && !pace.is_zero() {
                tokio::time::sleep(pace).await;
            }
            yield Ok(Bytes::from(frame));
        }
        match end {
            End::Whole => {}
            End::Stall => std::future::pending().await,
            End::Break => {
                // What was said has to leave before the connection breaks.
                tokio::time::sleep(PACE).await;
                yield Err(std::io::Error::other("broken on purpose"));
            }
            End::Repeat(frame) => loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                yield Ok(Bytes::from(frame.clone()));
            },
        }
    };
    typed("text/event-stream", Body::from_stream(body))
}

fn typed(kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::OK;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    response
}
