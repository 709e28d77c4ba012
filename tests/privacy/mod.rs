//! Promises about people's data, tried through the running server.

mod contact;
pub mod erasure;
pub mod export;
mod inventory;
mod policy;
