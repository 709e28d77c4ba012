//! Checks a bundle: its entries, every hash and number of rows, the schemas, the signature. Blocking,
//! offline, with flat memory; for `spectr verify-export` and for taking data over.
//!
//! A bundle comes from outside: it may be broken, huge, or made to do harm. Nothing of it is ever
//! written to a path that it names, nothing is read beyond the size that its signed manifest states.

use super::counted::{count_csv, count_json};
use crate::domain::privacy::bundle::manifest::{KIND, VERSION};
use crate::domain::privacy::bundle::{FileEntry, MANIFEST, Manifest, README, SIGNATURE};
use crate::infra::crypto::PublicKey;
use crate::infra::crypto::receipts::SIGNATURE_BYTES;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read, Seek};
use zip::ZipArchive;
use zip::result::ZipError;

/// Entries that a bundle may have.
const MAX_ENTRIES: usize = 200;
const MAX_MANIFEST: u64 = 1024 * 1024;

/// Why a bundle is not valid, in words for the person who has it.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("This is no ZIP file, or it is not complete ({0}). Download it again.")]
    NoZip(String),
    #[error("It holds an entry that does not belong into an export: {0:?}.")]
    Strange(String),
    #[error("It holds the same entry twice.")]
    Twice,
    #[error("{0} is missing.")]
    Missing(String),
    #[error("{0} cannot be read: {1}.")]
    Unreadable(String, String),
    #[error("The manifest is not one of a Spectr export.")]
    NoManifest,
    #[error("It was made by a newer version of Spectr, in format {0}.")]
    Newer(u32),
    #[error("The signature does not fit the manifest: something was changed after the server signed it.")]
    Signature,
    #[error("It is signed by the key {0}, not by the key that was given.")]
    OtherKey(String),
    #[error("{0} was changed: its SHA-256 is another one than in the signed manifest.")]
    Hash(String),
    #[error("{path} has {found} bytes; the signed manifest says {stated}.")]
    Size { path: String, found: String, stated: u64 },
    #[error("{path} holds {found} rows; the signed manifest says {stated}.")]
    Rows { path: String, found: u64, stated: u64 },
    #[error("{0} is not listed in the manifest.")]
    Unlisted(String),
    #[error("{0} has no schema in the bundle.")]
    NoSchema(String),
    /// The disk, not the bundle.
    #[error("The file cannot be read: {0}.")]
    Disk(io::Error),
    #[error("Unpacked it would be larger than {0} MB.")]
    TooLarge(u64),
}

/// What is asked of a bundle.
#[derive(Clone, Debug, Default)]
pub struct Demands<'a> {
    /// Keys of which one must have signed; none: the key that the bundle names.
    pub pinned: Option<&'a [PublicKey]>,
    /// Bytes that all files together may unpack to.
    pub max_bytes: Option<u64>,
    /// Files whose content is answered, each up to so many bytes.
    pub keep: &'a [(&'a str, u64)],
}

/// A bundle that is valid.
#[derive(Debug)]
pub struct Valid {
    pub manifest: Manifest,
    pub key: PublicKey,
    /// What was to be kept, by path.
    pub kept: BTreeMap<String, Vec<u8>>,
}

/// Checks everything.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify<R: Read + Seek>(from: R, demands: &Demands<'_>) -> Result<Valid, Fault> {
    let mut zip = ZipArchive::new(from).map_err(|error| match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => Fault::Disk(error),
        error => Fault::NoZip(error.to_string()),
    })?;
    let names = names(&zip)?;
    let bytes = small(&mut zip, MANIFEST, MAX_MANIFEST)?;
    let signature = small(&mut zip, SIGNATURE, SIGNATURE_BYTES as u64)?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|_| Fault::NoManifest)?;
    if manifest.kind != KIND {
        return Err(Fault::NoManifest);
    }
    if manifest.version != VERSION {
        return Err(Fault::Newer(manifest.version));
    }
    let key = PublicKey::parse(&manifest.signature.public_key).ok_or(Fault::Signature)?;
    if demands.pinned.is_some_and(|pinned| !pinned.contains(&key)) {
        return Err(Fault::OtherKey(key.id()));
    }
    if !key.verifies(&bytes, &signature) {
        return Err(Fault::Signature);
    }
    same_files(&manifest, &names)?;
    let total = manifest
        .files
        .iter()
        .fold(0_u64, |sum, file| sum.saturating_add(file.bytes));
    if let Some(most) = demands.max_bytes.filter(|most| total > *most) {
        return Err(Fault::TooLarge(most / 1_000_000));
    }
    let mut kept = BTreeMap::new();
    for file in &manifest.files {
        let most = demands
            .keep
            .iter()
            .find(|(path, _)| *path == file.path)
            .map(|(_, most)| *most);
        if let Some(content) = check(&mut zip, file, most)? {
            kept.insert(file.path.clone(), content);
        }
    }
    Ok(Valid { manifest, key, kept })
}

/// The names of all entries, each of which belongs into an export and stands there once.
fn names<R: Read + Seek>(zip: &ZipArchive<R>) -> Result<BTreeSet<String>, Fault> {
    if zip.metadata().has_duplicate_names() {
        return Err(Fault::Twice);
    }
    let mut names = BTreeSet::new();
    for name in zip.file_names_raw().take(MAX_ENTRIES + 1) {
        let name = String::from_utf8_lossy(name).into_owned();
        if !belongs(&name) || names.len() == MAX_ENTRIES {
            return Err(Fault::Strange(name));
        }
        names.insert(name);
    }
    Ok(names)
}

