//! Promises about people's data, tried through the running server.

mod consents;
mod centre;
mod contact;
pub mod erasure;
pub mod export;
mod inventory;
mod policy;
mod security_log;
