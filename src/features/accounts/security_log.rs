//! The security log of each user: what happened, when, from where. Rows are sealed and chained.
//!
//! ```text
//! hash(n) = SHA-256(hash(n-1), id, user, number, kind, time, sealed detail, commitment to the address)
//! ```
//!
//! The address stands sealed beside the row and not in the chain: only a salted commitment does, so
//! that removing addresses after 30 days leaves every hash as it was.

use super::error::{Error, Result};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::infra::crypto::{DataKey, Place, random};
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use uuid::Uuid;

/// Who sends a request, as far as the network and the browser tell.
#[derive(Clone)]
pub struct Caller {
    pub ip: IpAddr,
    /// Such as `Firefox 140 on Linux`.
    pub device: String,
}

/// One thing that happened.
pub struct SecurityEvent<'a> {
    pub kind: SecurityEventKind,
    /// `None` where the product itself acted.
    pub caller: Option<&'a Caller>,
    /// A few words more, such as a key's label; empty where there is nothing to add.
    pub note: &'a str,
}

#[derive(Serialize, Deserialize)]
struct Detail {
    device: String,
    note: String,
}

#[derive(Serialize, Deserialize)]
struct Address {
    ip: IpAddr,
    salt: [u8; 16],
}

/// The next place in a user's chain; the row stays locked until the transaction ends.
#[derive(sqlx::FromRow)]
struct Head {
    event_count: i64,
    event_head: Option<Vec<u8>>,
}

const NEXT: &str = "UPDATE users SET event_count = event_count + 1 WHERE id = $1 RETURNING event_count, event_head";
const SET_HEAD: &str = "UPDATE users SET event_head = $2 WHERE id = $1";
const INSERT: &str = "INSERT INTO security_events \
     (id, user_id, seq, kind, at, detail, ip, ip_commitment, prev, hash) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Writes an event into the user's log, in the caller's transaction.
///
/// # Errors
/// When the user or his data key is gone, or the database refuses.
pub async fn record(conn: &mut Conn, app: &App, user: UserId, event: SecurityEvent<'_>) -> Result<()> {
    let key = app.keys.data_key(user.0).await?;
    let head = on!(conn, c => sqlx::query_as::<_, Head>(NEXT).bind(user.0).fetch_one(c).await)?;
    let id = app.clock.new_id();
    let detail = Detail {
        device: event.caller.map(|caller| caller.device.clone()).unwrap_or_default(),
        note: event.note.to_owned(),
    };
    let (ip, ip_commitment) = match event.caller {
        Some(caller) => seal_address(&key, user, id, caller.ip).map(|(ip, mark)| (Some(ip), Some(mark)))?,
        None => (None, None),
    };
    let row = Row {
        id,
        seq: head.event_count,
        kind: event.kind.as_str().to_owned(),
        at: app.clock.now().0,
        detail: key.seal(place(user, id, "detail"), &json(&detail)?)?,
        ip,
        ip_commitment,
        prev: head.event_head.unwrap_or_default(),
        hash: Vec::new(),
    };
    let hash = row.compute_hash(user);
    execute!(conn, SET_HEAD, user.0, hash.clone())?;
    execute!(
        conn,
        INSERT,
        row.id,
        user.0,
        row.seq,
        row.kind,
        row.at,
        row.detail,
        row.ip,
        row.ip_commitment,
        row.prev,
        hash
    )?;
    Ok(())
}

fn seal_address(key: &DataKey, user: UserId, row: Uuid, ip: IpAddr) -> Result<(Vec<u8>, Vec<u8>)> {
    let salt: [u8; 16] = random().map_err(|_| Error::Randomness)?;
    let commitment = Sha256::new()
        .chain_update(salt)
        .chain_update(ip.to_string())
        .finalize()
        .to_vec();
    let sealed = key.seal(place(user, row, "ip"), &json(&Address { ip, salt })?)?;
    Ok((sealed, commitment))
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|_| Error::Unreadable("a value could not be written as JSON"))
}

