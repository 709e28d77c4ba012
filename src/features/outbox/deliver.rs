//! Hands due mails to the transport: leased, retried with growing pauses, given up after a week.

use super::queries::{self, Due};
use super::{Content, place};
use crate::domain::ids::MailId;
use crate::domain::privacy::constants::OUTBOX_RETENTION_DAYS;
use crate::domain::timestamp::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};
use crate::features::App;
use crate::infra::crypto::KeysError;
use crate::infra::db;
use crate::infra::mail::{Failure, Message};
use std::time::Duration;
use zeroize::Zeroizing;

/// An attempt that takes longer belongs to a process that died.
const LEASE_MS: i64 = 5 * MINUTE_MS;
/// Pauses between attempts; the last one again and again, until a mail is given up.
const PAUSES_MS: [i64; 8] = [
    30 * SECOND_MS,
    2 * MINUTE_MS,
    10 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    4 * HOUR_MS,
    LAST_PAUSE_MS,
];
const LAST_PAUSE_MS: i64 = 8 * HOUR_MS;
/// A mail server that is down for days loses nothing; after a week what a mail says is old.
const GIVE_UP_MS: i64 = 7 * DAY_MS;
/// How often delivery looks by itself.
const IDLE: Duration = Duration::from_secs(30);
/// After a ring the row may not be committed yet: look again after these pauses.
const LOOKS: [Duration; 4] = [
    Duration::from_millis(5),
    Duration::from_millis(50),
    Duration::from_millis(500),
    Duration::from_secs(2),
];

/// Delivers until the future is dropped. Run one per process.
pub async fn run(app: App) {
    loop {
        for pause in LOOKS {
            tokio::time::sleep(pause).await;
            if let Err(error) = deliver_due(&app).await {
                tracing::warn!(%error, "the outbox could not be read");
            }
        }
        tokio::select! {
            () = app.outbox.0.notified() => {}
            () = tokio::time::sleep(IDLE) => {}
        }
    }
}

/// Attempts every mail that is due now; answers how many left.
///
/// # Errors
/// When the database cannot be used. Failed deliveries are no error here: they are retried.
pub async fn deliver_due(app: &App) -> db::Result<u64> {
    let now = app.clock.now();
    let due = queries::list_due(&mut app.db.acquire().await?, now).await?;
    let mut sent = 0;
    for id in due {
        let mut conn = app.db.begin().await?;
        let leased = queries::lease(&mut conn, id, now, now.plus(LEASE_MS)).await?;
        conn.commit().await?;
        let Some(mail) = leased else { continue };
        let outcome = attempt(app, &mail).await;
        if outcome.is_ok() {
            sent += 1;
        }
        settle(app, &mail, outcome).await?;
    }
    Ok(sent)
}

/// Deletes rows of mails that are done with; answers how many.
///
/// # Errors
/// When the database cannot be used.
pub async fn purge(app: &App) -> db::Result<u64> {
    let mut conn = app.db.begin().await?;
    let purged = queries::purge(&mut conn, app.clock.now().minus(OUTBOX_RETENTION_DAYS * DAY_MS)).await?;
    conn.commit().await?;
    Ok(purged)
}

/// How many mails wait, and how many were given up; for the operator's eyes.
///
/// # Errors
/// When the database cannot be read.
pub async fn backlog(app: &App) -> db::Result<(i64, i64)> {
    let mut conn = app.db.acquire().await?;
    Ok((
        queries::count(&mut conn, "queued").await?,
        queries::count(&mut conn, "failed").await?,
    ))
}

async fn attempt(app: &App, mail: &Due) -> Result<(), Failure> {
    let id = MailId(mail.id);
    let sealed = mail.content.as_deref().ok_or(Failure::Permanent("no_content"))?;
    let key = app.keys.data_key(mail.owner_id).await.map_err(|error| match error {
        KeysError::Gone => Failure::Permanent("owner_erased"),
        _ => Failure::Temporary("keystore"),
    })?;
    let json = key
        .open(place(id, mail.owner_id), sealed)
        .map_err(|_| Failure::Permanent("unreadable"))?;
    let content: Content = serde_json::from_slice(&json).map_err(|_| Failure::Permanent("unreadable"))?;
    let message = Message {
        id,
        host: app.config.public_url.host_str().unwrap_or("localhost"),
        from: &app.config.mail_from,
        to: &content.to,
        subject: &content.subject,
        body: Zeroizing::new(content.body.clone()),
        at: Timestamp(mail.created_at),
    };
    app.mailer.send(&message).await
}

async fn settle(app: &App, mail: &Due, outcome: Result<(), Failure>) -> db::Result<()> {
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    let attempt = usize::try_from(mail.attempts - 1).unwrap_or_default();
    let is_young = now.0 - mail.created_at < GIVE_UP_MS;
    let pause = is_young.then(|| PAUSES_MS.get(attempt).copied().unwrap_or(LAST_PAUSE_MS));
    match (outcome, pause) {
        (Ok(()), _) => {
            let finished = queries::finish(&mut conn, mail.id, now, None).await?;
            // Its owner was erased while it was written: the file must not outlive the account.
            if finished == 0 && !queries::exists(&mut conn, mail.id).await? {
                app.mailer.forget(MailId(mail.id)).await?;
            }
        }
        (Err(Failure::Temporary(problem)), Some(pause)) => {
            tracing::info!(mail = %mail.id, kind = mail.kind, problem, "a mail was not taken; it is tried again");
            queries::postpone(&mut conn, mail.id, now.plus(pause), problem).await?;
        }
        (Err(Failure::Temporary(problem) | Failure::Permanent(problem)), _) => {
            tracing::error!(mail = %mail.id, kind = mail.kind, problem, "a mail was given up");
            queries::finish(&mut conn, mail.id, now, Some(problem)).await?;
        }
    }
    conn.commit().await
}
