//! Writes a bundle: pieces of files come in, a ZIP goes out into the sealed spool. Blocking: runs on a
//! thread of its own, so that hashing, packing and the disk hold up nobody.

use super::aside::Aside;
use crate::domain::privacy::bundle::manifest::{KIND, VERSION};
use crate::domain::privacy::bundle::{FileEntry, MANIFEST, Manifest, SIGNATURE, Signed};
use crate::infra::crypto::Keys;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Read, Seek, Write};
use tokio::sync::mpsc::Receiver;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// What the writer is told, in this order: `Begin`, any number of `Bytes`, `End`, again, `Finish`. `Aside` may come
/// in any file, and `Kept` in a later one.
#[derive(Debug)]
pub enum Piece {
    /// A new entry; `is_large` where it may grow beyond 4 GiB.
    Begin {
        path: String,
        is_large: bool,
    },
    Bytes(Vec<u8>),
    /// Bytes of a later file.
    Aside(Vec<u8>),
    /// Here goes everything that was kept aside.
    Kept,
    End {
        rows: Option<u64>,
        schema: Option<String>,
    },
    /// Everything was said; rows per table.
    Finish(BTreeMap<String, u64>),
}

/// What the manifest says beside the files.
pub struct Head {
    pub created_at: String,
    pub server: String,
    pub account: String,
    pub keys: Keys,
}

/// The level at which rows pack at the speed of the disk.
const LEVEL: i64 = 1;
/// Bytes that are moved at once of what was kept aside.
const BUFFER: usize = 16 * 1024;

/// Writes until `Finish`. Pieces that end before it mean that a section failed: then there is no
/// bundle, and what was written has no directory, so that nothing takes it for one.
///
/// # Errors
/// When the target cannot be written, or the pieces end early.
pub fn write<W: Write>(mut pieces: Receiver<Piece>, to: W, head: &Head, mut aside: Aside) -> io::Result<W> {
    let mut zip = ZipWriter::new_stream(to);
    let mut files = Vec::new();
    let mut open: Option<Entry> = None;
    while let Some(piece) = pieces.blocking_recv() {
        match (piece, &mut open) {
            (Piece::Begin { path, is_large }, None) => {
                zip.start_file(&*path, options(is_large))?;
                open = Some(Entry::new(path));
            }
            (Piece::Bytes(bytes), Some(entry)) => {
                entry.take(&bytes);
                zip.write_all(&bytes)?;
            }
            (Piece::Aside(bytes), _) => aside.push(&bytes)?,
            (Piece::Kept, Some(entry)) => pour(aside.take()?, entry, &mut zip)?,
            (Piece::End { rows, schema }, Some(_)) => {
                files.extend(open.take().map(|entry| entry.close(rows, schema)));
            }
            (Piece::Finish(tables), None) => {
                sign(&mut zip, head, tables, files)?;
                return zip
                    .finish()
                    .map(zip::write::StreamWriter::into_inner)
                    .map_err(io::Error::from);
            }
            _ => return Err(io::Error::other("pieces of the bundle came in the wrong order")),
        }
    }
    Err(io::Error::other("the bundle was broken off"))
}

fn pour(mut from: impl Read, entry: &mut Entry, zip: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        let count = from.read(&mut buffer)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        entry.take(bytes);
        zip.write_all(bytes)?;
    }
}

fn options(is_large: bool) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o600)
        .large_file(is_large)
}

/// The manifest of everything written so far, and the signature under it.
fn sign<W: Write + Seek>(
    zip: &mut ZipWriter<W>,
    head: &Head,
    tables: BTreeMap<String, u64>,
    files: Vec<FileEntry>,
) -> io::Result<()> {
    let key = head.keys.verifying_key();
    let manifest = Manifest {
        kind: KIND.to_owned(),
        version: VERSION,
        created_at: head.created_at.clone(),
        server: head.server.clone(),
        account: head.account.clone(),
        signature: Signed {
            algorithm: "Ed25519".to_owned(),
            key_id: key.id(),
            public_key: key.to_hex(),
        },
        tables,
        files,
    };
    let bytes = manifest.to_bytes()?;
    zip.start_file(MANIFEST, options(false))?;
    zip.write_all(&bytes)?;
    zip.start_file(SIGNATURE, options(false))?;
    zip.write_all(&head.keys.sign(&bytes))
}

/// An entry that is being written.
struct Entry {
    path: String,
    bytes: u64,
    hash: Sha256,
}

impl Entry {
    fn new(path: String) -> Self {
        Self {
            path,
            bytes: 0,
            hash: Sha256::new(),
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.hash.update(bytes);
    }

    fn close(self, rows: Option<u64>, schema: Option<String>) -> FileEntry {
        FileEntry {
            path: self.path,
            bytes: self.bytes,
            sha256: hex::encode(self.hash.finalize()),
            rows,
            schema,
        }
    }
}
