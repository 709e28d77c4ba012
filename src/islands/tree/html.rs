//! Nodes as HTML, for the first render on the server.

use super::{Element, Node};

/// Elements that have no end tag.
const VOID: &[&str] = &["br", "hr", "input"];

/// The nodes as HTML; texts and values are escaped, so that none of them can become markup.
#[must_use]
pub fn write(nodes: &[Node]) -> String {
    let mut out = String::new();
    write_all(nodes, &mut out);
    out
}

fn write_all(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => escape(text, out),
            Node::Element(element) => write_element(element, out),
        }
    }
}

fn write_element(element: &Element, out: &mut String) {
    out.push('<');
    out.push_str(element.tag);
    for (name, value) in element.attributes.iter().filter(|(name, _)| !name.starts_with('.')) {
        [" ", name, "=\""].into_iter().for_each(|part| out.push_str(part));
        escape(value, out);
        out.push('"');
    }
    out.push('>');
    if VOID.contains(&element.tag) {
        return;
    }
    write_all(&element.children, out);
    ["</", element.tag, ">"].into_iter().for_each(|part| out.push_str(part));
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_values_cannot_become_markup() {
        let element = Element::new("p").with("title", "\"><script>").text("<b>&'");
        let html = write(&[element.into()]);
        assert_eq!(html, "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&amp;&#39;</p>");
    }

    #[test]
    fn properties_are_for_the_document_only() {
        assert_eq!(write(&[Element::new("input").with(".value", "x").into()]), "<input>");
    }
}
