//! Puts blocks into the document: frozen ones once, the unfinished ones by touching what changed.

use super::evidence::Source;
use super::parse;
use super::unfinished::presentable;
use crate::islands::tree::Node;
use crate::islands::tree::patch::patch_children;
use std::sync::Arc;

type DomNode = web_sys::Node;
type DomElement = web_sys::Element;

/// One streaming text inside one element that nothing else writes to.
pub struct Painter {
    container: DomElement,
    /// What the text may quote; quotations in blocks that are over become links to it.
    source: Option<Arc<Source>>,
    /// Bytes of the text whose blocks are frozen.
    settled: usize,
    /// The last frozen node; those after it may still change.
    frozen: Option<DomNode>,
    /// What stands behind the frozen nodes.
    loose: Vec<Node>,
}

impl Painter {
    #[must_use]
    pub const fn new(container: DomElement, source: Option<Arc<Source>>) -> Self {
        Self {
            container,
            source,
            settled: 0,
            frozen: None,
            loose: Vec::new(),
        }
    }

    /// Shows the text so far. `text` must begin with what was shown before.
    pub fn show(&mut self, text: &str, is_final: bool) {
        if text.len() < self.settled || (is_final && has_definitions(text)) {
            self.restart();
        }
        let rest = text.get(self.settled..).unwrap_or_default();
        let source = if is_final { rest.into() } else { presentable(rest) };
        let blocks = parse::blocks(&source);
        let last = blocks.last().map_or(0, |block| line_start(&source, block.source.start));
        let mut new: Vec<Node> = blocks.into_iter().map(|block| block.node).collect();
        if let Some(source) = &self.source {
            let over = if is_final {
                new.len()
            } else {
                new.len().saturating_sub(1)
            };
            new.iter_mut().take(over).for_each(|node| source.cite(node));
        }
        self.patch(&new);
        // All but the last block are over: no later text can change them.
        if new.len() > 1 && !is_final {
            self.freeze(new.len() - 1);
            self.settled += last;
        }
    }

    /// Empties the element, for a text that does not continue the one before.
    pub fn restart(&mut self) {
        self.container.set_text_content(None);
        self.settled = 0;
        self.frozen = None;
        self.loose.clear();
    }

    fn patch(&mut self, new: &[Node]) {
        let first = match &self.frozen {
            Some(frozen) => frozen.next_sibling(),
            None => self.container.first_child(),
        };
        patch_children(&self.container, first, &self.loose, new);
        new.clone_into(&mut self.loose);
    }

    fn freeze(&mut self, count: usize) {
        for _ in 0..count {
            self.frozen = match &self.frozen {
                Some(frozen) => frozen.next_sibling(),
                None => self.container.first_child(),
            };
        }
        self.loose.drain(..count);
    }
}

/// Link definitions may stand anywhere and change earlier blocks: such a text is drawn whole at its end.
fn has_definitions(text: &str) -> bool {
    text.lines()
        .any(|line| line.trim_start().starts_with('[') && line.contains("]:"))
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |end| end + 1)
}
