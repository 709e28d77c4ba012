//! The one client of `POST /stream/chat`: every island that shows a model's answer reads it here.
//!
//! `fetch` with a `ReadableStream` rather than an `EventSource`, which can neither post nor say why
//! it was refused and reconnects by itself (a second, billed call). Bytes are framed before they
//! are decoded, so that a character cut in two arrives whole. Nothing of a conversation leaves the
//! page by any other way.

use crate::domain::chat::{ChatRequest, StreamEvent};
use crate::domain::providers::sse::Sse;
use crate::islands::browser::{is_online, property};
use js_sys::Uint8Array;
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, ReadableStreamDefaultReader, RequestInit, Response};

const DOOR: &str = "/stream/chat";
/// Names the account whose page asks: the browser may hold the session of another by now.
const ACCOUNT: &str = "x-spectr-account";

/// Ends a call from outside: the request is dropped, and with it the provider's.
#[derive(Clone)]
pub struct Stop(Option<AbortController>);

impl Stop {
    #[must_use]
    pub fn new() -> Self {
        Self(AbortController::new().ok())
    }

    pub fn now(&self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }

    fn is_pressed(&self) -> bool {
        self.0.as_ref().is_some_and(|controller| controller.signal().aborted())
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

/// Why there was no stream: the server's problem, in words for the person who asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// A code of `domain::problem`, or `unreadable` for an answer that is not the server's own.
    pub code: String,
    pub message: String,
    pub help: String,
    /// Seconds after which asking again makes sense.
    pub retry_after: Option<u32>,
    pub request_id: Option<String>,
}

impl Refusal {
    /// An answer that is not the server's own.
    #[must_use]
    pub fn unreadable(status: u16) -> Self {
        Self {
            code: "unreadable".to_owned(),
            message: ["The server answered ", &status.to_string(), " without saying why."].concat(),
            help: "Something between this page and the server may have answered. Reload the page and try again."
                .to_owned(),
            ..Self::default()
        }
    }

    /// No answer at all.
    #[must_use]
    pub fn unreachable(is_online: bool) -> Self {
        let (message, help) = if is_online {
            (
                "The server cannot be reached.",
                "Check that Spectr is running, then retry.",
            )
        } else {
            ("You are offline.", "Nothing was lost. Retry when the network is back.")
        };
        Self {
            code: "unreachable".to_owned(),
            message: message.to_owned(),
            help: help.to_owned(),
            ..Self::default()
        }
    }
}

/// How a call ended, as far as the connection tells; `done` and `error` are events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The server closed the stream. Without a `done` or `error` event before it, it was cut.
    Closed,
    /// [`Stop::now`].
    Stopped,
    /// The connection broke while the answer streamed.
    Cut,
    /// Answered with a problem before the first event, or not at all.
    Refused(Refusal),
}

/// Sends the request on behalf of `account` and hands over each event as it arrives.
pub async fn chat(account: &str, request: &ChatRequest, stop: &Stop, mut heed: impl FnMut(StreamEvent)) -> Ended {
    let Ok(body) = serde_json::to_string(request) else {
        return Ended::Cut;
    };
    let response = match post(account, &body, stop).await {
        Ok(response) => response,
        Err(_) if stop.is_pressed() => return Ended::Stopped,
        Err(_) => return Ended::Refused(Refusal::unreachable(is_online())),
    };
    if !response.ok() {
        let refusal = refusal(&response).await;
        return if stop.is_pressed() {
            Ended::Stopped
        } else {
            Ended::Refused(refusal)
        };
    }
    match read(&response, &mut heed).await {
        Ok(()) => Ended::Closed,
        Err(_) if stop.is_pressed() => Ended::Stopped,
        Err(_) => Ended::Cut,
    }
}

async fn post(account: &str, body: &str, stop: &Stop) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", "application/json")?;
    headers.set("accept", "text/event-stream")?;
    headers.set(ACCOUNT, account)?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&JsValue::from_str(body));
    if let Some(controller) = &stop.0 {
        init.set_signal(Some(&controller.signal()));
    }
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response = JsFuture::from(window.fetch_with_str_and_init(DOOR, &init)).await?;
    Ok(response.unchecked_into())
}

/// Reads a small JSON document of the server's own.
///
/// # Errors
/// [`Refusal`], also when the server cannot be reached.
pub async fn get(address: &str) -> Result<String, Refusal> {
    let unreachable = |_| Refusal::unreachable(is_online());
    let window = web_sys::window().ok_or_else(|| Refusal::unreachable(true))?;
    let response = JsFuture::from(window.fetch_with_str(address))
        .await
        .map_err(unreachable)?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        return Err(refusal(&response).await);
    }
    text_of(&response)
        .await
        .ok_or_else(|| Refusal::unreachable(is_online()))
}

async fn text_of(response: &Response) -> Option<String> {
    let promise = response.text().ok()?;
    JsFuture::from(promise).await.ok()?.as_string()
}

async fn read(response: &Response, heed: &mut impl FnMut(StreamEvent)) -> Result<(), JsValue> {
    let body = response.body().ok_or(JsValue::NULL)?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut frames = Sse::default();
    let mut events = Vec::new();
    loop {
        let piece = JsFuture::from(reader.read()).await?;
        if property(&piece, "done").is_truthy() {
            return Ok(());
        }
        let bytes: Uint8Array = property(&piece, "value").unchecked_into();
        if frames.push(&bytes.to_vec(), &mut events).is_err() {
            return Err(JsValue::NULL);
        }
        for event in events.drain(..) {
            if let Some(event) = StreamEvent::parse(&event.name, &event.data) {
                heed(event);
            }
        }
    }
}

/// The fields of a problem document that a person can use.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ProblemDocument {
    code: Option<String>,
    title: Option<String>,
    detail: Option<String>,
    help: Option<String>,
    request_id: Option<String>,
}

async fn refusal(response: &Response) -> Refusal {
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let retry_after = header("retry-after").and_then(|seconds| seconds.parse().ok());
    let text = text_of(response).await.unwrap_or_default();
    let mut refusal = read_problem(&text, response.status());
    refusal.retry_after = retry_after;
    refusal
}

fn read_problem(text: &str, status: u16) -> Refusal {
    let problem: ProblemDocument = serde_json::from_str(text).unwrap_or_default();
    let Some(code) = problem.code else {
        return Refusal::unreadable(status);
    };
    Refusal {
        code,
        message: problem.detail.or(problem.title).unwrap_or_default(),
        help: problem.help.unwrap_or_default(),
        retry_after: None,
        request_id: problem.request_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_document_becomes_words_and_its_code() {
        let text =
            r#"{"title":"t","status":409,"code":"no_key","detail":"No key for this provider.","help":"Add one."}"#;
        let refusal = read_problem(text, 409);
        assert_eq!(refusal.code, "no_key");
        assert_eq!(refusal.message, "No key for this provider.");
        assert_eq!(refusal.help, "Add one.");
    }

    #[test]
    fn an_answer_that_is_no_problem_document_is_named_by_its_status_alone() {
        let refusal = read_problem("<html>Bad gateway: secret</html>", 502);
        assert_eq!(refusal.code, "unreadable");
        assert_eq!(refusal.message, "The server answered 502 without saying why.");
    }
}
