//! Keys of the assistant and the sheet that names them.
//!
//! Single letters can be switched off on the sheet (WCAG 2.1.4), and never count while text is
//! being typed.

use super::session::Session;
use super::{actions, composer};
use crate::islands::browser::{copy, focus, focus_soon};
use crate::islands::tree::{Element, Node, button};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

/// Key, and what it does.
const SHEET: [(&str, &str); 12] = [
    ("Enter", "Send the message"),
    ("Shift Enter", "New line"),
    ("Esc", "Stop the answers, or close what is open"),
    ("/", "Write a message"),
    ("n", "New conversation"),
    ("h", "History"),
    ("m", "Choose the model"),
    ("c", "Compare with another model"),
    ("r", "Regenerate the last answer"),
    ("e", "Edit the last message"),
    ("y", "Copy the last answer"),
    ("?", "These shortcuts"),
];

/// A key pressed anywhere on the page.
pub fn heed(session: Session, event: &KeyboardEvent) {
    let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
    if event.default_prevented() || event.is_composing() || has_modifier {
        return;
    }
    let is_dialog_open = session.picker.is_open() || session.is_help_open.get_untracked();
    let key = event.key();
    if key == "Escape" {
        if !is_dialog_open && untrack(|| session.is_running()) {
            session.stop();
            focus(composer::FIELD);
        }
        return;
    }
    if is_dialog_open || is_typing(event) || !session.has_letter_keys.get_untracked() {
        return;
    }
    if act(session, &key) {
        event.prevent_default();
    }
}

fn act(session: Session, key: &str) -> bool {
    let turn = session.turns.with_untracked(|turns| turns.last().copied());
    let answer = turn.and_then(|turn| turn.answers.with_untracked(|answers| answers.first().copied()));
    match (key, turn, answer) {
        ("?", ..) => session.is_help_open.set(true),
        ("/", ..) => focus(composer::FIELD),
        ("n", ..) => actions::start_new(session),
        ("h", ..) => actions::toggle_history(session),
        ("m", ..) => session.picker.open(0),
        ("c", ..) => session.picker.compare(),
        ("r", _, Some(answer)) if !untrack(|| session.is_running()) => session.ask(answer),
        ("e", Some(turn), _) => {
            turn.is_editing.set(true);
            focus_soon("[data-field=edit]");
        }
        ("y", _, Some(answer)) => {
            let text = answer.peek(|answer| answer.text.clone());
            leptos::task::spawn_local(async move {
                if copy(&text).await {
                    session.said.try_set("Answer copied.".to_owned());
                }
            });
        }
        _ => return false,
    }
    true
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let fields = "input, textarea, select, dialog, [contenteditable]";
    target.is_some_and(|target| target.closest(fields).ok().flatten().is_some())
}

/// The sheet's content.
#[must_use]
pub fn sheet(session: Session) -> Vec<Node> {
    let mut keys = Element::new("dl");
    for (names, what) in SHEET {
        let mut term = Element::new("dt");
        for name in names.split(' ') {
            term = term.child(Element::new("kbd").text(name)).text(" ");
        }
        keys = keys.child(term).child(Element::new("dd").text(what));
    }
    let is_on = session.has_letter_keys.get();
    let check = Element::new("input")
        .with("type", "checkbox")
        .with("data-field", "letter-keys")
        .flag("checked", is_on)
        .told(".checked", is_on);
    let label = Element::new("label")
        .class("check")
        .child(check)
        .child(Element::new("span").text("Single letters are shortcuts"));
    vec![
        Element::new("h2")
            .with("id", "shortcuts-title")
            .text("Keyboard shortcuts")
            .into(),
        keys.into(),
        label.into(),
        button("button", "close-help").text("Close").into(),
    ]
}
