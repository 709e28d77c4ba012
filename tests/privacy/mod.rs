//! Promises about people's data, tried through the running server.

mod contact;
mod erasure;
mod export;
mod inventory;
mod policy;
