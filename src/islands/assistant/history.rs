//! The history as a view: conversations of this account in this browser, and their files.

use super::session::{Asked, Browsing, Session};
use super::store::Entry;
use crate::islands::browser::object;
use crate::islands::tree::{Element, Node, button, glyph, glyphs};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// Most lines shown at once; a search finds the others.
const MAX_SHOWN: usize = 200;

/// The panel while it is open.
#[must_use]
pub fn view(session: Session) -> Vec<Node> {
    let Some(browsing) = session.browsing.get() else {
        return Vec::new();
    };
    let shown = session.id.get();
    let entries: Vec<Entry> = session.entries.with(|entries| {
        let is_match = |entry: &&Entry| browsing.found.as_ref().is_none_or(|ids| ids.contains(&entry.id));
        entries.iter().filter(is_match).cloned().collect()
    });
    let hint = match (entries.len(), &browsing.found) {
        (0, Some(_)) => "Nothing here holds these words.",
        (0, None) => "What you ask will be listed here.",
        (count, _) if count > MAX_SHOWN => "Search to see older ones.",
        _ => "",
    };
    let close = button("button quiet small square", "history")
        .with("aria-label", "Close history")
        .child(glyph(glyphs::CLOSE));
    let head = Element::new("div")
        .class("history-head")
        .child(Element::new("h2").text("History"))
        .child(close);
    let search = Element::new("input")
        .class("input")
        .with("type", "search")
        .with("aria-label", "Search conversations")
        .with("placeholder", "Search")
        .with("data-field", "search-history");
    let lines = entries
        .iter()
        .take(MAX_SHOWN)
        .map(|entry| line(entry, &shown, &browsing));
    let panel = Element::new("aside")
        .class("history")
        .with("id", "history")
        .with("aria-label", "History")
        .child(head)
        .child(Element::new("p").class("hint").text("Kept only in this browser."))
        .child(search)
        .child(Element::new("ul").class("history-list").with("role", "list").all(lines))
        .child(Element::new("p").class("hint").text(hint))
        .child(files(&browsing));
    vec![panel.into()]
}

fn line(entry: &Entry, shown: &str, browsing: &Browsing) -> Element {
    let line = Element::new("li").with("data-key", entry.id.clone());
    match &browsing.asked {
        Some(Asked::Rename(id)) if *id == entry.id => line.child(rename(entry)),
        Some(Asked::Delete(id)) if *id == entry.id => line
            .child(
                Element::new("p")
                    .class("truncate")
                    .with("dir", "auto")
                    .text(&entry.title),
            )
            .child(
                Element::new("span")
                    .class("row")
                    .child(
                        button("button danger small", "delete-now")
                            .with("data-at", id.clone())
                            .text("Delete"),
                    )
                    .child(button("button quiet small", "ask-nothing").text("Keep")),
            ),
        _ => plain(line, entry, entry.id == shown),
    }
}

fn plain(line: Element, entry: &Entry, is_shown: bool) -> Element {
    let link = Element::new("a").with("href", ["#", &entry.id].concat());
    let link = if is_shown {
        link.with("aria-current", "page")
    } else {
        link
    };
    let link = link
        .child(
            Element::new("span")
                .class("truncate")
                .with("dir", "auto")
                .text(&entry.title),
        )
        .child(Element::new("time").class("faint").text(&day(entry.updated_at)));
    let tool = |action, verb: &str, path| {
        button("button quiet small square", action)
            .with("data-at", entry.id.clone())
            .with("aria-label", [verb, " ", &entry.title].concat())
            .child(glyph(path))
    };
    let tools = Element::new("span")
        .class("history-actions")
        .child(tool("rename", "Rename", glyphs::EDIT))
        .child(tool("delete", "Delete", glyphs::TRASH));
    line.child(link).child(tools)
}

fn rename(entry: &Entry) -> Element {
    let field = Element::new("input")
        .class("input")
        .with("aria-label", "Title")
        .with("dir", "auto")
        .with("data-field", "rename")
        .with(".value", entry.title.clone());
    let done = Element::new("button")
        .class("button small")
        .with("type", "submit")
        .text("Rename");
    Element::new("form")
        .class("row")
        .with("data-do", "rename-now")
        .with("data-at", entry.id.clone())
        .child(field)
        .child(done)
}

/// Everything out, everything in, everything gone.
fn files(browsing: &Browsing) -> Element {
    let files = Element::new("div").class("history-files");
    if browsing.asked == Some(Asked::ForgetAll) {
        let warning = "Every conversation of yours in this browser will be gone. This cannot be undone.";
        return files
            .child(Element::new("p").class("hint").text(warning))
            .child(button("button danger small", "forget-now").text("Forget all"))
            .child(button("button quiet small", "ask-nothing").text("Keep them"));
    }
    files
        .child(button("button quiet small", "export-all").text("Export all"))
        .child(button("button quiet small", "import").text("Import"))
        .child(button("button danger-quiet quiet small", "forget").text("Forget all…"))
}

/// The day and time by the browser's own clock.
fn day(ms: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in a float")]
    let date = js_sys::Date::new(&JsValue::from_f64(ms as f64));
    let options = object(&[
        ("dateStyle", JsValue::from_str("medium")),
        ("timeStyle", JsValue::from_str("short")),
    ]);
    date.to_locale_string("en-GB", &options).into()
}
