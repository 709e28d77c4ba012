//! A running answer: reads the provider as fast as its reader reads it, counts, and ends in order.
//!
//! Every stream ends with `usage` and then `done` or `error`. The last event waits a moment for the
//! call's row to be durable, so that whoever has seen the end finds the call after a crash.

use super::call::{Call, Ending};
use super::timing::Timing;
use super::upstream::{Progress, Upstream};
use crate::domain::chat::{Credential, Done, StreamError, StreamEvent, Text, Usage};
use crate::domain::ids::CallId;
use crate::domain::problem::{Code, Problem};
use crate::domain::providers::Output;
use crate::features::App;
use futures::task::AtomicWaker;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep};

/// Bytes of text, reasoning and arguments that one answer may have.
const MAX_TEXT: usize = 16 * 1024 * 1024;
/// Pieces of an answer that are read in one turn before others get theirs.
const PIECES_PER_TURN: usize = 32;

/// What the response head says of a call.
#[derive(Clone, Debug)]
pub struct About {
    pub id: CallId,
    /// The provider's id of the request, where it came in time.
    pub upstream_id: Option<String>,
    pub credential: Credential,
    /// What the engine itself took before the request went out.
    pub overhead: Duration,
    /// The limit of tokens that was set because little of the budget is left.
    pub max_tokens: Option<u32>,
    /// Where the cost is known before the call.
    pub cost_nano_usd: Option<i64>,
}

/// A stream of events. Dropping it stops the provider; the call is then recorded as aborted.
#[derive(Debug)]
pub struct EngineStream {
    app: App,
    about: About,
    /// Events from before the stream was handed out.
    first: Vec<StreamEvent>,
    live: Arc<Live>,
}

impl EngineStream {
    pub(super) fn new(app: App, about: About, first: Vec<StreamEvent>, running: Running) -> Self {
        let user = running.call.user();
        let live = Arc::new(Live {
            running: Mutex::new(Some(Box::new(running))),
            reader: AtomicWaker::new(),
        });
        app.engine.live.insert(about.id, user, &live);
        Self {
            app,
            about,
            first,
            live,
        }
    }

    /// Ends the stream before it is handed out.
    pub(super) fn fail(&self, problem: Problem) {
        self.live.fail(problem);
    }

    #[must_use]
    pub const fn about(&self) -> &About {
        &self.about
    }

    /// Appends the next events; false when the stream has ended.
    pub fn poll_events(&mut self, cx: &mut Context<'_>, events: &mut Vec<StreamEvent>) -> Poll<bool> {
        if !self.first.is_empty() {
            // Taken with its memory: the stream may be held for long.
            events.extend(std::mem::take(&mut self.first));
            return Poll::Ready(true);
        }
        self.live.reader.register(cx.waker());
        match self.live.running().as_mut() {
            Some(running) => running.poll(cx, events),
            None => Poll::Ready(false),
        }
    }

    /// Since when the provider is waited for, as the last poll found it: a clock that was read already.
    #[must_use]
    pub fn waiting_since(&self) -> Option<Instant> {
        self.live.running().as_ref()?.waiting_since
    }
}

impl Drop for EngineStream {
    fn drop(&mut self) {
        self.app.engine.live.remove(self.about.id);
        let running = self.live.running().take();
        drop(running);
    }
}

/// A stream as the registry sees it.
#[derive(Debug)]
pub(super) struct Live {
    running: Mutex<Option<Box<Running>>>,
    reader: AtomicWaker,
}

impl Live {
    fn running(&self) -> MutexGuard<'_, Option<Box<Running>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the stream with an error event, wherever it is.
    pub(super) fn fail(&self, problem: Problem) {
        if let Some(running) = self.running().as_mut() {
            running.fail_from_outside(problem);
        }
        self.reader.wake();
    }

    /// Ends a stream whose reader has taken nothing for too long.
    pub(super) fn end_unread(&self, now: Instant) {
        let mut running = self.running();
        let Some(state) = running.as_mut() else { return };
        let is_unread = state.is_unread(now);
        let problem = if state.is_over_time(now) {
            Problem::new(Code::TotalTimeout)
        } else if is_unread {
            Problem::new(Code::Stalled).detail("It was not read.")
        } else {
            return;
        };
        drop(running);
        self.fail(problem);
    }
}

