//! The pane around one answer: who answers, meter, text, faults, what it took, what can be done.
//!
//! [`view`] makes everything but the text, and again only when the answer's state changes;
//! [`Board`] draws text and meter, at most once per frame. Buttons name what they do in `data-do`
//! and the answer in `data-at`; [`act`] does it.

use super::cell::Cell;
use super::fault::stop_note;
use super::model::{Answer, Fault, State};
use super::words;
use crate::domain::chat::Credential;
use crate::islands::browser::{copy, elapsed_ms, now_ms, path};
use crate::islands::markdown::dom::Painter;
use crate::islands::markdown::evidence::Source;
use crate::islands::tree::patch::Region;
use crate::islands::tree::{Element, Node, button, glyph, glyphs};
use leptos::prelude::{document, set_timeout};
use std::sync::Arc;
use std::time::Duration;

/// How long "Copied" stands on a button.
const COPIED: Duration = Duration::from_millis(1_600);

/// The pane; tracks the answer's state. One among several has a Stop of its own.
#[must_use]
pub fn view(cell: Cell, is_among_several: bool) -> Element {
    cell.with_state(|answer| pane(cell.key, answer, is_among_several))
}

fn pane(key: u32, answer: &Answer, has_stop: bool) -> Element {
    let key = key.to_string();
    let is_running = answer.state.is_running();
    let lane = &answer.lane;
    let stop = button("button quiet small", "stop-answer")
        .with("data-at", key.clone())
        .with("aria-label", ["Stop ", &lane.model].concat())
        .child(glyph(glyphs::STOP))
        .text("Stop");
    let meter = Element::new("span")
        .class("answer-meter num")
        .with("data-meter", key.clone());
    let head = Element::new("header")
        .class("answer-head")
        .child(Element::new("span").class("answer-model").text(&lane.model))
        .child(Element::new("span").class("faint").text(lane.provider.name()))
        .maybe(is_running.then_some(meter))
        .maybe((is_running && has_stop).then_some(stop));
    let text = Element::new("div")
        .class("prose answer-text")
        .with("data-answer", key.clone());
    Element::new("article")
        .class("answer")
        .with("data-key", ["answer-", &key].concat())
        .with("data-pane", key.clone())
        .with("tabindex", "-1")
        .with("aria-label", ["Answer of ", &lane.model].concat())
        .told("aria-busy", is_running)
        .with("data-state", state_name(&answer.state))
        .child(head)
        .maybe(aside("Reasoning", &answer.reasoning, key.clone()))
        .maybe(aside("Tool calls", &answer.tools, String::new()))
        .child(text)
        .maybe(end(answer, &key))
        .maybe((!is_running).then(|| foot(answer, key)))
}

const fn state_name(state: &State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Streaming => "streaming",
        State::Done(_) => "done",
        State::Stopped => "stopped",
        State::Failed(_) => "failed",
    }
}

/// What is no part of the answer: folded. With a key the board fills it as it grows.
fn aside(title: &'static str, text: &str, key: String) -> Option<Element> {
    if text.is_empty() {
        return None;
    }
    let body = Element::new("p").with("dir", "auto");
    let body = if key.is_empty() {
        body.text(text)
    } else {
        body.with("data-reasoning", key)
    };
    let summary = Element::new("summary").text(title);
    Some(Element::new("details").class("answer-aside").child(summary).child(body))
}

/// What stands under the text: a caret, a note on how it ended, or the fault and its mend.
fn end(answer: &Answer, key: &str) -> Option<Element> {
    let note = |text: &str| Element::new("p").class("answer-note").text(text);
    match &answer.state {
        State::Waiting | State::Streaming => Some(Element::new("span").class("caret").with("aria-hidden", "true")),
        State::Done(stop) => stop_note(*stop).map(note),
        State::Stopped => Some(note(stopped(answer))),
        State::Failed(fault) => {
            let fault = &Fault {
                help: fault.help_for(answer).to_owned(),
                ..fault.clone()
            };
            let retry = retry(fault, key);
            let request = answer.request_id.map(|id| id.to_string());
            Some(
                fault_view(fault, retry)
                    .maybe(request.map(|id| Element::new("p").class("faint small mono").text("Request ").text(&id))),
            )
        }
    }
}

/// What is there of an answer that was stopped. One without an end was kept while it came in: its page was left, or
/// another tab still reads it.
const fn stopped(answer: &Answer) -> &'static str {
    match (answer.has_begun(), answer.total_ms) {
        (false, _) => "Stopped before any of it was kept.",
        (true, Some(_)) => "Stopped. What had arrived is kept.",
        (true, None) => "This was still arriving when it was last kept. What had come by then is here.",
    }
}

