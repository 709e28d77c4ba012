//! Whether a user's log is complete and unchanged: every link from the anchor to the head.

use super::{Result, Row};
use crate::domain::ids::UserId;
use crate::infra::crypto::DataKey;
use crate::infra::db::{self, Conn};
use crate::on;

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Events that the check passed.
    pub events: i64,
    /// Number of the first event that is missing or is not what was written.
    pub broken_at: Option<i64>,
}

impl Chain {
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.broken_at.is_none()
    }
}

crate::row! {
    /// Both ends of a chain as the user's row has them.
    struct Ends {
        event_count: i64,
        event_head: Option<Vec<u8>>,
        event_anchor_seq: i64,
        event_anchor: Option<Vec<u8>>,
    }
}

const ENDS: &str = "SELECT event_count, event_head, event_anchor_seq, event_anchor FROM users WHERE id = $1";
const NEXT: &str = "SELECT id, seq, kind, at, detail, ip, ip_commitment, prev, hash FROM security_events \
     WHERE user_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";

/// Checks every event from the oldest to the newest.
///
/// # Errors
/// When the database cannot be read.
pub async fn check(conn: &mut Conn, user: UserId, key: &DataKey) -> Result<Chain> {
    let first = walk(conn, user, key).await?;
    if first.is_whole() {
        return Ok(first);
    }
    // A purge may have moved the anchor while the rows were read: what is really broken stays broken.
    Ok(walk(conn, user, key).await?)
}

async fn walk(conn: &mut Conn, user: UserId, key: &DataKey) -> db::Result<Chain> {
    let ends = on!(conn, c => sqlx::query_as::<_, Ends>(ENDS).bind(user.0).fetch_one(c).await)?;
    let (mut at, mut prev) = (ends.event_anchor_seq, ends.event_anchor.unwrap_or_default());
    let mut events = 0;
    loop {
        let rows = on!(conn, c => sqlx::query_as::<_, Row>(NEXT)
            .bind(user.0)
            .bind(at)
            .bind(ends.event_count)
            .bind(PAGE)
            .fetch_all(c)
            .await)?;
        for row in &rows {
            let holds = row.seq == at + 1
                && row.prev == prev
                && row.compute_hash(user) == row.hash
                && row.open_address(key, user).is_ok();
            if !holds {
                let broken_at = Some(at + 1);
                return Ok(Chain { events, broken_at });
            }
            (at, prev) = (row.seq, row.hash.clone());
            events += 1;
        }
        if rows.is_empty() {
            break;
        }
    }
    let ends_well = at == ends.event_count && prev == ends.event_head.unwrap_or_default();
    Ok(Chain {
        events,
        broken_at: (!ends_well).then_some(at + 1),
    })
}
