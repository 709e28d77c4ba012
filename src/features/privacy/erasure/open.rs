//! Deletions that are asked for and not done, written down a second time beside the ledger: a backup from
//! before the asking does not know them, and one from before a calling-off knows too much.
//!
//! The main database is what holds while a server runs, and [`sync`] brings the notes into line with it: after
//! each asking, and with each pass of the job. Only [`put_back`] goes the other way, before anything is served.

use super::{ask, ledger, queries, rows};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::privacy::constants::BACKUP_RETENTION_DAYS;
use crate::domain::privacy::erasure::{Counts, State};
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::features::App;
use crate::features::accounts::closing;
use crate::features::privacy::error::Result;
use crate::infra::crypto::open_erasures::{self as notes, OpenErasure};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What [`put_back`] did to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PutBack {
    /// The database knows it as well or better.
    Nothing,
    /// The deletion was asked for after the backup, and is asked for again.
    Asked,
    /// It was called off after the backup, and is off again.
    CalledOff,
}

/// The notes by the subject of the account.
///
/// # Errors
/// When the keystore cannot be read.
pub(super) async fn by_subject(app: &App) -> Result<BTreeMap<Vec<u8>, Vec<OpenErasure>>> {
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for note in notes::list(&mut app.keystore.acquire().await?).await? {
        all.entry(note.subject.clone()).or_default().push(note);
    }
    Ok(all)
}

/// As [`sync`]; a keystore that cannot be written holds nobody up: the job tries again within a minute.
pub(super) async fn note(app: &App) {
    if let Err(error) = sync(app).await {
        tracing::warn!(%error, "an open deletion is not noted beside the ledger yet");
    }
}

/// Brings the notes into line with the database.
///
/// # Errors
/// When a database cannot be used.
pub(super) async fn sync(app: &App) -> Result<()> {
    let now = app.clock.now();
    let noted = notes::list(&mut app.keystore.acquire().await?).await?;
    let mut main = app.db.acquire().await?;
    let open = queries::list_open(&mut main).await?;
    let (mut put, mut gone) = (Vec::new(), Vec::new());
    for (user, receipt) in &open {
        let note = OpenErasure {
            receipt: receipt.id,
            subject: ledger::subject(&app.keys, *user),
            state: receipt.state.as_str().to_owned(),
            reason: receipt.reason.as_str().to_owned(),
            asked_at: receipt.asked_at.0,
            began_at: receipt.began_at.map(|at| at.0),
            due_at: receipt.due_at.0,
            ended_at: None,
        };
        if !noted.contains(&note) {
            put.push(note);
        }
    }
    let is_open = |receipt: Uuid| open.iter().any(|(_, open)| open.id == receipt);
    for note in noted.into_iter().filter(|note| !is_open(note.receipt)) {
        let found = queries::find(&mut main, note.receipt).await?;
        match found.map(|found| (found.state, found.ended_at)) {
            Some((State::Cancelled, ended_at)) if note.ended_at.is_none() => put.push(OpenErasure {
                state: State::Cancelled.as_str().to_owned(),
                ended_at: Some(ended_at.unwrap_or(now).0),
                ..note
            }),
            // The ledger has it from here on.
            Some((State::Erased, _)) => gone.push(note.receipt),
            _ if is_over(&note, now) => gone.push(note.receipt),
            _ => {}
        }
    }
    drop(main);
    write(app, &put, &gone).await
}

/// No backup is older than this note any more.
fn is_over(note: &OpenErasure, now: Timestamp) -> bool {
    let last = Timestamp(note.ended_at.unwrap_or(note.due_at));
    last.plus(BACKUP_RETENTION_DAYS * DAY_MS) <= now
}

async fn write(app: &App, put: &[OpenErasure], gone: &[Uuid]) -> Result<()> {
    if put.is_empty() && gone.is_empty() {
        return Ok(());
    }
    let mut conn = app.keystore.begin().await?;
    for note in put {
        notes::put(&mut conn, note).await?;
    }
    for receipt in gone {
        notes::delete(&mut conn, *receipt).await?;
    }
    Ok(conn.commit().await?)
}

/// Does to an account of a restored database what a note says and the database does not know. What was asked for
/// keeps its receipt and its date, also where that has passed.
///
/// # Errors
/// When a database cannot be used; nothing has changed then.
pub(super) async fn put_back(app: &App, user: UserId, note: &OpenErasure) -> Result<PutBack> {
    let mut conn = app.db.begin().await?;
    closing::hold(&mut conn, user).await?;
    let known = queries::find(&mut conn, note.receipt).await?.map(|known| known.state);
    let wanted = State::parse(&note.state);
    if wanted == Some(State::Cancelled) {
        let at = note.ended_at.unwrap_or(app.clock.now().0);
        if !queries::call_off(&mut conn, note.receipt, Timestamp(at)).await? {
            return Ok(PutBack::Nothing);
        }
        closing::reopen(&mut conn, user).await?;
        ask::log(app, &mut conn, user, None, SecurityEventKind::ErasureCancelled).await?;
        conn.commit().await?;
        return Ok(PutBack::CalledOff);
    }
    // One that ran when the note was written runs again from its date.
    let wanted = if wanted == Some(State::Waiting) {
        State::Waiting
    } else {
        State::Pending
    };
    let is_new = known.is_none() || (known == Some(State::Waiting) && wanted == State::Pending);
    if !is_new {
        return Ok(PutBack::Nothing);
    }
    let mut counts = Counts::new();
    if wanted == State::Pending {
        closing::suspend(&mut conn, user, None, app.clock.now()).await?;
        counts = rows::delete_at_once(&mut conn, user).await?;
    }
    queries::put_back(&mut conn, user, wanted, (note, &counts)).await?;
    ask::log(app, &mut conn, user, None, SecurityEventKind::ErasureAsked).await?;
    conn.commit().await?;
    Ok(PutBack::Asked)
}
