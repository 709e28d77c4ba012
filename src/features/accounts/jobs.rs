//! What has to die by itself: sessions, links, sign-ups that nobody confirmed, old events.

use super::{email_change, profile, security_log, sessions, tokens, users};
use crate::domain::privacy::constants::{IP_RETENTION_DAYS, SECURITY_EVENT_RETENTION_DAYS, UNVERIFIED_RETENTION_DAYS};
use crate::domain::timestamp::DAY_MS;
use crate::features::accounts::error::Result;
use crate::features::{App, outbox};

/// Deletes sessions that are over or idle for 30 days; answers how many.
///
/// # Errors
/// When the database cannot be used.
pub async fn purge_sessions(app: &App) -> Result<u64> {
    let mut conn = app.db.begin().await?;
    let purged = sessions::purge(&mut conn, app.clock.now()).await?;
    conn.commit().await?;
    Ok(purged)
}

/// Deletes links that are over and changes of address that waited for them; answers how many.
///
/// # Errors
/// When the database cannot be used.
pub async fn purge_tokens(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    let purged = tokens::purge(&mut conn, now).await? + email_change::purge(&mut conn, now).await?;
    conn.commit().await?;
    Ok(purged)
}

/// Removes network addresses after 30 days and security events after 90; answers how many rows.
///
/// # Errors
/// When the database cannot be used.
pub async fn purge_security_events(app: &App) -> Result<u64> {
    let now = app.clock.now();
    security_log::purge(
        app,
        now.minus(IP_RETENTION_DAYS * DAY_MS),
        now.minus(SECURITY_EVENT_RETENTION_DAYS * DAY_MS),
    )
    .await
}

/// Deletes sign-ups that nobody confirmed, with their keys and mails; answers how many.
///
/// # Errors
/// When the database cannot be used.
pub async fn purge_unverified(app: &App) -> Result<u64> {
    let before = app.clock.now().minus(UNVERIFIED_RETENTION_DAYS * DAY_MS);
    let mut purged = 0;
    loop {
        let stale = users::list_unverified(&mut app.db.acquire().await?, before).await?;
        if stale.is_empty() {
            return Ok(purged);
        }
        for user in stale {
            let mut conn = app.db.begin().await?;
            if users::delete_unverified(&mut conn, user).await? {
                outbox::erase(&mut conn, app, user.0).await?;
                purged += 1;
            }
            conn.commit().await?;
            profile::destroy_key_later(app, user);
        }
    }
}
