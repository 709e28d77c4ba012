//! Breaches of personal data: written down when they are found, reported to the authority within
//! 72 hours (GDPR, article 33), and told to everybody whose data they touched (article 34).
//!
//! ```text
//! open (affected accounts marked) ─► reported (clock stops) ; notify (one mail each, once) ─► notified
//! ```

use super::error::{Error, Result};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::privacy::breach::{self, Breach};
use crate::domain::privacy::constants::BREACH_REPORT_HOURS;
use crate::domain::timestamp::{HOUR_MS, Timestamp};
use crate::features::App;
use crate::features::accounts::security_log::{self, SecurityEvent};
use crate::features::accounts::{self, Notification};
use crate::infra::crypto::{KeysError, Place};
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use uuid::Uuid;

/// Whom a breach touched.
#[derive(Clone, Debug)]
pub enum Affected {
    Everybody,
    /// Accounts that were made before this moment.
    MadeBefore(Timestamp),
    Some(Vec<UserId>),
}

/// One line of the register.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: Uuid,
    pub breach: Breach,
    pub found_at: Timestamp,
    /// By when the authority has to know.
    pub due_at: Timestamp,
    pub reported_at: Option<Timestamp>,
    pub notified_at: Option<Timestamp>,
    pub affected: i64,
    pub told: i64,
}

impl Entry {
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.reported_at.is_none() && self.due_at < now
    }
}

const fn place(id: Uuid) -> Place {
    Place {
        table: "breaches",
        column: "detail",
        row: id,
        owner: id,
    }
}

const INSERT: &str = "INSERT INTO breaches (id, detail, found_at, due_at) VALUES ($1, $2, $3, $4)";
const MARK_BEFORE: &str = "INSERT INTO breach_notices (breach_id, user_id) \
     SELECT $1, id FROM users WHERE state <> 'unverified' AND created_at < $2 ON CONFLICT (breach_id, user_id) DO NOTHING";
const MARK_ONE: &str =
    "INSERT INTO breach_notices (breach_id, user_id) VALUES ($1, $2) ON CONFLICT (breach_id, user_id) DO NOTHING";

/// Writes a breach down and marks the accounts that it touched. Nobody is told yet.
///
/// # Errors
/// When a database cannot be used; nothing is written then.
pub async fn open(app: &App, breach: &Breach, found_at: Timestamp, affected: &Affected) -> Result<Uuid> {
    let id = app.clock.new_id();
    let key = app.keys.create_data_key(id).await?;
    let json = serde_json::to_vec(breach).map_err(|_| Error::Unreadable("a breach could not be written"))?;
    let sealed = key.seal(place(id), &json)?;
    let due_at = found_at.plus(BREACH_REPORT_HOURS * HOUR_MS);
    let mut conn = app.db.begin().await?;
    execute!(&mut conn, INSERT, id, sealed, found_at.0, due_at.0)?;
    match affected {
        Affected::Everybody => {
            execute!(&mut conn, MARK_BEFORE, id, i64::MAX)?;
        }
        Affected::MadeBefore(moment) => {
            execute!(&mut conn, MARK_BEFORE, id, moment.0)?;
        }
        Affected::Some(users) => {
            for user in users {
                execute!(&mut conn, MARK_ONE, id, user.0)?;
            }
        }
    }
    conn.commit().await?;
    Ok(id)
}

const REPORTED: &str = "UPDATE breaches SET reported_at = $2 WHERE id = $1 AND reported_at IS NULL";

/// Notes that the authority was told; whether it was not before.
///
/// # Errors
/// When the database cannot be used.
pub async fn report(app: &App, id: Uuid) -> Result<bool> {
    let mut conn = app.db.begin().await?;
    let done = execute!(&mut conn, REPORTED, id, app.clock.now().0)? == 1;
    conn.commit().await?;
    Ok(done)
}

const WAITING: &str = "SELECT user_id FROM breach_notices WHERE breach_id = $1 AND queued_at IS NULL ORDER BY user_id";
const QUEUED: &str =
    "UPDATE breach_notices SET queued_at = $3 WHERE breach_id = $1 AND user_id = $2 AND queued_at IS NULL";
