//! The table of deletions that are asked for and not done: it stands in the keystore, because what a
//! restored database forgot must stand elsewhere. What the words mean is the business of the feature
//! that writes them; here they are only kept, and copied with the keystore.

use crate::infra::db::{self, Conn};
use crate::{execute, on};
use uuid::Uuid;

crate::row! {
    /// One deletion. Nothing in it tells whose it is without the ledger key and the account's id.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct OpenErasure {
        /// Of the receipt: random.
        pub receipt: Uuid,
        /// As in the erasure ledger.
        pub subject: Vec<u8>,
        pub state: String,
        pub reason: String,
        pub asked_at: i64,
        pub began_at: Option<i64>,
        pub due_at: i64,
        /// When it was called off.
        pub ended_at: Option<i64>,
    }
}

const LIST: &str = "SELECT receipt, subject, state, reason, asked_at, began_at, due_at, ended_at \
     FROM open_erasures ORDER BY asked_at, receipt";

/// All of them, oldest first.
///
/// # Errors
/// When the keystore cannot be read.
pub async fn list(conn: &mut Conn) -> db::Result<Vec<OpenErasure>> {
    on!(conn, c => sqlx::query_as::<_, OpenErasure>(LIST).fetch_all(c).await)
}

const PUT: &str = "INSERT INTO open_erasures (receipt, subject, state, reason, asked_at, began_at, due_at, ended_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (receipt) DO UPDATE SET state = excluded.state, \
     reason = excluded.reason, asked_at = excluded.asked_at, began_at = excluded.began_at, \
     due_at = excluded.due_at, ended_at = excluded.ended_at";

/// Writes one down as it stands now.
///
/// # Errors
/// When the keystore refuses.
pub async fn put(conn: &mut Conn, row: &OpenErasure) -> db::Result<u64> {
    execute!(
        conn,
        PUT,
        row.receipt,
        row.subject.clone(),
        row.state.clone(),
        row.reason.clone(),
        row.asked_at,
        row.began_at,
        row.due_at,
        row.ended_at,
    )
}

const DELETE: &str = "DELETE FROM open_erasures WHERE receipt = $1";

/// Forgets one.
///
/// # Errors
/// When the keystore refuses.
pub async fn delete(conn: &mut Conn, receipt: Uuid) -> db::Result<u64> {
    execute!(conn, DELETE, receipt)
}
