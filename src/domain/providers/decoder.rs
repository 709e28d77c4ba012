//! One answer's bytes, read at any cut into [`Output`]s, in bounded memory.
//!
//! Looks at the first byte to tell an event stream from a JSON body (an answer that was not
//! streamed, or an error with status 200) and from a page of HTML. Never panics; after an error or
//! the end nothing more comes out.

use super::sse::{Event, MAX_EVENT, Sse, TooMuch};
use super::{Output, Provider, anthropic, chat_wire, google};
use crate::domain::chat::Stop;
use crate::domain::problem::{Code, Problem};

/// Largest JSON body that is taken in place of a stream, in bytes.
const MAX_BODY: usize = 4 * MAX_EVENT;

/// Reads one answer of one provider.
pub struct Decoder {
    body: Body,
    wire: Wire,
    upstream_id: Option<String>,
    has_stopped: bool,
    is_over: bool,
}

/// What the answer's body turned out to be.
enum Body {
    /// Only white space or a byte order mark so far.
    Unknown,
    Events(Sse),
    Json(Vec<u8>),
}

enum Wire {
    Anthropic(anthropic::Stream),
    Google(google::Stream),
    Chat(chat_wire::Stream),
}

/// Where a wire puts what it reads.
pub struct Sink<'a> {
    pub out: &'a mut Vec<Output>,
    pub upstream_id: &'a mut Option<String>,
    has_stopped: &'a mut bool,
}

impl Sink<'_> {
    pub fn text(&mut self, text: String) {
        if !text.is_empty() {
            self.out.push(Output::Text(text));
        }
    }

    pub fn reasoning(&mut self, text: String) {
        if !text.is_empty() {
            self.out.push(Output::Reasoning(text));
        }
    }

    /// The first reason counts; a repeated one is dropped.
    pub fn stop(&mut self, stop: Stop) {
        if !std::mem::replace(self.has_stopped, true) {
            self.out.push(Output::Stop(stop));
        }
    }

    /// Keeps the id that the provider gave this answer, within reason.
    pub fn id(&mut self, id: Option<&str>) {
        if self.upstream_id.is_none() {
            *self.upstream_id = id.filter(|id| !id.is_empty() && id.len() <= 200).map(str::to_owned);
        }
    }
}

/// Why reading ends early.
pub enum Halt {
    /// The wire's own end mark.
    End,
    /// An error that the provider reported.
    Failed(Problem),
    /// JSON that is none.
    Broken(serde_json::Error),
}

impl From<serde_json::Error> for Halt {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(error)
    }
}

impl Decoder {
    pub(super) fn new(provider: Provider) -> Self {
        Self {
            body: Body::Unknown,
            wire: match provider {
                Provider::Anthropic => Wire::Anthropic(anthropic::Stream::default()),
                Provider::Google => Wire::Google(google::Stream::default()),
                _ => Wire::Chat(chat_wire::Stream::new(provider)),
            },
            upstream_id: None,
            has_stopped: false,
            is_over: false,
        }
    }

    /// The provider's id of this answer, once it was seen in the body.
    #[must_use]
    pub fn upstream_id(&self) -> Option<&str> {
        self.upstream_id.as_deref()
    }

