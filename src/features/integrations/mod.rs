//! Services of others that a person connects; today LangSmith, which shows traces of calls.
//!
//! ```text
//! engine ── offer ──▶ bounded queue ──▶ worker ── key ∧ switch ∧ consent? ──▶ LangSmith
//!              │ full: dropped, counted                 │ no: nothing is dialled
//! ```
//!
//! Invariants: nothing is dialled without the person's own key **and** the switch **and** a live
//! consent, all three read at that moment, before each attempt; not even to test the key; and nothing
//! while the person restricts calls. Metadata only. A call never waits for any of this, and what cannot be sent is dropped and counted.

mod error;
mod queries;
mod service;
mod spans;

pub use error::{Error, field};
pub use service::{View, Who, find, remove, save, switch_off, switch_on, withdraw};
pub use spans::{Spans, flush, offer};
