//! The dialog's parts as views.

use super::state::State;
use crate::islands::answer::cell::Cell;
use crate::islands::answer::model::estimate_tokens;
use crate::islands::answer::pane;
use crate::islands::browser::find;
use crate::islands::markdown::evidence::Source;
use crate::islands::tree::{Element, Node, button, glyph, glyphs};
use leptos::prelude::*;

/// Models, meter, and the button that sends or stops.
#[must_use]
pub fn bar(state: State) -> Vec<Node> {
    if !state.is_ready.get() {
        let note = Element::new("p")
            .class("hint picker-loading")
            .text("Looking for models");
        return vec![note.into(), send(false).into()];
    }
    let is_single = state.picker.lanes.with(Vec::len) == 1;
    let tokens = state.draft.with(|text| estimate_tokens(text));
    let meter = Element::new("output")
        .class("composer-meter num")
        .with("title", "A rough count of what sending takes")
        .text(&state.picker.rough_price(tokens));
    let end = if state.is_running() {
        button("button primary send", "stop")
            .child(glyph(glyphs::STOP))
            .text(if is_single { "Stop" } else { "Stop all" })
    } else {
        send(true)
    };
    [state.picker.lanes_view(), meter, end].map(Node::Element).into()
}

fn send(is_ready: bool) -> Element {
    Element::new("button")
        .class("button primary send")
        .with("type", "submit")
        .flag("disabled", !is_ready)
        .child(glyph(glyphs::SEND))
        .text("Send")
}

/// The text that was sent, line by line: what quotations lead to. A line that the open cause shows, too, leads on
/// to it; `public/reports.js`, which shows causes, follows it.
#[must_use]
pub fn sent(state: State) -> Vec<Node> {
    let text = state.sent.get();
    if text.is_empty() {
        return Vec::new();
    }
    let report = Source::new(&report_words());
    let line = |(at, line): (usize, &str)| {
        let number = (at + 1).to_string();
        let there = report.shares(line).then(|| {
            Element::new("a")
                .class("in-report")
                .with("href", "#detail")
                .with("data-quoted", line.to_owned())
                .with("aria-label", ["Line ", &number, " in the report"].concat())
                .text("in the report")
        });
        Element::new("li")
            .with("id", ["sent-", &number].concat())
            .with("tabindex", "-1")
            .child(Element::new("span").text(line))
            .maybe(there)
    };
    let details = Element::new("details")
        .class("sent")
        .child(Element::new("summary").text("What was sent, line by line"))
        .child(
            Element::new("ol")
                .class("sent-lines")
                .with("id", "explain-lines")
                .all(text.split('\n').enumerate().map(line)),
        );
    vec![details.into()]
}

/// What the open cause says, as the report has it; nothing while none is open.
fn report_words() -> String {
    let message = find("#detail:not([hidden]) pre code");
    message.and_then(|code| code.text_content()).unwrap_or_default()
}

/// A pane for each model that was asked, side by side where there are several.
#[must_use]
pub fn answers(state: State) -> Vec<Node> {
    let cells: Vec<Cell> = state.answers.get();
    // Somebody may be waiting for the time to retry.
    state.clock.track();
    if cells.is_empty() {
        return Vec::new();
    }
    let are_several = cells.len() > 1;
    let class = if are_several { "answers compared" } else { "answers" };
    let panes = cells.into_iter().map(|cell| pane::view(cell, are_several));
    vec![Element::new("div").class(class).all(panes).into()]
}
