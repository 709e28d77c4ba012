//! From Markdown to the closed list of elements that an answer may consist of.
//!
//! Raw HTML is shown as text. Links keep their address only with a scheme of the allow-list; images
//! become links, because loading one would tell a foreign host that the answer was read.

use super::highlight::highlight;
use crate::islands::tree::{Element, Node};
use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};
use std::ops::Range;

/// Longer code is shown without colours.
const MAX_HIGHLIGHTED: usize = 64 * 1024;

/// One top-level block and where its source stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    pub node: Node,
    pub source: Range<usize>,
}

/// The top-level blocks of a text, in order.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut builder = Builder::default();
    for (event, source) in Parser::new_ext(text, options).into_offset_iter() {
        builder.take(event, source);
    }
    builder.blocks
}

#[derive(Default)]
struct Builder {
    blocks: Vec<Block>,
    open: Vec<Element>,
    /// Language and text of the code block that is being read.
    code: Option<(String, String)>,
    columns: Vec<Alignment>,
    column: usize,
    is_head: bool,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, source: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(source),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => self.node(Element::new("code").text(&text).into(), source),
            Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak => self.node(Element::new("br").into(), source),
            Event::Rule => self.node(Element::new("hr").into(), source),
            Event::TaskListMarker(is_done) => {
                let mut mark = Element::new("input").with("type", "checkbox").with("disabled", "");
                if is_done {
                    mark = mark.with("checked", "");
                }
                self.node(mark.into(), source);
            }
            // Not enabled: footnotes, mathematics.
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let element = match tag {
            Tag::Paragraph => Element::new("p").with("dir", "auto"),
            Tag::Heading { level, .. } => Element::new(heading(level)).with("dir", "auto"),
            Tag::BlockQuote(_) => Element::new("blockquote").with("dir", "auto"),
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next().unwrap_or_default().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
                Element::new("figure")
            }
            Tag::List(None) => Element::new("ul"),
            Tag::List(Some(1)) => Element::new("ol"),
            Tag::List(Some(start)) => Element::new("ol").with("start", start.to_string()),
            Tag::Item => Element::new("li").with("dir", "auto"),
            Tag::Table(columns) => {
                self.columns = columns;
                Element::new("table")
            }
            Tag::TableHead => {
                self.is_head = true;
                self.column = 0;
                Element::new("tr")
            }
            Tag::TableRow => {
                self.is_head = false;
                self.column = 0;
                Element::new("tr")
            }
            Tag::TableCell => self.cell(),
            Tag::Emphasis => Element::new("em"),
            Tag::Strong => Element::new("strong"),
            Tag::Strikethrough => Element::new("del"),
            Tag::Link { dest_url, .. } => link(&dest_url),
            Tag::Image { dest_url, .. } => link(&dest_url).class("image"),
            Tag::HtmlBlock => Element::new("p").class("raw"),
            _ => Element::new("div"),
        };
        self.open.push(element);
    }

    fn cell(&mut self) -> Element {
        let alignment = self.columns.get(self.column).copied().unwrap_or(Alignment::None);
        self.column += 1;
        let cell = Element::new(if self.is_head { "th" } else { "td" }).with("dir", "auto");
        match alignment {
            Alignment::Right => cell.class("end"),
            Alignment::Center => cell.class("middle"),
            Alignment::None | Alignment::Left => cell,
        }
    }

    fn end(&mut self, source: Range<usize>) {
        let Some(mut element) = self.open.pop() else {
            return;
        };
        if let Some((language, text)) = self.code.take() {
            element = code_block(&language, &text);
        } else if element.tag == "table" {
            element = table(element);
        }
        self.node(element.into(), source);
    }

    fn text(&mut self, text: &str) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
        } else if let Some(parent) = self.open.last_mut() {
            parent.push_text(text);
        }
    }

    fn node(&mut self, node: Node, source: Range<usize>) {
        match self.open.last_mut() {
            Some(parent) => parent.push(node),
            None => self.blocks.push(Block { node, source }),
        }
    }
}

/// Headings of an answer stand below those of the page.
const fn heading(level: HeadingLevel) -> &'static str {
    match level {
        HeadingLevel::H1 => "h3",
        HeadingLevel::H2 => "h4",
        HeadingLevel::H3 => "h5",
        HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => "h6",
    }
}