const NOTIFIED: &str = "UPDATE breaches SET notified_at = COALESCE(notified_at, $2) WHERE id = $1";

/// Queues one mail to each affected person who was not told yet, and writes it into the person's log.
/// Broken off, it goes on where it stopped. Answers how many were told by this run; `None` where there is no such breach.
///
/// # Errors
/// When a database cannot be used.
pub async fn notify(app: &App, id: Uuid) -> Result<Option<u64>> {
    let Some(entry) = list(app).await?.into_iter().find(|entry| entry.id == id) else {
        return Ok(None);
    };
    let waiting = {
        let mut conn = app.db.acquire().await?;
        on!(&mut conn, c => sqlx::query_scalar::<_, Uuid>(WAITING).bind(id).fetch_all(c).await)?
    };
    let mut told = 0;
    for user in waiting {
        let mut conn = app.db.begin().await?;
        if execute!(&mut conn, QUEUED, id, user, app.clock.now().0)? == 1
            && tell(&mut conn, app, UserId(user), &entry).await?
        {
            told += 1;
        }
        conn.commit().await?;
    }
    let mut conn = app.db.begin().await?;
    execute!(&mut conn, NOTIFIED, id, app.clock.now().0)?;
    conn.commit().await?;
    Ok(Some(told))
}

/// Whether there was somebody to tell: an account that is being erased reads no mail.
async fn tell(conn: &mut Conn, app: &App, user: UserId, entry: &Entry) -> Result<bool> {
    let notification = Notification {
        kind: "breach_notice",
        dedupe: format!("breach_notice:{}:{user}", entry.id),
    };
    let contact = accounts::tokens::link(app, "/contact");
    let queued = accounts::notify(conn, app, user, notification, |name| {
        breach::letter(name, &entry.breach, entry.found_at, &contact)
    })
    .await;
    match queued {
        Err(accounts::Error::Keys(KeysError::Gone)) => return Ok(false),
        queued => queued?,
    }
    let event = SecurityEvent {
        kind: SecurityEventKind::BreachNotified,
        caller: None,
        note: &entry.breach.title,
    };
    security_log::record(conn, app, user, event).await?;
    Ok(true)
}

crate::row! {
    struct Row {
        id: Uuid,
        detail: Vec<u8>,
        found_at: i64,
        due_at: i64,
        reported_at: Option<i64>,
        notified_at: Option<i64>,
        affected: i64,
        told: i64,
    }
}

const LIST: &str = "SELECT id, detail, found_at, due_at, reported_at, notified_at, \
     (SELECT COUNT(*) FROM breach_notices n WHERE n.breach_id = breaches.id) AS affected, \
     (SELECT COUNT(*) FROM breach_notices n WHERE n.breach_id = breaches.id AND n.queued_at IS NOT NULL) AS told \
     FROM breaches ORDER BY found_at DESC, id DESC";

/// The register, newest first.
///
/// # Errors
/// When a database cannot be read or a row does not open.
pub async fn list(app: &App) -> Result<Vec<Entry>> {
    let rows = rows(&mut app.db.acquire().await?).await?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        let key = app.keys.data_key(row.id).await?;
        let json = key.open(place(row.id), &row.detail)?;
        entries.push(Entry {
            id: row.id,
            breach: serde_json::from_slice(&json)
                .map_err(|_| Error::Unreadable("a breach is not what it should be"))?,
            found_at: Timestamp(row.found_at),
            due_at: Timestamp(row.due_at),
            reported_at: row.reported_at.map(Timestamp),
            notified_at: row.notified_at.map(Timestamp),
            affected: row.affected,
            told: row.told,
        });
    }
    Ok(entries)
}

async fn rows(conn: &mut Conn) -> db::Result<Vec<Row>> {
    on!(conn, c => sqlx::query_as::<_, Row>(LIST).fetch_all(c).await)
}
