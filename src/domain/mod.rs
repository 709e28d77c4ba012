//! Pure rules and data shapes of the product.
//!
//! Compiles for the server and for the browser. Holds no clock, randomness, file, network or SQL:
//! time and random bytes come in as arguments.

pub mod accounts;
pub mod chat;
pub mod fields;
pub mod ids;
pub mod integrations;
pub mod limits;
pub mod mail;
pub mod meter;
pub mod platform;
pub mod pricing;
pub mod privacy;
pub mod problem;
pub mod providers;
pub mod timestamp;
pub mod usage;
pub mod vault;

/// Test reports: a crate of its own, which the browser's worker uses without the rest.
pub use spectr_reports as reports;