/// The state of a stream.
#[derive(Debug)]
pub(super) struct Running {
    call: Call,
    upstream: Option<Upstream>,
    timing: Timing,
    sent_at: Instant,
    /// Since when the provider is waited for; `None` while it is the reader who is waited for.
    waiting_since: Option<Instant>,
    has_bytes: bool,
    text: usize,
    alarm: Pin<Box<Sleep>>,
    /// Since the last look of the sweep.
    was_polled: bool,
    unread_since: Instant,
    outputs: Vec<Output>,
    /// Events that arose outside a poll.
    late: Vec<StreamEvent>,
    phase: Phase,
    failure: Option<Problem>,
}

#[derive(Debug)]
enum Phase {
    Reading,
    /// The last event waits for the row.
    Settling {
        written: oneshot::Receiver<()>,
        last: StreamEvent,
        until: Instant,
    },
    Ended,
}

impl Running {
    pub(super) fn new(call: Call, upstream: Upstream, timing: Timing, sent_at: Instant) -> Self {
        Self {
            call,
            upstream: Some(upstream),
            timing,
            sent_at,
            waiting_since: None,
            has_bytes: false,
            text: 0,
            alarm: Box::pin(tokio::time::sleep_until(sent_at + timing.first_byte)),
            was_polled: false,
            unread_since: sent_at,
            outputs: Vec::new(),
            late: Vec::new(),
            phase: Phase::Reading,
            failure: None,
        }
    }

    pub(super) fn upstream_id(&self) -> Option<String> {
        self.upstream.as_ref().and_then(Upstream::id)
    }

    /// Ready at the first output or at the end, whichever comes first.
    pub(super) fn poll_first(&mut self, cx: &mut Context<'_>, events: &mut Vec<StreamEvent>) -> Poll<()> {
        while matches!(self.phase, Phase::Reading) && !self.call.has_output() {
            ready!(self.poll(cx, events));
        }
        Poll::Ready(())
    }

    /// The problem of a call that failed before its first output, to be answered instead of a stream.
    pub(super) fn early_failure(&mut self) -> Option<(Problem, oneshot::Receiver<()>)> {
        if self.call.has_output() {
            return None;
        }
        let problem = self.failure.take()?;
        match std::mem::replace(&mut self.phase, Phase::Ended) {
            Phase::Settling { written, .. } => Some((problem, written)),
            Phase::Reading | Phase::Ended => None,
        }
    }

    /// Appends the next events; false when there are no more.
    fn poll(&mut self, cx: &mut Context<'_>, events: &mut Vec<StreamEvent>) -> Poll<bool> {
        self.was_polled = true;
        if !self.late.is_empty() {
            events.append(&mut self.late);
            return Poll::Ready(true);
        }
        match self.phase {
            Phase::Reading => self.poll_reading(cx, events),
            Phase::Settling { .. } => self.poll_settling(cx, events),
            Phase::Ended => Poll::Ready(false),
        }
    }

