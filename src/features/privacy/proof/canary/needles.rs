//! A string in every shape in which it could have been kept: as it is, in base64 at each of the three
//! alignments, in hexadecimal, in UTF-16; and each of these in hexadecimal again, as PostgreSQL shows
//! bytes.

use aho_corasick::{AhoCorasick, BuildError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::{self, Read};

/// Searches for all shapes at once, in one pass and with flat memory.
pub(super) struct Needles(AhoCorasick);

impl Needles {
    pub(super) fn of(text: &str) -> Result<Self, BuildError> {
        let shapes = shapes(text);
        let in_hex: Vec<Vec<u8>> = shapes.iter().map(|shape| hex::encode(shape).into_bytes()).collect();
        AhoCorasick::new(shapes.into_iter().chain(in_hex)).map(Self)
    }

    pub(super) fn are_in(&self, bytes: &[u8]) -> bool {
        self.0.is_match(bytes)
    }

    /// Reads to the end, or to the first find.
    pub(super) fn are_in_stream(&self, reader: impl Read) -> io::Result<bool> {
        self.0
            .stream_find_iter(reader)
            .next()
            .transpose()
            .map(|found| found.is_some())
    }
}

fn shapes(text: &str) -> Vec<Vec<u8>> {
    let bytes = text.as_bytes();
    let wide = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let mut shapes = vec![
        bytes.to_vec(),
        hex::encode(bytes).into_bytes(),
        hex::encode_upper(bytes).into_bytes(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ];
    shapes.extend((0..3).map(|offset| base64_at(bytes, offset)));
    shapes
}

/// What is the same in the base64 of any text that holds `bytes` at this offset modulo three.
fn base64_at(bytes: &[u8], offset: usize) -> Vec<u8> {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(bytes);
    let encoded = STANDARD.encode(&padded).into_bytes();
    let first = (offset * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    encoded.get(first..last).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    const TEXT: &str = "canary5d41402abc4b2a76b9719d911017c592";

    #[test]
    fn every_shape_is_found_and_another_text_is_not() {
        let needles = Needles::of(TEXT).unwrap();
        for before in ["", "a", "ab", "abc"] {
            let whole = format!("{before}{TEXT} and more");
            let wide: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let shapes: [Vec<u8>; 7] = [
                whole.clone().into_bytes(),
                STANDARD.encode(&whole).into_bytes(),
                URL_SAFE_NO_PAD.encode(&whole).into_bytes(),
                hex::encode(&whole).into_bytes(),
                hex::encode(STANDARD.encode(&whole)).into_bytes(),
                hex::encode(&wide).into_bytes(),
                wide,
            ];
            for shape in shapes {
                assert!(needles.are_in(&shape), "{}", String::from_utf8_lossy(&shape));
                assert!(needles.are_in_stream(&shape[..]).unwrap());
            }
        }
        let other = TEXT.replace('5', "6");
        assert!(!needles.are_in(other.as_bytes()) && !needles.are_in(STANDARD.encode(&other).as_bytes()));
    }

    #[test]
    fn a_text_that_is_cut_by_a_buffer_is_found() {
        let needles = Needles::of(TEXT).unwrap();
        let mut bytes = vec![b'x'; 64 * 1024 - 10];
        bytes.extend_from_slice(TEXT.as_bytes());
        bytes.extend_from_slice(&vec![b'y'; 100_000]);
        assert!(needles.are_in_stream(&bytes[..]).unwrap());
    }
}
