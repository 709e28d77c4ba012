//! One element with all that it holds, flat: the memory is used again for the next one.

use super::Attributes;
use super::entity::push_decoded;
use crate::builder::cut;
use std::borrow::Cow;

/// Text kept of one element.
const MAX_LEAF: usize = 128 << 10;
/// Text kept of the whole tree.
const MAX_TREE: usize = 8 << 20;
const MAX_NODES: usize = 20_000;
const MAX_DEPTH: usize = 256;
/// The end of a text list.
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    name: Span,
    parent: u32,
    first_attribute: u32,
    attributes: u32,
    text_bytes: u32,
    first_text: u32,
    last_text: u32,
}

/// An element and everything below it.
#[derive(Debug, Default)]
pub struct Tree {
    buffer: String,
    nodes: Vec<Node>,
    attributes: Vec<(Span, Span)>,
    /// Pieces of text, each with the next one of the same node.
    texts: Vec<(Span, u32)>,
    /// Nodes that are open, the root first.
    open: Vec<u32>,
    /// Open elements that were too many to keep.
    beyond: usize,
}

/// A node of a [`Tree`].
#[derive(Clone, Copy)]
pub struct Element<'a> {
    tree: &'a Tree,
    number: u32,
}

impl Tree {
    pub fn clear(&mut self) {
        // A single monster must not hold its memory for the rest of the file.
        if self.buffer.capacity() > MAX_LEAF * 4 {
            self.buffer = String::new();
        }
        self.buffer.clear();
        self.nodes.clear();
        self.attributes.clear();
        self.texts.clear();
        self.open.clear();
        self.beyond = 0;
    }

    /// Open elements, the root counted.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.open.len() + self.beyond
    }

    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element { tree: self, number: 0 }
    }

    /// The name of the innermost open element.
    #[must_use]
    pub fn innermost(&self) -> &str {
        self.open.last().map_or("", |number| self.name(*number))
    }

    pub fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        if !self.has_room() || self.open.len() >= MAX_DEPTH {
            self.beyond += 1;
            return;
        }
        let name = self.store(name);
        let first = small(self.attributes.len());
        for (name, value) in attributes.take(64) {
            let name = self.store(name);
            let start = self.buffer.len();
            push_decoded(&mut self.buffer, cut(value, MAX_LEAF));
            let value = self.span(start);
            self.attributes.push((name, value));
        }
        let number = small(self.nodes.len());
        self.nodes.push(Node {
            name,
            parent: self.open.last().copied().unwrap_or(u32::MAX),
            first_attribute: first,
            attributes: small(self.attributes.len()) - first,
            text_bytes: 0,
            first_text: NONE,
            last_text: NONE,
        });
        self.open.push(number);
    }

    /// Ends the innermost open element of this name with all that are open inside it; the root only
    /// by its own name. False when none has the name.
    pub fn close(&mut self, name: &str) -> bool {
        if self.beyond > 0 {
            self.beyond -= 1;
            return true;
        }
        let Some(at) = self.open.iter().rposition(|number| self.name(*number) == name) else {
            return false;
        };
        self.open.truncate(at);
        true
    }

    pub fn text(&mut self, text: &str, raw: bool) {
        let Some(owner) = self
            .open
            .last()
            .copied()
            .filter(|_| self.beyond == 0 && self.has_text_room())
        else {
            return;
        };
        let Some(&node) = self.nodes.get(owner as usize) else {
            return;
        };
        let room = MAX_LEAF.saturating_sub(node.text_bytes as usize);
        if room == 0 || (node.text_bytes == 0 && text.trim_start().is_empty()) {
            return;
        }
        let text = cut(text, room);
        let start = self.buffer.len();
        if raw {
            push_decoded(&mut self.buffer, text);
        } else {
            self.buffer.push_str(text);
        }
        let span = self.span(start);
        let number = small(self.texts.len());
        let mut last_text = number;
        match self.texts.get_mut(node.last_text as usize) {
            // One text in many pieces is one span.
            Some((before, _)) if before.end == span.start => {
                before.end = span.end;
                last_text = node.last_text;
            }
            Some((_, next)) => *next = number,
            None => {}
        }
        if last_text == number {
            self.texts.push((span, NONE));
        }
        if let Some(node) = self.nodes.get_mut(owner as usize) {
            node.text_bytes += small(text.len());
            node.last_text = last_text;
            if node.first_text == NONE {
                node.first_text = number;
            }
        }
    }

    /// Direct children of the root have room of their own: what decides a case often comes last.
    const fn has_room(&self) -> bool {
        let share = if self.open.len() <= 1 { 10 } else { 1 };
        self.nodes.len() < MAX_NODES * share && self.has_text_room()
    }

    const fn has_text_room(&self) -> bool {
        let share = if self.open.len() <= 2 { 2 } else { 1 };
        self.buffer.len() < MAX_TREE * share
    }

    fn name(&self, number: u32) -> &str {
        self.nodes.get(number as usize).map_or("", |node| self.slice(node.name))
    }

    fn slice(&self, span: Span) -> &str {
        self.buffer
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    fn store(&mut self, text: &str) -> Span {
        let start = self.buffer.len();
        self.buffer.push_str(text);
        self.span(start)
    }

    fn span(&self, start: usize) -> Span {
        Span {
            start: small(start),
            end: small(self.buffer.len()),
        }
    }
}

