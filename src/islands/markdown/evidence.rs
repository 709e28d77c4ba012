//! What an answer quotes of a text that was sent, as links to the text's lines.
//!
//! Quoted are lines of block quotations and of code, inline code, and words between quotation marks. A
//! quotation counts where it stands within one line, marks of Markdown aside: what reads `__init__` in the
//! source is bold in an answer that quotes it without care. No character of an answer is changed.

use crate::islands::tree::{Element, Node};

/// Characters of the shortest quotation: what is shorter stands in many lines.
const LEAST: usize = 8;

/// The text that may be quoted.
#[derive(Debug, Default)]
pub struct Source {
    lines: Vec<String>,
}

impl Source {
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            lines: text.lines().map(plain).collect(),
        }
    }

    /// The number, from one on, of the line that is the quotation, else of the first one that holds it.
    #[must_use]
    pub fn line_of(&self, quotation: &str) -> Option<usize> {
        let words = plain(quotation);
        let words = bare(&words);
        if words.chars().count() < LEAST {
            return None;
        }
        let whole = self.lines.iter().position(|line| line == words);
        let first = whole.or_else(|| self.lines.iter().position(|line| line.contains(words)));
        first.map(|at| at + 1)
    }

    /// Whether the line says what one of these lines says, or the other way round.
    #[must_use]
    pub fn shares(&self, line: &str) -> bool {
        let words = plain(line);
        let is_within = |own: &String| own.chars().count() >= LEAST && words.contains(own.as_str());
        self.line_of(line).is_some() || self.lines.iter().any(is_within)
    }

    /// Makes links of the quotations within a block.
    pub fn cite(&self, node: &mut Node) {
        if let Node::Element(element) = node {
            self.within(element, false);
        }
    }

    fn within(&self, element: &mut Element, is_quotation: bool) {
        let holds_text = element.children.iter().any(|child| matches!(child, Node::Text(_)));
        match element.tag {
            "a" | "figcaption" => return,
            "code" => return self.by_line(element),
            _ if is_quotation && holds_text => return self.by_line(element),
            _ => {}
        }
        let is_quotation = is_quotation || element.tag == "blockquote";
        for child in std::mem::take(&mut element.children) {
            match child {
                Node::Text(text) => self.by_marks(&text, element),
                Node::Element(mut inner) => {
                    self.within(&mut inner, is_quotation);
                    element.push(inner.into());
                }
            }
        }
    }

    /// Each line that stands in the source becomes a link, with whatever it is made of.
    fn by_line(&self, element: &mut Element) {
        for line in lines_of(std::mem::take(&mut element.children)) {
            let mut text = String::new();
            line.iter().for_each(|node| say(node, &mut text));
            let has_link = line.iter().any(holds_link);
            match self.line_of(&text).filter(|_| !has_link) {
                Some(number) => element.push(link(number, line).into()),
                None => line.into_iter().for_each(|node| element.push(node)),
            }
        }
    }

    /// Words between quotation marks that stand in the source become links.
    fn by_marks(&self, text: &str, into: &mut Element) {
        let mut rest = text;
        while let Some((before, words, after)) = marked(rest) {
            let is_closed = after.starts_with(['"', '”']);
            match self.line_of(words).filter(|_| is_closed) {
                Some(number) => {
                    into.push_text(before);
                    into.push(link(number, vec![words.into()]).into());
                    rest = after;
                }
                // What closes one quotation may open the next.
                None => {
                    let passed = before.len() + words.len();
                    into.push_text(rest.get(..passed).unwrap_or_default());
                    rest = rest.get(passed..).unwrap_or_default();
                }
            }
        }
        if !rest.is_empty() {
            into.push_text(rest);
        }
    }
}

/// Up to and with the first opening mark, the words up to the next mark or end of line, and the rest from that on.
fn marked(text: &str) -> Option<(&str, &str, &str)> {
    let (at, mark) = text.char_indices().find(|(_, c)| matches!(c, '"' | '“' | '„'))?;
    let (before, quoted) = text.split_at_checked(at + mark.len_utf8())?;
    let end = quoted.find(['"', '“', '”', '„', '\n'])?;
    let (words, after) = quoted.split_at_checked(end)?;
    Some((before, words, after))
}

