//! Takes terminal colours out of texts: ESC sequences, and pytest's `#x1B[31m` spelling of them.

use std::borrow::Cow;

/// The text without terminal sequences.
#[must_use]
pub fn strip(text: &str) -> Cow<'_, str> {
    if !text.contains(['\u{1b}', '\u{9b}']) && !text.contains("#x1B[") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = split_at_sequence(rest) {
        out.push_str(before);
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What stands before and after the first sequence.
fn split_at_sequence(text: &str) -> Option<(&str, &str)> {
    let starts = ["\u{1b}", "\u{9b}", "#x1B["];
    let (at, start) = starts
        .iter()
        .filter_map(|start| text.find(start).map(|at| (at, *start)))
        .min()?;
    let before = text.get(..at)?;
    let rest = text.get(at + start.len()..)?;
    let after = match start {
        "\u{1b}" => match rest.as_bytes().first() {
            Some(b'[') => after_parameters(rest.get(1..)?),
            // An operating system command (titles, links) ends with BEL, dropped before, or ESC \.
            Some(b']') => rest
                .find("\u{1b}\\")
                .map_or("", |end| rest.get(end + 2..).unwrap_or_default()),
            _ => rest,
        },
        _ => after_parameters(rest),
    };
    Some((before, after))
}

/// Behind the parameters and the final letter of a control sequence.
fn after_parameters(text: &str) -> &str {
    let end = text
        .find(|it: char| !matches!(it, '0'..='9' | ';' | ':' | '?' | ' '))
        .unwrap_or(text.len());
    let rest = text.get(end..).unwrap_or_default();
    match rest.chars().next() {
        Some(it) if it.is_ascii_alphabetic() => rest.get(1..).unwrap_or_default(),
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn colours_go_and_brackets_stay() {
        assert_eq!(strip("\u{1b}[31m\u{1b}[1mred\u{1b}[0m [x] a"), "red [x] a");
        assert_eq!(strip("#x1B[1m#x1B[31mE  assert#x1B[0m"), "E  assert");
        assert_eq!(strip("plain [31m"), "plain [31m");
    }
}
