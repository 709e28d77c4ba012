//! ZIP by its central directory: stored and deflated entries, also with 64-bit sizes.

use super::inflate::inflate;
use super::{Each, MAX_ENTRIES, MAX_OUT};

pub(super) fn unpack(bytes: &[u8], each: &mut Each<'_>) {
    let Some((mut at, count)) = directory(bytes) else {
        each("", Err("the archive has no directory: it is cut off".to_owned()));
        return;
    };
    let mut left = MAX_OUT;
    for _ in 0..count.min(MAX_ENTRIES) {
        let Some(entry) = Entry::read(bytes, at) else {
            each("", Err("the archive's directory is damaged".to_owned()));
            return;
        };
        at = entry.next;
        if entry.name.ends_with('/') {
            continue;
        }
        match entry.content(bytes) {
            None => each(&entry.name, Err("the entry lies outside of the archive".to_owned())),
            Some(content) => match entry.method {
                _ if entry.flags & 1 != 0 => each(&entry.name, Err("the entry is encrypted".to_owned())),
                0 => each(&entry.name, Ok(content)),
                8 => {
                    let (out, _, fault) = inflate(content, left);
                    left = left.saturating_sub(out.len());
                    each(&entry.name, Ok(&out));
                    if let Some(fault) = fault {
                        each(&entry.name, Err(fault.to_owned()));
                    }
                }
                method => each(&entry.name, Err(format!("compression method {method} is not read"))),
            },
        }
        if left == 0 {
            each("", Err("larger than is read; the rest was left out".to_owned()));
            return;
        }
    }
    if count > MAX_ENTRIES {
        each("", Err("more entries than are read".to_owned()));
    }
}

/// Where the central directory begins, and how many entries it has.
fn directory(bytes: &[u8]) -> Option<(usize, usize)> {
    let from = bytes.len().saturating_sub(22 + 65_535);
    let tail = bytes.get(from..)?;
    let end = from + memchr::memmem::rfind(tail, b"PK\x05\x06")?;
    let (count, start) = (u16_at(bytes, end + 10)?, u32_at(bytes, end + 16)?);
    if start != u32::MAX as usize && count != usize::from(u16::MAX) {
        return Some((start, count));
    }
    let locator = end.checked_sub(20)?;
    if bytes.get(locator..locator + 4)? != b"PK\x06\x07" {
        return Some((start, count));
    }
    let large = u64_at(bytes, locator + 8)?;
    Some((
        u64_at(bytes, large.checked_add(48)?)?,
        u64_at(bytes, large.checked_add(32)?)?,
    ))
}

struct Entry {
    name: String,
    flags: usize,
    method: usize,
    packed: usize,
    start: usize,
    next: usize,
}

impl Entry {
    fn read(bytes: &[u8], at: usize) -> Option<Self> {
        if bytes.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        let (name, extra, comment) = (
            u16_at(bytes, at + 28)?,
            u16_at(bytes, at + 30)?,
            u16_at(bytes, at + 32)?,
        );
        let unpacked = u32_at(bytes, at + 24)?;
        let (mut packed, mut start) = (u32_at(bytes, at + 20)?, u32_at(bytes, at + 42)?);
        let most = u32::MAX as usize;
        if let Some(large) = large(bytes.get(at + 46 + name..at + 46 + name + extra)?) {
            // The fields that do not fit, in this order.
            let mut fields = large.chunks_exact(8).map(|field| u64_at(field, 0));
            if unpacked == most {
                fields.next();
            }
            if packed == most {
                packed = fields.next()??;
            }
            if start == most {
                start = fields.next()??;
            }
        }
        Some(Self {
            name: String::from_utf8_lossy(bytes.get(at + 46..at + 46 + name)?).into_owned(),
            flags: u16_at(bytes, at + 8)?,
            method: u16_at(bytes, at + 10)?,
            packed,
            start,
            next: at + 46 + name + extra + comment,
        })
    }

    fn content<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let skip = 30 + u16_at(bytes, self.start.checked_add(26)?)? + u16_at(bytes, self.start.checked_add(28)?)?;
        let from = self.start.checked_add(skip)?;
        bytes.get(from..from.checked_add(self.packed)?)
    }
}

/// The extra field of 64-bit sizes.
fn large(mut extra: &[u8]) -> Option<&[u8]> {
    loop {
        let (id, length) = (u16_at(extra, 0)?, u16_at(extra, 2)?);
        let field = extra.get(4..4 + length)?;
        if id == 1 {
            return Some(field);
        }
        extra = extra.get(4 + length..)?;
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(2)?)?;
    Some(usize::from(u16::from_le_bytes(field.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_le_bytes(field.try_into().ok()?)).ok()
}

fn u64_at(bytes: &[u8], at: usize) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(8)?)?;
    usize::try_from(u64::from_le_bytes(field.try_into().ok()?)).ok()
}