fn link(number: usize, children: Vec<Node>) -> Element {
    let number = number.to_string();
    Element {
        children,
        ..Element::new("a")
            .class("evidence")
            .with("href", ["#sent-", &number].concat())
            .with("title", ["Line ", &number, " of what was sent"].concat())
    }
}

/// The nodes line by line; ends of lines stand between them as lines of their own.
fn lines_of(nodes: Vec<Node>) -> Vec<Vec<Node>> {
    let mut lines = vec![Vec::new()];
    for node in nodes {
        let pieces = match node {
            Node::Text(text) => {
                let mut pieces = Vec::new();
                for (at, piece) in text.split('\n').enumerate() {
                    if at > 0 {
                        pieces.push(vec!["\n".into()]);
                    }
                    pieces.push(if piece.is_empty() {
                        Vec::new()
                    } else {
                        vec![piece.into()]
                    });
                }
                pieces
            }
            Node::Element(element) if element.tag == "br" => vec![Vec::new(), vec![element.into()], Vec::new()],
            Node::Element(mut element) => {
                let inner = lines_of(std::mem::take(&mut element.children));
                let is_single = inner.len() == 1;
                let wrap = |children: Vec<Node>| {
                    let is_end = matches!(children.as_slice(), [Node::Text(text)] if text == "\n");
                    if is_end || (children.is_empty() && !is_single) {
                        children
                    } else {
                        vec![
                            Element {
                                children,
                                ..element.clone()
                            }
                            .into(),
                        ]
                    }
                };
                inner.into_iter().map(wrap).collect()
            }
        };
        let mut pieces = pieces.into_iter();
        if let (Some(last), Some(first)) = (lines.last_mut(), pieces.next()) {
            last.extend(first);
        }
        lines.extend(pieces);
    }
    lines
}

fn say(node: &Node, out: &mut String) {
    match node {
        Node::Text(text) => out.push_str(text),
        Node::Element(element) => element.children.iter().for_each(|child| say(child, out)),
    }
}

fn holds_link(node: &Node) -> bool {
    match node {
        Node::Text(_) => false,
        Node::Element(element) => element.tag == "a" || element.children.iter().any(holds_link),
    }
}

