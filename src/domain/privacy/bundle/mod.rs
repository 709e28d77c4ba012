//! The bundle in which a person's data leaves: which files it has, their schemas, and how a value is
//! written. Made from the inventory; pure, for the server and for whoever checks a bundle offline.
//!
//! ```text
//! README.html  schemas/*.schema.json  data/*.json  data/*.csv  manifest.json  manifest.sig
//! ```
//!
//! A new table of the inventory appears in the bundle by itself: in `data/account.json`, or as rows of
//! its section where [`layout`] says so.

pub mod cell;
pub mod layout;
pub mod manifest;
pub mod readme;
pub mod schema;

pub use cell::{Cell, RowWriter};
pub use layout::{DataFile, data_files};
pub use manifest::{FileEntry, Manifest, Signed};

/// The page that explains the bundle.
pub const README: &str = "README.html";
/// What the bundle holds, with hashes.
pub const MANIFEST: &str = "manifest.json";
/// The signature under the manifest's bytes: 64 bytes.
pub const SIGNATURE: &str = "manifest.sig";
