//! Promises about people's data, tried through the running server.

mod contact;
mod inventory;
mod policy;
