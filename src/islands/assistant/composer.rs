//! Where a message is written, as views around its field: files, models, instructions, meter.

use super::model::Prompt;
use super::presets::{self, PRESETS};
use super::session::Session;
use crate::islands::answer::model::estimate_tokens;
use crate::islands::answer::words;
use crate::islands::browser::{field, focus};
use crate::islands::tree::{Element, Node, button, glyph, glyphs};
use leptos::prelude::*;

/// The field of the message.
pub const FIELD: &str = "#message";

/// What to bring, by the instructions.
#[must_use]
pub fn placeholder(session: Session) -> &'static str {
    let preset = session.instructions.with(|text| presets::find(text));
    preset.map_or("Ask about a test, a failure, a release", |preset| preset.ask)
}

/// Replaces the message that is being written.
pub fn write(session: Session, text: &str) {
    session.draft.set(text.to_owned());
    if let Some(field) = field(FIELD) {
        field.set_value(text);
    }
}

/// Sends what was written, unless an answer is running or there is nothing.
pub fn send(session: Session) {
    if untrack(|| session.is_running()) {
        return;
    }
    let prompt = Prompt {
        text: session.draft.get_untracked().trim_end().to_owned(),
        attachments: session.files.get_untracked(),
    };
    if prompt.text.trim().is_empty() && prompt.attachments.is_empty() {
        return focus(FIELD);
    }
    write(session, "");
    session.files.set(Vec::new());
    session.notice.set(None);
    session.send(prompt);
}

/// The files that go along.
#[must_use]
pub fn chips(session: Session) -> Vec<Node> {
    let chip = |(at, name, bytes): (usize, String, usize)| {
        let remove = button("button quiet small square", "remove-file")
            .with("data-at", at.to_string())
            .with("aria-label", ["Remove ", &name].concat())
            .child(glyph(glyphs::CLOSE));
        let size = words::count((bytes as u64).div_ceil(1024));
        Element::new("li")
            .class("chip")
            .child(Element::new("span").class("truncate").text(&name))
            .child(Element::new("span").class("faint").text(&size).text(" KB"))
            .child(remove)
    };
    let files: Vec<_> = session.files.with(|files| {
        let files = files.iter().enumerate();
        files
            .map(|(at, file)| (at, file.name.clone(), file.text.len()))
            .collect()
    });
    if files.is_empty() {
        return Vec::new();
    }
    let list = Element::new("ul")
        .class("chips")
        .with("role", "list")
        .with("aria-label", "Attached files")
        .all(files.into_iter().map(chip));
    vec![list.into()]
}

/// What the models are told before the conversation; folded until wanted.
#[must_use]
pub fn instructions(session: Session) -> Vec<Node> {
    let text = session.instructions.get();
    if text.is_empty() {
        return Vec::new();
    }
    let name = presets::find(&text).map_or("your own", |preset| preset.name);
    let field = Element::new("textarea")
        .class("input")
        .with("dir", "auto")
        .with("aria-label", "Instructions for the model")
        .with("data-field", "instructions")
        .with(".value", text);
    let details = Element::new("details")
        .class("instructions")
        .child(Element::new("summary").text("Instructions: ").text(name))
        .child(field);
    vec![details.into()]
}

/// Models, preset, files, meter, and the button that sends or stops.
#[must_use]
pub fn tools(session: Session) -> Vec<Node> {
    let is_single = session.picker.lanes.with(Vec::len) == 1;
    let attach = button("button quiet small square", "attach")
        .with("aria-label", "Attach text files")
        .with("title", "Attach text files")
        .child(glyph(glyphs::ATTACH));
    let meter = Element::new("output")
        .class("composer-meter num")
        .with("title", "A rough count of what sending takes")
        .text(&meter(session));
    let end = if session.is_running() {
        button("button primary send", "stop")
            .child(glyph(glyphs::STOP))
            .text(if is_single { "Stop" } else { "Stop all" })
    } else {
        Element::new("button")
            .class("button primary send")
            .with("type", "submit")
            .child(glyph(glyphs::SEND))
            .text("Send")
    };
    [session.picker.lanes_view(), preset_choice(session), attach, meter, end]
        .map(Node::Element)
        .into()
}

fn preset_choice(session: Session) -> Element {
    let chosen = session.instructions.with(|text| match presets::find(text) {
        Some(preset) => preset.name,
        None if text.trim().is_empty() => "",
        None => "own",
    });
    let option = |value: &'static str, name: &'static str| {
        Element::new("option")
            .with("value", value)
            .flag("selected", value == chosen)
            .text(name)
    };
    Element::new("select")
        .class("preset-choice")
        .with("aria-label", "Preset")
        .with("data-field", "preset")
        .child(option("", "No preset"))
        .all(PRESETS.iter().map(|preset| option(preset.name, preset.name)))
        .maybe((chosen == "own").then(|| option("own", "Own instructions")))
        .with(".value", chosen)
}

/// What sending now would take for the question, roughly; nothing while nothing is written.
fn meter(session: Session) -> String {
    let own = session.draft.with(|text| estimate_tokens(text))
        + session
            .files
            .with(|files| files.iter().map(|file| estimate_tokens(&file.text)).sum::<u64>());
    if own == 0 {
        return String::new();
    }
    let input = own + tokens_before(session);
    session.picker.rough_price(input)
}

/// Tokens of the thread that goes along with each message, roughly.
fn tokens_before(session: Session) -> u64 {
    let mut tokens = session.instructions.with(|text| estimate_tokens(text));
    for turn in session.turns.get() {
        tokens += turn.prompt.with(|prompt| estimate_tokens(&prompt.content()));
        let first = turn.answers.get().into_iter().next();
        tokens += first.map_or(0, |cell| cell.with_state(|answer| estimate_tokens(&answer.text)));
    }
    tokens
}