fn code_block(language: &str, text: &str) -> Element {
    let shown = if language.is_empty() { "text" } else { language };
    let copy = Element::new("button")
        .with("type", "button")
        .with("data-do", "copy-code")
        .with("aria-label", "Copy code")
        .child("Copy");
    let mut code = Element::new("code");
    if text.len() <= MAX_HIGHLIGHTED {
        highlight(language, text, &mut code);
    } else {
        code.push_text(text);
    }
    let caption = Element::new("figcaption")
        .child(Element::new("span").text(shown))
        .child(copy);
    // Scrolls sideways, so that it must be reachable by keyboard.
    let pre = Element::new("pre").with("tabindex", "0").child(code);
    Element::new("figure")
        .class("code")
        .with("dir", "ltr")
        .child(caption)
        .child(pre)
}

/// Head and body rows, in a box that scrolls sideways by keyboard too.
fn table(element: Element) -> Element {
    let mut rows = element.children.into_iter();
    let head = rows.next().into_iter().collect();
    let thead = Element {
        children: head,
        ..Element::new("thead")
    };
    let tbody = Element {
        children: rows.collect(),
        ..Element::new("tbody")
    };
    let table = Element::new("table").child(thead).child(tbody);
    Element::new("div")
        .class("table-scroll")
        .with("tabindex", "0")
        .with("role", "region")
        .with("aria-label", "Table")
        .child(table)
}

/// A link, or plain text where the address is not one that may be followed.
fn link(address: &str) -> Element {
    if !is_followable(address) {
        return Element::new("span").class("no-link");
    }
    let link = Element::new("a")
        .with("href", address.to_owned())
        .with("title", address.to_owned());
    if address.starts_with('/') {
        return link;
    }
    link.with("target", "_blank")
        .with("rel", "noopener noreferrer nofollow")
}

/// Schemes of the allow-list, or a path on this site. Browsers drop tabs and line ends inside an
/// address, so that one with any control character or space is refused.
fn is_followable(address: &str) -> bool {
    if address.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return false;
    }
    let has_scheme = |scheme: &str| {
        address
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && address.len() > scheme.len()
    };
    let is_own_path = address
        .strip_prefix('/')
        .is_some_and(|rest| !rest.starts_with(['/', '\\']));
    has_scheme("https://") || has_scheme("http://") || has_scheme("mailto:") || is_own_path
}

#[cfg(test)]
mod tests {
    use super::super::unfinished::presentable;
    use super::*;
    use crate::islands::tree::html;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        let nodes: Vec<Node> = blocks(text).into_iter().map(|block| block.node).collect();
        html::write(&nodes)
    }

    #[test]
    fn raw_html_is_shown_as_text() {
        assert_eq!(
            shown("<script>alert(1)</script>"),
            "<p class=\"raw\">&lt;script&gt;alert(1)&lt;/script&gt;</p>"
        );
        assert_eq!(shown("a <b onclick=x>c"), "<p dir=\"auto\">a &lt;b onclick=x&gt;c</p>");
    }

    #[test]
    fn only_schemes_of_the_list_and_own_paths_are_followed() {
        for address in [
            "https://a.example",
            "HTTP://a.example",
            "mailto:a@example.org",
            "/settings/keys",
        ] {
            assert!(is_followable(address), "{address}");
        }
        let refused = [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\tscript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "//foreign.example",
            "/\\foreign.example",
            "file:///etc/passwd",
            "https://",
            "",
        ];
        for address in refused {
            assert!(!is_followable(address), "{address}");
        }
    }

    #[test]
    fn images_are_never_loaded() {
        assert!(!shown("![a](https://foreign.example/x.png)").contains("<img"));
    }

    #[test]
    fn code_keeps_its_characters() {
        let html = shown("```html\n<b>&\n```");
        assert!(html.contains("&lt;b") && html.contains("&amp;"), "{html}");
    }

    proptest! {
        /// What is frozen while a text streams is what the whole text shows.
        #[test]
        fn a_settled_block_never_changes(
            parts in prop::collection::vec(prop::sample::select(vec![
                "word", " ", "\n", "\n\n", "# ", "- ", "1. ", "> ", "```", "```rs\n", "\n```\n", "**", "*", "`",
                "| a | b |\n|---|---|\n", "| c |", "<div>", "</div>", "---", "    ", "[x](https://e.example)", "\\",
            ]), 0..24),
            cut in 0.0_f64..1.0,
        ) {
            let text = parts.concat();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a short text")]
            let at = (text.len() as f64 * cut) as usize;
            let whole = blocks(&text);
            let source = presentable(text.get(..at).unwrap_or_default());
            let mut settled = blocks(&source);
            settled.pop();
            for (settled, whole) in settled.iter().zip(&whole) {
                prop_assert_eq!(&settled.node, &whole.node);
            }
        }
    }
}
