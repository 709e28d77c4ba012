//! What the server is built on. Knows no feature: configuration, database, keys, HTTP, jobs, mail.

pub mod backup;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod data_dir;
pub mod db;
pub mod db_fault;
pub mod db_snapshot;
mod db_upkeep;
pub mod http;
pub mod jobs;
pub mod log_tail;
pub mod mail;
pub mod spool;
pub mod telemetry;
