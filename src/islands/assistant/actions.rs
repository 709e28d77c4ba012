//! What happens when something of the assistant is pressed, typed, chosen or dropped: one listener
//! for each kind of event on the island's root, and one table of what elements name in `data-do`.

use super::model::{MAX_FILE, Prompt};
use super::presets::PRESETS;
use super::session::{Asked, Browsing, Session};
use super::{composer, files};
use crate::islands::answer::pane;
use crate::islands::browser::events::{closest, field_name, named, written};
use crate::islands::browser::files::{list, read_text};
use crate::islands::browser::{field, find, focus, focus_soon, property};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

/// A click anywhere in the island.
pub fn click(session: Session, event: &Event) {
    let Some(pressed) = closest(event, "[data-do]") else {
        return;
    };
    if pressed.tag_name() == "FORM" {
        return;
    }
    let (action, at) = named(&pressed);
    let number = at.parse::<u32>().ok();
    let cell = number.and_then(|key| session.cell(key));
    if pane::act(&action, cell, &pressed, |cell| session.ask(cell)) {
        return;
    }
    let index = number.unwrap_or_default() as usize;
    match action.as_str() {
        "copy-question" | "edit" | "cancel-edit" => on_turn(session, &action, number, &pressed),
        "to-end" => to_end(),
        "dismiss" => session.notice.set(None),
        "stop" => {
            session.stop();
            focus(composer::FIELD);
        }
        "help" => session.is_help_open.set(true),
        "close-help" => session.is_help_open.set(false),
        "export-markdown" => session.export_markdown(),
        "export-json" => session.export_json(),
        "new" => start_new(session),
        _ if on_composer(session, &action, index) => {}
        _ if on_picker(session, &action, index) => {}
        _ => on_history(session, &action, at),
    }
}

/// A new conversation, ready to be written.
pub fn start_new(session: Session) {
    session.go_to_new();
    focus(composer::FIELD);
}

fn on_turn(session: Session, action: &str, key: Option<u32>, pressed: &Element) {
    let Some(turn) = key.and_then(|key| session.turn(key)) else {
        return;
    };
    match action {
        "copy-question" => {
            let text = turn.prompt.with_untracked(|prompt| prompt.text.clone());
            pane::copy_from(pressed, text);
        }
        "edit" => {
            turn.is_editing.set(true);
            focus_soon("[data-field=edit]");
        }
        _ => turn.is_editing.set(false),
    }
}

fn on_composer(session: Session, action: &str, index: usize) -> bool {
    match action {
        "preset" => {
            let preset = PRESETS.get(index).map(|preset| preset.instructions);
            session.instructions.set(preset.unwrap_or_default().to_owned());
            focus(composer::FIELD);
        }
        "attach" => press("#files"),
        "remove-file" => {
            session.files.update(|files| {
                if index < files.len() {
                    files.remove(index);
                }
            });
            focus(composer::FIELD);
        }
        _ => return false,
    }
    true
}

fn on_picker(session: Session, action: &str, index: usize) -> bool {
    let is_its = session.picker.act(action, index);
    match action {
        "choose" => keep_lanes(session),
        "remove-lane" => {
            keep_lanes(session);
            focus(composer::FIELD);
        }
        _ => {}
    }
    is_its
}

/// The chosen models, for the next visit.
fn keep_lanes(session: Session) {
    session.keep_choice("lanes", session.picker.lanes.get_untracked());
}

fn on_history(session: Session, action: &str, id: String) {
    let ask = |asked| {
        session.browsing.update(|browsing| {
            if let Some(browsing) = browsing {
                browsing.asked = asked;
            }
        })
    };
    match action {
        "history" => toggle_history(session),
        "rename" => {
            ask(Some(Asked::Rename(id)));
            focus_soon("[data-field=rename]");
        }
        "delete" => {
            ask(Some(Asked::Delete(id)));
            focus_soon("[data-do=delete-now]");
        }
        "delete-now" => {
            ask(None);
            session.delete(id);
            focus("[data-field=search-history]");
        }
        "ask-nothing" => {
            ask(None);
            focus("[data-field=search-history]");
        }
        "export-all" => session.export_all(),
        "import" => press("#import"),
        "forget" => {
            ask(Some(Asked::ForgetAll));
            focus_soon("[data-do=ask-nothing]");
        }
        "forget-now" => {
            ask(None);
            session.forget_all();
            focus("[data-field=search-history]");
        }
        _ => {}
    }
}

/// Opens or closes the history; the focus goes along.
pub fn toggle_history(session: Session) {
    if session.browsing.with_untracked(Option::is_some) {
        session.browsing.set(None);
        focus("[aria-controls=history]");
    } else {
        session.browsing.set(Some(Browsing::default()));
        session.refresh();
        focus_soon("[data-field=search-history]");
    }
}

