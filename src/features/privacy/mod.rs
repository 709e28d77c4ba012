//! Privacy: requests that people send, with or without an account. Comes last of all features.

pub mod breaches;
pub mod disclosures;
pub mod erasure;
pub mod error;
pub mod export;
pub mod holdings;
pub mod lookup;
pub mod news;
pub mod policy;
pub mod proof;
pub mod requests;
pub mod rights;
pub mod signing;
pub mod wipe;

pub use error::{Error, Result};
