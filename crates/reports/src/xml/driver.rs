//! Reads a document by a dialect: gathers one case at a time, remembers the suites around it.
//!
//! A case that is complete is handed on at once; what the file cuts off is a problem, not a case.

use super::tree::{Element, Tree};
use super::{Attributes, Handler, Xml};
use crate::builder::{Builder, cut};
use crate::xml::entity::push_decoded;

/// Elements around a case deeper than this are read as if they were not there.
const MAX_SUITES: usize = 200;

/// An element around the case at hand.
#[derive(Debug, Default)]
pub struct Suite {
    pub name: String,
    attributes: Vec<(String, String)>,
    /// The text in it, for dialects that name a suite by a child: see [`Dialect::labels`].
    pub text: String,
}

impl Suite {
    /// The value of an attribute; empty when it is not there.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes
            .iter()
            .find(|(it, _)| it == name)
            .map_or("", |(_, value)| value)
    }
}

/// What one XML format means.
pub trait Dialect: std::fmt::Debug {
    /// Whether this element, within these, is one case to be gathered whole.
    fn is_case(&self, name: &str, suites: &[Suite]) -> bool;

    /// Elements that hold text only and may be full of unescaped markup. Inside them, only these
    /// names are tags.
    fn tags_within(&self, _leaf: &str) -> Option<&'static [&'static str]> {
        None
    }

    /// Whether the text of this element names the suite that it stands in.
    fn labels(&self, _name: &str) -> bool {
        false
    }

    /// A case is complete.
    fn case(&mut self, case: Element<'_>, suites: &[Suite], out: &mut Builder);

    /// An element around cases has ended; `suites` are those around it.
    fn leave(&mut self, _ended: &Suite, _suites: &[Suite], _out: &mut Builder) {}
}

/// A document on its way through a dialect.
#[derive(Debug)]
pub struct Driver {
    xml: Xml,
    state: Gather,
}

#[derive(Debug)]
struct Gather {
    dialect: Box<dyn Dialect>,
    suites: Vec<Suite>,
    beyond: usize,
    tree: Tree,
    line: u32,
}

impl Driver {
    #[must_use]
    pub fn new(dialect: Box<dyn Dialect>) -> Self {
        Self {
            xml: Xml::default(),
            state: Gather {
                dialect,
                suites: Vec::new(),
                beyond: 0,
                tree: Tree::default(),
                line: 1,
            },
        }
    }

    pub fn feed(&mut self, piece: &str, out: &mut Builder) {
        let state = &mut self.state;
        self.xml.feed(piece, &mut Gathering { state, out });
    }

    pub fn finish(&mut self, out: &mut Builder) {
        let state = &mut self.state;
        self.xml.finish(&mut Gathering { state, out });
        if state.tree.depth() > 0 {
            out.problem(
                format!("line {}", state.line),
                "the file ends inside a test case, which was left out",
            );
            state.tree.clear();
        } else if !state.suites.is_empty() {
            out.problem("end", "the file ends before its last element does");
        }
        while let Some(suite) = state.suites.pop() {
            state.dialect.leave(&suite, &state.suites, out);
        }
    }
}

struct Gathering<'a> {
    state: &'a mut Gather,
    out: &'a mut Builder,
}

impl Gathering<'_> {
    fn end_case(&mut self) {
        let state = &mut *self.state;
        state.dialect.case(state.tree.root(), &state.suites, self.out);
        state.tree.clear();
    }
}

impl Handler for Gathering<'_> {
    fn allows(&self, name: &str) -> bool {
        let leaf = self.state.tree.innermost();
        match self.state.dialect.tags_within(leaf) {
            Some(tags) if self.state.tree.depth() > 0 => name == leaf || tags.contains(&name),
            _ => true,
        }
    }

    fn open(&mut self, name: &str, attributes: Attributes<'_>, empty: bool) {
        let state = &mut *self.state;
        if state.tree.depth() > 0 {
            let root = state.tree.root();
            let starts_anew = root.name() == name && !root.attribute("name").is_empty();
            if !starts_anew {
                state.tree.open(name, attributes);
                if empty {
                    state.tree.close(name);
                }
                return;
            }
            self.out
                .problem(format!("line {}", state.line), "a test case without its end");
            self.end_case();
        }
        let state = &mut *self.state;
        if state.dialect.is_case(name, &state.suites) {
            state.tree.clear();
            state.tree.open(name, attributes);
            if empty {
                state.tree.close(name);
                self.end_case();
            }
            return;
        }
        if state.suites.len() >= MAX_SUITES {
            state.beyond += usize::from(!empty);
            return;
        }
        let read = |raw: &str| {
            let mut value = String::new();
            push_decoded(&mut value, cut(raw, 4 << 10));
            value
        };
        let suite = Suite {
            name: name.to_owned(),
            attributes: attributes
                .take(32)
                .map(|(name, value)| (name.to_owned(), read(value)))
                .collect(),
            text: String::new(),
        };
        if empty {
            state.dialect.leave(&suite, &state.suites, self.out);
        } else {
            state.suites.push(suite);
        }
    }

    fn close(&mut self, name: &str) {
        if self.state.tree.depth() > 0 {
            let closed = self.state.tree.close(name);
            if closed && self.state.tree.depth() == 0 {
                self.end_case();
                return;
            }
            if closed {
                return;
            }
            // The end of something around the case: the case itself was never ended.
            if !self.state.suites.iter().any(|suite| suite.name == name) {
                return;
            }
            let line = self.state.line;
            self.out.problem(format!("line {line}"), "a test case without its end");
            self.end_case();
        }
        if self.state.beyond > 0 {
            self.state.beyond -= 1;
            return;
        }
        let state = &mut *self.state;
        let Some(at) = state.suites.iter().rposition(|suite| suite.name == name) else {
            return;
        };
        while state.suites.len() > at {
            let Some(suite) = state.suites.pop() else {
                return;
            };
            if state.dialect.labels(&suite.name)
                && let Some(parent) = state.suites.last_mut()
            {
                parent.text.clone_from(&suite.text);
            }
            state.dialect.leave(&suite, &state.suites, self.out);
        }
    }

    fn text(&mut self, text: &str, raw: bool) {
        if self.state.tree.depth() > 0 {
            self.state.tree.text(text, raw);
            return;
        }
        let state = &mut *self.state;
        let Some(suite) = state.suites.last_mut() else {
            return;
        };
        if state.dialect.labels(&suite.name) && suite.text.len() < 4 << 10 {
            let text = cut(text, 4 << 10);
            if raw {
                push_decoded(&mut suite.text, text);
            } else {
                suite.text.push_str(text);
            }
        }
    }

    fn problem(&mut self, line: u32, what: &str) {
        self.out.problem(format!("line {line}"), what);
    }

    fn at(&mut self, line: u32) {
        self.state.line = line;
    }
}