/// A fault in words, the way to its mend, and a way to try again.
#[must_use]
pub fn fault_view(fault: &Fault, retry: Element) -> Element {
    let mend = fault.mend(&path()).map(|(address, words)| {
        Element::new("a")
            .class("button small")
            .with("href", address)
            .text(words)
    });
    Element::new("div")
        .class("answer-fault")
        .with("data-code", fault.code.clone())
        .child(Element::new("p").class("answer-fault-what").text(&fault.message))
        .child(Element::new("p").text(&fault.help))
        .child(Element::new("div").class("row").maybe(mend).child(retry))
}

fn retry(fault: &Fault, key: &str) -> Element {
    let retry = button("button small", "again").with("data-at", key.to_owned());
    match seconds_left(fault) {
        0 => retry.text("Retry"),
        seconds => retry
            .with("disabled", "")
            .text("Retry in ")
            .text(&seconds.to_string())
            .text(" s"),
    }
}

/// Whole seconds until asking again makes sense.
#[must_use]
pub fn seconds_left(fault: &Fault) -> i64 {
    fault.retry_at.map_or(0, |at| (at - now_ms() + 999).max(0) / 1_000)
}

/// After the end: what it took, and what can be done with it.
fn foot(answer: &Answer, key: String) -> Element {
    let copy = button("button quiet small", "copy-answer")
        .with("data-at", key.clone())
        .with("aria-label", "Copy answer")
        .child(glyph(glyphs::COPY))
        .child(Element::new("span").text("Copy"));
    let again = button("button quiet small", "again")
        .with("data-at", key)
        .child(glyph(glyphs::REFRESH))
        .text("Regenerate");
    let is_failed = matches!(answer.state, State::Failed(_));
    let actions = Element::new("div")
        .class("answer-actions")
        .maybe((!answer.text.is_empty()).then_some(copy))
        .maybe((!is_failed).then_some(again));
    let meta = Element::new("p").class("answer-meta num").text(&meta(answer));
    Element::new("footer").class("answer-foot").child(meta).child(actions)
}

/// `first token 412 ms · 3.2 s · 1,204 tokens (812 in, 392 out) · $0.0021 · your key “work”`
fn meta(answer: &Answer) -> String {
    let mut parts = Vec::new();
    if let Some(ms) = answer.first_token_ms {
        parts.push(["first token ", &words::duration(ms)].concat());
    }
    if let (Some(ms), Some(_)) = (answer.total_ms, answer.first_token_ms) {
        parts.push(words::duration(ms));
    }
    if let Some(usage) = answer.usage {
        let rough = if usage.estimated { "~" } else { "" };
        let (input, output) = (usage.tokens.input, usage.tokens.output);
        let mut text = [
            rough,
            &words::count(input + output),
            " tokens (",
            &words::count(input),
            " in",
        ]
        .concat();
        text.push_str(&[", ", &words::count(output), " out"].concat());
        let of_which = [
            (usage.tokens.cached_read, " cached"),
            (usage.tokens.reasoning, " reasoning"),
        ];
        for (tokens, kind) in of_which.into_iter().filter(|(tokens, _)| *tokens > 0) {
            text.push_str(&[", ", &words::count(tokens), kind].concat());
        }
        text.push(')');
        parts.push(text);
        parts.push(match usage.cost_nano_usd {
            Some(nano) => [rough, &words::usd(nano)].concat(),
            None => "price unknown".to_owned(),
        });
    }
    match (answer.credential, &answer.lane.key_label) {
        (Some(Credential::Byok), Some(label)) => parts.push(["your key “", label, "”"].concat()),
        (Some(Credential::Byok), None) => parts.push("your key".to_owned()),
        (Some(Credential::Trial), _) => parts.push("trial call".to_owned()),
        (Some(Credential::None), _) => parts.push("no key needed".to_owned()),
        (None, _) => {}
    }
    parts.join(" · ")
}

/// Does what a button of a pane says; false if it is none of a pane's. `cell` is the answer that the button
/// names, where it names one.
pub fn act(action: &str, cell: Option<Cell>, pressed: &web_sys::Element, again: impl FnOnce(Cell)) -> bool {
    let Some(cell) = cell else {
        let is_code = action == "copy-code";
        if is_code {
            copy_code(pressed);
        }
        return is_code;
    };
    match action {
        "stop-answer" => {
            cell.stop();
            focus_pane(cell);
        }
        "again" => {
            // The button that was pressed goes away; the pane keeps the focus.
            focus_pane(cell);
            again(cell);
        }
        "copy-answer" => copy_from(pressed, cell.peek(|answer| answer.text.clone())),
        _ => return false,
    }
    true
}

