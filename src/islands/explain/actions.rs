//! What happens when something of the dialog is pressed or typed.

use super::state::State;
use crate::islands::answer::pane;
use crate::islands::browser::events::{closest, named, written};
use crate::islands::browser::{find, focus};
use leptos::prelude::Set;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent};

/// A click anywhere in the island.
pub fn click(state: State, event: &Event) {
    if let Some(quotation) = closest(event, "a.evidence") {
        event.prevent_default();
        return show_line(&quotation.get_attribute("href").unwrap_or_default());
    }
    let Some(pressed) = closest(event, "[data-do]") else {
        return;
    };
    let (action, at) = named(&pressed);
    let number = at.parse::<u32>().ok();
    let cell = number.and_then(|key| state.cell(key));
    if pane::act(&action, cell, &pressed, |cell| state.ask(cell)) {
        return;
    }
    if action == "stop" {
        state.stop();
        // What had arrived is what the person looks at.
        focus("#explain-answers .answer");
    } else if state.picker.act(&action, number.unwrap_or_default() as usize) && action == "remove-lane" {
        focus("[data-do=compare]");
    }
}

/// Opens what was sent at a line. The address stays that of the cause.
fn show_line(address: &str) {
    if let Some(all) = find("#explain-sent details") {
        let _ = all.set_attribute("open", "");
    }
    if let Some(line) = find(address) {
        let line: HtmlElement = line.unchecked_into();
        let _ = line.focus();
        line.scroll_into_view();
    }
}

/// The form was sent.
pub fn submit(state: State, event: &Event) {
    event.prevent_default();
    state.send();
}

/// Something is being typed.
pub fn input(state: State, event: &Event) {
    let Some((name, value)) = written(event) else { return };
    match name.as_str() {
        "text" => state.draft.set(value),
        "search-models" => state.picker.search(value),
        _ => {}
    }
}

/// Keys within the search for models.
pub fn key(state: State, event: &KeyboardEvent) {
    let is_search = closest(event, "[data-field=search-models]").is_some();
    if is_search && !event.is_composing() && state.picker.key(&event.key()) {
        event.prevent_default();
    }
}
