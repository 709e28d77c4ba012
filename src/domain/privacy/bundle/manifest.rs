//! The manifest: what a bundle holds, and who signed for it.

use super::cell::canonical;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What stands in `kind`, so that a signature over one document is worth nothing under another.
pub const KIND: &str = "spectr.export";
/// The version of this format.
pub const VERSION: u32 = 1;

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub kind: String,
    pub version: u32,
    /// RFC 3339.
    pub created_at: String,
    /// Address of the server that made it.
    pub server: String,
    /// The account's id on that server.
    pub account: String,
    pub signature: Signed,
    /// Rows per table.
    pub tables: BTreeMap<String, u64>,
    /// Every entry but the manifest and its signature.
    pub files: Vec<FileEntry>,
}

/// With which key the manifest's bytes are signed; the signature stands in `manifest.sig`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    pub algorithm: String,
    pub key_id: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
}

/// One entry of the ZIP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    pub path: String,
    pub bytes: u64,
    /// Lower-case hexadecimal.
    pub sha256: String,
    /// Rows in it; none where it holds no data.
    pub rows: Option<u64>,
    /// The entry with its JSON Schema.
    pub schema: Option<String>,
}

impl Manifest {
    /// Its canonical bytes: what is signed.
    ///
    /// # Errors
    /// Never for a manifest; serde wants to be asked.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        let mut out = Vec::new();
        canonical(&mut out, &serde_json::to_value(self)?);
        Ok(out)
    }
}