impl<'a> Element<'a> {
    #[must_use]
    pub fn name(self) -> &'a str {
        self.tree.name(self.number)
    }

    /// The value of an attribute; empty when it is not there.
    #[must_use]
    pub fn attribute(self, name: &str) -> &'a str {
        let Some(node) = self.tree.nodes.get(self.number as usize) else {
            return "";
        };
        let start = node.first_attribute as usize;
        let own = self.tree.attributes.get(start..start + node.attributes as usize);
        own.unwrap_or_default()
            .iter()
            .find(|(it, _)| self.tree.slice(*it) == name)
            .map_or("", |(_, value)| self.tree.slice(*value))
    }

    /// The text directly in this element.
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        let piece = |number: u32| self.tree.texts.get(number as usize);
        let first = self
            .tree
            .nodes
            .get(self.number as usize)
            .map_or(NONE, |node| node.first_text);
        let Some((span, mut next)) = piece(first).copied() else {
            return Cow::Borrowed("");
        };
        let mut text = Cow::Borrowed(self.tree.slice(span));
        while let Some((span, after)) = piece(next) {
            text.to_mut().push_str(self.tree.slice(*span));
            next = *after;
        }
        text
    }

    pub fn children(self) -> impl Iterator<Item = Self> {
        self.all().filter(move |it| it.parent() == self.number)
    }

    /// Everything below, in document order.
    pub fn all(self) -> impl Iterator<Item = Self> {
        let end = small(self.tree.nodes.len());
        (self.number + 1..end)
            .map(move |number| Self {
                tree: self.tree,
                number,
            })
            .take_while(move |it| it.is_below(self.number))
    }

    #[must_use]
    pub fn child(self, name: &str) -> Option<Self> {
        self.children().find(|it| it.name() == name)
    }

    /// The text of the first child of this name.
    #[must_use]
    pub fn child_text(self, name: &str) -> Cow<'a, str> {
        self.child(name).map_or(Cow::Borrowed(""), Self::text)
    }

    fn parent(self) -> u32 {
        self.tree
            .nodes
            .get(self.number as usize)
            .map_or(u32::MAX, |node| node.parent)
    }

    fn is_below(self, ancestor: u32) -> bool {
        // Numbers grow in document order: a parent before the ancestor is outside of it.
        self.parent() != u32::MAX && self.parent() >= ancestor
    }
}

fn small(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}
