//! Views as plain data: elements that can be compared, tested, written as HTML and patched into the
//! document.
//!
//! Islands whose content changes all the time are built on this instead of on `view!`: one small
//! patcher serves every view, where a compiled view costs wasm for each element of it (the
//! assistant: 302 KiB compressed with `view!`, 224 so). Signals and effects stay leptos'.
//!
//! ```text
//! signals ──Effect──▶ fn(State) -> Vec<Node> ──▶ patch::Region ──▶ document
//!                                  └──▶ html::write (first render, on the server)
//! ```

pub mod glyphs;
pub mod html;
pub mod live;
pub mod patch;

use std::borrow::Cow;

/// An element or a piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Element(Element),
    Text(String),
}

/// An element. Tags and attribute names are ours; only values and texts may come from elsewhere.
///
/// An attribute whose name begins with a dot is a property of the element in the document.
/// Elements with different `data-key` are never patched into each other. An element without
/// children may be filled by somebody else: patching leaves what it holds alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub tag: &'static str,
    pub attributes: Vec<(&'static str, Cow<'static, str>)>,
    pub children: Vec<Node>,
}

impl Element {
    #[must_use]
    pub const fn new(tag: &'static str) -> Self {
        Self {
            tag,
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// The attribute with an empty value, if `is_set`.
    #[must_use]
    pub fn flag(self, name: &'static str, is_set: bool) -> Self {
        if is_set { self.with(name, "") } else { self }
    }

    /// The attribute as `true` or `false`.
    #[must_use]
    pub fn told(self, name: &'static str, is_so: bool) -> Self {
        self.with(name, if is_so { "true" } else { "false" })
    }

    #[must_use]
    pub fn class(self, value: &'static str) -> Self {
        self.with("class", value)
    }

    #[must_use]
    pub fn child(mut self, child: impl Into<Node>) -> Self {
        self.push(child.into());
        self
    }

    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.push_text(text);
        self
    }

    #[must_use]
    pub fn maybe(self, child: Option<Self>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    #[must_use]
    pub fn all(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children.into_iter().map(Node::Element));
        self
    }

    /// Appends a child; neighbouring texts become one.
    pub fn push(&mut self, child: Node) {
        match (self.children.last_mut(), child) {
            (Some(Node::Text(last)), Node::Text(text)) => last.push_str(&text),
            (_, child) => self.children.push(child),
        }
    }

    pub fn push_text(&mut self, text: &str) {
        match self.children.last_mut() {
            Some(Node::Text(last)) => last.push_str(text),
            _ => self.children.push(Node::Text(text.to_owned())),
        }
    }

    fn key(&self) -> Option<&str> {
        let key = self.attributes.iter().find(|(name, _)| *name == "data-key");
        key.map(|(_, value)| &**value)
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A button that does something named in `data-do`.
#[must_use]
pub fn button(class: &'static str, action: &'static str) -> Element {
    Element::new("button")
        .class(class)
        .with("type", "button")
        .with("data-do", action)
}

/// An icon of a grid of 20, decorative: the control around it carries the name.
#[must_use]
pub fn glyph(path: &'static str) -> Element {
    Element::new("svg")
        .class("icon icon-small")
        .with("viewBox", "0 0 20 20")
        .with("aria-hidden", "true")
        .child(Element::new("path").with("d", path))
}
