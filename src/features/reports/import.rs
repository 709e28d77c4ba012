//! Saved reports out of an export, taken over into another account.
//!
//! They come back with their name, their content and their day. What stands in the account already, to the byte,
//! is not added again: a bundle that is brought twice changes nothing the second time.

use super::error::Error;
use super::queries;
use super::service::{document, open, permit, room, seal, valid_name};
use crate::domain::ids::{SavedReportId, UserId};
use crate::domain::reports::saved::Saved;
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::infra::db::Conn;
use serde::Deserialize;

/// A row of the export's section of saved content.
#[derive(Debug, Deserialize)]
struct Exported {
    table: String,
    name: String,
    report: Saved,
    created_at: String,
}

/// A report that is to be taken over.
#[derive(Debug)]
pub struct Incoming {
    name: String,
    document: String,
    created_at: Timestamp,
}

/// The reports of `data/saved.json`; `None` where it holds something that this version does not know.
#[must_use]
pub fn read(json: &[u8]) -> Option<Vec<Incoming>> {
    let rows: Vec<Exported> = serde_json::from_slice(json).ok()?;
    rows.into_iter().map(incoming).collect()
}

fn incoming(row: Exported) -> Option<Incoming> {
    if row.table != "saved_reports" {
        return None;
    }
    Some(Incoming {
        name: valid_name(&row.name).ok()?.to_owned(),
        document: document(&row.report).ok()?,
        created_at: Timestamp::parse(&row.created_at)?,
    })
}

/// Adds them to an account, within the transaction of the whole bundle; how many were new to it.
///
/// # Errors
/// That there would be too many, that the person restricted all use of their data, or what the database or the data
/// key refuse.
pub async fn take(conn: &mut Conn, app: &App, user: UserId, reports: &[Incoming]) -> Result<usize, Error> {
    if reports.is_empty() {
        return Ok(0);
    }
    permit(conn, user).await?;
    let data_key = app.keys.data_key(user.0).await?;
    let rows = queries::list(conn, user).await?;
    let held = rows
        .iter()
        .map(|row| open(&data_key, user, row))
        .collect::<Result<Vec<_>, _>>()?;
    let is_new = |it: &&Incoming| {
        !held.iter().any(|held| {
            held.created_at == it.created_at
                && held.name == it.name
                && document(&held.report).is_ok_and(|text| text == it.document)
        })
    };
    let new: Vec<&Incoming> = reports.iter().filter(is_new).collect();
    if new.len() > room(conn, user).await? {
        return Err(Error::TooMany);
    }
    for it in &new {
        let id = SavedReportId(app.clock.new_id());
        let row = seal(&data_key, (user, id), (&it.name, &it.document), it.created_at)?;
        queries::insert(conn, &row).await?;
    }
    Ok(new.len())
}