    fn poll_reading(&mut self, cx: &mut Context<'_>, events: &mut Vec<StreamEvent>) -> Poll<bool> {
        for _ in 0..PIECES_PER_TURN {
            let Some(upstream) = &mut self.upstream else { break };
            match upstream.poll(cx, &mut self.outputs) {
                Poll::Ready(progress) => {
                    self.waiting_since = None;
                    self.has_bytes = true;
                    self.take(events);
                    if matches!(progress, Progress::End) && matches!(self.phase, Phase::Reading) {
                        self.fail(Code::StreamCut.into(), events);
                    }
                }
                Poll::Pending => match self.poll_alarm(cx) {
                    Poll::Ready(problem) => self.fail(problem, events),
                    Poll::Pending => {
                        // Many streams wait at any time: while one does, it keeps no room for outputs.
                        self.outputs = Vec::new();
                        return Poll::Pending;
                    }
                },
            }
            if !events.is_empty() || !matches!(self.phase, Phase::Reading) {
                return Poll::Ready(true);
            }
        }
        // Much came that says nothing (pings, comments): the others first.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Turns outputs into events and counts them. The first error or end is the last that counts.
    fn take(&mut self, events: &mut Vec<StreamEvent>) {
        let mut outputs = std::mem::take(&mut self.outputs);
        for output in outputs.drain(..) {
            if !matches!(self.phase, Phase::Reading) {
                break;
            }
            self.call.count(&output);
            match output {
                Output::Text(text) => {
                    self.text += text.len();
                    events.push(StreamEvent::Delta(Text { text }));
                }
                Output::Reasoning(text) => {
                    self.text += text.len();
                    events.push(StreamEvent::Reasoning(Text { text }));
                }
                Output::Tool(tool) => {
                    self.text += tool.arguments.len();
                    events.push(StreamEvent::Tool(tool));
                }
                Output::Usage(_) | Output::Stop(_) => {}
                Output::Error(problem) => self.fail(problem, events),
                Output::End => self.finish(events),
            }
            if self.text > MAX_TEXT {
                self.fail(Code::ProviderTooMuch.into(), events);
            }
        }
        outputs.clear();
        self.outputs = outputs;
    }

    /// Ready with the problem when the provider has been silent, or the call has lasted, too long.
    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<Problem> {
        let now = Instant::now();
        let since = *self.waiting_since.get_or_insert(now);
        let silence = if self.has_bytes {
            since + self.timing.stall
        } else {
            self.sent_at + self.timing.first_byte
        };
        let total = self.sent_at + self.timing.total;
        if now >= total {
            return Poll::Ready(Code::TotalTimeout.into());
        }
        if now >= silence {
            let code = if self.has_bytes {
                Code::Stalled
            } else {
                Code::FirstByteTimeout
            };
            return Poll::Ready(code.into());
        }
        // The alarm is only moved when it rings, not with every piece: it may ring too early, never
        // too late, because deadlines only move on.
        while self.alarm.as_mut().poll(cx).is_ready() {
            self.alarm.as_mut().reset(silence.min(total));
        }
        Poll::Pending
    }

    fn finish(&mut self, events: &mut Vec<StreamEvent>) {
        let last = StreamEvent::Done(Done { stop: self.call.stop() });
        self.settle(Ending::Finished, last, events);
    }

    fn fail(&mut self, problem: Problem, events: &mut Vec<StreamEvent>) {
        // The provider is let go at once; a finished answer is read to its end for the connection's sake.
        self.upstream = None;
        let last = StreamEvent::Error(StreamError::from(&problem));
        let code = problem.code;
        self.failure = Some(problem);
        self.settle(Ending::Failed(code), last, events);
    }

    pub(super) fn fail_from_outside(&mut self, problem: Problem) {
        if matches!(self.phase, Phase::Reading) {
            let mut events = Vec::new();
            self.fail(problem, &mut events);
            self.late = events;
        }
    }

    fn settle(&mut self, ending: Ending, last: StreamEvent, events: &mut Vec<StreamEvent>) {
        let settled = self.call.settle(ending);
        let usage: Usage = settled.usage;
        events.push(StreamEvent::Usage(usage));
        let until = Instant::now() + self.timing.settle;
        self.alarm.as_mut().reset(until);
        self.phase = Phase::Settling {
            written: settled.written,
            last,
            until,
        };
    }

    fn poll_settling(&mut self, cx: &mut Context<'_>, events: &mut Vec<StreamEvent>) -> Poll<bool> {
        // Read to its end, the connection can be used for the next call.
        if let Some(upstream) = &mut self.upstream
            && let Poll::Ready(Progress::End) = upstream.poll(cx, &mut self.outputs)
        {
            self.upstream = None;
        }
        let Phase::Settling { written, until, .. } = &mut self.phase else {
            return Poll::Ready(false);
        };
        let is_written = Pin::new(written).poll(cx).is_ready();
        if !is_written && Instant::now() < *until && self.alarm.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.upstream = None;
        if let Phase::Settling { last, .. } = std::mem::replace(&mut self.phase, Phase::Ended) {
            events.push(last);
        }
        Poll::Ready(true)
    }

    fn is_over_time(&self, now: Instant) -> bool {
        matches!(self.phase, Phase::Reading) && now > self.sent_at + self.timing.total + self.timing.sweep
    }

    /// Something is there to be taken, and nobody takes it. By the sweep's clock: no piece reads one for this.
    fn is_unread(&mut self, now: Instant) -> bool {
        if std::mem::take(&mut self.was_polled) || self.waiting_since.is_some() {
            self.unread_since = now;
        }
        matches!(self.phase, Phase::Reading) && now > self.unread_since + self.timing.unread
    }
}
