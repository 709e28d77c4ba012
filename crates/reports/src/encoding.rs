//! Bytes of any usual encoding into clean UTF-8, piece by piece.
//!
//! Knows UTF-8, UTF-16 in both orders, Windows-1252 (and with it Latin-1). Control characters other
//! than tab, line ends and ESC are dropped: they are never part of a report, but tools write them.

use std::borrow::Cow;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16 { big: bool },
    Western,
}

/// What the bytes are decoded by, and what is left of the last piece.
#[derive(Debug)]
pub struct Decoder {
    encoding: Encoding,
    held: Vec<u8>,
    high: Option<u16>,
    /// Bytes that were not valid were replaced.
    pub is_lossy: bool,
    /// The report names an encoding that is not known here.
    pub unknown: Option<String>,
}

impl Decoder {
    /// Looks at the first bytes, of which a few hundred are enough.
    #[must_use]
    pub fn detect(head: &[u8]) -> Self {
        let (encoding, unknown) = match head {
            [0xFE, 0xFF, ..] | [0, b'<' | b'{' | b'[', ..] => (Encoding::Utf16 { big: true }, None),
            [0xFF, 0xFE, ..] | [b'<' | b'{' | b'[', 0, ..] => (Encoding::Utf16 { big: false }, None),
            _ => declared(head),
        };
        Self {
            encoding,
            held: Vec::new(),
            high: None,
            is_lossy: false,
            unknown,
        }
    }

