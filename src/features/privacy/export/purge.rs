//! The end of exports: files and rows past their seven days, and what a crash left behind.

use super::{State, files, queries};
use crate::domain::ids::ExportId;
use crate::domain::timestamp::DAY_MS;
use crate::features::App;
use crate::features::privacy::Result;
use crate::infra::db::Db;

/// On another server's disk a bundle that grows cannot be seen from here; none takes this long.
const LONGEST_BUILD_MS: i64 = DAY_MS;

/// Deletes exports past their time and half files of a process that died; answers how many.
///
/// # Errors
/// When the database or the folder cannot be used.
pub async fn purge(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    let expired = queries::delete_expired(&mut conn, now).await?;
    conn.commit().await?;
    for id in &expired {
        files::remove(app, *id)?;
    }
    let mut gone = expired.len() as u64;
    for id in files::list(app)? {
        gone += u64::from(sweep_file(app, id).await?);
    }
    gone += sweep_rows(app).await?;
    Ok(gone)
}

/// Deletes a file that no complete export needs and nobody writes.
async fn sweep_file(app: &App, id: ExportId) -> Result<bool> {
    // Asked first: a builder that ends between the two questions has told the row before.
    if files::is_growing(app, id) {
        return Ok(false);
    }
    let found = queries::find_state(&mut app.db.acquire().await?, id).await?;
    if matches!(found, Some((State::Complete, _))) {
        return Ok(false);
    }
    files::remove(app, id)?;
    if matches!(found, Some((State::Building, _))) {
        interrupted(app, id).await?;
    }
    Ok(true)
}

/// Marks exports as failed that nobody builds any more.
async fn sweep_rows(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let has_one_server = matches!(app.db, Db::Sqlite { .. });
    let building = queries::list_building(&mut app.db.acquire().await?).await?;
    let mut failed = 0;
    for (id, since) in building {
        let may_be_elsewhere = !has_one_server && !files::path(app, id).exists();
        if files::is_growing(app, id) || (may_be_elsewhere && now.0 - since.0 < LONGEST_BUILD_MS) {
            continue;
        }
        failed += interrupted(app, id).await?;
    }
    Ok(failed)
}

/// Says in the row that a crash ended the export.
async fn interrupted(app: &App, id: ExportId) -> Result<u64> {
    let mut conn = app.db.begin().await?;
    let failed = queries::fail(&mut conn, id, "interrupted").await?;
    conn.commit().await?;
    Ok(failed)
}
