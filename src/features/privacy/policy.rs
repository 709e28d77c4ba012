//! Versions of the policy: published once, announced to every account, acknowledged one by one.
//!
//! ```text
//! publish ── row of the version ──► announce ── per account, in one transaction: notice + mail ──► announced
//!                                      ↑ broken off: the next run (of the command or the job) goes on
//! ```
//!
//! The row of a notice is what keeps an account from being told twice: it outlives the outbox. A
//! banner is shown while it has no acknowledgement; acknowledging records the acceptance of the
//! exact text by its SHA-256. `spectr admin policy publish` calls [`publish`].

use super::error::Result;
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::privacy::constants::{POLICY_NOTICE_DAYS, POLICY_VERSION};
use crate::domain::privacy::letters::{self, PolicyChange};
use crate::domain::privacy::policy_text;
use crate::domain::privacy::versions::{VERSIONS, version};
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::features::App;
use crate::features::accounts::{self, Caller, Notification, SecurityEvent, tokens};
use crate::infra::crypto::KeysError;
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What the operator decides about a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publish {
    /// Whether people have to be told; a corrected comma is not material.
    pub is_material: bool,
    /// From when it applies; `POLICY_NOTICE_DAYS` from now where the operator names no day.
    pub effective_at: Option<Timestamp>,
}

/// A version as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    pub version: String,
    /// Of the exact text, lower-case hexadecimal.
    pub sha256: String,
    pub is_material: bool,
    pub published_at: Timestamp,
    pub effective_at: Timestamp,
    /// When every account had its notice.
    pub announced_at: Option<Timestamp>,
}

/// How publishing ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// It is published, now or before; so many mails were queued by this call.
    Done { publication: Publication, queued: u64 },
    /// The day it takes effect must lie ahead of a material change.
    TooSoon,
}

crate::row! {
    struct Row {
        version: String,
        text_sha256: Vec<u8>,
        is_material: bool,
        published_at: i64,
        effective_at: i64,
        announced_at: Option<i64>,
    }
}

impl From<Row> for Publication {
    fn from(row: Row) -> Self {
        Self {
            version: row.version,
            sha256: hex::encode(row.text_sha256),
            is_material: row.is_material,
            published_at: Timestamp(row.published_at),
            effective_at: Timestamp(row.effective_at),
            announced_at: row.announced_at.map(Timestamp),
        }
    }
}

/// SHA-256 of the text that this server shows, lower-case hexadecimal.
#[must_use]
pub fn current_sha256() -> String {
    hex::encode(Sha256::digest(policy_text()))
}

const INSERT: &str = "INSERT INTO policy_versions (version, text_sha256, is_material, published_at, effective_at) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (version) DO NOTHING";

/// Publishes the policy of this binary. A material one queues one mail per account and shows a
/// notice to each until it is acknowledged. Safe to call again, and after it was broken off: a
/// version is published once, and nobody is told twice.
///
/// # Errors
/// When a database cannot be used; calling it again goes on from there.
pub async fn publish(app: &App, publish: Publish) -> Result<Published> {
    let now = app.clock.now();
    let effective_at = match (publish.effective_at, publish.is_material) {
        (Some(day), true) if day <= now => return Ok(Published::TooSoon),
        (Some(day), _) => day,
        (None, true) => now.plus(POLICY_NOTICE_DAYS * DAY_MS),
        (None, false) => now,
    };
    let text = Sha256::digest(policy_text()).to_vec();
    let mut conn = app.db.begin().await?;
    execute!(
        &mut conn,
        INSERT,
        POLICY_VERSION,
        text,
        publish.is_material,
        now.0,
        effective_at.0
    )?;
    conn.commit().await?;
    let queued = announce(app).await?;
    // It was inserted just now or was there before; nothing deletes it.
    match find(app, POLICY_VERSION).await? {
        Some(publication) => Ok(Published::Done { publication, queued }),
        None => Err(db::Error::RowNotFound.into()),
    }
}

const FIND: &str = "SELECT version, text_sha256, is_material, published_at, effective_at, announced_at \
     FROM policy_versions WHERE version = $1";

/// The publication of a version, if it was published on this server.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(app: &App, version: &str) -> Result<Option<Publication>> {
    let mut conn = app.db.acquire().await?;
    let row = on!(&mut conn, c => sqlx::query_as::<_, Row>(FIND).bind(version.to_owned()).fetch_optional(c).await)?;
    Ok(row.map(Publication::from))
}

const LIST: &str = "SELECT version, text_sha256, is_material, published_at, effective_at, announced_at \
     FROM policy_versions ORDER BY published_at DESC";

/// Everything that was published on this server, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(app: &App) -> Result<Vec<Publication>> {
    let mut conn = app.db.acquire().await?;
    let rows = on!(&mut conn, c => sqlx::query_as::<_, Row>(LIST).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Publication::from).collect())
}

/// Accounts per transaction: short enough that nobody waits for it.
const BATCH: i64 = 50;

/// Accounts from before the publication that have no notice of it yet, in the order of their ids.
const LIST_UNTOLD: &str = "SELECT id FROM users u WHERE id > $1 AND state IN ('active', 'pending') \
     AND created_at <= $2 AND NOT EXISTS \
         (SELECT 1 FROM policy_notices n WHERE n.user_id = u.id AND n.version = $3) ORDER BY id LIMIT $4";
const INSERT_NOTICE: &str = "INSERT INTO policy_notices (user_id, version, queued_at) VALUES ($1, $2, $3) \
     ON CONFLICT (user_id, version) DO NOTHING";
