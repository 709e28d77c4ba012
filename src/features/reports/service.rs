//! The use cases of saved reports: save, list, open, rename, delete.

use super::error::{Error, NameFault};
use super::queries::{self, NewRow, Row};
use super::{NAME_MAX_CHARS, REPORTS_PER_USER};
use crate::domain::ids::{SavedReportId, UserId};
use crate::domain::privacy::rights::Limit;
use crate::domain::reports::saved::{MAX_BYTES, Saved};
use crate::domain::timestamp::Timestamp;
use crate::domain::vault::is_unprintable;
use crate::features::App;
use crate::features::accounts::limits;
use crate::infra::crypto::{DataKey, Place};
use crate::infra::db::Conn;

/// A saved report, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub id: SavedReportId,
    pub name: String,
    pub report: Saved,
    pub created_at: Timestamp,
}

/// Keeps a report under a name.
///
/// # Errors
/// What is wrong with the name or the document, that there are too many, or that the person
/// restricted all use of their data.
pub async fn save(app: &App, user: UserId, name: &str, report: &Saved) -> Result<SavedReportId, Error> {
    let name = valid_name(name)?;
    let document = document(report)?;
    let id = SavedReportId(app.clock.new_id());
    let data_key = app.keys.data_key(user.0).await?;
    let row = seal(&data_key, (user, id), (name, &document), app.clock.now())?;
    let mut conn = app.db.begin().await?;
    permit(&mut conn, user).await?;
    if room(&mut conn, user).await? == 0 {
        return Err(Error::TooMany);
    }
    queries::insert(&mut conn, &row).await?;
    conn.commit().await?;
    Ok(id)
}

/// All reports of a person, the newest first.
///
/// # Errors
/// When the database or the person's data key cannot be used.
pub async fn list(app: &App, user: UserId) -> Result<Vec<Stored>, Error> {
    let rows = queries::list(&mut app.db.acquire().await?, user).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let data_key = app.keys.data_key(user.0).await?;
    rows.iter().map(|row| open(&data_key, user, row)).collect()
}

/// One report of a person, and the one before it that tells of its causes, which it is compared with.
///
/// # Errors
/// When there is none of this id, or the database or the data key cannot be used.
pub async fn find(app: &App, user: UserId, id: SavedReportId) -> Result<(Stored, Option<Stored>), Error> {
    let rows = queries::list(&mut app.db.acquire().await?, user).await?;
    // Opened one after the other, and no more of them than are needed.
    let mut rest = rows.iter().skip_while(|row| row.id != id.0);
    let row = rest.next().ok_or(Error::Absent)?;
    let data_key = app.keys.data_key(user.0).await?;
    let found = open(&data_key, user, row)?;
    for row in rest {
        let before = open(&data_key, user, row)?;
        if before.report.has_causes() {
            return Ok((found, Some(before)));
        }
    }
    Ok((found, None))
}

/// Gives a report another name.
///
/// # Errors
/// What is wrong with the name, or that there is no such report.
pub async fn rename(app: &App, user: UserId, id: SavedReportId, name: &str) -> Result<(), Error> {
    let name = valid_name(name)?;
    let data_key = app.keys.data_key(user.0).await?;
    let sealed = data_key.seal(place("name", id, user), name.as_bytes())?;
    let mut conn = app.db.begin().await?;
    if queries::rename(&mut conn, user, id, &sealed).await? == 0 {
        return Err(Error::Absent);
    }
    Ok(conn.commit().await?)
}

/// Deletes a report for good.
///
/// # Errors
/// When there is no such report.
pub async fn delete(app: &App, user: UserId, id: SavedReportId) -> Result<(), Error> {
    let mut conn = app.db.begin().await?;
    if queries::delete(&mut conn, user, id).await? == 0 {
        return Err(Error::Absent);
    }
    Ok(conn.commit().await?)
}

/// Refuses where all use of the person's data is restricted: what is there is only kept then.
pub(super) async fn permit(conn: &mut Conn, user: UserId) -> Result<(), Error> {
    if limits::is_live(conn, user, Limit::Everything).await? {
        return Err(Error::Restricted);
    }
    Ok(())
}

/// How many more reports the person may keep.
pub(super) async fn room(conn: &mut Conn, user: UserId) -> Result<usize, Error> {
    let count = usize::try_from(queries::count(conn, user).await?).unwrap_or(REPORTS_PER_USER);
    Ok(REPORTS_PER_USER.saturating_sub(count))
}

/// The name without surrounding space.
pub(super) fn valid_name(name: &str) -> Result<&str, NameFault> {
    let name = name.trim();
    if name.is_empty() {
        return Err(NameFault::Missing);
    }
    if name.chars().count() > NAME_MAX_CHARS {
        return Err(NameFault::TooLong);
    }
    if name.chars().any(is_unprintable) {
        return Err(NameFault::Character);
    }
    Ok(name)
}

/// The JSON that is sealed.
pub(super) fn document(report: &Saved) -> Result<String, Error> {
    report.check().map_err(Error::Form)?;
    let text = serde_json::to_string(report).map_err(|_| Error::Form("it cannot be written"))?;
    if text.len() > MAX_BYTES {
        return Err(Error::TooLarge);
    }
    Ok(text)
}

pub(super) fn seal(
    data_key: &DataKey,
    (user, id): (UserId, SavedReportId),
    (name, document): (&str, &str),
    created_at: Timestamp,
) -> Result<NewRow, Error> {
    Ok(NewRow {
        id,
        user,
        name: data_key.seal(place("name", id, user), name.as_bytes())?,
        report: data_key.seal(place("report", id, user), document.as_bytes())?,
        created_at,
    })
}

pub(super) fn open(data_key: &DataKey, user: UserId, row: &Row) -> Result<Stored, Error> {
    let id = SavedReportId(row.id);
    let document = data_key.open(place("report", id, user), &row.report)?;
    Ok(Stored {
        id,
        name: data_key.open_text(place("name", id, user), &row.name)?.to_string(),
        report: serde_json::from_slice(&document).map_err(|_| Error::Damaged)?,
        created_at: Timestamp(row.created_at),
    })
}

/// Where a sealed value stands; a value moved elsewhere does not open.
fn place(column: &'static str, id: SavedReportId, user: UserId) -> Place {
    Place {
        table: "saved_reports",
        column,
        row: id.0,
        owner: user.0,
    }
}
