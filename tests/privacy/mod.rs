//! Promises about people's data, tried through the running server.

mod centre;
mod consents;
mod contact;
pub mod erasure;
pub mod export;
mod inventory;
mod policy;
mod security_log;
