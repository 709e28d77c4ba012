//! The register of what the law made the operator hand over. The person reads it in the security log: at
//! once, or when a delay that the law demanded is over.

use super::error::{Error, Result};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::features::accounts::security_log::{self, SecurityEvent};
use crate::infra::crypto::{DataKey, KeysError, Place};
use crate::infra::db::Conn;
use crate::{execute, on};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What was handed over, to whom and why; sealed under the person's own key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    pub authority: String,
    /// The legal ground, such as a court order with its number.
    pub basis: String,
    /// What was handed over.
    pub scope: String,
}

impl Disclosure {
    /// As it stands in the person's log.
    fn note(&self) -> String {
        format!("{}, {}: {}", self.authority, self.basis, self.scope)
    }
}

/// One line of the register.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: Uuid,
    pub user: UserId,
    pub disclosure: Disclosure,
    pub disclosed_at: Timestamp,
    /// When the person may know.
    pub tell_at: Timestamp,
    pub told_at: Option<Timestamp>,
}

const fn place(id: Uuid, user: UserId) -> Place {
    Place {
        table: "disclosures",
        column: "detail",
        row: id,
        owner: user.0,
    }
}

const INSERT: &str = "INSERT INTO disclosures (id, user_id, detail, disclosed_at, tell_at) VALUES ($1, $2, $3, $4, $5)";

/// Writes a disclosure down and tells the person, unless that has to wait until `tell_at`.
///
/// # Errors
/// When the account is gone or a database cannot be used.
pub async fn add(
    app: &App,
    user: UserId,
    disclosure: &Disclosure,
    (disclosed_at, tell_at): (Timestamp, Option<Timestamp>),
) -> Result<Uuid> {
    let id = app.clock.new_id();
    let key = app.keys.data_key(user.0).await?;
    let json = serde_json::to_vec(disclosure).map_err(|_| Error::Unreadable("a disclosure could not be written"))?;
    let sealed = key.seal(place(id, user), &json)?;
    let tell_at = tell_at.unwrap_or(disclosed_at);
    let mut conn = app.db.begin().await?;
    execute!(&mut conn, INSERT, id, user.0, sealed, disclosed_at.0, tell_at.0)?;
    if tell_at <= app.clock.now() {
        tell(&mut conn, app, user, id, disclosure).await?;
    }
    conn.commit().await?;
    Ok(id)
}

const TOLD: &str = "UPDATE disclosures SET told_at = $2 WHERE id = $1 AND told_at IS NULL";

async fn tell(conn: &mut Conn, app: &App, user: UserId, id: Uuid, disclosure: &Disclosure) -> Result<()> {
    if execute!(conn, TOLD, id, app.clock.now().0)? == 0 {
        return Ok(());
    }
    let note = disclosure.note();
    let event = SecurityEvent {
        kind: SecurityEventKind::Disclosed,
        caller: None,
        note: &note,
    };
    Ok(security_log::record(conn, app, user, event).await?)
}

crate::row! {
    struct Row {
        id: Uuid,
        user_id: Uuid,
        detail: Vec<u8>,
        disclosed_at: i64,
        tell_at: i64,
        told_at: Option<i64>,
    }
}

const LIST: &str =
    "SELECT id, user_id, detail, disclosed_at, tell_at, told_at FROM disclosures ORDER BY disclosed_at, id";
const DUE: &str = "SELECT id, user_id, detail, disclosed_at, tell_at, told_at FROM disclosures \
     WHERE told_at IS NULL AND tell_at <= $1 ORDER BY tell_at LIMIT 500";

/// The whole register, oldest first.
///
/// # Errors
/// When a database cannot be read or a row does not open.
pub async fn list(app: &App) -> Result<Vec<Entry>> {
    let mut conn = app.db.acquire().await?;
    let rows = on!(&mut conn, c => sqlx::query_as::<_, Row>(LIST).fetch_all(c).await)?;
    drop(conn);
    entries(app, rows).await
}

/// Tells everybody whose delay is over; answers how many.
///
/// # Errors
/// When a database cannot be used; who was told until then stays told.
pub async fn tell_due(app: &App) -> Result<u64> {
    let mut conn = app.db.acquire().await?;
    let now = app.clock.now().0;
    let rows = on!(&mut conn, c => sqlx::query_as::<_, Row>(DUE).bind(now).fetch_all(c).await)?;
    drop(conn);
    let mut told = 0;
    for entry in entries(app, rows).await? {
        let mut conn = app.db.begin().await?;
        tell(&mut conn, app, entry.user, entry.id, &entry.disclosure).await?;
        conn.commit().await?;
        told += 1;
    }
    Ok(told)
}

async fn entries(app: &App, rows: Vec<Row>) -> Result<Vec<Entry>> {
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        match app.keys.data_key(row.user_id).await {
            // The account is being erased.
            Err(KeysError::Gone) => {}
            key => entries.push(open(&key?, &row)?),
        }
    }
    Ok(entries)
}

fn open(key: &DataKey, row: &Row) -> Result<Entry> {
    let user = UserId(row.user_id);
    let json = key.open(place(row.id, user), &row.detail)?;
    Ok(Entry {
        id: row.id,
        user,
        disclosure: serde_json::from_slice(&json)
            .map_err(|_| Error::Unreadable("a disclosure is not what it should be"))?,
        disclosed_at: Timestamp(row.disclosed_at),
        tell_at: Timestamp(row.tell_at),
        told_at: row.told_at.map(Timestamp),
    })
}
