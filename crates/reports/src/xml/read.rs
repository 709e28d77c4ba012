//! The markup part of the reader: tags, sections, declarations. Never looks further than one tag.

use super::{Attributes, Handler, MAX_TAG, State, Xml, local};
use memchr::{memchr, memchr3, memmem};

impl Xml {
    /// What begins with `<`; 0 where more text is needed.
    pub(super) fn read_markup(&mut self, text: &str, handler: &mut dyn Handler, is_end: bool) -> usize {
        let bytes = text.as_bytes();
        match bytes.get(1) {
            Some(b'/') => Self::read_close(text, handler, is_end),
            Some(b'?') => self.enter(State::Skip("?>"), 2),
            Some(b'!') => {
                if text.len() < 9 && !is_end {
                    return 0;
                }
                if text.starts_with("<![CDATA[") {
                    self.enter(State::Cdata, 9)
                } else if text.starts_with("<!--") {
                    self.enter(State::Skip("-->"), 4)
                } else if text.get(..9).is_some_and(|it| it.eq_ignore_ascii_case("<!DOCTYPE")) {
                    self.enter(State::Doctype(0), 9)
                } else {
                    as_text(text, handler)
                }
            }
            Some(first) if first.is_ascii_alphabetic() || *first == b'_' || *first >= 0x80 => {
                self.read_open(text, handler, is_end)
            }
            None if !is_end => 0,
            _ => as_text(text, handler),
        }
    }

    const fn enter(&mut self, state: State, used: usize) -> usize {
        self.state = state;
        used
    }

    fn read_close(text: &str, handler: &mut dyn Handler, is_end: bool) -> usize {
        let head = text.get(..text.len().min(512)).unwrap_or(text);
        let Some(end) = memchr(b'>', head.as_bytes()) else {
            return if text.len() >= 512 {
                as_text(text, handler)
            } else {
                usize::from(is_end) * text.len()
            };
        };
        let name = local(text.get(2..end).unwrap_or_default().trim());
        if handler.allows(name) {
            handler.close(name);
            end + 1
        } else {
            as_text(text, handler)
        }
    }

    fn read_open(&mut self, text: &str, handler: &mut dyn Handler, is_end: bool) -> usize {
        let ends = |it: &u8| it.is_ascii_whitespace() || matches!(it, b'>' | b'/' | b'<' | b'=' | b'"' | b'(');
        let name_end = text.as_bytes().iter().skip(1).position(ends).map(|at| at + 1);
        let Some(name_end) = name_end else {
            return if text.len() > MAX_TAG {
                as_text(text, handler)
            } else {
                0
            };
        };
        let name = local(text.get(1..name_end).unwrap_or_default());
        if !handler.allows(name) {
            return as_text(text, handler);
        }
        let Some(length) = tag_end(text.get(name_end..).unwrap_or_default()) else {
            if text.len() > MAX_TAG || is_end {
                handler.problem(self.line, "a tag without its end was read as text");
                return as_text(text, handler);
            }
            return 0;
        };
        let inner = text.get(name_end..name_end + length).unwrap_or_default();
        let empty = inner.ends_with('/');
        handler.open(name, Attributes(inner.strip_suffix('/').unwrap_or(inner)), empty);
        name_end + length + 1
    }

    pub(super) fn read_cdata(&mut self, text: &str, handler: &mut dyn Handler, is_end: bool) -> usize {
        if let Some(at) = memmem::find(text.as_bytes(), b"]]>") {
            handler.text(text.get(..at).unwrap_or_default(), false);
            self.state = State::Text;
            return at + 3;
        }
        let mut end = if is_end {
            text.len()
        } else {
            text.len().saturating_sub(2)
        };
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        handler.text(text.get(..end).unwrap_or_default(), false);
        end
    }

    pub(super) fn skip(&mut self, text: &str, end: &str, is_end: bool) -> usize {
        if let Some(at) = memmem::find(text.as_bytes(), end.as_bytes()) {
            self.state = State::Text;
            return at + end.len();
        }
        let mut used = if is_end {
            text.len()
        } else {
            text.len().saturating_sub(end.len() - 1)
        };
        while !text.is_char_boundary(used) {
            used -= 1;
        }
        used
    }

    pub(super) fn skip_doctype(&mut self, text: &str, depth: u32) -> usize {
        let mut depth = depth;
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'[' => depth += 1,
                b']' => depth = depth.saturating_sub(1),
                b'>' if depth == 0 => {
                    self.state = State::Text;
                    return at + 1;
                }
                _ => {}
            }
        }
        self.state = State::Doctype(depth);
        text.len()
    }
}

/// A `<` that is no tag.
fn as_text(text: &str, handler: &mut dyn Handler) -> usize {
    handler.text(text.get(..1).unwrap_or_default(), false);
    1
}

/// Where the `>` of a tag stands, past any within quotes.
fn tag_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        let byte = *bytes.get(at)?;
        if byte == b'>' {
            return Some(at);
        }
        // Only a quote behind `=` begins a value; others are litter.
        let before = bytes.get(..at).unwrap_or_default();
        if before.iter().rev().find(|it| !it.is_ascii_whitespace()) == Some(&b'=') {
            at += 1 + quote_end(text.get(at + 1..)?, char::from(byte))?;
        }
        at += 1;
    }
}

/// Where a value ends: at its quote, if what follows can follow a value, so that
/// `message="expected "a""` keeps most of its text.
pub(super) fn quote_end(value: &str, quote: char) -> Option<usize> {
    let bytes = value.as_bytes();
    let quote = u8::try_from(quote).ok()?;
    let mut at = 0;
    loop {
        at += memchr(quote, bytes.get(at..)?)?;
        match bytes.get(at + 1) {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>' | b'?') => return Some(at),
            // The end of one value glued to the next name.
            Some(next) if next.is_ascii_alphabetic() && glued(bytes.get(at + 1..)?) => return Some(at),
            Some(_) => at += 1,
        }
    }
}

/// Whether this reads `name="`.
fn glued(bytes: &[u8]) -> bool {
    let name = bytes
        .iter()
        .take(64)
        .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b':'))
        .count();
    bytes.get(name) == Some(&b'=') && matches!(bytes.get(name + 1), Some(b'"' | b'\''))
}
