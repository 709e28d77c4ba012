//! Usage: one metadata row per call, sums for the dashboard, budgets, retention.
//!
//! Holds no content of any call, ever: [`CallRecord`] has no field that could carry some.

mod record;

pub use record::{CallRecord, Price, record};
