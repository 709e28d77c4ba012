//! What the page `/reports` runs in its worker: files come in pieces, answers go out as JSON with
//! fragments of HTML in them.
//!
//! [`intake`] reads files, [`desk`] holds what they became and what the user made of it, [`view`] shows
//! it. All of that is plain Rust and tested natively; only this file speaks to the browser. Never:
//! the document, the network, a clock.

mod ask;
mod desk;
mod edits;
mod intake;
mod view;

use desk::Desk;
use intake::Intake;
use std::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    /// A worker has one thread and one set of reports.
    static DESK: RefCell<Desk> = RefCell::default();
}

fn with<T>(act: impl FnOnce(&mut Desk) -> T) -> T {
    DESK.with_borrow_mut(act)
}

/// Whether a file that was found in a folder may be a report, by its name.
#[wasm_bindgen(js_name = isLikely)]
#[must_use]
pub fn is_likely(path: &str) -> bool {
    spectr_reports::open::is_likely(path)
}

/// A file begins. `folder` is the dropped folder in which it was found.
#[wasm_bindgen]
pub fn begin(path: &str, folder: Option<String>) {
    with(|desk| desk.intake.begin(path, folder));
}

/// The file's next piece; whether more of it is wanted.
#[wasm_bindgen]
#[must_use]
pub fn feed(bytes: &[u8]) -> bool {
    with(|desk| desk.intake.feed(bytes))
}

/// The file has ended.
#[wasm_bindgen]
pub fn end() {
    with(|desk| desk.intake.end());
}

/// The browser could not read the file that was begun.
#[wasm_bindgen]
pub fn unreadable(what: &str) {
    with(|desk| desk.intake.unreadable(what));
}

/// Forgets the files of the run that is being read; what was read before stays.
#[wasm_bindgen]
pub fn abandon() {
    with(|desk| desk.intake = Intake::default());
}

/// All files were given: they are the run to look at or, if `is_earlier`, the one to compare it with.
#[wasm_bindgen]
pub fn conclude(is_earlier: bool) {
    with(|desk| desk.conclude(is_earlier));
}

/// Answers one question; both are JSON.
#[wasm_bindgen]
#[must_use]
pub fn ask(question: &str) -> String {
    with(|desk| ask::answer(desk, question))
}
