//! Usage: one metadata row per call, sums for the dashboard, budgets, retention.
//!
//! ```text
//! engine ── record ──▶ llm_calls (one row per call)
//!                  └─▶ usage_days (sums per day) ──▶ summary (dashboard), budgets::spent
//! llm_calls ──▶ hours of today, median time to first token, download
//! ```
//!
//! Holds no content of any call, ever: [`CallRecord`] has no field that could carry some.

pub mod budgets;
mod download;
mod overview;
mod page;
mod queries;
mod record;
mod retention;
mod summary;

pub use download::{CallRow, Format, download};
pub use overview::{Overview, OverviewCache, overview};
pub use page::{Cursor, Days, Group, Page, page, sums};
pub use record::{CallRecord, Price, Recorded, record};
pub use retention::purge;
pub use summary::{Choices, Filter, Part, Slot, Summary};

use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;
use crate::infra::db::{self, Conn};

/// Trial calls that the person has made since midnight UTC, of whichever provider.
///
/// # Errors
/// When the database cannot be read.
pub async fn trial_calls_today(conn: &mut Conn, user: UserId, now: Timestamp) -> db::Result<i64> {
    queries::trial_calls(conn, user, now.start_of_day()).await
}
