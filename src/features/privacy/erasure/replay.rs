//! A database that came from a backup is checked against the ledger before anything is served: an
//! account that was erased since is erased again, a deletion that was asked for since is asked for
//! again, and one that was called off since is off again.

use super::open::{self, PutBack};
use super::{ledger, queries, run};
use crate::domain::ids::UserId;
use crate::features::App;
use crate::features::accounts::closing;
use crate::features::privacy::error::Result;
use uuid::Uuid;

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// Lines in the ledger.
    pub lines: usize,
    /// Accounts that had come back and are gone again.
    pub erased: u64,
    /// Deletions that were asked for since the backup, and wait for their date again.
    pub asked: u64,
    /// Deletions that were called off since the backup, and are off again.
    pub called_off: u64,
}

/// Erases every account of the database that the ledger names, and brings the open deletions of the others up to
/// date. Safe to repeat.
///
/// # Errors
/// When a database or the ledger cannot be used: nothing may be served then.
pub async fn replay(app: &App) -> Result<Replayed> {
    let lines = ledger::sync(app).await?;
    let mut replayed = Replayed {
        lines: lines.len(),
        erased: 0,
        asked: 0,
        called_off: 0,
    };
    let notes = open::by_subject(app).await?;
    if lines.is_empty() && notes.is_empty() {
        return Ok(replayed);
    }
    let mut after = Uuid::nil();
    loop {
        let page = closing::list_after(&mut app.db.acquire().await?, after).await?;
        let Some(last) = page.last() else { break };
        after = *last;
        for user in page.into_iter().map(UserId) {
            let subject = ledger::subject(&app.keys, user);
            let Some(line) = lines.get(&subject) else {
                for note in notes.get(&subject).into_iter().flatten() {
                    match open::put_back(app, user, note).await? {
                        PutBack::Asked => replayed.asked += 1,
                        PutBack::CalledOff => replayed.called_off += 1,
                        PutBack::Nothing => {}
                    }
                }
                continue;
            };
            let mut conn = app.db.begin().await?;
            queries::restore(&mut conn, line.id, user, line.at(), &line.counts).await?;
            conn.commit().await?;
            run::finish(app, line.id).await?;
            replayed.erased += 1;
        }
    }
    Ok(replayed)
}
