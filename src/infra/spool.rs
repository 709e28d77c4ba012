//! Large files that are written once, sealed in chunks, and can be read while they still grow.
//!
//! Each chunk is a sealed value of its own, bound to the file and to its number; the last one is
//! marked as such, so that a file that was cut or put together anew does not open. Because every
//! chunk but the last holds the same number of bytes, any part can be read without the rest.
//!
//! ```text
//! chunk 0 (sealed) | chunk 1 (sealed) | … | last chunk (sealed, possibly empty)
//! ```

use super::crypto::{DataKey, Place, SealError};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Plain bytes of a chunk.
///
/// Small, so that the first bytes of a growing file can be read soon.
pub const CHUNK: usize = 8 * 1024;
/// Bytes that a sealed chunk takes in the file.
const SEALED: u64 = (CHUNK + super::crypto::SEAL_OVERHEAD) as u64;

/// Which file it is, for the seal of its chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spool {
    pub id: Uuid,
    pub owner: Uuid,
}

impl Spool {
    fn place(self, number: u64, is_last: bool) -> Place {
        Place {
            table: "spool",
            column: if is_last { "last chunk" } else { "chunk" },
            row: Uuid::from_u128(self.id.as_u128().wrapping_add(u128::from(number))),
            owner: self.owner,
        }
    }
}

/// Makes a file that only its owner can read; there must be none of that name.
///
/// # Errors
/// When it cannot be made.
pub fn create(path: &Path) -> io::Result<File> {
    let mut open = std::fs::OpenOptions::new();
    open.read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Seals what is written into chunks. `F` hears how many plain bytes can be read after each but the
/// last, which nobody can read before the whole length is known.
pub struct Writer<W, F> {
    to: W,
    spool: Spool,
    key: Arc<DataKey>,
    buffer: Zeroizing<Vec<u8>>,
    number: u64,
    on_chunk: F,
}

impl<W: Write, F: FnMut(u64)> Writer<W, F> {
    pub fn new(to: W, spool: Spool, key: Arc<DataKey>, on_chunk: F) -> Self {
        Self {
            to,
            spool,
            key,
            buffer: Zeroizing::new(Vec::with_capacity(CHUNK)),
            number: 0,
            on_chunk,
        }
    }

    /// Seals what is left as the last chunk; answers the target and how many plain bytes it holds.
    ///
    /// # Errors
    /// When the target cannot be written.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        let total = self.number * CHUNK as u64 + self.buffer.len() as u64;
        self.put(true)?;
        self.to.flush()?;
        Ok((self.to, total))
    }

    fn put(&mut self, is_last: bool) -> io::Result<()> {
        let place = self.spool.place(self.number, is_last);
        let sealed = self.key.seal(place, &self.buffer).map_err(io::Error::other)?;
        self.to.write_all(&sealed)?;
        self.number += 1;
        self.buffer.clear();
        if !is_last {
            (self.on_chunk)(self.number * CHUNK as u64);
        }
        Ok(())
    }
}

impl<W: Write, F: FnMut(u64)> Write for Writer<W, F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full buffer waits for more: only then is it not the last chunk.
        if self.buffer.len() == CHUNK && !bytes.is_empty() {
            self.put(false)?;
        }
        let (taken, _) = bytes.split_at(bytes.len().min(CHUNK - self.buffer.len()));
        self.buffer.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Reads any part of a spool. Blocking: call it on a thread that may wait.
#[derive(Debug)]
pub struct Reader {
    file: File,
    spool: Spool,
    key: Arc<DataKey>,
}

impl Reader {
    #[must_use]
    pub const fn new(file: File, spool: Spool, key: Arc<DataKey>) -> Self {
        Self { file, spool, key }
    }

    /// The plain bytes of this range, or fewer: the answer ends with a chunk. `total` is the whole
    /// length where it is known already; without it the last chunk cannot be read.
    ///
    /// # Errors
    /// When the file cannot be read or a chunk does not open.
    pub fn read(&self, range: Range<u64>, total: Option<u64>) -> io::Result<Vec<u8>> {
        let chunk = CHUNK as u64;
        let number = range.start / chunk;
        // An empty file has one empty chunk; a full last chunk is not followed by an empty one.
        let last = total.map(|total| total.saturating_sub(1) / chunk);
        let is_last = last == Some(number);
        let plain = match total {
            Some(total) if is_last => total - number * chunk,
            _ => chunk,
        };
        let plain = usize::try_from(plain).map_err(io::Error::other)?;
        let mut sealed = vec![0; plain + super::crypto::SEAL_OVERHEAD];
        self.file.read_exact_at(&mut sealed, number * SEALED)?;
        let opened = self.key.open(self.spool.place(number, is_last), &sealed);
        let opened = opened.map_err(|error: SealError| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let start = usize::try_from(range.start % chunk).map_err(io::Error::other)?;
        let wanted = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let end = start.saturating_add(wanted).min(opened.len());
        Ok(opened.get(start..end).unwrap_or_default().to_vec())
    }
}

/// A finished spool that is read like a file.
#[derive(Debug)]
pub struct Cursor {
    reader: Reader,
    total: u64,
    at: u64,
    /// The chunk that was opened last, and its first byte's place.
    opened: Option<(u64, Zeroizing<Vec<u8>>)>,
}

impl Cursor {
    #[must_use]
    pub const fn new(reader: Reader, total: u64) -> Self {
        Self {
            reader,
            total,
            at: 0,
            opened: None,
        }
    }
}

impl Read for Cursor {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.total {
            return Ok(0);
        }
        let start = self.at - self.at % CHUNK as u64;
        if self.opened.as_ref().is_none_or(|(opened, _)| *opened != start) {
            let chunk = self.reader.read(start..self.total, Some(self.total))?;
            self.opened = Some((start, Zeroizing::new(chunk)));
        }
        let within = usize::try_from(self.at - start).map_err(io::Error::other)?;
        let chunk = self.opened.as_ref().map(|(_, chunk)| chunk.as_slice());
        let mut rest = chunk.and_then(|chunk| chunk.get(within..)).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Cursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.total.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SPOOL: Spool = Spool {
        id: Uuid::from_u128(1 << 100),
        owner: Uuid::from_u128(9),
    };

