//! The vault: provider keys, sealed under their owner's data key, opened for one call.
//!
//! ```text
//! form ─▶ service::add ─▶ ask (models list at the provider) ─▶ sealed ─▶ provider_keys
//! call ─▶ open_for_call ─▶ OpenedKey (wiped when dropped) ─▶ header of one request
//! ```
//!
//! No view, error, log line or page ever holds a key. Adding a column: migrations of both engines,
//! `queries::KeyRow`, `sealed` where a person's text is in it, the data inventory.

mod ask;
mod error;
mod models;
mod queries;
mod sealed;
mod service;
mod trial;

pub use error::{VaultError, field};
pub use models::{ModelsCache, models, recorded_model};
pub use queries::KeyRows;
pub use sealed::{KeyView, OpenedKey};
pub use service::{NewKey, Who, add, delete, find, list, open_for_call, recheck, relabel, rotate};
pub use trial::{Trial, trial};
