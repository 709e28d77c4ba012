//! Platform keys: with them a person's own programs ask this server in the person's name.
//!
//! ```text
//! form ─▶ service::create ─▶ random 256 bits ─▶ SHA-256 ─▶ platform_keys
//!                          └▶ FreshKey, shown on the page that answers, then wiped
//! request ─▶ authenticate ─▶ SHA-256 ─▶ one indexed look-up ─▶ Caller
//! ```
//!
//! Invariants: a key is never stored, logged or put into an address; what was revoked, replaced or
//! burned is dead for the very next request, because no answer of a look-up is kept in memory. A
//! look-up by hash needs no comparison in constant time: whoever can choose hashes has found keys.

mod error;
mod jobs;
mod queries;
mod secret;
mod service;

pub use error::{Error, field};
pub use jobs::purge;
pub use secret::FreshKey;
pub use service::{KeyView, NewKey, Who, authenticate, burn, create, list, revoke, rotate};
