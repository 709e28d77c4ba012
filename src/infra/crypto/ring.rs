//! The master ring: the keys that wrap the root secret and the data keys.
//!
//! Text of `kid:base64(32 bytes)` lines from a file or from the environment; the first line seals,
//! the others only open. Empty lines and lines that begin with `#` are skipped. Never holds more
//! than the operator gave, and is never written to the database.

use super::{DataKey, random};
use crate::infra::config::MasterKeys;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use zeroize::Zeroizing;

/// Longest key id; ids are shown to the operator and stand in the keystore.
const MAX_KID: usize = 64;
/// A ring of thousands of keys is a mistake, and reading it is bounded.
const MAX_BYTES: u64 = 64 * 1024;

/// Why the master keys cannot be used, in words for the operator. Never quotes a key.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    #[error("the master key file {path} is missing. Restore it from its backup, or point SPECTR_MASTER_KEY_FILE at it")]
    Missing { path: String },
    #[error("the master key file {path} cannot be read: {why}. Let the user who runs the server read it")]
    Unreadable { path: String, why: String },
    #[error("the master key file {path} cannot be written: {why}. Make its folder writable, or set SPECTR_MASTER_KEY")]
    Unwritable { path: String, why: String },
    #[error("line {line} of the master keys is not KID:KEY: {why}. Make a key with: openssl rand -base64 32")]
    Line { line: usize, why: String },
    #[error("the master key id \"{kid}\" stands twice in the master keys. Give every line an id of its own")]
    DuplicateKid { kid: String },
    #[error("the master keys \"{first}\" and \"{second}\" are the same key. Remove one of the two lines")]
    DuplicateKey { first: String, second: String },
    #[error("there is no master key. Give at least one line KID:KEY; make a key with: openssl rand -base64 32")]
    Empty,
    #[error(
        "SPECTR_MASTER_KEY has no new key to rotate to. Put a new line KID:KEY before the others and run this again; \
         make a key with: openssl rand -base64 32"
    )]
    NothingNew,
    #[error("the master keys come from SPECTR_MASTER_KEY: remove the old lines there yourself")]
    NotAFile,
    #[error("the operating system has no randomness to give")]
    Randomness,
}

/// One master key.
pub struct Master {
    pub kid: String,
    pub key: DataKey,
}

/// The master keys in the operator's order; never empty.
pub struct Ring(Vec<Master>);

impl Ring {
    /// Reads the ring from where the configuration says. `may_create` makes a file with one random
    /// key where there is none; two processes that start at once end with the same file.
    pub fn load(source: &MasterKeys, may_create: bool) -> Result<Self, RingError> {
        match source {
            MasterKeys::Inline(text) => Self::parse(text.expose_secret()),
            MasterKeys::File { path, .. } => match read(path) {
                Ok(text) => Self::parse(&text),
                Err(error) if error.kind() == ErrorKind::NotFound && may_create => {
                    create(path)?;
                    Self::parse(&read(path).map_err(|error| unreadable(path, &error))?)
                }
                Err(error) => Err(unreadable(path, &error)),
            },
        }
    }

    /// Reads the lines. Also takes commas between entries, because some hosts allow one line only.
    pub fn parse(text: &str) -> Result<Self, RingError> {
        let mut ring: Vec<Master> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with('#') {
                continue;
            }
            for entry in line.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
                let master = parse_entry(entry).map_err(|why| RingError::Line { line: number + 1, why })?;
                if ring.iter().any(|other| other.kid == master.kid) {
                    return Err(RingError::DuplicateKid { kid: master.kid });
                }
                if let Some(same) = ring.iter().find(|other| other.key.bytes() == master.key.bytes()) {
                    return Err(RingError::DuplicateKey {
                        first: same.kid.clone(),
                        second: master.kid,
                    });
                }
                ring.push(master);
            }
        }
        if ring.is_empty() {
            Err(RingError::Empty)
        } else {
            Ok(Self(ring))
        }
    }

    /// The key that seals.
    pub fn first(&self) -> Result<&Master, RingError> {
        self.0.first().ok_or(RingError::Empty)
    }

    /// The key with this id.
    pub fn find(&self, kid: &str) -> Option<&Master> {
        self.0.iter().find(|master| master.kid == kid)
    }

    /// The ids, the sealing one first.
    pub fn kids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|master| master.kid.as_str())
    }
}

