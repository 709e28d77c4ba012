//! ZIP, gzip and tar, read without trust: nothing is believed but what really comes out.
//!
//! All of an archive's entries together give at most [`MAX_OUT`] bytes; a bomb ends there. Archives
//! within archives are opened once.

mod inflate;
mod zip;

use inflate::gunzip;

/// Bytes that come out of one archive at most.
pub const MAX_OUT: usize = 512 << 20;
/// Entries of one archive at most.
pub const MAX_ENTRIES: usize = 50_000;

/// Takes each file with its name, or why it could not be read.
pub type Each<'a> = dyn FnMut(&str, Result<&[u8], String>) + 'a;

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    Zip,
    Gzip,
    Tar,
}

/// A file that is no archive has none.
#[must_use]
pub fn container(head: &[u8]) -> Option<Container> {
    match head {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Container::Zip),
        [0x1f, 0x8b, 8, ..] => Some(Container::Gzip),
        _ => (head.get(257..262) == Some(b"ustar")).then_some(Container::Tar),
    }
}

/// Hands every file of an archive to `each`, with its name; what could not be read is told instead.
pub fn unpack(bytes: &[u8], kind: Container, each: &mut Each<'_>) {
    match kind {
        Container::Zip => zip::unpack(bytes, each),
        Container::Tar => untar(bytes, each),
        Container::Gzip => {
            let (out, fault) = gunzip(bytes, MAX_OUT);
            if container(&out) == Some(Container::Tar) {
                untar(&out, each);
            } else {
                each("", Ok(&out));
            }
            if let Some(fault) = fault {
                each("", Err(fault.to_owned()));
            }
        }
    }
}

/// Blocks of 512 bytes: a header, then the file.
fn untar(bytes: &[u8], each: &mut Each<'_>) {
    let (mut at, mut long_name) = (0, None);
    for _ in 0..MAX_ENTRIES {
        let Some(header) = bytes
            .get(at..at + 512)
            .filter(|header| header.iter().any(|it| *it != 0))
        else {
            return;
        };
        let Some(size) = octal(header.get(124..136).unwrap_or_default()) else {
            each("", Err("the archive is damaged".to_owned()));
            return;
        };
        let Some(content) = bytes.get(at + 512..).and_then(|rest| rest.get(..size)) else {
            each("", Err("the archive ends too early".to_owned()));
            return;
        };
        at += 512 + size.div_ceil(512) * 512;
        let (name, prefix) = (text(header.get(..100)), text(header.get(345..500)));
        match header.get(156) {
            // A name too long for the header stands in an entry of its own.
            Some(b'L') => long_name = Some(text(Some(content))),
            Some(b'0' | 0) => {
                let name = long_name.take().unwrap_or(if prefix.is_empty() {
                    name
                } else {
                    format!("{prefix}/{name}")
                });
                each(&name, Ok(content));
            }
            _ => {}
        }
    }
    each("", Err("more entries than are read".to_owned()));
}

fn text(bytes: Option<&[u8]>) -> String {
    let bytes = bytes.unwrap_or_default();
    let end = bytes.iter().position(|it| *it == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

fn octal(bytes: &[u8]) -> Option<usize> {
    let digits = text(Some(bytes));
    let digits = digits.trim();
    if digits.is_empty() {
        Some(0)
    } else {
        usize::from_str_radix(digits, 8).ok()
    }
}