/// A line without marks of Markdown and with single spaces.
fn plain(line: &str) -> String {
    let kept: String = line.chars().filter(|c| !matches!(c, '*' | '_' | '`' | '\\')).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A quotation without its marks and without the dots where it was cut.
fn bare(words: &str) -> &str {
    let marks = |c: char| matches!(c, '>' | '"' | '“' | '”' | '„' | '\'' | ' ' | '…');
    let words = words.trim_matches(marks);
    let words = words.strip_prefix("...").unwrap_or(words);
    words.strip_suffix("...").unwrap_or(words).trim_matches(marks)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::islands::tree::html;
    use proptest::prelude::*;

    const SENT: &str = "Cause: TimeoutError: no answer from the queue (2)\n\nTimeoutError: no answer from the queue\n  at Queue.take (queue.ts:12)\n\
        def __init__(self, name):\n    raise KeyError(name)";

    fn cited(text: &str) -> Vec<Node> {
        let source = Source::new(SENT);
        let mut nodes: Vec<Node> = parse::blocks(text).into_iter().map(|block| block.node).collect();
        nodes.iter_mut().for_each(|node| source.cite(node));
        nodes
    }

    /// Numbers of lines and texts of the links of an answer, in order.
    fn links(text: &str) -> Vec<(String, String)> {
        fn gather(node: &Node, out: &mut Vec<(String, String)>) {
            let Node::Element(element) = node else { return };
            if element.attributes.contains(&("class", "evidence".into())) {
                let address = element.attributes.iter().find(|(name, _)| *name == "href");
                let mut text = String::new();
                say(node, &mut text);
                out.push((address.unwrap().1.to_string(), text));
            }
            element.children.iter().for_each(|child| gather(child, out));
        }
        let mut out = Vec::new();
        cited(text).iter().for_each(|node| gather(node, &mut out));
        out
    }

    fn found(text: &str) -> Vec<(usize, String)> {
        let number = |address: &str| address.trim_start_matches("#sent-").parse().unwrap();
        links(text).into_iter().map(|(at, text)| (number(&at), text)).collect()
    }

    #[test]
    fn quotations_of_every_kind_lead_to_their_line() {
        let whole = "TimeoutError: no answer from the queue";
        for (answer, number, text) in [
            (format!("> {whole}"), 3, whole),
            (format!("It says \"{whole}\" there."), 3, whole),
            (format!("It says “{whole}” there."), 3, whole),
            (format!("It says `{whole}`."), 3, whole),
            (
                "- **\"no answer from the queue\"**".to_owned(),
                1,
                "no answer from the queue",
            ),
            ("> …answer from the queue...".to_owned(), 1, "…answer from the queue..."),
            (
                "```text\nat Queue.take (queue.ts:12)\n```".to_owned(),
                4,
                "at Queue.take (queue.ts:12)",
            ),
            ("> def __init__(self, name):".to_owned(), 5, "def init(self, name):"),
        ] {
            assert_eq!(found(&answer), [(number, text.to_owned())], "{answer}");
        }
    }

    #[test]
    fn each_line_of_a_quotation_has_a_link_of_its_own() {
        let answer = "> TimeoutError: no answer from the queue\n> made up by the model\n> at Queue.take (queue.ts:12)";
        let numbers: Vec<usize> = found(answer).into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [3, 4]);
    }

    #[test]
    fn what_was_not_sent_is_too_short_or_stands_in_a_link_is_left_alone() {
        for answer in [
            "> KeyError: the price",
            "`something else altogether`",
            "\"Cause:\" and `name`",
            "[\"no answer from the queue\"](https://example.org)",
            "> [no answer from the queue](https://example.org)",
            "no answer from the queue",
            "\"no answer from\nthe queue\"",
        ] {
            assert_eq!(found(answer), [], "{answer}");
        }
    }

    #[test]
    fn a_line_is_shared_whichever_of_both_says_more() {
        let report = Source::new("no answer from the queue\n  at take\n");
        assert!(report.shares("TimeoutError: no answer from the queue") && report.shares("answer from the"));
        assert!(!report.shares("Failing tests: 12") && !report.shares("at take") && !report.shares(""));
    }

    #[test]
    fn colours_of_quoted_code_stay() {
        let html = html::write(&cited("```python\nraise KeyError(name)\nx = 1\n```"));
        assert!(
            html.contains("class=\"evidence\"") && html.contains("<span class=\"tok-keyword\">raise</span>"),
            "{html}"
        );
        assert!(
            html.ends_with("<span class=\"tok-number\">1</span>\n</code></pre></figure>"),
            "{html}"
        );
    }

    #[test]
    fn a_mark_that_opens_nothing_does_not_hide_the_next_quotation() {
        assert_eq!(found("5\" wide: \"no answer from the queue\"").len(), 1);
    }

    proptest! {
        #[test]
        fn no_character_of_an_answer_is_changed(
            parts in prop::collection::vec(prop::sample::select(vec![
                "word", " ", "\n", "\n\n", "> ", "- ", "`", "```", "```rs\n", "\n```\n", "**", "\"", "“", "”", "„",
                "TimeoutError: no answer from the queue", "no answer from", "/* a\nb */", "  \n", "[x](https://e.example)",
            ]), 0..24),
        ) {
            let text = parts.concat();
            let say_all = |nodes: &[Node]| {
                let mut out = String::new();
                nodes.iter().for_each(|node| say(node, &mut out));
                out
            };
            let whole: Vec<Node> = parse::blocks(&text).into_iter().map(|block| block.node).collect();
            prop_assert_eq!(say_all(&cited(&text)), say_all(&whole));
        }
    }
}
