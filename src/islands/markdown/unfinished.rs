//! Makes the end of a text that is still arriving presentable, so that nothing flickers:
//! half a marker is hidden, and what was opened in the last line is closed.
//!
//! Only what is shown changes; the text itself is never touched.

use std::borrow::Cow;

/// The text as it should be shown while more is to come.
#[must_use]
pub fn presentable(text: &str) -> Cow<'_, str> {
    let (body, line) = split_last_line(text);
    if is_in_fence(body) {
        let mark = line.trim_start();
        let is_closing = !mark.is_empty() && mark.chars().all(|c| matches!(c, '`' | '~'));
        return Cow::Borrowed(if is_closing { body } else { text });
    }
    if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
        // The language is still being spelled; the block appears with its first line.
        return Cow::Borrowed(body);
    }
    if line.is_empty() {
        return hide_table_head(text);
    }
    if is_half_marker(line) {
        return hide_table_head(body);
    }
    if is_row(line) {
        return hide_table_head(text);
    }
    close_inline(body, line).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn split_last_line(text: &str) -> (&str, &str) {
    let at = text.rfind('\n').map_or(0, |end| end + 1);
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// Whether the lines leave a code fence open.
fn is_in_fence(lines: &str) -> bool {
    let mut open: Option<(char, usize)> = None;
    for line in lines.lines() {
        let line = line.trim_start().trim_start_matches(['>', ' ']);
        let Some(mark @ ('`' | '~')) = line.chars().next() else {
            continue;
        };
        let rest = line.trim_start_matches(mark);
        let count = line.len() - rest.len();
        match open {
            None if count >= 3 && !(mark == '`' && rest.contains('`')) => open = Some((mark, count)),
            Some((opener, length)) if mark == opener && count >= length && rest.trim().is_empty() => open = None,
            _ => {}
        }
    }
    open.is_some()
}

/// A line that may yet become a heading, list, rule, underline or table rule.
fn is_half_marker(line: &str) -> bool {
    let is_short = line.len() <= 12;
    let is_marker = |c: char| {
        matches!(
            c,
            '-' | '=' | '#' | '*' | '_' | '~' | '`' | '+' | '>' | '.' | ')' | ' ' | '0'..='9'
        )
    };
    let is_rule = |c: char| matches!(c, '|' | '-' | ':' | ' ');
    (is_short && line.chars().all(is_marker)) || line.chars().all(is_rule)
}

fn is_row(line: &str) -> bool {
    line.trim_start().starts_with('|')
}

/// A row of bars is a table only once the rule below it has come: until then it stays hidden.
fn hide_table_head(text: &str) -> Cow<'_, str> {
    let mut start = text.len();
    let mut rows = 0;
    for line in text.lines().rev() {
        if !is_row(line) {
            break;
        }
        rows += 1;
        start = start.min(offset(text, line));
    }
    let shown = if rows == 1 {
        text.get(..start).unwrap_or(text)
    } else {
        text
    };
    Cow::Borrowed(shown)
}

/// Where a part of a text begins in it.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// The text with code, strong text or a link of its last line closed; `None` where nothing is open.
fn close_inline(body: &str, line: &str) -> Option<String> {
    if let Some(ticks) = open_ticks(line) {
        let shown = line.trim_end_matches('`');
        if shown.len() < line.len() && shown.len() + ticks == line.len() {
            return Some([body, shown].concat());
        }
        return Some([body, line, "`".repeat(ticks).as_str()].concat());
    }
    if let Some(shown) = without_open_link(line) {
        return Some([body, close_strong(&shown).as_deref().unwrap_or(&shown)].concat());
    }
    close_strong(line).map(|line| [body, line.as_str()].concat())
}

/// Length of the run of backticks that opens a code span which the line does not close.
fn open_ticks(line: &str) -> Option<usize> {
    let mut open = None;
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        rest = rest.get(at..).unwrap_or_default();
        let after = rest.trim_start_matches('`');
        let count = rest.len() - after.len();
        open = match open {
            None => Some(count),
            Some(length) if length == count => None,
            Some(length) => Some(length),
        };
        rest = after;
    }
    open
}

fn close_strong(line: &str) -> Option<String> {
    let is_open = line.matches("**").count() % 2 == 1;
    let bare = line.trim_end_matches('*');
    if bare.len() < line.len() {
        let stars = line.len() - bare.len();
        let was_open = bare.matches("**").count() % 2 == 1;
        // `**text*`: the closing marker is half there. `text **`: an opening one with nothing in it.
        return match (was_open, stars) {
            (true, 1) => Some([bare.trim_end(), "**"].concat()),
            (true, _) => None,
            (false, _) => Some(bare.to_owned()),
        };
    }
    is_open.then(|| [line.trim_end(), "**"].concat())
}

/// The label alone of a link whose address is still arriving.
fn without_open_link(line: &str) -> Option<String> {
    let at = line.rfind('[')?;
    let (before, link) = line.split_at_checked(at)?;
    let inner = link.get(1..)?;
    match inner.split_once(']') {
        None if inner.is_empty() || inner.starts_with([' ', 'x']) => Some(before.to_owned()),
        None => Some([before, inner].concat()),
        Some((label, address)) if address.starts_with('(') && !address.contains(')') => Some([before, label].concat()),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        presentable(text).into_owned()
    }

    #[test]
    fn half_a_marker_is_hidden_until_it_is_whole() {
        assert_eq!(shown("para\n-"), "para\n");
        assert_eq!(shown("para\n##"), "para\n");
        assert_eq!(shown("para\n1."), "para\n");
        assert_eq!(shown("para\n``"), "para\n");
        assert_eq!(shown("para\n- item"), "para\n- item");
    }

    #[test]
    fn a_fence_appears_with_its_first_line_and_its_end_is_never_shown_as_code() {
        assert_eq!(shown("a\n```ru"), "a\n");
        assert_eq!(shown("a\n```rust\nlet"), "a\n```rust\nlet");
        assert_eq!(shown("a\n```rust\nlet x;\n``"), "a\n```rust\nlet x;\n");
    }

    #[test]
    fn inside_a_fence_nothing_is_closed() {
        assert_eq!(shown("```\nlet **x = `y"), "```\nlet **x = `y");
    }

    #[test]
    fn a_table_head_waits_for_its_rule() {
        assert_eq!(shown("a\n\n| x | y |"), "a\n\n");
        assert_eq!(shown("a\n\n| x | y |\n|--"), "a\n\n");
        assert_eq!(shown("a\n\n| x | y |\n|---|---|\n"), "a\n\n| x | y |\n|---|---|\n");
    }

    #[test]
    fn what_the_last_line_opened_is_closed() {
        assert_eq!(shown("see `cargo te"), "see `cargo te`");
        assert_eq!(shown("a **bold wo"), "a **bold wo**");
        assert_eq!(shown("a **bold*"), "a **bold**");
        assert_eq!(shown("a *"), "a ");
        assert_eq!(shown("see [the docs](https://exa"), "see the docs");
        assert_eq!(shown("see [the do"), "see the do");
    }

    #[test]
    fn finished_lines_are_left_alone() {
        for text in ["", "plain", "a **b** c", "[a](b)", "`x` y", "- [x] done"] {
            assert_eq!(shown(text), text);
        }
    }
}
