//! The parser: recursive, with a bound on its depth.

use super::{Fault, Value};
use memchr::memchr2;
use std::borrow::Cow;

const MAX_DEPTH: usize = 200;
/// Values per document: about 200 MB of memory at the worst.
const MAX_VALUES: usize = 5_000_000;

struct Parser<'a> {
    text: &'a str,
    at: usize,
    values: usize,
    fault: Option<Fault>,
}

pub(super) fn document(text: &str) -> (Value<'_>, Option<Fault>) {
    let mut parser = Parser {
        text,
        at: 0,
        values: 0,
        fault: None,
    };
    parser.space();
    if parser.at == text.len() {
        return (
            Value::Null,
            Some(Fault {
                at: 0,
                what: "the document is empty",
            }),
        );
    }
    let value = parser.value(0);
    parser.space();
    if parser.fault.is_none() && parser.at < text.len() {
        parser.fail("more text behind the document");
    }
    (value, parser.fault)
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|it| it.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn fail(&mut self, what: &'static str) {
        if self.fault.is_none() {
            let what = if self.at >= self.text.len() {
                "the document ends too early"
            } else {
                what
            };
            self.fault = Some(Fault { at: self.at, what });
        }
    }

    fn value(&mut self, depth: usize) -> Value<'a> {
        self.values += 1;
        if depth > MAX_DEPTH || self.values > MAX_VALUES {
            self.fail("too deep or too many values");
            return Value::Null;
        }
        match self.peek() {
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map_or(Value::Null, Value::Text),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            // Python and JavaScript write these, JSON does not have them.
            Some(b'N') => self.word("NaN", Value::Null),
            Some(b'I') => self.word("Infinity", Value::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Value<'a> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            return value;
        }
        self.fail("not a value");
        Value::Null
    }

    fn number(&mut self) -> Value<'a> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest
            .bytes()
            .position(|it| !matches!(it, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
            .unwrap_or(rest.len());
        match rest.get(..end).and_then(|number| number.parse().ok()) {
            Some(number) => {
                self.at += end;
                Value::Number(number)
            }
            None => {
                self.fail("not a value");
                Value::Null
            }
        }
    }

    fn list(&mut self, depth: usize) -> Value<'a> {
        let mut items = Vec::new();
        self.at += 1;
        loop {
            self.space();
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                Some(b',') => self.at += 1,
                None => {
                    self.fail("");
                    break;
                }
                Some(_) => {
                    let item = self.value(depth + 1);
                    // What a fault cut off is half there: a list keeps whole texts and all containers.
                    if self.fault.is_none() || matches!(item, Value::Map(_) | Value::List(_)) {
                        items.push(item);
                    }
                    if self.fault.is_some() {
                        break;
                    }
                }
            }
        }
        Value::List(items)
    }

    fn map(&mut self, depth: usize) -> Value<'a> {
        let mut pairs = Vec::new();
        self.at += 1;
        loop {
            self.space();
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    break;
                }
                Some(b',') => self.at += 1,
                Some(b'"') => {
                    let Some(key) = self.string() else {
                        break;
                    };
                    self.space();
                    if self.peek() != Some(b':') {
                        self.fail("a key without a value");
                        break;
                    }
                    self.at += 1;
                    self.space();
                    let value = self.value(depth + 1);
                    pairs.push((key, value));
                    if self.fault.is_some() {
                        break;
                    }
                }
                _ => {
                    self.fail("not a key");
                    break;
                }
            }
        }
        Value::Map(pairs)
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.at += 1;
        let mut whole: Option<String> = None;
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(end) = memchr2(b'"', b'\\', rest.as_bytes()) else {
                self.at = self.text.len();
                self.fail("");
                return whole.map(Cow::Owned);
            };
            let piece = rest.get(..end).unwrap_or_default();
            self.at += end + 1;
            if rest.as_bytes().get(end) == Some(&b'"') {
                return Some(match whole {
                    None => Cow::Borrowed(piece),
                    Some(mut whole) => {
                        whole.push_str(piece);
                        Cow::Owned(whole)
                    }
                });
            }
            let whole = whole.get_or_insert_with(String::new);
            whole.push_str(piece);
            self.escape(whole);
        }
    }

    fn escape(&mut self, out: &mut String) {
        let Some(it) = self.text.get(self.at..).and_then(|rest| rest.chars().next()) else {
            return;
        };
        self.at += it.len_utf8();
        match it {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' | 'f' => {}
            'u' => {
                let unit = self.unit().unwrap_or(0xFFFD);
                let high = u16::try_from(unit).unwrap_or(0);
                let mut units = vec![high];
                let follows = self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u"));
                if (0xD800..0xDC00).contains(&high) && follows {
                    self.at += 2;
                    units.extend(self.unit().and_then(|unit| u16::try_from(unit).ok()));
                }
                for it in char::decode_utf16(units) {
                    let it = it.unwrap_or(char::REPLACEMENT_CHARACTER);
                    if !it.is_control() || matches!(it, '\n' | '\t' | '\r' | '\u{1b}') {
                        out.push(it);
                    }
                }
            }
            // `\"`, `\\`, `\/`, and escapes that JSON does not have: the character itself.
            other => out.push(other),
        }
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let unit = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_reads_as_written() {
        let (value, fault) = document(r#" {"a":[1,-2.5e1,true,null,"x\u00e9\ud83d\ude00\n"],"b":{}} "#);
        assert_eq!(fault, None);
        assert_eq!(value.get("a").items()[1], Value::Number(-25.0));
        assert_eq!(value.get("a").items()[4].text(), "xé😀\n");
        assert!(value.get("b").is_map() && !value.has("c"));
    }

    #[test]
    fn a_cut_document_gives_what_stands_before_the_cut() {
        let (value, fault) = document(r#"{"tests":[{"name":"a"},{"name":"b"},{"na"#);
        assert_eq!(fault.map(|fault| fault.what), Some("the document ends too early"));
        assert_eq!(value.get("tests").items().len(), 3);
        assert_eq!(value.get("tests").items()[1].get("name").text(), "b");
    }

    #[test]
    fn depth_is_bounded() {
        assert!(document(&"[".repeat(100_000)).1.is_some());
        assert!(document(&"{\"a\":".repeat(100_000)).1.is_some());
    }
}