    /// The next piece as text; what a cut through a character leaves waits for the next call.
    pub fn decode<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        match self.encoding {
            Encoding::Utf8 => self.utf8(bytes),
            Encoding::Utf16 { big } => Cow::Owned(self.utf16(bytes, big)),
            Encoding::Western => {
                Cow::Owned(clean(&bytes.iter().map(|byte| western(*byte)).collect::<String>()).into_owned())
            }
        }
    }

    fn utf8<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        if self.held.is_empty() {
            return match std::str::from_utf8(bytes) {
                Ok(text) => clean(text),
                Err(error) if error.error_len().is_none() => {
                    let (whole, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((bytes, &[]));
                    self.held.extend_from_slice(rest);
                    std::str::from_utf8(whole).map_or(Cow::Borrowed(""), clean)
                }
                Err(_) => Cow::Owned(self.mend(bytes.to_vec())),
            };
        }
        let mut all = std::mem::take(&mut self.held);
        all.extend_from_slice(bytes);
        Cow::Owned(self.mend(all))
    }

    /// Bytes with invalid ones among them: those are read as Windows-1252, the usual reason.
    fn mend(&mut self, all: Vec<u8>) -> String {
        let mut out = String::with_capacity(all.len());
        let mut rest = all.as_slice();
        loop {
            let error = match std::str::from_utf8(rest) {
                Ok(text) => {
                    out.push_str(text);
                    break;
                }
                Err(error) => error,
            };
            let (whole, bad) = rest.split_at_checked(error.valid_up_to()).unwrap_or((rest, &[]));
            out.push_str(std::str::from_utf8(whole).unwrap_or_default());
            let Some(length) = error.error_len() else {
                self.held = bad.to_vec();
                break;
            };
            self.is_lossy = true;
            out.extend(bad.iter().take(length).map(|byte| western(*byte)));
            rest = bad.get(length..).unwrap_or_default();
        }
        clean(&out).into_owned()
    }

    fn utf16(&mut self, bytes: &[u8], big: bool) -> String {
        let mut all = std::mem::take(&mut self.held);
        all.extend_from_slice(bytes);
        let mut units: Vec<u16> = self.high.take().into_iter().collect();
        let mut pairs = all.chunks_exact(2);
        units.extend(pairs.by_ref().filter_map(|pair| {
            let pair: [u8; 2] = pair.try_into().ok()?;
            Some(if big {
                u16::from_be_bytes(pair)
            } else {
                u16::from_le_bytes(pair)
            })
        }));
        self.held = pairs.remainder().to_vec();
        if units.last().is_some_and(|unit| (0xD800..0xDC00).contains(unit)) {
            self.high = units.pop();
        }
        let mut out = String::with_capacity(units.len());
        for unit in char::decode_utf16(units) {
            self.is_lossy |= unit.is_err();
            out.push(unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        clean(&out).into_owned()
    }
}

/// The encoding that an XML declaration names.
fn declared(head: &[u8]) -> (Encoding, Option<String>) {
    let line = head.get(..head.len().min(200)).unwrap_or_default();
    let line: String = line.iter().map(|byte| char::from(*byte)).collect();
    let name = line
        .split_once("<?xml")
        .and_then(|(_, rest)| rest.split_once("?>"))
        .and_then(|(declaration, _)| declaration.split_once("encoding"))
        .and_then(|(_, value)| value.split(['"', '\'']).nth(1))
        .unwrap_or("utf-8")
        .to_ascii_lowercase();
    match name.as_str() {
        // A file in UTF-16 would have been known by its first bytes.
        "utf-8" | "utf8" | "us-ascii" | "ascii" | "utf-16" | "utf-16le" | "utf-16be" | "unicode" => {
            (Encoding::Utf8, None)
        }
        "iso-8859-1" | "latin1" | "latin-1" | "iso8859-1" | "iso-8859-15" | "windows-1252" | "cp1252"
        | "iso_8859-1" => (Encoding::Western, None),
        _ => (Encoding::Utf8, Some(name)),
    }
}

/// One byte of Windows-1252.
fn western(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte.checked_sub(0x80).and_then(|at| HIGH.get(usize::from(at))) {
        Some(it) => *it,
        None => char::from(byte),
    }
}

const MARK: &str = "\u{feff}";

/// Without byte order marks and control characters.
fn clean(text: &str) -> Cow<'_, str> {
    let is_noise = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b);
    let has_noise = text.as_bytes().iter().fold(false, |any, byte| any | is_noise(byte));
    // Not only at the start: reports are put together by `cat`, and a piece may begin anywhere.
    let has_mark = memchr::memmem::find(text.as_bytes(), MARK.as_bytes()).is_some();
    if !has_noise && !has_mark {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter(|it| {
        let small = u8::try_from(u32::from(*it)).is_ok_and(|byte| is_noise(&byte));
        !small && !MARK.starts_with(*it)
    });
    Cow::Owned(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bytes: &[u8], step: usize) -> (String, bool) {
        let mut decoder = Decoder::detect(bytes);
        let text: String = bytes
            .chunks(step)
            .map(|piece| decoder.decode(piece).into_owned())
            .collect();
        (text, decoder.is_lossy)
    }

    #[test]
    fn characters_survive_any_cut() {
        let text = "<a>é😀ÿ</a>";
        let wide: Vec<u8> = std::iter::once(0xFEFF)
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for step in 1..6 {
            assert_eq!(whole(text.as_bytes(), step), (text.to_owned(), false));
            assert_eq!(whole(&wide, step), (text.to_owned(), false));
            assert_eq!(whole(&big, step), (text.to_owned(), false));
        }
    }

    #[test]
    fn latin_is_read_where_declared_and_where_utf8_is_broken() {
        assert_eq!(
            whole(b"<?xml version='1.0' encoding='ISO-8859-1'?>\xe9", 7).0,
            "<?xml version='1.0' encoding='ISO-8859-1'?>é"
        );
        assert_eq!(whole(b"<a>caf\xe9 ok</a>", 3), ("<a>café ok</a>".to_owned(), true));
    }

    #[test]
    fn a_mark_goes_wherever_a_piece_begins() {
        let bytes = "\u{feff}<a>b\u{feff}c\u{feff}</a>".as_bytes();
        for step in 1..bytes.len() {
            assert_eq!(whole(bytes, step).0, "<a>bc</a>", "{step}");
        }
    }

    #[test]
    fn nul_and_marks_are_dropped() {
        assert_eq!(whole(b"\xef\xbb\xbf{\"a\0\x07\":\t1}\n", 4).0, "{\"a\":\t1}\n");
    }
}
