//! The engine's events as `text/event-stream`: one JSON object per event, heartbeats as comments.

use crate::domain::chat::StreamEvent;
use crate::features::engine::EngineStream;
use axum::body::{Bytes, HttpBody};
use hyper::body::Frame;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

const COMMENT: Bytes = Bytes::from_static(b": still here\n\n");

/// A response body that pulls one [`EngineStream`].
pub struct SseBody {
    stream: EngineStream,
    events: Vec<StreamEvent>,
    heartbeat: Duration,
    alarm: Pin<Box<Sleep>>,
    last_sent: Instant,
    /// Since `last_sent` was set: the clock is read when the stream begins to wait, not with every piece.
    has_sent: bool,
}

impl SseBody {
    #[must_use]
    pub fn new(stream: EngineStream, heartbeat: Duration) -> Self {
        let now = Instant::now();
        Self {
            stream,
            events: Vec::new(),
            heartbeat,
            alarm: Box::pin(tokio::time::sleep_until(now + heartbeat)),
            last_sent: now,
            has_sent: false,
        }
    }

    /// Ready when nothing was sent for the length of a heartbeat. The alarm is moved only when it rings.
    fn poll_heartbeat(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::take(&mut self.has_sent) {
            self.last_sent = self.stream.waiting_since().unwrap_or_else(Instant::now);
        }
        while self.alarm.as_mut().poll(cx).is_ready() {
            let due = self.last_sent + self.heartbeat;
            let now = Instant::now();
            if now < due {
                self.alarm.as_mut().reset(due);
                continue;
            }
            self.last_sent = now;
            self.alarm.as_mut().reset(now + self.heartbeat);
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

impl HttpBody for SseBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = &mut *self;
        match this.stream.poll_events(cx, &mut this.events) {
            Poll::Ready(true) => {
                this.has_sent = true;
                Poll::Ready(Some(Ok(Frame::data(encode(&mut this.events)))))
            }
            Poll::Ready(false) => Poll::Ready(None),
            Poll::Pending => {
                this.events = Vec::new();
                this.poll_heartbeat(cx).map(|()| Some(Ok(Frame::data(COMMENT))))
            }
        }
    }
}

/// Writes events and empties the list.
fn encode(events: &mut Vec<StreamEvent>) -> Bytes {
    let mut text = Vec::with_capacity(128 * events.len());
    for event in events.drain(..) {
        text.extend_from_slice(b"event: ");
        text.extend_from_slice(event.name().as_bytes());
        text.extend_from_slice(b"\ndata: ");
        // Into memory, and of types whose keys are strings: this does not fail.
        if serde_json::to_writer(&mut text, &event).is_err() {
            text.extend_from_slice(b"{}");
        }
        text.extend_from_slice(b"\n\n");
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chat::{Done, Stop, Text};

    #[test]
    fn an_event_is_one_line_of_json_whatever_its_text() {
        let mut events = vec![
            StreamEvent::Delta(Text {
                text: "a\nb\r\u{2028}\"\\".to_owned(),
            }),
            StreamEvent::Done(Done { stop: Stop::End }),
        ];
        let text = String::from_utf8(encode(&mut events).to_vec()).unwrap();
        assert_eq!(
            text,
            "event: delta\ndata: {\"text\":\"a\\nb\\r\u{2028}\\\"\\\\\"}\n\nevent: done\ndata: {\"stop\":\"end\"}\n\n"
        );
        assert!(events.is_empty());
    }
}
