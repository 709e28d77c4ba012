//! [`Cell`]: one answer while it lives on the screen. Made in the browser only.
//!
//! Events change plain data at once and the screen at most once per frame; a frame that took long
//! to draw makes the next one wait, so that a fast model cannot keep the page busy.

use super::fault;
use super::model::{Answer, Fault, Lane, State, estimate_tokens};
use crate::domain::chat::{ChatRequest, StreamEvent, Tokens, Usage};
use crate::islands::browser::{elapsed_ms, next_frame, now_ms};
use crate::islands::models::rough_cost;
use crate::islands::stream::{self, Ended, Stop};
use leptos::prelude::*;
use std::time::Duration;

/// Longest time that one drawing may take before the next one waits, in milliseconds.
const EASY_DRAW_MS: f64 = 6.0;

struct Inner {
    answer: Answer,
    stop: Stop,
    /// `performance.now()` when the question was sent.
    asked_at: f64,
    /// Tokens of the request, estimated.
    input: u64,
    is_frame_due: bool,
    draw_ms: f64,
    /// Counts the questions asked of this cell: events of an older one are not heeded.
    round: u32,
}

/// A handle to an answer; copies are the same answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    inner: StoredValue<Inner, LocalStorage>,
    /// Tells answers apart while they are on the screen.
    pub key: u32,
    /// Changes when there is more text to draw.
    text: RwSignal<u32>,
    /// Changes with state and figures.
    state: RwSignal<u32>,
}

impl Cell {
    /// An answer as it was stored, under a key of its own.
    #[must_use]
    pub fn new(key: u32, answer: Answer) -> Self {
        Self {
            key,
            inner: StoredValue::new_local(Inner {
                answer,
                stop: Stop::new(),
                asked_at: 0.0,
                input: 0,
                is_frame_due: false,
                draw_ms: 0.0,
                round: 0,
            }),
            text: RwSignal::new(0),
            state: RwSignal::new(0),
        }
    }

    /// Counts the changes of the text that are to be drawn (at most one per frame); tracked.
    #[must_use]
    pub fn text_version(self) -> u32 {
        self.text.try_get().unwrap_or_default()
    }

    /// Reads the answer, and again whenever its state or figures change.
    pub fn with_state<T: Default>(self, read: impl FnOnce(&Answer) -> T) -> T {
        let _ = self.state.try_get();
        self.peek(read)
    }

    /// Reads the answer once.
    pub fn peek<T: Default>(self, read: impl FnOnce(&Answer) -> T) -> T {
        self.inner
            .try_with_value(|inner| read(&inner.answer))
            .unwrap_or_default()
    }

    #[must_use]
    pub fn is_running(self) -> bool {
        self.with_state(|answer| answer.state.is_running())
    }

    /// Whether the answer tells when asking again makes sense, and that time has not been shown as over.
    #[must_use]
    pub fn is_waiting_to_retry(self) -> bool {
        self.peek(|answer| match &answer.state {
            State::Failed(fault) => fault.retry_at.is_some_and(|at| at + 1_000 > now_ms()),
            _ => false,
        })
    }

    /// Which model answers, and with which key.
    #[must_use]
    pub fn lane(self) -> Lane {
        self.inner
            .try_with_value(|inner| inner.answer.lane.clone())
            .unwrap_or_else(Lane::guide)
    }

    /// Tokens and nano-USD so far: the provider's where they are known, else a rough count.
    /// The last part says that they are a rough count.
    #[must_use]
    pub fn meter(self) -> (u64, Option<i64>, bool) {
        self.inner
            .try_with_value(|inner| {
                let usage = inner.answer.usage.unwrap_or_else(|| inner.rough_usage());
                let total = usage.tokens.input + usage.tokens.output;
                (total, usage.cost_nano_usd, usage.estimated)
            })
            .unwrap_or((0, None, true))
    }

    /// Asks the model on behalf of `account`; what was answered before is replaced. `when_ended` runs at every end.
    pub fn ask(self, account: String, request: ChatRequest, when_ended: impl FnOnce() + 'static) {
        let input = request
            .messages
            .iter()
            .map(|message| estimate_tokens(&message.content))
            .sum::<u64>()
            + request.system.as_deref().map_or(0, estimate_tokens);
        let stop = Stop::new();
        let handle = stop.clone();
        let Some(round) = self.inner.try_update_value(|inner| {
            inner.stop.now();
            inner.answer = Answer::new(inner.answer.lane.clone());
            inner.stop = handle;
            inner.asked_at = elapsed_ms();
            inner.input = input;
            inner.round += 1;
            inner.round
        }) else {
            return;
        };
        self.changed();
        leptos::task::spawn_local(async move {
            let ended = stream::chat(&account, &request, &stop, |event| self.heed(round, event)).await;
            self.end(round, ended);
            when_ended();
        });
    }

    /// Stops the answer; what has arrived is kept.
    pub fn stop(self) {
        let now = elapsed_ms();
        self.inner.try_update_value(|inner| {
            inner.stop.now();
            inner.end(State::Stopped, now);
        });
        self.changed();
    }

