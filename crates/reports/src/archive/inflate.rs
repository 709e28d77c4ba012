//! Deflate and gzip, up to a given number of bytes.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

/// What a deflate stream holds, up to `most` bytes, with the fault that ended it early and the number
/// of bytes that it took.
pub(super) fn inflate(bytes: &[u8], most: usize) -> (Vec<u8>, usize, Option<&'static str>) {
    let mut state = Box::<DecompressorOxide>::default();
    let mut out = vec![0; (bytes.len().saturating_mul(4)).clamp(1024, 1 << 20).min(most.max(1))];
    let (mut read, mut written) = (0, 0);
    loop {
        let rest = bytes.get(read..).unwrap_or_default();
        let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, used, made) = decompress(&mut state, rest, &mut out, written, flags);
        read += used;
        written += made;
        let fault = match status {
            TINFLStatus::Done => None,
            TINFLStatus::HasMoreOutput if out.len() < most => {
                out.resize((out.len() * 2).min(most), 0);
                continue;
            }
            TINFLStatus::HasMoreOutput => Some("larger than is read; the rest was left out"),
            _ => Some("the compressed data is damaged or cut off"),
        };
        out.truncate(written);
        return (out, read, fault);
    }
}

/// What a gzip file holds, all its members one after the other.
#[must_use]
pub(super) fn gunzip(bytes: &[u8], most: usize) -> (Vec<u8>, Option<&'static str>) {
    let (mut out, mut rest) = (Vec::new(), bytes);
    while let Some(body) = after_header(rest) {
        let (mut more, used, fault) = inflate(body, most.saturating_sub(out.len()));
        out.append(&mut more);
        if fault.is_some() {
            return (out, fault);
        }
        // Behind the data: a checksum and a length.
        rest = body.get(used + 8..).unwrap_or_default();
    }
    let fault = out.is_empty().then_some("the compressed data is damaged or cut off");
    (out, fault)
}

fn after_header(bytes: &[u8]) -> Option<&[u8]> {
    let flags = match bytes {
        [0x1f, 0x8b, 8, flags, ..] => *flags,
        _ => return None,
    };
    let mut rest = bytes.get(10..)?;
    if flags & 4 != 0 {
        let length = usize::from(u16::from_le_bytes([*rest.first()?, *rest.get(1)?]));
        rest = rest.get(2 + length..)?;
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            rest = rest.get(rest.iter().position(|it| *it == 0)? + 1..)?;
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}