fn belongs(name: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let data = name
        .strip_prefix("data/")
        .and_then(|name| name.strip_suffix(".json").or(name.strip_suffix(".csv")));
    let schema = name
        .strip_prefix("schemas/")
        .and_then(|name| name.strip_suffix(".schema.json"));
    [README, MANIFEST, SIGNATURE].contains(&name) || data.or(schema).is_some_and(is_word)
}

/// A small entry as a whole.
fn small<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str, most: u64) -> Result<Vec<u8>, Fault> {
    let entry = zip.by_name(name).map_err(|_| Fault::Missing(name.to_owned()))?;
    let mut bytes = Vec::new();
    let read = entry.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > most {
        return Err(Fault::Unreadable(name.to_owned(), "it is too large".to_owned()));
    }
    Ok(bytes)
}

fn unreadable(name: &str, error: &io::Error) -> Fault {
    Fault::Unreadable(name.to_owned(), error.to_string())
}

/// The manifest lists exactly the other entries, each once, and each data file's schema is among them.
fn same_files(manifest: &Manifest, names: &BTreeSet<String>) -> Result<(), Fault> {
    let listed: BTreeSet<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    if listed.len() != manifest.files.len() {
        return Err(Fault::Twice);
    }
    let unlisted = names.iter().find(|name| {
        let name = name.as_str();
        ![MANIFEST, SIGNATURE].contains(&name) && !listed.contains(name)
    });
    if let Some(name) = unlisted {
        return Err(Fault::Unlisted(name.clone()));
    }
    if let Some(path) = listed
        .iter()
        .find(|path| !names.contains(**path) || [MANIFEST, SIGNATURE].contains(path))
    {
        return Err(Fault::Missing((*path).to_owned()));
    }
    for file in manifest
        .files
        .iter()
        .filter(|file| file.path.starts_with("data/") && file.path.ends_with(".json"))
    {
        let has_schema = file.schema.as_deref().is_some_and(|schema| listed.contains(schema));
        if !has_schema || file.rows.is_none() {
            return Err(Fault::NoSchema(file.path.clone()));
        }
    }
    Ok(())
}

/// One file: size, hash, rows; its content where it is to be kept.
fn check<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    file: &FileEntry,
    keep: Option<u64>,
) -> Result<Option<Vec<u8>>, Fault> {
    let path = &file.path;
    let entry = zip.by_name(path).map_err(|_| Fault::Missing(path.clone()))?;
    let mut tee = Tee {
        // One more than stated shows that there is more, and nothing beyond is ever unpacked.
        from: entry.take(file.bytes.saturating_add(1)),
        hash: Sha256::new(),
        bytes: 0,
        kept: keep.map(|most| (Vec::new(), most)),
    };
    let rows = count(&mut tee, path);
    let drained = io::copy(&mut tee, &mut io::sink());
    if tee.bytes != file.bytes {
        let found = match &drained {
            Err(error) => return Err(unreadable(path, error)),
            Ok(_) if tee.bytes > file.bytes => "more".to_owned(),
            Ok(_) => tee.bytes.to_string(),
        };
        return Err(Fault::Size {
            path: path.clone(),
            found,
            stated: file.bytes,
        });
    }
    drained.map_err(|error| unreadable(path, &error))?;
    if hex::encode(tee.hash.finalize()) != file.sha256 {
        return Err(Fault::Hash(path.clone()));
    }
    let rows = rows.map_err(|error| unreadable(path, &error))?;
    if let (Some(found), Some(stated)) = (rows, file.rows)
        && found != stated
    {
        return Err(Fault::Rows {
            path: path.clone(),
            found,
            stated,
        });
    }
    match tee.kept {
        Some((content, most)) if content.len() as u64 > most => Err(Fault::Unreadable(
            path.clone(),
            "it is too large to be taken over".to_owned(),
        )),
        kept => Ok(kept.map(|(content, _)| content)),
    }
}

/// How many rows a file holds; none where it is no data. A schema only has to be JSON.
fn count(tee: &mut impl Read, path: &str) -> io::Result<Option<u64>> {
    let buffered = BufReader::with_capacity(64 * 1024, tee);
    if path.starts_with("data/") && path.ends_with(".csv") {
        count_csv(buffered).map(Some)
    } else if path.starts_with("data/") {
        count_json(buffered).map(Some)
    } else if path.starts_with("schemas/") {
        count_json(buffered).map(|_| None)
    } else {
        Ok(None)
    }
}

/// Hashes, counts and keeps what is read through it.
struct Tee<R> {
    from: R,
    hash: Sha256,
    bytes: u64,
    kept: Option<(Vec<u8>, u64)>,
}

impl<R: Read> Read for Tee<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        let read = buffer.get(..count).unwrap_or_default();
        self.hash.update(read);
        self.bytes += count as u64;
        if let Some((content, most)) = &mut self.kept
            && content.len() as u64 <= *most
        {
            content.extend_from_slice(read);
        }
        Ok(count)
    }
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
