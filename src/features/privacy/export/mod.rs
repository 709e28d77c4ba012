//! Exports: everything that is held about a person as one signed ZIP, and the way back in.
//!
//! ```text
//! begin ── row `building`, file locked ── rows of one snapshot → JSON, CSV → ZIP → sealed chunks
//!   │                                                        └─ the answer reads chunks as they come
//!   ├─ complete: 7 days of Range requests, then row and file go
//!   └─ failed, called off, crashed: the connection breaks, the file goes, the row says why
//! ```
//!
//! A bundle that is not complete never looks like one: the directory of a ZIP stands at its end.

mod aside;
mod build;
mod counted;
mod csv;
mod feed;
mod files;
pub mod import;
mod purge;
mod queries;
mod read;
mod registry;
mod rows;
pub mod verify;
mod writer;

pub use build::begin;
pub use purge::purge;
pub use queries::{Export, State};
pub use read::{Stored, failure, find, list, newest, stream, tail};
pub use registry::{Building, End, Exports};
pub use rows::{Latest, Scope, latest};

use super::error::Result;
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::{ExportId, UserId};
use crate::features::App;
use crate::features::accounts::{self, Caller, SecurityEvent};

/// Breaks off the export that is being built for a person, if there is one, and waits until it has ended.
pub async fn stop(app: &App, user: UserId) {
    if let Some(building) = app.exports.building(user) {
        building.cancel.cancel();
        building.ended().await;
    }
}

/// Ends every export of a person: what is being built stops, finished ones can no longer be read,
/// their files are gone. For the erasure of an account; safe to repeat.
///
/// # Errors
/// When the database or the folder cannot be used.
pub async fn cancel_for(app: &App, user: UserId) -> Result<u64> {
    // Nobody begins another one meanwhile.
    let _begin = app.exports.begin.lock().await;
    stop(app, user).await;
    let mut conn = app.db.begin().await?;
    let ids = queries::delete_of(&mut conn, user).await?;
    conn.commit().await?;
    for id in &ids {
        files::remove(app, *id)?;
    }
    Ok(ids.len() as u64)
}

/// Deletes one export of this person, also one that is being built; whether there was one.
///
/// # Errors
/// When the database or the folder cannot be used.
pub async fn delete(app: &App, caller: &Caller, user: UserId, id: ExportId) -> Result<bool> {
    if let Some(building) = app.exports.building(user).filter(|building| building.id == id) {
        building.cancel.cancel();
        building.ended().await;
    }
    let mut conn = app.db.begin().await?;
    if !queries::delete(&mut conn, user, id).await? {
        return Ok(false);
    }
    let event = SecurityEvent {
        kind: SecurityEventKind::ExportDeleted,
        caller: Some(caller),
        note: "",
    };
    accounts::security_log(&mut conn, app, user, event).await?;
    conn.commit().await?;
    files::remove(app, id)?;
    Ok(true)
}

/// Notes that a finished export was downloaded once more.
///
/// # Errors
/// When the database cannot be used.
pub async fn note_download(app: &App, caller: &Caller, user: UserId) -> Result<()> {
    let mut conn = app.db.begin().await?;
    let event = SecurityEvent {
        kind: SecurityEventKind::DataExported,
        caller: Some(caller),
        note: "once more",
    };
    accounts::security_log(&mut conn, app, user, event).await?;
    Ok(conn.commit().await?)
}
