//! The security log of each user: what happened, when, from where. Rows are sealed and chained.
//!
//! ```text
//! hash(n) = SHA-256(hash(n-1), id, user, number, kind, time, sealed detail, commitment to the address)
//! anchor (number, hash) ◄── oldest row … newest row ──► head (number, hash), both in the user's row
//! ```
//!
//! The address stands sealed beside the row and not in the chain: only a salted commitment does, so
//! that removing addresses after 30 days leaves every hash as it was. The purge of old events moves
//! the anchor, so that what is left still is a whole chain.

mod chain;
mod purge;
mod read;

pub use chain::{Chain, check};
pub use read::{EventView, LogPage, LogView, list, page};

pub(super) use purge::{purge, remove_addresses};
pub(super) use read::devices_signed_in;

use super::error::{Error, Result};
use super::limits;
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::privacy::rights::Limit;
use crate::features::App;
use crate::infra::crypto::{DataKey, Place, random};
use crate::infra::db::Conn;
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
    /// `None` where the product itself or its operator acted.
    pub caller: Option<&'a Caller>,
    /// A few words more, such as a key's label; empty where there is nothing to add.
    pub note: &'a str,
}

/// What a correction changed: sealed with the event.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `name`, `email`, `phone`.
    pub field: String,
    pub before: String,
    pub after: String,
}

#[derive(Serialize, Deserialize)]
struct Detail {
    device: String,
    note: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Change>,
}

impl Detail {
    /// `None` for what does not open or is not what was written.
    fn open(key: &DataKey, (user, row): (UserId, Uuid), sealed: &[u8]) -> Option<Self> {
        let plain = key.open(place(user, row, "detail"), sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

#[derive(Serialize, Deserialize)]
struct Address {
    ip: IpAddr,
    salt: [u8; 16],
}

impl Address {
    fn commitment(&self) -> Vec<u8> {
        let hasher = Sha256::new().chain_update(self.salt).chain_update(self.ip.to_string());
        hasher.finalize().to_vec()
    }
}

crate::row! {
    /// The next place in a user's chain; the row stays locked until the transaction ends.
    struct Head {
        event_count: i64,
        event_head: Option<Vec<u8>>,
    }
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
    record_changes(conn, app, user, event, Vec::new()).await
}

/// As [`record`], with the values before and after.
///
/// # Errors
/// As [`record`].
pub async fn record_changes(
    conn: &mut Conn,
    app: &App,
    user: UserId,
    event: SecurityEvent<'_>,
    changes: Vec<Change>,
) -> Result<()> {
    let key = app.keys.data_key(user.0).await?;
    let head = on!(conn, c => sqlx::query_as::<_, Head>(NEXT).bind(user.0).fetch_one(c).await)?;
    let id = app.clock.new_id();
    let detail = Detail {
        device: event.caller.map(|caller| caller.device.clone()).unwrap_or_default(),
        note: event.note.to_owned(),
        changes,
    };
    let (ip, ip_commitment) = match event.caller {
        Some(caller) if !limits::is_live(conn, user, Limit::Addresses).await? => {
            seal_address(&key, user, id, caller.ip).map(|(ip, mark)| (Some(ip), Some(mark)))?
        }
        _ => (None, None),
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
    let address = Address { ip, salt };
    let sealed = key.seal(place(user, row, "ip"), &json(&address)?)?;
    Ok((sealed, address.commitment()))
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|_| Error::Unreadable("a value could not be written as JSON"))
}

crate::row! {
    /// A row as it stands in the table.
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

    fn open_detail(&self, key: &DataKey, user: UserId) -> Option<Detail> {
        Detail::open(key, (user, self.id), &self.detail)
    }

    /// The address, where it is still kept; `Err` where what stands there is not what was written.
    fn open_address(&self, key: &DataKey, user: UserId) -> Result<Option<Address>, Altered> {
        let Some(sealed) = &self.ip else { return Ok(None) };
        let plain = key.open(place(user, self.id, "ip"), sealed).map_err(|_| Altered)?;
        let address: Address = serde_json::from_slice(&plain).map_err(|_| Altered)?;
        let fits = self.ip_commitment.as_ref() == Some(&address.commitment());
        if fits { Ok(Some(address)) } else { Err(Altered) }
    }
}

/// A value that does not open or does not fit its commitment.
struct Altered;

const fn place(user: UserId, row: Uuid, column: &'static str) -> Place {
    Place {
        table: "security_events",
        column,
        row,
        owner: user.0,
    }
}
