//! Colours for code: a coarse lexer over the table in `languages`.
//!
//! It marks comments, strings, numbers, keywords and calls and never changes a character: the text
//! of the marked code is the code. A wrong guess costs a colour, nothing else.

use super::languages::{self, Language};
use crate::islands::tree::Element;

/// Appends the code to `parent` with its parts marked.
pub fn highlight(language: &str, code: &str, parent: &mut Element) {
    if matches!(language, "diff" | "patch") {
        return diff(code, parent);
    }
    let Some(language) = languages::find(language) else {
        return parent.push_text(code);
    };
    let mut rest = code;
    while !rest.is_empty() {
        let (kind, length) = token(language, rest);
        // A token is never empty, and ends on a character.
        let (text, after) = rest.split_at_checked(length.max(1)).unwrap_or((rest, ""));
        match kind {
            "" => parent.push_text(text),
            kind => parent.push(Element::new("span").class(kind).child(text).into()),
        }
        rest = after;
    }
}

/// Kind (a CSS class, empty for plain text) and length in bytes of the first token.
fn token(language: &Language, code: &str) -> (&'static str, usize) {
    if let Some(length) = comment(language, code) {
        return ("tok-comment", length);
    }
    let Some(first) = code.chars().next() else {
        return ("", 0);
    };
    if language.quotes.contains(&first) {
        return string(code, first);
    }
    if first.is_ascii_digit() {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_';
        return ("tok-number", while_length(code, is_part));
    }
    if is_word(first) {
        let length = while_length(code, is_word);
        let (word, after) = code.split_at_checked(length).unwrap_or((code, ""));
        return (word_kind(language, word, after), length);
    }
    if first == '<' && language.names.contains(&"html") {
        let length = 1 + while_length(code.get(1..).unwrap_or_default(), |c| {
            c == '/' || c == '!' || is_word(c)
        });
        return ("tok-keyword", length);
    }
    ("", first.len_utf8())
}

fn comment(language: &Language, code: &str) -> Option<usize> {
    if let Some((begin, end)) = language.block_comment
        && let Some(body) = code.strip_prefix(begin)
    {
        return Some(body.find(end).map_or(code.len(), |at| begin.len() + at + end.len()));
    }
    let is_line = language.line_comments.iter().any(|mark| code.starts_with(mark));
    is_line.then(|| code.find('\n').unwrap_or(code.len()))
}

/// A string up to its closing quote; one that the line does not close is plain text (an apostrophe,
/// a lifetime), but for back-quoted ones, which may go over lines.
fn string(code: &str, quote: char) -> (&'static str, usize) {
    let mut is_escaped = false;
    for (at, c) in code.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\n' if quote != '`' => return ("", 1),
            c if c == quote => return (string_kind(code, at + 1), at + 1),
            _ => {}
        }
    }
    ("", 1)
}

/// A string before a colon is the name of a field.
fn string_kind(code: &str, end: usize) -> &'static str {
    let after = code.get(end..).unwrap_or_default();
    if after.trim_start_matches(' ').starts_with(':') {
        "tok-name"
    } else {
        "tok-string"
    }
}

fn word_kind(language: &Language, word: &str, after: &str) -> &'static str {
    let is_keyword = |keyword: &str| match language.ignores_case {
        true => keyword.eq_ignore_ascii_case(word),
        false => keyword == word,
    };
    if language.keywords.split_ascii_whitespace().any(is_keyword) {
        "tok-keyword"
    } else if after.starts_with('(') {
        "tok-call"
    } else if after.starts_with(':') && language.names.contains(&"yaml") {
        "tok-name"
    } else {
        ""
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn while_length(code: &str, is_part: impl Fn(char) -> bool) -> usize {
    code.find(|c| !is_part(c)).unwrap_or(code.len())
}

fn diff(code: &str, parent: &mut Element) {
    for line in code.split_inclusive('\n') {
        let kind = match line.chars().next() {
            Some('+') => "tok-added",
            Some('-') => "tok-removed",
            Some('@') => "tok-comment",
            _ => {
                parent.push_text(line);
                continue;
            }
        };
        parent.push(Element::new("span").class(kind).child(line).into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::islands::tree::Node;
    use proptest::prelude::*;

    fn marked(language: &str, code: &str) -> Vec<(String, String)> {
        let mut parent = Element::new("code");
        highlight(language, code, &mut parent);
        parent.children.iter().map(part).collect()
    }

    fn part(node: &Node) -> (String, String) {
        match node {
            Node::Text(text) => (String::new(), text.clone()),
            Node::Element(element) => {
                let class = element.attributes.first().map(|(_, value)| value.to_string());
                let text = element.children.iter().map(|child| part(child).1).collect();
                (class.unwrap_or_default(), text)
            }
        }
    }

    fn class_of(language: &str, code: &str, word: &str) -> String {
        let parts = marked(language, code);
        parts
            .iter()
            .find(|(_, text)| text == word)
            .map(|(class, _)| class.clone())
            .unwrap_or_default()
    }

    #[test]
    fn parts_are_marked_by_kind() {
        let code = "const a = \"x\"; // note\nfoo(12)";
        assert_eq!(class_of("ts", code, "const"), "tok-keyword");
        assert_eq!(class_of("ts", code, "\"x\""), "tok-string");
        assert_eq!(class_of("ts", code, "// note"), "tok-comment");
        assert_eq!(class_of("ts", code, "foo"), "tok-call");
        assert_eq!(class_of("ts", code, "12"), "tok-number");
        assert_eq!(class_of("json", "{\"a\": 1}", "\"a\""), "tok-name");
    }

    #[test]
    fn an_apostrophe_opens_no_string() {
        assert_eq!(class_of("rust", "fn f<'a>() {}\n// it's", "// it's"), "tok-comment");
    }

    #[test]
    fn unknown_languages_stay_plain() {
        assert_eq!(marked("brainfuck", "++"), vec![(String::new(), "++".to_owned())]);
    }

    proptest! {
        #[test]
        fn no_character_is_changed(code in "(?s).{0,200}", at in 0usize..9) {
            let language = languages::LANGUAGES.get(at).and_then(|l| l.names.first()).copied().unwrap_or("diff");
            let text: String = marked(language, &code).into_iter().map(|(_, text)| text).collect();
            prop_assert_eq!(text, code);
        }
    }
}