    /// Writes in pieces of these sizes; answers the file, its key and what was written.
    fn written(pieces: &[usize]) -> (tempfile::NamedTempFile, Arc<DataKey>, Vec<u8>, Vec<u64>) {
        let file = tempfile::NamedTempFile::new().unwrap();
        let key = Arc::new(DataKey::generate().unwrap());
        let mut readable = Vec::new();
        let mut writer = Writer::new(file.as_file(), SPOOL, key.clone(), |bytes| readable.push(bytes));
        let mut plain = Vec::new();
        for (index, size) in pieces.iter().enumerate() {
            let piece: Vec<u8> = (0..*size).map(|byte| (byte * 7 + index) as u8).collect();
            writer.write_all(&piece).unwrap();
            plain.extend(piece);
        }
        let (_, total) = writer.finish().unwrap();
        assert_eq!(total, plain.len() as u64);
        (file, key, plain, readable)
    }

    fn reader(file: &tempfile::NamedTempFile, key: &Arc<DataKey>) -> Reader {
        Reader::new(file.reopen().unwrap(), SPOOL, key.clone())
    }

    fn read_all(reader: &Reader, range: Range<u64>, total: u64) -> Vec<u8> {
        let mut all = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let part = reader.read(at..range.end, Some(total)).unwrap();
            assert!(!part.is_empty());
            at += part.len() as u64;
            all.extend(part);
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn any_range_reads_what_was_written(
            pieces in proptest::collection::vec(0_usize..70_000, 0..5),
            (from, to) in (0.0_f64..1.0, 0.0_f64..1.0),
        ) {
            let (file, key, plain, readable) = written(&pieces);
            let reader = reader(&file, &key);
            let total = plain.len() as u64;
            prop_assert_eq!(&read_all(&reader, 0..total, total), &plain);
            let at = |share: f64| (share * total as f64) as u64;
            let range = at(from.min(to))..at(from.max(to));
            let part = &plain[range.start as usize..range.end as usize];
            prop_assert_eq!(read_all(&reader, range.clone(), total), part);
            let mut cursor = Cursor::new(reader, total);
            cursor.seek(SeekFrom::Start(range.start)).unwrap();
            let mut found = Vec::new();
            (&mut cursor).take(range.end - range.start).read_to_end(&mut found).unwrap();
            prop_assert_eq!(found, part);
            prop_assert!(readable.is_sorted() && readable.iter().all(|bytes| *bytes <= total));
        }

        #[test]
        fn a_changed_byte_does_not_open(at in 0.0_f64..1.0) {
            let (file, key, plain, _) = written(&[CHUNK + 100]);
            let mut bytes = std::fs::read(file.path()).unwrap();
            let index = ((bytes.len() - 1) as f64 * at) as usize;
            bytes[index] ^= 1;
            std::fs::write(file.path(), bytes).unwrap();
            let reader = reader(&file, &key);
            let total = plain.len() as u64;
            let both = [reader.read(0..total, Some(total)), reader.read(CHUNK as u64..total, Some(total))];
            prop_assert!(both.iter().any(Result::is_err));
        }
    }

    #[test]
    fn the_file_holds_nothing_readable_and_a_cut_file_does_not_open() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let key = Arc::new(DataKey::generate().unwrap());
        let mut writer = Writer::new(file.as_file(), SPOOL, key.clone(), |_| ());
        let plain = b"canary ".repeat(20_000);
        writer.write_all(&plain).unwrap();
        writer.finish().unwrap();
        let bytes = std::fs::read(file.path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"canary"));
        let reader = reader(&file, &key);
        let shorter = 2 * CHUNK as u64;
        // Taken for complete after two chunks: the second is not marked as the last.
        assert!(reader.read(CHUNK as u64..shorter, Some(shorter)).is_err());
        let other = Spool {
            id: Uuid::from_u128(5),
            ..SPOOL
        };
        assert!(
            Reader::new(file.reopen().unwrap(), other, key)
                .read(0..10, None)
                .is_err()
        );
    }

    #[test]
    fn a_full_disk_is_an_error_and_not_a_short_file() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let key = Arc::new(DataKey::generate().unwrap());
        let mut writer = Writer::new(Full, SPOOL, key, |_| panic!("nothing was written"));
        let error = writer.write_all(&vec![0; 2 * CHUNK]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
