//! JARVIS, the testing assistant: the island of `/assistant`.
//!
//! ```text
//! Assistant ─ Session ─┬─ thread     messages ─ answer::pane      ┐
//!                      ├─ composer   files, models, instructions  │ views: fn(Session) -> Vec<Node>,
//!                      ├─ history    conversations of this browser │ shown by effects in regions
//!                      ├─ shortcuts  keys and their sheet         ┘
//!                      ├─ actions    what a click, key or file does
//!                      └─ keeper ─ store (IndexedDB)
//! ```
//!
//! What is said here leaves the browser by `islands::stream` alone and is kept by `store` alone.
//! Nothing here may put conversation text into an address, a title, a log or a request of its own.

mod actions;
mod composer;
pub mod export;
mod files;
mod history;
mod keeper;
pub mod model;
mod presets;
mod session;
mod shortcuts;
pub mod store;
mod thread;

use crate::islands::answer::model::{Answer, State};
use crate::islands::answer::pane::Board;
use crate::islands::browser::{field, find, focus_soon, next_frame};
use crate::islands::models::Source;
use crate::islands::tree::{Node, html, live};
use leptos::ev;
use leptos::html as tag;
use leptos::prelude::*;
use session::Session;
use std::time::Duration;

/// How often a running answer is written down.
const SAVE_EVERY: Duration = Duration::from_secs(2);
/// When a beginning answer is written down, after its first text: somebody may leave it soon.
const SAVE_SOON: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(1)];
/// How often somebody who waits to retry sees the time go by.
const TICK: Duration = Duration::from_millis(500);
/// How long after the last key the draft is written down.
const KEEP_AFTER: Duration = Duration::from_millis(400);
/// Closer to the end than this many pixels counts as reading the end.
const NEAR_END: i32 = 80;

type View = fn(Session) -> Vec<Node>;

/// The assistant. `account` keys the browser's store and tells the server whose page asks: an id that names nobody.
///
/// The frame is leptos'; what changes is drawn into it by views (see `tree` for the reason).
#[island]
pub fn Assistant(account: String, sources: Vec<Source>) -> impl IntoView {
    let session = Session::new(account, sources);
    let root = NodeRef::<tag::Div>::new();
    Effect::new(move |_| {
        if root.get().is_some() {
            begin(session);
        }
    });
    let first = move |view: View| html::write(&view(session));
    view! {
        <div
            class="assistant"
            node_ref=root
            on:click=move |event| actions::click(session, &event)
            on:input=move |event| actions::input(session, &event)
            on:change=move |event| actions::change(session, &event)
            on:submit=move |event| actions::submit(session, &event)
            on:keydown=move |event| actions::key(session, &event)
            on:paste=move |event| actions::paste(session, &event)
            on:dragover=move |event| event.prevent_default()
            on:drop=move |event| actions::dropped(session, &event)
        >
            <div class="assistant-bar" id="assistant-bar" inner_html=first(thread::bar)></div>
            <div class="assistant-history" id="assistant-history"></div>
            <section class="assistant-main" aria-label="Conversation">
                <div id="assistant-notice"></div>
                <div class="thread" id="thread" tabindex="0" role="region" aria-label="Messages" inner_html=first(thread::view)></div>
                <button class="button small to-end" type="button" data-do="to-end" hidden>"To the end"</button>
                <form class="composer" data-do="send">
                    <div id="instructions"></div>
                    <div class="composer-box">
                        <div id="chips"></div>
                        <textarea
                            id="message"
                            rows="1"
                            dir="auto"
                            enterkeyhint="send"
                            aria-label="Message"
                            data-field="message"
                            placeholder=composer::placeholder(session)
                        ></textarea>
                        <div class="composer-bar" id="tools" inner_html=first(composer::tools)></div>
                    </div>
                </form>
            </section>
            <dialog class="dialog picker" id="picker" aria-labelledby="picker-title"></dialog>
            <dialog class="dialog shortcuts" id="shortcuts" aria-labelledby="shortcuts-title"></dialog>
            <input id="files" type="file" multiple hidden data-field="files" aria-label="Text files" />
            <input id="import" type="file" accept=".json" hidden data-field="import" aria-label="Exported file" />
            <p class="visually-hidden" id="said" role="status" aria-live="polite"></p>
        </div>
    }
}