/// A form of the island was sent.
pub fn submit(session: Session, event: &Event) {
    event.prevent_default();
    let Some(form) = closest(event, "form") else { return };
    let (action, at) = named(&form);
    match action.as_str() {
        "send" => composer::send(session),
        "resend" => resend(session, &at),
        "rename-now" => {
            if let Some(field) = field("[data-field=rename]") {
                session.rename(at, field.value());
            }
            on_history(session, "ask-nothing", String::new());
        }
        _ => {}
    }
}

fn resend(session: Session, key: &str) {
    let turn = key.parse().ok().and_then(|key| session.turn(key));
    let (Some(turn), Some(field)) = (turn, field("[data-field=edit]")) else {
        return;
    };
    let prompt = Prompt {
        text: field.value(),
        ..turn.prompt.get_untracked()
    };
    if !prompt.text.trim().is_empty() || !prompt.attachments.is_empty() {
        session.resend(turn, prompt);
        focus(composer::FIELD);
    }
}

/// Something is being typed.
pub fn input(session: Session, event: &Event) {
    let Some((name, value)) = written(event) else { return };
    match name.as_str() {
        "message" => session.draft.set(value),
        "search-history" => session.search(value),
        "search-models" => session.picker.search(value),
        _ => {}
    }
}

/// Something was chosen or has been typed.
pub fn change(session: Session, event: &Event) {
    let Some((name, value)) = written(event) else { return };
    match name.as_str() {
        "preset" => {
            let preset = PRESETS.iter().find(|preset| preset.name == value);
            if preset.is_some() || value.is_empty() {
                let text = preset.map(|preset| preset.instructions);
                session.instructions.set(text.unwrap_or_default().to_owned());
            }
        }
        "instructions" => session.instructions.set(value),
        "letter-keys" => {
            let is_on = event
                .target()
                .is_some_and(|target| property(&target, "checked").is_truthy());
            session.has_letter_keys.set(is_on);
            session.keep_choice("letter-keys", is_on);
        }
        "files" => {
            if let Some(picked) = find("#files") {
                files::attach(session, list(&picked));
                focus(composer::FIELD);
            }
        }
        "import" => import(session),
        _ => {}
    }
    // The same file may be chosen again.
    if let ("files" | "import", Some(target)) = (name.as_str(), event.target()) {
        target.unchecked_into::<web_sys::HtmlInputElement>().set_value("");
    }
}

fn import(session: Session) {
    let Some(file) = find("#import").and_then(|input| list(&input).into_iter().next()) else {
        return;
    };
    leptos::task::spawn_local(async move {
        match read_text(&file, super::export::MAX_IMPORT).await {
            Ok(text) => session.import(text),
            Err(reason) => session.tell(["“", &file.name(), "” ", &reason.to_string(), "."].concat(), true),
        }
    });
}

/// Keys within fields; those of the whole page are in `shortcuts`.
pub fn key(session: Session, event: &KeyboardEvent) {
    if event.is_composing() {
        return;
    }
    let name = event
        .target()
        .and_then(|target| field_name(target.unchecked_ref()))
        .unwrap_or_default();
    if name == "search-models" && session.picker.key(&event.key()) {
        keep_lanes(session);
        return event.prevent_default();
    }
    match (event.key().as_str(), name.as_str()) {
        ("Enter", "message") if !event.shift_key() => composer::send(session),
        ("Enter", "edit") if !event.shift_key() => {
            let form = closest(event, "form");
            resend(session, &form.map(|form| named(&form).1).unwrap_or_default());
        }
        ("Escape", "edit") => {
            let key = closest(event, "form").and_then(|form| named(&form).1.parse().ok());
            if let Some(turn) = key.and_then(|key| session.turn(key)) {
                turn.is_editing.set(false);
                focus(composer::FIELD);
            }
        }
        ("Escape", "rename") => on_history(session, "ask-nothing", String::new()),
        ("Escape", _) if closest(event, "#history").is_some() => toggle_history(session),
        _ => return,
    }
    event.prevent_default();
}

/// Files or very long text were pasted.
pub fn paste(session: Session, event: &Event) {
    let is_message = written(event).is_some_and(|(name, _)| name == "message");
    if is_message && files::pasted(session, event) {
        event.prevent_default();
    }
}

/// Files were dropped; they are never opened in place of the page.
pub fn dropped(session: Session, event: &Event) {
    event.prevent_default();
    files::dropped(session, event);
}

/// The end of the thread, and staying there.
pub fn to_end() {
    if let Some(thread) = find(".thread") {
        thread.set_scroll_top(thread.scroll_height());
    }
}

fn press(selector: &str) {
    if let Some(element) = find(selector) {
        element.unchecked_into::<HtmlElement>().click();
    }
}

const _: () = assert!(MAX_FILE == 256 * 1024, "the words of a refusal name this limit");