    /// Takes the next bytes of the body.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Output> {
        let mut out = Vec::new();
        self.push_into(bytes, &mut out);
        out
    }

    /// As [`Decoder::push`], appending to outputs that are there.
    pub fn push_into(&mut self, bytes: &[u8], out: &mut Vec<Output>) {
        if self.is_over {
            return;
        }
        let bytes = self.sniff(bytes, out);
        match &mut self.body {
            Body::Unknown => {}
            Body::Events(sse) => {
                let mut events = Vec::new();
                let framed = sse.push(bytes, &mut events);
                self.read(&mut events, out, Code::ProviderGarbled);
                if let Err(TooMuch) = framed {
                    self.fail(Code::ProviderTooMuch.into(), out);
                }
            }
            Body::Json(body) => {
                if body.len() + bytes.len() > MAX_BODY {
                    *body = Vec::new();
                    self.fail(Code::ProviderTooMuch.into(), out);
                } else {
                    body.extend_from_slice(bytes);
                }
            }
        }
    }

    /// The body has ended. Without the wire's end mark this is `stream_cut`.
    pub fn finish(&mut self) -> Vec<Output> {
        let mut out = Vec::new();
        if self.is_over {
            return out;
        }
        match std::mem::replace(&mut self.body, Body::Unknown) {
            Body::Unknown => self.fail(Code::StreamCut.into(), &mut out),
            Body::Events(mut sse) => {
                let mut events = Vec::new();
                let framed = sse.finish(&mut events);
                // What does not parse here was cut, not garbled.
                self.read(&mut events, &mut out, Code::StreamCut);
                if framed.is_err() {
                    self.fail(Code::ProviderTooMuch.into(), &mut out);
                } else if !sse.is_recognised() {
                    self.fail(Code::ProviderGarbled.into(), &mut out);
                } else if self.has_stopped && self.wire.ends_without_mark() {
                    self.end(&mut out);
                } else {
                    self.fail(Code::StreamCut.into(), &mut out);
                }
            }
            Body::Json(body) => self.read_whole(&body, &mut out),
        }
        out
    }

    /// Decides by the first telling byte what the body is; returns the bytes from there on.
    fn sniff<'a>(&mut self, bytes: &'a [u8], out: &mut Vec<Output>) -> &'a [u8] {
        if !matches!(self.body, Body::Unknown) {
            return bytes;
        }
        let blank = |byte: &u8| byte.is_ascii_whitespace() || b"\xef\xbb\xbf".contains(byte);
        let start = bytes.iter().position(|byte| !blank(byte)).unwrap_or(bytes.len());
        let rest = bytes.get(start..).unwrap_or_default();
        match rest.first() {
            None => {}
            Some(b'<') => self.fail(Code::ProviderGarbled.into(), out),
            Some(b'{' | b'[') => self.body = Body::Json(Vec::new()),
            Some(_) => self.body = Body::Events(Sse::default()),
        }
        rest
    }

    /// Hands events to the wire until one ends the answer; broken JSON becomes `broken`.
    fn read(&mut self, events: &mut Vec<Event>, out: &mut Vec<Output>, broken: Code) {
        for event in events.drain(..) {
            if self.is_over {
                continue;
            }
            let mut sink = Sink {
                out,
                upstream_id: &mut self.upstream_id,
                has_stopped: &mut self.has_stopped,
            };
            let halt = match &mut self.wire {
                Wire::Anthropic(wire) => wire.event(&event, &mut sink),
                Wire::Google(wire) => wire.event(&event, &mut sink),
                Wire::Chat(wire) => wire.event(&event, &mut sink),
            };
            match halt {
                Ok(()) => {}
                Err(Halt::End) => self.end(out),
                Err(Halt::Failed(problem)) => self.fail(problem, out),
                Err(Halt::Broken(_)) => self.fail(broken.into(), out),
            }
        }
    }

    /// Reads a body that came in one piece instead of a stream.
    fn read_whole(&mut self, body: &[u8], out: &mut Vec<Output>) {
        let mut sink = Sink {
            out,
            upstream_id: &mut self.upstream_id,
            has_stopped: &mut self.has_stopped,
        };
        let read = match &mut self.wire {
            Wire::Anthropic(wire) => wire.whole(body, &mut sink),
            Wire::Google(wire) => wire.whole(body, &mut sink),
            Wire::Chat(wire) => wire.whole(body, &mut sink),
        };
        match read {
            Ok(()) if self.has_stopped => self.end(out),
            Err(Halt::End) => self.end(out),
            // Whole, and it says something: some servers leave out why they stopped.
            Ok(())
                if out
                    .iter()
                    .any(|output| matches!(output, Output::Text(_) | Output::Tool(_))) =>
            {
                out.push(Output::Stop(Stop::Other));
                self.end(out);
            }
            Ok(()) => self.fail(Code::ProviderGarbled.into(), out),
            Err(Halt::Failed(problem)) => self.fail(problem, out),
            Err(Halt::Broken(error)) if error.is_eof() => self.fail(Code::StreamCut.into(), out),
            Err(Halt::Broken(_)) => self.fail(Code::ProviderGarbled.into(), out),
        }
    }

    fn end(&mut self, out: &mut Vec<Output>) {
        if !std::mem::replace(&mut self.is_over, true) {
            out.push(Output::End);
        }
    }

    fn fail(&mut self, problem: Problem, out: &mut Vec<Output>) {
        if !std::mem::replace(&mut self.is_over, true) {
            out.push(Output::Error(problem));
        }
    }
}

impl Wire {
    /// Gemini has no end mark and many OpenAI-like servers forget theirs: there the reason to stop
    /// is the end. The other vendors always send one, so its absence means a cut.
    const fn ends_without_mark(&self) -> bool {
        match self {
            Self::Anthropic(_) => false,
            Self::Google(_) => true,
            Self::Chat(wire) => wire.ends_without_mark(),
        }
    }
}