const FINISH: &str = "UPDATE policy_versions SET announced_at = $2 WHERE version = $1 AND announced_at IS NULL";

/// Tells everybody who was not told yet about this binary's version, if it is material; answers how many mails
/// were queued. Runs as a job as well, for announcements that were broken off and for accounts whose
/// address was confirmed only after the publication.
///
/// # Errors
/// When a database cannot be used; who was told by then is not told again.
pub async fn announce(app: &App) -> Result<u64> {
    let published = find(app, POLICY_VERSION).await?;
    let Some(publication) = published.filter(|publication| publication.is_material) else {
        return Ok(0);
    };
    let (mut after, mut queued) = (Uuid::nil(), 0);
    loop {
        let mut conn = app.db.begin().await?;
        let batch = untold(&mut conn, &publication, after).await?;
        for user in &batch {
            queued += u64::from(tell(app, &mut conn, &publication, UserId(*user)).await?);
        }
        conn.commit().await?;
        match batch.last() {
            Some(last) => after = *last,
            None => break,
        }
        // Writers that queued up behind this batch go first.
        tokio::task::yield_now().await;
    }
    if publication.announced_at.is_none() {
        let mut conn = app.db.begin().await?;
        execute!(&mut conn, FINISH, publication.version, app.clock.now().0)?;
        conn.commit().await?;
    }
    Ok(queued)
}

async fn untold(conn: &mut Conn, publication: &Publication, after: Uuid) -> db::Result<Vec<Uuid>> {
    on!(conn, c => sqlx::query_scalar::<_, Uuid>(LIST_UNTOLD)
        .bind(after)
        .bind(publication.published_at.0)
        .bind(publication.version.clone())
        .bind(BATCH)
        .fetch_all(c)
        .await)
}

/// Notice and mail of one account; whether it was told now.
async fn tell(app: &App, conn: &mut Conn, publication: &Publication, user: UserId) -> Result<bool> {
    let now = app.clock.now();
    let (link, versions) = (tokens::link(app, "/privacy"), tokens::link(app, "/privacy/versions"));
    let notification = Notification {
        kind: "policy_changed",
        dedupe: format!("policy:{}:{user}", publication.version),
    };
    let sent = accounts::notify(conn, app, user, notification, |name| {
        letters::policy_changed(PolicyChange {
            name,
            effective: publication.effective_at,
            changes: version(&publication.version).map_or("see the list of versions", |version| version.changes),
            link: &link,
            versions: &versions,
            sha256: &publication.sha256,
        })
    });
    match sent.await {
        Ok(()) => {}
        // Erased in the meantime: there is nobody to tell.
        Err(accounts::Error::Keys(KeysError::Gone)) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    Ok(execute!(conn, INSERT_NOTICE, user.0, publication.version.clone(), now.0)? == 1)
}

/// A notice that its reader has not acknowledged yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub version: String,
    pub effective_at: Timestamp,
}

const FIND_NOTICE: &str = "SELECT v.version, v.effective_at FROM policy_notices n \
     JOIN policy_versions v ON v.version = n.version \
     WHERE n.user_id = $1 AND n.version = $2 AND n.acknowledged_at IS NULL";

/// What the banner tells a person, until it is acknowledged.
///
/// # Errors
/// When the database cannot be read.
pub async fn notice(app: &App, user: UserId) -> Result<Option<Notice>> {
    let mut conn = app.db.acquire().await?;
    let found = on!(&mut conn, c => sqlx::query_as::<_, (String, i64)>(FIND_NOTICE)
        .bind(user.0)
        .bind(POLICY_VERSION)
        .fetch_optional(c)
        .await)?;
    Ok(found.map(|(version, effective_at)| Notice {
        version,
        effective_at: Timestamp(effective_at),
    }))
}

/// An acknowledged version answers for those before it.
const ACKNOWLEDGE: &str = "UPDATE policy_notices SET acknowledged_at = $3 \
     WHERE user_id = $1 AND acknowledged_at IS NULL AND version IN (SELECT version FROM policy_versions \
         WHERE published_at <= (SELECT published_at FROM policy_versions WHERE version = $2))";

/// The person has seen the notice: it goes, and the acceptance of the exact text is recorded. Only
/// the text that this server shows can be accepted; whether there was something to acknowledge.
///
/// # Errors
/// When a database cannot be used; the notice then stays.
pub async fn acknowledge(app: &App, caller: &Caller, user: UserId, version: &str) -> Result<bool> {
    if version != POLICY_VERSION {
        return Ok(false);
    }
    let mut conn = app.db.begin().await?;
    if execute!(&mut conn, ACKNOWLEDGE, user.0, version.to_owned(), app.clock.now().0)? == 0 {
        return Ok(false);
    }
    accounts::accept_policy(app, &mut conn, user).await?;
    let event = SecurityEvent {
        kind: SecurityEventKind::PolicyAccepted,
        caller: Some(caller),
        note: POLICY_VERSION,
    };
    accounts::security_log(&mut conn, app, user, event).await?;
    conn.commit().await?;
    Ok(true)
}

/// A version as the history shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub id: &'static str,
    pub sha256: &'static str,
    pub changes: &'static str,
    pub text: &'static str,
    pub publication: Option<Publication>,
}

/// Every version with its exact text, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn history(app: &App) -> Result<Vec<Shown>> {
    let published = list(app).await?;
    let shown = VERSIONS.iter().map(|version| Shown {
        id: version.id,
        sha256: version.sha256(),
        changes: version.changes,
        text: version.text,
        publication: published.iter().find(|found| found.version == version.id).cloned(),
    });
    Ok(shown.collect())
}
