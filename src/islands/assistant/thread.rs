//! The thread as a view: messages, the answers under them, and what stands before the first one.

use super::presets::PRESETS;
use super::session::{Notice, Session, TurnCell};
use crate::islands::answer::pane;
use crate::islands::tree::{Element, Node, button, glyph, glyphs};
use leptos::prelude::*;

#[must_use]
pub fn view(session: Session) -> Vec<Node> {
    let turns = session.turns.get();
    if turns.is_empty() {
        return vec![welcome(session).into()];
    }
    // Somebody may be waiting for the time to retry.
    session.clock.track();
    let count = turns.len();
    let view = |(at, turn): (usize, TurnCell)| turn_view(turn, count - at - 1).into();
    turns.into_iter().enumerate().map(view).collect()
}

fn welcome(session: Session) -> Element {
    let chosen = session.instructions.get();
    let card = |(at, preset): (usize, &super::presets::Preset)| {
        let card = button("preset", "preset")
            .with("data-at", at.to_string())
            .told("aria-pressed", chosen == preset.instructions)
            .child(Element::new("strong").text(preset.name))
            .child(Element::new("span").text(preset.about));
        Element::new("li").child(card)
    };
    let privacy =
        "Conversations stay in this browser. The server passes them to the model you chose and keeps none of it.";
    Element::new("div")
        .class("welcome")
        .with("data-key", "welcome")
        .child(Element::new("h2").text("What shall we test?"))
        .child(
            Element::new("p")
                .class("muted")
                .text("Ask about requirements, tests, failures and releases. Pick a start, or just write."),
        )
        .child(
            Element::new("ul")
                .class("presets")
                .with("role", "list")
                .all(PRESETS.iter().enumerate().map(card)),
        )
        .child(Element::new("p").class("faint small").text(privacy))
}

fn turn_view(turn: TurnCell, later: usize) -> Element {
    let question = if turn.is_editing.get() {
        edit(turn, later)
    } else {
        question(turn)
    };
    let cells = turn.answers.get();
    let are_several = cells.len() > 1;
    let class = if are_several { "answers compared" } else { "answers" };
    let panes = cells.into_iter().map(|cell| pane::view(cell, are_several));
    Element::new("section")
        .class("turn")
        .with("data-key", ["turn-", &turn.key.to_string()].concat())
        .with("aria-label", "Message and answers")
        .child(question)
        .child(Element::new("div").class(class).all(panes))
}

fn question(turn: TurnCell) -> Element {
    let key = turn.key.to_string();
    let (text, files) = turn.prompt.with(|prompt| {
        let names = prompt
            .attachments
            .iter()
            .map(|file| file.name.clone())
            .collect::<Vec<_>>();
        (prompt.text.clone(), names)
    });
    let chips = Element::new("ul")
        .class("chips")
        .with("role", "list")
        .with("aria-label", "Attached files")
        .all(files.iter().map(|name| Element::new("li").class("chip").text(name)));
    let copy = button("button quiet small", "copy-question")
        .with("data-at", key.clone())
        .with("aria-label", "Copy message")
        .child(glyph(glyphs::COPY))
        .child(Element::new("span").text("Copy"));
    let edit = button("button quiet small", "edit")
        .with("data-at", key)
        .with("aria-label", "Edit message")
        .child(glyph(glyphs::EDIT))
        .text("Edit");
    Element::new("div")
        .class("question")
        .with("data-key", "question")
        .child(Element::new("p").class("question-text").with("dir", "auto").text(&text))
        .maybe((!files.is_empty()).then_some(chips))
        .child(Element::new("div").class("question-actions").child(copy).child(edit))
}

fn edit(turn: TurnCell, later: usize) -> Element {
    let key = turn.key.to_string();
    let warning = match later {
        0 => "The answer will be replaced.".to_owned(),
        1 => "The answer and the message after it will be replaced.".to_owned(),
        count => [
            "The answer and ",
            &count.to_string(),
            " later messages will be replaced.",
        ]
        .concat(),
    };
    let field = Element::new("textarea")
        .class("input")
        .with("aria-label", "Edit the message")
        .with("dir", "auto")
        .with("data-field", "edit")
        .with(".value", turn.prompt.with(|prompt| prompt.text.clone()));
    let send = Element::new("button")
        .class("button primary small")
        .with("type", "submit")
        .text("Send again");
    let cancel = button("button quiet small", "cancel-edit")
        .with("data-at", key.clone())
        .text("Cancel");
    Element::new("form")
        .class("question question-edit")
        .with("data-key", "edit")
        .with("data-do", "resend")
        .with("data-at", key)
        .child(field)
        .child(Element::new("p").class("hint").text(&warning))
        .child(Element::new("div").class("row").child(send).child(cancel))
}

/// A word to the person that belongs to no answer.
#[must_use]
pub fn notice(session: Session) -> Vec<Node> {
    let Some(Notice { text, is_bad, .. }) = session.notice.get() else {
        return Vec::new();
    };
    let class = if is_bad {
        "assistant-notice bad"
    } else {
        "assistant-notice"
    };
    let view = Element::new("div")
        .class(class)
        .with("role", if is_bad { "alert" } else { "status" })
        .child(Element::new("p").text(&text))
        .child(button("button quiet small", "dismiss").text("Dismiss"));
    vec![view.into()]
}

/// The line above the thread.
#[must_use]
pub fn bar(session: Session) -> Vec<Node> {
    let title = session.title.get();
    let shown = if title.is_empty() { "New conversation" } else { &title };
    let has_turns = session.turns.with(|turns| !turns.is_empty());
    let is_open = session.browsing.with(Option::is_some);
    let tool = |action, path, name: &'static str| {
        button("button quiet small", action)
            .with("aria-label", name)
            .child(glyph(path))
            .child(Element::new("span").text(name))
    };
    let history = tool("history", glyphs::HISTORY, "History")
        .told("aria-expanded", is_open)
        .with("aria-controls", "history");
    let mut nodes = vec![
        history.into(),
        Element::new("p")
            .class("assistant-title truncate")
            .with("dir", "auto")
            .text(shown)
            .into(),
    ];
    if has_turns {
        // Icons of their own: on phones they stand without the words.
        let markdown =
            tool("export-markdown", glyphs::WRITING, "Markdown").with("title", "Export this conversation as Markdown");
        let json = tool("export-json", glyphs::JSON, "JSON").with("title", "Export this conversation as JSON");
        nodes.extend([markdown.into(), json.into()]);
    }
    let help = button("button quiet small square", "help")
        .with("aria-label", "Keyboard shortcuts")
        .with("aria-haspopup", "dialog")
        .text("?");
    nodes.extend([tool("new", glyphs::PLUS, "New").into(), help.into()]);
    nodes
}