fn parse_entry(entry: &str) -> Result<Master, String> {
    let Some((kid, encoded)) = entry.split_once(':') else {
        return Err("there is no colon".to_owned());
    };
    let kid = kid.trim();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if kid.is_empty() || kid.len() > MAX_KID || !kid.chars().all(is_plain) {
        return Err(format!("the id must be 1 to {MAX_KID} letters, digits, dots, dashes"));
    }
    let bytes = STANDARD
        .decode(encoded.trim())
        .map(Zeroizing::new)
        .map_err(|_| "the key is not base64".to_owned())?;
    let Ok(key) = <[u8; 32]>::try_from(bytes.as_slice()).map(Zeroizing::new) else {
        return Err(format!("the key is {} bytes long, 32 are needed", bytes.len()));
    };
    Ok(Master {
        kid: kid.to_owned(),
        key: DataKey::from_bytes(key),
    })
}

/// A new line for a ring, with a random id and key.
pub fn new_line() -> Result<Zeroizing<String>, RingError> {
    let id: [u8; 4] = random().map_err(|_| RingError::Randomness)?;
    let key: Zeroizing<[u8; 32]> = Zeroizing::new(random().map_err(|_| RingError::Randomness)?);
    let encoded = Zeroizing::new(STANDARD.encode(*key));
    Ok(Zeroizing::new(format!("k{}:{}\n", hex::encode(id), &*encoded)))
}

/// The ring's text without the entries of these ids.
pub fn without(text: &str, kids: &[String]) -> Zeroizing<String> {
    let mut kept = Zeroizing::new(String::with_capacity(text.len() + 1));
    let is_kept = |entry: &&str| {
        entry
            .split_once(':')
            .is_none_or(|(kid, _)| !kids.iter().any(|old| old == kid.trim()))
    };
    for line in text.lines() {
        if line.trim_start().starts_with('#') {
            kept.push_str(line);
        } else {
            let mut entries = line.split(',').filter(is_kept).peekable();
            if entries.peek().is_none() {
                continue;
            }
            for (number, entry) in entries.enumerate() {
                kept.push_str(if number == 0 { "" } else { "," });
                kept.push_str(entry);
            }
        }
        kept.push('\n');
    }
    kept
}

/// The text of the ring file.
pub fn read(path: &Path) -> std::io::Result<Zeroizing<String>> {
    let file = File::open(path)?;
    let mut text = Zeroizing::new(String::with_capacity(4096));
    file.take(MAX_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// Makes the file with one random key, mode 0400, whole or not at all. A file that another process
/// made meanwhile is left as it is.
fn create(path: &Path) -> Result<(), RingError> {
    let fresh = write_beside(path, &new_line()?)?;
    let linked = std::fs::hard_link(&fresh, path);
    let removed = std::fs::remove_file(&fresh);
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(unwritable(path, &error)),
        _ => removed.map_err(|error| unwritable(path, &error)),
    }
}

/// Replaces the file's text in one step.
pub fn replace(path: &Path, text: &str) -> Result<(), RingError> {
    let fresh = write_beside(path, text)?;
    std::fs::rename(&fresh, path).map_err(|error| unwritable(path, &error))
}

/// Writes a new file in the same folder, mode 0400, synced to disk; answers its path.
fn write_beside(path: &Path, text: &str) -> Result<std::path::PathBuf, RingError> {
    let id: [u8; 4] = random().map_err(|_| RingError::Randomness)?;
    let fresh = path.with_extension(format!("new-{}", hex::encode(id)));
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o400)
        .open(&fresh)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .map_err(|error| unwritable(path, &error))?;
    Ok(fresh)
}

pub fn unreadable(path: &Path, error: &std::io::Error) -> RingError {
    let path = path.display().to_string();
    match error.kind() {
        ErrorKind::NotFound => RingError::Missing { path },
        ErrorKind::InvalidData => RingError::Unreadable {
            path,
            why: "it is not text".to_owned(),
        },
        _ => RingError::Unreadable {
            path,
            why: error.to_string(),
        },
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> RingError {
    RingError::Unwritable {
        path: path.display().to_string(),
        why: error.to_string(),
    }
}

#[cfg(test)]
#[path = "ring_tests.rs"]
mod tests;
