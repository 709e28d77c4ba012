//! The run of an erasure, step by step. Each step may be repeated; see the façade.

use super::ledger::{self, Line};
use super::{ask, copies, open, queries, receipt, rows};
use crate::domain::ids::UserId;
use crate::domain::privacy::erasure::{Receipt, State};
use crate::domain::problem::Code;
use crate::features::accounts::closing;
use crate::features::privacy::error::{Error, Result};
use crate::features::privacy::export;
use crate::features::{App, engine, outbox};
use crate::infra::db::Db;
use crate::infra::mail::Mailer;
use uuid::Uuid;

/// What a run has behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nobody signs in any more; the address is free.
    Begun,
    /// How many rows there are is written down.
    Counted,
    /// The ledger names the account.
    Ledger,
    /// The data key is destroyed, and the keys of requests.
    Key,
    /// Also in the backup copy of the keystore.
    Copies,
    Rows,
    /// Mails and exports are gone from the disk, with their rows.
    Files,
    /// The account's own row is gone.
    Account,
    /// Nothing deleted is left in the write-ahead log.
    Disk,
    /// The receipt is complete.
    Signed,
}

impl Step {
    pub const ALL: [Self; 10] = [
        Self::Begun,
        Self::Counted,
        Self::Ledger,
        Self::Key,
        Self::Copies,
        Self::Rows,
        Self::Files,
        Self::Account,
        Self::Disk,
        Self::Signed,
    ];
}

/// Looks on while an erasure runs and may break it off, as a crash would: that is how faults after
/// each step are tried out.
pub trait Witness: Sync {
    /// # Errors
    /// [`Interrupted`] ends the run right after this step.
    fn passed(&self, step: Step) -> Result<(), Interrupted>;
}

/// The run was broken off on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the erasure was broken off after a step")]
pub struct Interrupted;

/// Nobody looks on.
struct Unwatched;

impl Witness for Unwatched {
    fn passed(&self, _: Step) -> Result<(), Interrupted> {
        Ok(())
    }
}

/// Runs an erasure whose time has come to its end. One that is over, or was called off, is left alone.
///
/// # Errors
/// When a database or a file cannot be used; run it again then.
pub async fn finish(app: &App, receipt: Uuid) -> Result<()> {
    finish_watched(app, receipt, &Unwatched).await
}

/// As [`finish`], with somebody who looks on.
///
/// # Errors
/// As [`finish`], and when the witness breaks it off.
pub async fn finish_watched(app: &App, receipt: Uuid, witness: &dyn Witness) -> Result<()> {
    let Some(user) = begin(app, receipt).await? else {
        return Ok(());
    };
    witness.passed(Step::Begun)?;
    let found = count(app, receipt, user).await?;
    witness.passed(Step::Counted)?;
    let line = Line {
        id: receipt,
        subject: ledger::subject(&app.keys, user),
        at: app.clock.now().0,
        counts: queries::to_json(&found.counts),
    };
    ledger::add(app, &line).await?;
    witness.passed(Step::Ledger)?;
    destroy_keys(app, user).await?;
    witness.passed(Step::Key)?;
    copies::sync(app).await?;
    witness.passed(Step::Copies)?;
    rows::delete(app, user).await?;
    witness.passed(Step::Rows)?;
    delete_files(app, receipt, user).await?;
    witness.passed(Step::Files)?;
    delete_account(app, user).await?;
    witness.passed(Step::Account)?;
    clear_disk(app, &found).await?;
    witness.passed(Step::Disk)?;
    sign(app, found).await?;
    witness.passed(Step::Signed)?;
    open::note(app).await;
    Ok(())
}

/// From here on there is no way back. Answers whose erasure it is; `None` where there is nothing to do.
async fn begin(app: &App, receipt: Uuid) -> Result<Option<UserId>> {
    let mut conn = app.db.begin().await?;
    if let Some(user) = queries::owner(&mut conn, receipt).await? {
        closing::hold(&mut conn, user).await?;
    }
    let is_new = queries::start(&mut conn, receipt).await?;
    let Some(user) = queries::running(&mut conn, receipt).await? else {
        return Ok(None);
    };
    closing::close(&mut conn, user, app.clock.now()).await?;
    conn.commit().await?;
    engine::stop_all_of(app, user, Code::AccountPending);
    export::stop(app, user).await;
    if is_new {
        // Rows of calls that have just ended: written now, they are counted and go with the others.
        engine::flush(app).await;
    }
    Ok(Some(user))
}

/// Counts what there is, once: a repeated run must not forget what an earlier one deleted.
async fn count(app: &App, receipt: Uuid, user: UserId) -> Result<Receipt> {
    let mut conn = app.db.begin().await?;
    let mut found = queries::find(&mut conn, receipt).await?.ok_or(Error::NoAccount)?;
    if !found.counts.contains_key(ACCOUNT) {
        found.counts = ask::add(found.counts, rows::count(&mut conn, user).await?);
        queries::set_counts(&mut conn, receipt, &found.counts).await?;
    }
    conn.commit().await?;
    Ok(found)
}

/// The one row that every account has: its count says that the counting is done.
const ACCOUNT: &str = "users";

/// The keys of requests first: once the account's rows are gone nothing leads to them.
async fn destroy_keys(app: &App, user: UserId) -> Result<()> {
    let requests = rows::own_keys(&mut app.db.acquire().await?, user).await?;
    for request in requests {
        app.keys.destroy_data_key(request).await?;
        let mut conn = app.db.begin().await?;
        outbox::erase(&mut conn, app, request).await?;
        conn.commit().await?;
    }
    app.keys.destroy_data_key(user.0).await?;
    Ok(())
}

/// Mails, exports, and on this machine the file of the receipt's own mail: it names the address.
async fn delete_files(app: &App, receipt: Uuid, user: UserId) -> Result<()> {
    export::cancel_for(app, user).await?;
    let mut conn = app.db.begin().await?;
    outbox::erase(&mut conn, app, user.0).await?;
    let stays_here = matches!(app.mailer, Mailer::Files(_));
    if stays_here {
        outbox::erase(&mut conn, app, receipt).await?;
        queries::set_mail_over(&mut conn, receipt).await?;
    }
    conn.commit().await?;
    if stays_here {
        app.keys.destroy_data_key(receipt).await?;
    }
    Ok(())
}

/// What a request under way wrote meanwhile goes with the account's row.
async fn delete_account(app: &App, user: UserId) -> Result<()> {
    let mut conn = app.db.begin().await?;
    closing::delete(&mut conn, user).await?;
    outbox::erase(&mut conn, app, user.0).await?;
    conn.commit().await?;
    Ok(())
}

async fn clear_disk(app: &App, found: &Receipt) -> Result<()> {
    match &app.db {
        Db::Sqlite { .. } => app.db.truncate_wal().await?,
        Db::Postgres(_) => rows::vacuum(&mut app.db.acquire().await?, &found.counts).await?,
    }
    Ok(app.keystore.truncate_wal().await?)
}

async fn sign(app: &App, found: Receipt) -> Result<()> {
    let now = app.clock.now();
    let done = Receipt {
        state: State::Erased,
        ended_at: Some(now),
        ..found
    };
    let document = receipt::sign(app, &done);
    let mut conn = app.db.begin().await?;
    if queries::end(&mut conn, done.id, now, &document).await? {
        tracing::info!(receipt = %done.id, rows = done.counts.values().sum::<u64>(), "an account was erased");
    }
    Ok(conn.commit().await?)
}
