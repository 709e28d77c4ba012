//! Reading a log as its owner: newest first, page by page, nothing that is older than promised.

use super::chain::{self, Chain};
use super::{Change, Detail, Result, Row};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::privacy::constants::{IP_RETENTION_DAYS, SECURITY_EVENT_RETENTION_DAYS};
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::features::App;
use crate::infra::crypto::DataKey;
use crate::infra::db::{self, Conn};
use crate::on;
use std::net::IpAddr;
use uuid::Uuid;

/// Events on one page.
const PAGE: i64 = 50;

/// An event as its owner reads it.
#[derive(Clone)]
pub struct EventView {
    pub seq: i64,
    pub kind: SecurityEventKind,
    pub at: Timestamp,
    pub device: String,
    pub note: String,
    pub changes: Vec<Change>,
    /// Gone after 30 days.
    pub ip: Option<IpAddr>,
    /// Whether the row opens; one that was tampered with does not.
    pub is_readable: bool,
}

/// A user's newest events, and whether the whole chain holds.
#[derive(Clone)]
pub struct LogView {
    pub events: Vec<EventView>,
    pub is_whole: bool,
}

const LIST: &str = "SELECT id, seq, kind, at, detail, ip, ip_commitment, prev, hash FROM security_events \
     WHERE user_id = $1 AND at > $2 AND seq < $3 ORDER BY seq DESC LIMIT $4";

/// The newest events, opened, with the chain checked.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(conn: &mut Conn, user: UserId, key: &DataKey, now: Timestamp, limit: i64) -> Result<LogView> {
    let rows = rows(conn, user, now, (i64::MAX, limit)).await?;
    Ok(LogView {
        events: views(&rows, user, key, now),
        is_whole: chain::check(conn, user, key).await?.is_whole(),
    })
}

/// Sign-ins that are looked back at for known devices.
const LOOK_BACK: i64 = 50;
/// Without the addresses: whoever compares browsers has no business opening them.
const SIGN_INS: &str = "SELECT id, detail FROM security_events \
     WHERE user_id = $1 AND at > $2 AND kind = $3 ORDER BY seq DESC LIMIT $4";

/// With what the account was signed in to, newest first; rows that do not open are passed over.
pub(in super::super) async fn devices_signed_in(
    conn: &mut Conn,
    user: UserId,
    key: &DataKey,
    now: Timestamp,
) -> db::Result<Vec<String>> {
    let rows = on!(conn, c => sqlx::query_as::<_, (Uuid, Vec<u8>)>(SIGN_INS)
        .bind(user.0)
        .bind(now.minus(SECURITY_EVENT_RETENTION_DAYS * DAY_MS).0)
        .bind(SecurityEventKind::SignedIn.as_str())
        .bind(LOOK_BACK)
        .fetch_all(c)
        .await)?;
    let details = rows
        .iter()
        .filter_map(|(id, detail)| Detail::open(key, (user, *id), detail));
    Ok(details.map(|detail| detail.device).collect())
}

/// One page of a log.
#[derive(Clone)]
pub struct LogPage {
    pub events: Vec<EventView>,
    pub chain: Chain,
    /// Where the next page begins; none on the last one.
    pub older: Option<i64>,
}

/// The events before number `before` (none: the newest), with the whole chain checked.
///
/// # Errors
/// When the database cannot be read or the account is gone.
pub async fn page(app: &App, user: UserId, before: Option<i64>) -> Result<LogPage> {
    let (key, now) = (app.keys.data_key(user.0).await?, app.clock.now());
    let mut conn = app.db.acquire().await?;
    let mut rows = rows(&mut conn, user, now, (before.unwrap_or(i64::MAX), PAGE + 1)).await?;
    let has_older = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    if has_older {
        rows.pop();
    }
    Ok(LogPage {
        events: views(&rows, user, &key, now),
        chain: chain::check(&mut conn, user, &key).await?,
        older: rows.last().filter(|_| has_older).map(|row| row.seq),
    })
}

async fn rows(conn: &mut Conn, user: UserId, now: Timestamp, (before, limit): (i64, i64)) -> db::Result<Vec<Row>> {
    let since = now.minus(SECURITY_EVENT_RETENTION_DAYS * DAY_MS);
    on!(conn, c => sqlx::query_as::<_, Row>(LIST)
        .bind(user.0)
        .bind(since.0)
        .bind(before)
        .bind(limit)
        .fetch_all(c)
        .await)
}

fn views(rows: &[Row], user: UserId, key: &DataKey, now: Timestamp) -> Vec<EventView> {
    let shows_address = now.minus(IP_RETENTION_DAYS * DAY_MS);
    rows.iter()
        .filter_map(|row| {
            let detail = row.open_detail(key, user);
            let is_readable = detail.is_some();
            let (device, note, changes) = detail
                .map(|detail| (detail.device, detail.note, detail.changes))
                .unwrap_or_default();
            let address = row.open_address(key, user).ok().flatten();
            Some(EventView {
                seq: row.seq,
                kind: SecurityEventKind::parse(&row.kind)?,
                at: Timestamp(row.at),
                device,
                note,
                changes,
                ip: address.filter(|_| row.at > shows_address.0).map(|address| address.ip),
                is_readable,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparing_browsers_reads_no_address() {
        assert!(LIST.contains("ip, ip_commitment"), "the log itself shows them");
        assert!(!SIGN_INS.contains("ip"), "{SIGN_INS}");
    }
}
