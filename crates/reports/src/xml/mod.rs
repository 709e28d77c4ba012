//! XML as tools really write it: pieces of text in, tags and texts out, nothing refused.
//!
//! Not a conforming parser, on purpose. Unescaped `<`, broken attributes and missing ends cost the
//! element they stand in, never the file. Entities other than the five of XML and numbers stay as they
//! are written, so nothing can expand; doctypes are skipped. At most one tag is held between two
//! pieces, and a tag is at most [`MAX_TAG`] bytes.

pub mod driver;
pub mod entity;
mod read;
pub mod tree;

use memchr::memchr;

/// A `<` without its `>` within this many bytes is text.
const MAX_TAG: usize = 1 << 20;
/// Entities are looked for this far from the end of a piece, so that none is cut.
const ENTITY: usize = 12;

/// Who takes what a document holds.
pub trait Handler {
    /// Whether a tag of this name may open here; what may not is text (`expected List<String>`).
    fn allows(&self, name: &str) -> bool;
    /// A start tag; `empty` when it is its own end. Attributes are raw: see [`Attributes`].
    fn open(&mut self, name: &str, attributes: Attributes<'_>, empty: bool);
    fn close(&mut self, name: &str);
    /// A piece of text; `raw` where entities have to be read, which CDATA sections have none of.
    fn text(&mut self, text: &str, raw: bool);
    /// Something was skipped.
    fn problem(&mut self, line: u32, what: &str);
    /// The line that the next event stands in, counted from 1.
    fn at(&mut self, line: u32);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Text,
    /// Until the given end: a CDATA section, which is text.
    Cdata,
    /// Until the given end: skipped.
    Skip(&'static str),
    /// In a doctype; the depth of its brackets.
    Doctype(u32),
}

/// The reader's place between two pieces.
#[derive(Debug)]
pub struct Xml {
    state: State,
    held: String,
    line: u32,
}

impl Default for Xml {
    fn default() -> Self {
        Self {
            state: State::Text,
            held: String::new(),
            line: 1,
        }
    }
}

impl Xml {
    /// Takes the next piece.
    pub fn feed(&mut self, piece: &str, handler: &mut dyn Handler) {
        if self.held.is_empty() {
            let used = self.read(piece, handler, false);
            self.held.push_str(piece.get(used..).unwrap_or_default());
            return;
        }
        let mut all = std::mem::take(&mut self.held);
        all.push_str(piece);
        let used = self.read(&all, handler, false);
        if used == 0 {
            self.held = all;
        } else {
            self.held.push_str(all.get(used..).unwrap_or_default());
        }
    }

    /// The document has ended.
    pub fn finish(&mut self, handler: &mut dyn Handler) {
        let rest = std::mem::take(&mut self.held);
        let used = self.read(&rest, handler, true);
        if used < rest.len() {
            handler.problem(self.line, "the file ends inside a tag");
        }
        match self.state {
            State::Cdata => handler.problem(self.line, "the file ends inside a CDATA section"),
            State::Skip(_) | State::Doctype(_) => {
                handler.problem(self.line, "the file ends inside a comment or declaration")
            }
            State::Text => {}
        }
    }

    /// Reads what is whole; the bytes used.
    fn read(&mut self, text: &str, handler: &mut dyn Handler, is_end: bool) -> usize {
        let mut rest = text;
        while !rest.is_empty() {
            let used = match self.state {
                State::Text => self.read_text(rest, handler, is_end),
                State::Cdata => self.read_cdata(rest, handler, is_end),
                State::Skip(end) => self.skip(rest, end, is_end),
                State::Doctype(depth) => self.skip_doctype(rest, depth),
            };
            if used == 0 {
                break;
            }
            let (done, left) = rest.split_at_checked(used).unwrap_or((rest, ""));
            self.line += lines(done);
            rest = left;
        }
        text.len() - rest.len()
    }

    /// One text or one tag.
    fn read_text(&mut self, text: &str, handler: &mut dyn Handler, is_end: bool) -> usize {
        let Some(at) = memchr(b'<', text.as_bytes()) else {
            let end = if is_end { text.len() } else { before_entity(text) };
            handler.text(text.get(..end).unwrap_or_default(), true);
            return end;
        };
        if at > 0 {
            handler.text(text.get(..at).unwrap_or_default(), true);
            return at;
        }
        handler.at(self.line);
        self.read_markup(text, handler, is_end)
    }
}

/// Attributes of one tag, unread; iterating gives names and raw values.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'a>(pub &'a str);

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            // By bytes: all that is looked for is ASCII, which no other character contains.
            let is_gap = |it: &u8| it.is_ascii_whitespace() || matches!(it, b'"' | b'\'' | b'=');
            let start = self.0.bytes().position(|it| !is_gap(&it) && it != b'/')?;
            let rest = self.0.get(start..)?;
            let end = rest.bytes().position(|it| is_gap(&it)).unwrap_or(rest.len());
            let (name, after) = rest.split_at_checked(end)?;
            let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
                self.0 = after;
                continue;
            };
            let Some(quote) = value.chars().next().filter(|it| matches!(it, '"' | '\'')) else {
                let end = value.find(|it: char| it.is_ascii_whitespace()).unwrap_or(value.len());
                let (bare, after) = value.split_at_checked(end)?;
                self.0 = after;
                return Some((local(name), bare));
            };
            let value = value.get(1..)?;
            let end = read::quote_end(value, quote).unwrap_or(value.len());
            self.0 = value.get(end + 1..).unwrap_or_default();
            return Some((local(name), value.get(..end)?));
        }
    }
}

/// A name without its prefix.
#[must_use]
pub fn local(name: &str) -> &str {
    match memchr(b':', name.as_bytes()) {
        Some(at) if !name.starts_with("xmlns") => name.get(at + 1..).unwrap_or_default(),
        _ => name,
    }
}

fn lines(text: &str) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', text.as_bytes()).count()).unwrap_or(u32::MAX)
}

/// The end of the text that surely holds whole entities only.
fn before_entity(text: &str) -> usize {
    let mut from = text.len().saturating_sub(ENTITY);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    let tail = text.get(from..).unwrap_or_default();
    match tail.rfind('&') {
        Some(at) if !tail.get(at..).is_some_and(|it| it.contains(';')) => from + at,
        _ => text.len(),
    }
}