/// A row as it stands in the table.
#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    seq: i64,
    kind: String,
    at: i64,
    detail: Vec<u8>,
    ip: Option<Vec<u8>>,
    ip_commitment: Option<Vec<u8>>,
    prev: Vec<u8>,
    hash: Vec<u8>,
}

impl Row {
    fn compute_hash(&self, user: UserId) -> Vec<u8> {
        let mut hasher = Sha256::new();
        let parts: [&[u8]; 8] = [
            &self.prev,
            self.id.as_bytes(),
            user.0.as_bytes(),
            &self.seq.to_be_bytes(),
            self.kind.as_bytes(),
            &self.at.to_be_bytes(),
            &self.detail,
            self.ip_commitment.as_deref().unwrap_or_default(),
        ];
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hasher.finalize().to_vec()
    }
}

/// An event as its owner reads it.
#[derive(Clone)]
pub struct EventView {
    pub kind: SecurityEventKind,
    pub at: Timestamp,
    pub device: String,
    pub note: String,
    /// Gone after 30 days.
    pub ip: Option<IpAddr>,
}

/// A user's log, newest first, and whether its chain is whole.
#[derive(Clone)]
pub struct LogView {
    pub events: Vec<EventView>,
    pub is_whole: bool,
}

const LIST: &str = "SELECT id, seq, kind, at, detail, ip, ip_commitment, prev, hash FROM security_events \
     WHERE user_id = $1 AND at > $2 ORDER BY seq DESC LIMIT $3";

/// The newest events since a moment, opened, with their chain checked.
///
/// # Errors
/// When the database cannot be read or a row does not open.
pub async fn list(conn: &mut Conn, user: UserId, key: &DataKey, since: Timestamp, limit: i64) -> Result<LogView> {
    let rows = on!(conn, c => sqlx::query_as::<_, Row>(LIST)
        .bind(user.0)
        .bind(since.0)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    let links_hold = rows.windows(2).all(|pair| match pair {
        [newer, older] => newer.prev == older.hash && newer.seq == older.seq + 1,
        _ => true,
    });
    let is_whole = links_hold && rows.iter().all(|row| row.compute_hash(user) == row.hash);
    let events = rows
        .iter()
        .filter_map(|row| SecurityEventKind::parse(&row.kind).map(|kind| open(key, user, row, kind)))
        .collect::<Result<_>>()?;
    Ok(LogView { events, is_whole })
}

fn open(key: &DataKey, user: UserId, row: &Row, kind: SecurityEventKind) -> Result<EventView> {
    let unreadable = |_| Error::Unreadable("a row of the security log is not readable");
    let detail: Detail =
        serde_json::from_slice(&key.open(place(user, row.id, "detail"), &row.detail)?).map_err(unreadable)?;
    let address: Option<Address> = match &row.ip {
        Some(sealed) => {
            Some(serde_json::from_slice(&key.open(place(user, row.id, "ip"), sealed)?).map_err(unreadable)?)
        }
        None => None,
    };
    Ok(EventView {
        kind,
        at: Timestamp(row.at),
        device: detail.device,
        note: detail.note,
        ip: address.map(|address| address.ip),
    })
}

const PURGE_ADDRESSES: &str = "UPDATE security_events SET ip = NULL WHERE ip IS NOT NULL AND at <= $1";
const PURGE: &str = "DELETE FROM security_events WHERE at <= $1";

/// Removes addresses of events older than `addresses_before` and events older than `events_before`.
pub(super) async fn purge(conn: &mut Conn, addresses_before: Timestamp, events_before: Timestamp) -> db::Result<u64> {
    let addresses = execute!(conn, PURGE_ADDRESSES, addresses_before.0)?;
    Ok(addresses + execute!(conn, PURGE, events_before.0)?)
}

const fn place(user: UserId, row: Uuid, column: &'static str) -> Place {
    Place {
        table: "security_events",
        column,
        row,
        owner: user.0,
    }
}