    /// Tells how long a drawing took.
    pub fn drawn_in(self, ms: f64) {
        self.inner.try_update_value(|inner| inner.draw_ms = ms);
    }

    fn heed(self, round: u32, event: StreamEvent) {
        let now = elapsed_ms();
        let change = self
            .inner
            .try_update_value(|inner| (inner.round == round).then(|| inner.heed(event, now)));
        match change.flatten() {
            Some(Change::Text) => self.draw_soon(),
            Some(Change::State) => self.changed(),
            None => {}
        }
    }

    fn end(self, round: u32, ended: Ended) {
        let now = elapsed_ms();
        self.inner.try_update_value(|inner| {
            if inner.round == round {
                inner.end(Fault::of(ended).map_or(State::Stopped, State::Failed), now);
            }
        });
        self.changed();
    }

    /// Draws text and state now: state changes are rare.
    fn changed(self) {
        self.state.try_update(|version| *version = version.wrapping_add(1));
        self.text.try_update(|version| *version = version.wrapping_add(1));
    }

    fn draw_soon(self) {
        let due = self.inner.try_update_value(|inner| {
            let was_due = std::mem::replace(&mut inner.is_frame_due, true);
            (!was_due).then_some(inner.draw_ms)
        });
        let Some(Some(draw_ms)) = due else { return };
        let draw = move || {
            self.inner.try_update_value(|inner| inner.is_frame_due = false);
            self.text.try_update(|version| *version = version.wrapping_add(1));
        };
        if draw_ms > EASY_DRAW_MS {
            set_timeout(
                move || next_frame(draw),
                Duration::from_secs_f64(draw_ms * 4.0 / 1_000.0),
            );
        } else {
            next_frame(draw);
        }
    }
}

enum Change {
    Text,
    State,
}

impl Inner {
    /// What the call took so far, counted by ourselves.
    fn rough_usage(&self) -> Usage {
        let output = estimate_tokens(&self.answer.text) + estimate_tokens(&self.answer.reasoning);
        let tokens = Tokens {
            input: self.input,
            output,
            ..Tokens::default()
        };
        Usage {
            tokens,
            cost_nano_usd: self
                .answer
                .lane
                .price
                .map(|price| rough_cost(price, self.input, output)),
            estimated: true,
        }
    }

    /// The end, unless an event or [`Cell::stop`] told it already.
    fn end(&mut self, state: State, now: f64) {
        if !self.answer.state.is_running() {
            return;
        }
        self.answer.state = state;
        self.answer.total_ms = Some(since(self.asked_at, now));
        if self.answer.usage.is_none() && !self.answer.text.is_empty() {
            self.answer.usage = Some(self.rough_usage());
        }
    }

    fn heed(&mut self, event: StreamEvent, now: f64) -> Change {
        let answer = &mut self.answer;
        match event {
            StreamEvent::Open(open) => {
                answer.request_id = Some(open.request_id);
                answer.credential = Some(open.credential);
            }
            StreamEvent::Delta(delta) => {
                answer.text.push_str(&delta.text);
                return self.begin(now);
            }
            StreamEvent::Reasoning(delta) => {
                let is_first = answer.reasoning.is_empty();
                answer.reasoning.push_str(&delta.text);
                let change = self.begin(now);
                return if is_first { Change::State } else { change };
            }
            StreamEvent::Tool(tool) => {
                if let Some(name) = &tool.name {
                    let gap = if answer.tools.is_empty() { "" } else { "\n" };
                    [gap, name, " "]
                        .into_iter()
                        .for_each(|part| answer.tools.push_str(part));
                }
                answer.tools.push_str(&tool.arguments);
                self.begin(now);
                return Change::State;
            }
            StreamEvent::Usage(usage) => answer.usage = Some(usage),
            StreamEvent::Done(done) => self.end(State::Done(done.stop), now),
            StreamEvent::Error(error) => self.end(State::Failed(error.into()), now),
        }
        Change::State
    }

    /// Notes the first text; the waiting is over then.
    fn begin(&mut self, now: f64) -> Change {
        if self.answer.state == State::Waiting {
            self.answer.first_token_ms = Some(since(self.asked_at, now));
            self.answer.state = State::Streaming;
            return Change::State;
        }
        Change::Text
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float outside the range becomes its nearest end"
)]
fn since(begin: f64, now: f64) -> u32 {
    (now - begin).max(0.0) as u32
}

/// What a screen reader hears when an answer has ended.
#[must_use]
pub fn announcement(answer: &Answer) -> String {
    match &answer.state {
        State::Done(stop) => {
            let note = fault::stop_note(*stop).unwrap_or_default();
            ["Answer of ", &answer.lane.model, " complete. ", note].concat()
        }
        State::Stopped => ["Answer of ", &answer.lane.model, " stopped."].concat(),
        State::Failed(fault) => [&fault.message, " ", fault.help_for(answer)].concat(),
        State::Waiting | State::Streaming => String::new(),
    }
}
