//! Test reports that a person saved: as much of each as they chose, sealed under their own data key.
//!
//! ```text
//! worker of the page ─▶ redacted document, shown to the person ─▶ save ─▶ saved_reports
//! saved_reports ─▶ list, find ─▶ history: which causes came, stayed and went
//! ```
//!
//! Invariants: a report itself never comes here, only the document of `domain::reports::saved`, and only
//! when it holds to that form; every query names the owner; nothing new is saved for a person who has
//! restricted all use of their data.

mod error;
mod history;
mod import;
mod queries;
mod service;

pub use error::{Error, NameFault, field};
pub use history::{Entry, history};
pub use import::{Incoming, read, take};
pub use service::{Stored, delete, find, list, rename, save};

/// How many reports one person may keep.
pub const REPORTS_PER_USER: usize = 50;
/// The longest name, in characters.
pub const NAME_MAX_CHARS: usize = 80;