/// Brings the island to life in the browser.
fn begin(session: Session) {
    // What was typed before the page came alive stands in the field already.
    if let Some(field) = field(composer::FIELD) {
        session.draft.set(field.value());
    }
    live::region("#assistant-bar", move || thread::bar(session));
    live::region("#assistant-notice", move || thread::notice(session));
    live::region("#assistant-history", move || history::view(session));
    live::region("#instructions", move || composer::instructions(session));
    live::region("#chips", move || composer::chips(session));
    live::region("#tools", move || composer::tools(session));
    follow(session);
    session.picker.begin();
    live::dialog(
        "#shortcuts",
        move || shortcut_sheet(session),
        || focus_soon("#shortcuts input"),
        move || session.is_help_open.set(false),
    );
    small_things(session);
    keep_draft(session);
    keep_beginnings(session);
    listen(session);
    session.open_store();
}

/// The thread: panes first, then the texts in them, then the reader's place at the end.
fn follow(session: Session) {
    let Some(thread) = find("#thread") else { return };
    let is_at_end = RwSignal::new(true);
    let scrolled = thread.clone();
    live::listen(&thread, "scroll", move |_| {
        let left = scrolled.scroll_height() - scrolled.scroll_top() - scrolled.client_height();
        is_at_end.set(left < NEAR_END);
    });
    let panes = Memo::new(move |_| thread::view(session));
    Effect::new(move |state: Option<(Board, usize)>| {
        let begin = || (Board::new(live::adopt(thread.clone(), &|| thread::view(session))), 0);
        let (mut board, count) = state.unwrap_or_else(begin);
        panes.with(|panes| board.show(panes));
        board.draw(&session.cells(), None);
        let turns = session.turns.with(Vec::len);
        if is_at_end.get_untracked() || turns > count {
            next_frame(actions::to_end);
        }
        (board, turns)
    });
    Effect::new(move |_| {
        if let Some(button) = find(".to-end") {
            let is_needed = !is_at_end.get() && session.turns.with(|turns| !turns.is_empty());
            let _ = button.toggle_attribute_with_force("hidden", !is_needed);
        }
    });
}

fn shortcut_sheet(session: Session) -> Vec<Node> {
    if session.is_help_open.get() {
        shortcuts::sheet(session)
    } else {
        Vec::new()
    }
}

/// The live region, the placeholder and the mark of an open history.
fn small_things(session: Session) {
    Effect::new(move |_| {
        if let Some(said) = find("#said") {
            said.set_text_content(Some(&session.said.get()));
        }
    });
    Effect::new(move |_| {
        if let Some(field) = field(composer::FIELD) {
            field.set_placeholder(composer::placeholder(session));
        }
    });
    Effect::new(move |_| {
        let is_open = session.browsing.with(Option::is_some);
        if let Some(root) = find(".assistant") {
            let _ = root.toggle_attribute_with_force("data-history", is_open);
        }
    });
}

/// Writes the draft down a moment after the last key.
fn keep_draft(session: Session) {
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |is_first: Option<bool>| {
        let text = session.draft.get();
        if is_first.is_some() {
            if let Some(timer) = timer.get_value() {
                timer.clear();
            }
            let keep = move || session.keep_choice("draft", text);
            timer.set_value(set_timeout_with_handle(keep, KEEP_AFTER).ok());
        }
        false
    });
}

/// Writes an answer down as soon as it begins: whoever leaves soon finds more than an empty one.
fn keep_beginnings(session: Session) {
    let is_streaming = |answer: &Answer| answer.state == State::Streaming;
    Effect::new(move |before: Option<usize>| {
        let cells = session.cells().into_iter();
        let begun = cells.filter(|cell| cell.with_state(is_streaming)).count();
        if begun > before.unwrap_or_default() {
            session.save();
            for after in SAVE_SOON {
                set_timeout(move || save_running(session), after);
            }
        }
        begun
    });
}

/// Writes down what is on the screen while an answer comes in.
fn save_running(session: Session) {
    if untrack(|| session.is_running()) {
        session.save();
    }
}

/// Follows keys and the address, and writes running answers down now and then and when the page goes.
fn listen(session: Session) {
    let listeners = [
        window_event_listener(ev::keydown, move |event| shortcuts::heed(session, &event)),
        window_event_listener(ev::hashchange, move |_| session.open_from_address()),
        window_event_listener(ev::pagehide, move |_| session.save()),
    ];
    let tick = move || {
        if session.is_waiting_to_retry() {
            session.clock.update(|time| *time = time.wrapping_add(1));
        }
    };
    let timers = [
        set_interval_with_handle(move || save_running(session), SAVE_EVERY),
        set_interval_with_handle(tick, TICK),
    ];
    on_cleanup(move || {
        listeners.into_iter().for_each(WindowListenerHandle::remove);
        timers.into_iter().flatten().for_each(|timer| timer.clear());
    });
}
