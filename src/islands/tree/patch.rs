//! Nodes into the document, touching only what changed: focus, selection and scrolling survive.
//!
//! No text is ever parsed as HTML: elements are made by name, text by text nodes.

use super::{Element, Node};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};

type DomNode = web_sys::Node;
type DomElement = web_sys::Element;

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element of the document and what was put into it.
pub struct Region {
    container: DomElement,
    shown: Vec<Node>,
}

impl Region {
    /// A region that holds `shown` already, as the server wrote it.
    #[must_use]
    pub const fn adopt(container: DomElement, shown: Vec<Node>) -> Self {
        Self { container, shown }
    }

    pub fn show(&mut self, new: Vec<Node>) {
        patch_children(&self.container, self.container.first_child(), &self.shown, &new);
        self.shown = new;
    }
}

/// Turns `old`, which stands in `parent` from `first` on, into `new`.
pub fn patch_children(parent: &DomNode, first: Option<DomNode>, old: &[Node], new: &[Node]) {
    let mut at = first;
    for (old, new) in old.iter().zip(new) {
        let Some(node) = at else { return };
        at = node.next_sibling();
        patch_node(parent, &node, old, new);
    }
    for _ in new.len()..old.len() {
        let Some(node) = at else { return };
        at = node.next_sibling();
        let _ = parent.remove_child(&node);
    }
    for new in new.get(old.len()..).unwrap_or_default() {
        if let Some(node) = create(new) {
            let _ = parent.append_child(&node);
        }
    }
}

fn patch_node(parent: &DomNode, node: &DomNode, old: &Node, new: &Node) {
    if old == new {
        return;
    }
    match (old, new) {
        (Node::Text(_), Node::Text(text)) => node.set_node_value(Some(text)),
        (Node::Element(old), Node::Element(new)) if old.tag == new.tag && old.key() == new.key() => {
            patch_children(node, node.first_child(), &old.children, &new.children);
            patch_attributes(node.unchecked_ref(), old, new);
        }
        _ => {
            if let Some(replacement) = create(new) {
                let _ = parent.replace_child(&replacement, node);
            }
        }
    }
}

fn patch_attributes(element: &DomElement, old: &Element, new: &Element) {
    for (name, _) in &old.attributes {
        if !new.attributes.iter().any(|(kept, _)| kept == name) {
            let _ = element.remove_attribute(name);
        }
    }
    for attribute in &new.attributes {
        if !old.attributes.contains(attribute) {
            set(element, attribute.0, &attribute.1);
        }
    }
}

fn set(element: &DomElement, name: &'static str, value: &str) {
    match name.strip_prefix('.') {
        Some("checked") => set_property(element, "checked", &JsValue::from_bool(value == "true")),
        Some(property) => set_property(element, property, &JsValue::from_str(value)),
        None => {
            let _ = element.set_attribute(name, value);
        }
    }
}

fn set_property(element: &DomElement, name: &str, value: &JsValue) {
    let _ = js_sys::Reflect::set(element, &JsValue::from_str(name), value);
}

fn create(node: &Node) -> Option<DomNode> {
    match node {
        Node::Text(text) => Some(document().create_text_node(text).unchecked_into()),
        Node::Element(element) => create_element(element),
    }
}

fn create_element(element: &Element) -> Option<DomNode> {
    let made = match element.tag {
        "svg" | "path" => document().create_element_ns(Some(SVG), element.tag),
        tag => document().create_element(tag),
    }
    .ok()?;
    for child in &element.children {
        if let Some(child) = create(child) {
            let _ = made.append_child(&child);
        }
    }
    // After the children: a select's value is one of its options.
    for (name, value) in &element.attributes {
        set(&made, name, value);
    }
    Some(made.unchecked_into())
}
