//! The end of keys that have expired.

use super::queries;
use crate::domain::privacy::constants::EXPIRED_PLATFORM_KEY_DAYS;
use crate::domain::timestamp::DAY_MS;
use crate::features::App;
use crate::infra::db;

/// Deletes what is left of keys that have not worked for a while; answers how many. Until then their
/// owner sees in the list why a program no longer gets an answer.
///
/// # Errors
/// When the database cannot be written.
pub async fn purge(app: &App) -> db::Result<u64> {
    let before = app.clock.now().minus(EXPIRED_PLATFORM_KEY_DAYS * DAY_MS);
    let mut conn = app.db.begin().await?;
    let purged = queries::purge(&mut conn, before).await?;
    conn.commit().await?;
    Ok(purged)
}