fn focus_pane(cell: Cell) {
    let pane = part("data-pane", cell.key);
    if let Some(pane) = pane.and_then(|pane| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(pane).ok()) {
        let _ = pane.focus();
    }
}

fn part(attribute: &str, key: u32) -> Option<web_sys::Element> {
    let selector = ["[", attribute, "=\"", &key.to_string(), "\"]"].concat();
    document().query_selector(&selector).ok().flatten()
}

fn copy_code(pressed: &web_sys::Element) {
    let block = pressed.closest("figure").ok().flatten();
    let code = block.and_then(|block| block.query_selector("code").ok().flatten());
    if let Some(text) = code.and_then(|code| code.text_content()) {
        copy_from(pressed, text);
    }
}

/// Copies the text and says so on the button for a moment.
pub fn copy_from(pressed: &web_sys::Element, text: String) {
    let label = pressed
        .query_selector("span")
        .ok()
        .flatten()
        .unwrap_or_else(|| pressed.clone());
    leptos::task::spawn_local(async move {
        let is_copied = copy(&text).await;
        label.set_text_content(Some(if is_copied { "Copied" } else { "Not allowed" }));
        set_timeout(move || label.set_text_content(Some("Copy")), COPIED);
    });
}

/// The panes on the screen and the texts in them.
pub struct Board {
    region: Region,
    shown: Vec<Node>,
    /// By the answers' keys, with the version of the text that was drawn last.
    painters: Vec<(u32, u32, Painter)>,
}

impl Board {
    #[must_use]
    pub const fn new(region: Region) -> Self {
        Self {
            region,
            shown: Vec::new(),
            painters: Vec::new(),
        }
    }

    /// Shows what stands around the texts, where it has changed.
    pub fn show(&mut self, panes: &[Node]) {
        if panes != self.shown {
            self.region.show(panes.to_vec());
            self.shown = panes.to_vec();
        }
    }

    /// Draws the answers whose text has changed; tracks all of them. Call it after [`Board::show`].
    /// What an answer quotes of `source` becomes a link to it.
    pub fn draw(&mut self, cells: &[Cell], source: Option<&Arc<Source>>) {
        self.painters
            .retain(|(key, ..)| cells.iter().any(|cell| cell.key == *key));
        for cell in cells {
            let version = cell.text_version();
            let known = self.painters.iter().position(|(key, ..)| *key == cell.key);
            let at = match known {
                Some(at) => at,
                None => {
                    let Some(container) = part("data-answer", cell.key) else {
                        continue;
                    };
                    let painter = Painter::new(container, source.cloned());
                    self.painters.push((cell.key, version.wrapping_sub(1), painter));
                    self.painters.len() - 1
                }
            };
            if let Some((_, drawn, painter)) = self.painters.get_mut(at)
                && *drawn != version
            {
                *drawn = version;
                draw(*cell, painter);
            }
        }
    }
}

fn draw(cell: Cell, painter: &mut Painter) {
    let begin = elapsed_ms();
    cell.peek(|answer| {
        painter.show(&answer.text, !answer.state.is_running());
        if !answer.reasoning.is_empty()
            && let Some(holder) = part("data-reasoning", cell.key)
        {
            holder.set_text_content(Some(&answer.reasoning));
        }
    });
    if let Some(meter) = part("data-meter", cell.key) {
        meter.set_text_content(Some(&meter_words(cell)));
    }
    cell.drawn_in(elapsed_ms() - begin);
}

fn meter_words(cell: Cell) -> String {
    let (tokens, cost, is_rough) = cell.meter();
    let rough = if is_rough { "~" } else { "" };
    let cost = cost.map(|nano| [rough, &words::usd(nano), " · "].concat());
    [&cost.unwrap_or_default(), rough, &words::count(tokens), " tokens"].concat()
}

#[cfg(test)]
mod tests {
    use super::super::model::Lane;
    use super::*;

    #[test]
    fn of_a_stopped_answer_no_more_is_promised_than_is_there() {
        let mut answer = Answer::new(Lane::guide());
        assert!(stopped(&answer).contains("before any"));
        answer.text.push('a');
        assert!(stopped(&answer).contains("by then"));
        answer.total_ms = Some(900);
        assert!(stopped(&answer).contains("What had arrived is kept"));
    }
}
