//! Use cases, one folder each: façade, service, queries, error, jobs. Server only.
//!
//! Features meet through façades, without circles:
//! `outbox ← accounts ← usage ← vault ← integrations ← engine ← platform`; `reports` stands on `accounts` alone, and
//! `privacy` comes last.

pub mod accounts;
pub mod app;
pub mod engine;
pub mod integrations;
pub mod jobs;
pub mod outbox;
pub mod platform;
pub mod privacy;
pub mod reports;
pub mod usage;
pub mod vault;

pub use app::App;
