//! The provider's end of a call: sends the request, reads an error answer, hands out the body's
//! outputs as they come. Dropping an [`Upstream`] closes its connection to the provider.

use crate::domain::chat::ChatRequest;
use crate::domain::problem::{Code, Problem};
use crate::domain::providers::guide::{self, Answer, Ending, Piece};
use crate::domain::providers::{Decoder, Output, Provider};
use crate::features::App;
use crate::features::engine::Timing;
use crate::infra::http::{BodyStream, Response, Target};
use axum::body::Bytes;
use futures::StreamExt;
use secrecy::SecretString;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// Bytes of an error answer that are read to classify it.
const MAX_ERROR_BODY: usize = 64 * 1024;
/// How long an error answer may take to arrive after its status.
const ERROR_BODY: Duration = Duration::from_secs(5);
/// Bytes of one answer that are taken from a provider. A long answer of 128,000 tokens comes to
/// about 40 MB in the wordiest of the wires.
pub(super) const MAX_BODY: u64 = 64 * 1024 * 1024;
/// Characters of an upstream request id that are passed on.
const MAX_ID: usize = 128;
/// Where the providers put their request id.
const ID_HEADERS: [&str; 4] = [
    "request-id",
    "x-request-id",
    "mistral-correlation-id",
    "x-goog-request-id",
];

/// An accepted answer.
pub(super) struct Upstream {
    source: Source,
    decoder: Decoder,
    taken: u64,
    is_read: bool,
    id: Option<String>,
}

enum Source {
    Wire(BodyStream),
    Guide(Guide),
}

/// What a poll found.
pub(super) enum Progress {
    /// Bytes came; the outputs that they completed (perhaps none) were appended.
    Bytes,
    /// The body has ended; its last outputs were appended.
    End,
}

/// Where a request goes, and with what.
pub(super) struct Route<'a> {
    pub target: Target,
    pub secret: Option<&'a SecretString>,
}

/// Sends the request and waits for an answer that is not an error.
///
/// # Errors
/// Why there is no answer: time-outs, an unreachable provider, or the provider's own error.
pub(super) async fn send(
    app: &App,
    request: &ChatRequest,
    route: &Route<'_>,
    timing: &Timing,
) -> Result<Upstream, Problem> {
    let provider = request.provider;
    let wire = provider.chat_request(request);
    let sent = app.http.send(wire, &route.target, route.secret);
    let response = match tokio::time::timeout(timing.first_byte, sent).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(error.into()),
        Err(_) => return Err(Code::FirstByteTimeout.into()),
    };
    let id = ID_HEADERS.iter().find_map(|name| response.header(name));
    match response.status() {
        200..300 => Ok(Upstream {
            source: Source::Wire(response.into_stream()),
            decoder: provider.decoder(),
            taken: 0,
            is_read: false,
            id: id.as_deref().and_then(clean_id),
        }),
        300..400 => Err(Problem::new(Code::ProviderDown).detail("It answered with a redirect, which is not followed.")),
        status => Err(read_error(provider, status, response).await),
    }
}

/// The problem of an answer with an error status. Its body is looked at and forgotten.
async fn read_error(provider: Provider, status: u16, response: Response) -> Problem {
    let headers = response.headers();
    let mut body = Vec::new();
    let mut stream = response.into_stream();
    let read = async {
        while let Some(Ok(bytes)) = stream.next().await {
            let room = MAX_ERROR_BODY - body.len();
            body.extend_from_slice(bytes.get(..room).unwrap_or(&bytes));
            if body.len() >= MAX_ERROR_BODY {
                break;
            }
        }
    };
    // What came in time is enough: the status alone tells most of it.
    tokio::time::timeout(ERROR_BODY, read).await.ok();
    let header = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    provider.read_error(status, &header, &body)
}

/// A request id is shown and sent on: only short, plain ones are.
fn clean_id(id: &str) -> Option<String> {
    let is_plain = !id.is_empty() && id.len() <= MAX_ID && id.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain.then(|| id.to_owned())
}

/// Asks the built-in guide.
///
/// # Errors
/// The error that the guide was asked to show.
pub(super) fn ask_guide(request: &ChatRequest) -> Result<Upstream, Problem> {
    let provider = Provider::Spectr;
    let answer = guide::answer(request);
    if answer.status >= 300 {
        let header = |name: &str| {
            let found = answer.headers.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone())
        };
        let body: Vec<u8> = answer
            .pieces
            .iter()
            .flat_map(|piece| piece.bytes.iter().copied())
            .collect();
        return Err(provider.read_error(answer.status, &header, &body));
    }
    Ok(Upstream {
        source: Source::Guide(Guide::new(answer)),
        decoder: provider.decoder(),
        taken: 0,
        is_read: false,
        id: None,
    })
}

/// Prints nothing of what it carries.
impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Upstream({} bytes)", self.taken)
    }
}

impl Upstream {
    /// The provider's id of the request.
    pub(super) fn id(&self) -> Option<String> {
        self.id.clone().or_else(|| clean_id(self.decoder.upstream_id()?))
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>, outputs: &mut Vec<Output>) -> Poll<Progress> {
        if self.is_read {
            return Poll::Ready(Progress::End);
        }
        let next = match &mut self.source {
            Source::Wire(stream) => ready!(stream.poll_next_unpin(cx)).map(|read| read.map_err(|_| ())),
            Source::Guide(guide) => ready!(guide.poll_next(cx)).map(Ok),
        };
        match next {
            Some(Ok(bytes)) => {
                self.taken += bytes.len() as u64;
                if self.taken > MAX_BODY {
                    outputs.push(Output::Error(Code::ProviderTooMuch.into()));
                } else {
                    self.decoder.push_into(&bytes, outputs);
                }
                Poll::Ready(Progress::Bytes)
            }
            // A connection that breaks and a body that ends too early are told apart by nobody.
            Some(Err(())) | None => {
                self.is_read = true;
                outputs.append(&mut self.decoder.finish());
                Poll::Ready(Progress::End)
            }
        }
    }
}

/// The guide's answer, played at its pace.
struct Guide {
    pieces: std::vec::IntoIter<Piece>,
    ending: Ending,
    next: Option<(Pin<Box<Sleep>>, Vec<u8>)>,
}

impl Guide {
    fn new(answer: Answer) -> Self {
        let mut guide = Self {
            pieces: answer.pieces.into_iter(),
            ending: answer.ending,
            next: None,
        };
        guide.wind();
        guide
    }

    fn wind(&mut self) {
        self.next = self.pieces.next().map(|piece| {
            let at = Instant::now() + Duration::from_millis(piece.after_ms);
            (Box::pin(tokio::time::sleep_until(at)), piece.bytes)
        });
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Some((pause, bytes)) = &mut self.next else {
            return match self.ending {
                Ending::Complete | Ending::Cut => Poll::Ready(None),
                Ending::Stall => Poll::Pending,
            };
        };
        ready!(pause.as_mut().poll(cx));
        let bytes = std::mem::take(bytes);
        self.wind();
        Poll::Ready(Some(bytes.into()))
    }
}
