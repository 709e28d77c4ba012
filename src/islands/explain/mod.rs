//! Asking models about causes of failures: the island in the dialog of `/reports`.
//!
//! ```text
//! Explainer ─ State ─┬─ views     models, what was sent, answer::pane
//!                    └─ actions   what a click, key or word does
//! ```
//!
//! Its code is loaded when the dialog opens for the first time; the text stands in the box before that. What
//! is sent is what the box holds when Send is pressed, word for word, and nothing else leaves by this island.

mod actions;
mod state;
mod views;

use crate::islands::answer::pane::Board;
use crate::islands::browser::{field, find};
use crate::islands::models::Source;
use crate::islands::tree::{html, live};
use leptos::html as tag;
use leptos::prelude::*;
use state::State;
use std::time::Duration;

/// How often somebody who waits to retry sees the time go by.
const TICK: Duration = Duration::from_millis(500);

/// The field of the text that is sent.
const FIELD: &str = "#explain-text";

/// Text, models and answers; `account` tells the server whose page asks. The form's `reset` begins with another text.
#[island]
pub fn Explainer(account: String, sources: Vec<Source>) -> impl IntoView {
    let state = State::new(account, sources);
    let root = NodeRef::<tag::Div>::new();
    Effect::new(move |_| {
        if root.get().is_some() {
            begin(state);
        }
    });
    view! {
        <div
            class="explainer"
            node_ref=root
            on:click=move |event| actions::click(state, &event)
            on:input=move |event| actions::input(state, &event)
            on:submit=move |event| actions::submit(state, &event)
            on:reset=move |_| state.forget()
            on:keydown=move |event| actions::key(state, &event)
        >
            <form class="form" id="explain-form" data-do="send">
                <div class="field">
                    <label for="explain-text">"Exactly this text is sent, to the models below"</label>
                    <textarea id="explain-text" class="input-code" rows="12" spellcheck="false" data-field="text"></textarea>
                    <p class="hint">
                        "Keys, passwords, mail and network addresses and the names of home folders were taken out. Change it as "
                        "you like; nothing is sent before you press Send."
                    </p>
                </div>
                <div class="explain-bar" id="explain-bar" inner_html=html::write(&views::bar(state))></div>
            </form>
            <p class="visually-hidden" id="explain-said" role="status" aria-live="polite"></p>
            <div id="explain-sent"></div>
            <div id="explain-answers"></div>
            <dialog class="dialog picker" id="picker" aria-labelledby="picker-title"></dialog>
        </div>
    }
}

/// Brings the island to life in the browser.
fn begin(state: State) {
    // The text was there before.
    if let Some(field) = field(FIELD) {
        state.draft.set(field.value());
    }
    live::region("#explain-bar", move || views::bar(state));
    live::region("#explain-sent", move || views::sent(state));
    show_answers(state);
    state.picker.begin();
    Effect::new(move |_| {
        if let Some(said) = find("#explain-said") {
            said.set_text_content(Some(&state.said.get()));
        }
    });
    // What nobody looks at is not paid for; what had arrived is there when the dialog opens again.
    if let Some(dialog) = find("#explain") {
        live::listen(&dialog, "close", move |_| state.stop());
    }
    let tick = move || {
        if state.is_waiting_to_retry() {
            state.clock.update(|time| *time = time.wrapping_add(1));
        }
    };
    let timer = set_interval_with_handle(tick, TICK);
    on_cleanup(move || timer.into_iter().for_each(|timer| timer.clear()));
    state.choose_first();
}

/// Panes first, then the texts in them.
fn show_answers(state: State) {
    let Some(container) = find("#explain-answers") else {
        return;
    };
    let panes = Memo::new(move |_| views::answers(state));
    Effect::new(move |board: Option<Board>| {
        let begin = || Board::new(live::adopt(container.clone(), &|| views::answers(state)));
        let mut board = board.unwrap_or_else(begin);
        panes.with(|panes| board.show(panes));
        board.draw(&state.answers.get(), state.source().as_ref());
        board
    });
}
