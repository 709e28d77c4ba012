//! Promises about people's data, tried through the running server.

mod admin;
mod centre;
mod consents;
mod contact;
mod desk;
pub mod erasure;
pub mod export;
mod inventory;
mod policy;
mod retention;
mod rights;
mod security_log;
