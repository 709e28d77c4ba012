//! Writes settled calls: one task, many rows per commit, off the path of every stream.
//!
//! A commit costs the same for one row as for many, and more than the row. While other answers still
//! run, commits therefore keep a distance, the longer the more of them there are: what ends within it shares one.
//!
//! Before the first token nothing waits for the disk. After the last one the stream waits a moment
//! for its row (see [`super::Timing::settle`]), so that a call whose end was seen survives a crash.
//! A database that is locked or full is tried again; what waits is bounded, and a row that finds no
//! room is given up with an error in the log that names its id only.

use super::measure;
use crate::domain::ids::{CallId, UserId};
use crate::features::usage::Recorded;
use crate::features::{App, accounts, integrations, usage};
use crate::infra::db::{self, Engine};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use uuid::Uuid;

/// Settled calls that may wait for the database.
const WAITING: usize = 8_192;
/// Rows of one commit.
const BATCH: usize = 256;
/// Between two commits, for each answer that runs and may end in the meantime; and at most. The last event of an
/// answer waits for its row, so this is also by how much it may be late.
const FOR_EACH: Duration = Duration::from_millis(2);
const TOGETHER: Duration = Duration::from_millis(20);
const FIRST_RETRY: Duration = Duration::from_millis(50);
const LAST_RETRY: Duration = Duration::from_secs(2);

/// One thing to be written.
#[derive(Debug)]
pub(super) enum Entry {
    /// A call's row; its reservation goes in the same transaction.
    Call {
        record: Box<usage::CallRecord>,
        written: oneshot::Sender<()>,
        /// A budget stands behind the call, and may have reached a threshold.
        is_budgeted: bool,
    },
    /// A reservation whose call never left the house.
    Release(CallId),
    /// Answers when everything before it is written or given up.
    Flush(oneshot::Sender<()>),
}

impl Entry {
    fn record(&self) -> Option<&usage::CallRecord> {
        match self {
            Self::Call { record, .. } => Some(record),
            Self::Release(_) | Self::Flush(_) => None,
        }
    }

    /// The call whose reservation goes.
    fn call(&self) -> Option<CallId> {
        match self {
            Self::Call { record, .. } => Some(record.id),
            Self::Release(call) => Some(*call),
            Self::Flush(_) => None,
        }
    }
}

/// The way to the writer.
#[derive(Clone, Debug)]
pub(super) struct Ledger(mpsc::Sender<Entry>);

impl Ledger {
    /// Starts the writer; it ends when the last `Ledger` is gone.
    pub(super) fn start(app: App) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(write_all(app, receiver));
        Self(sender)
    }

    /// Never waits: called from destructors.
    pub(super) fn push(&self, entry: Entry) {
        if let Err(error) = self.0.try_send(entry) {
            let entry = match &error {
                mpsc::error::TrySendError::Full(entry) | mpsc::error::TrySendError::Closed(entry) => entry,
            };
            if let Entry::Call { record, .. } = entry {
                measure::lost();
                tracing::error!(call = %record.id, "the row of a call is lost: too many wait for the database");
            }
        }
    }

    /// How many entries the writer has not taken yet.
    pub(super) fn waiting(&self) -> usize {
        self.0.max_capacity() - self.0.capacity()
    }

    /// Waits until everything pushed so far is written or given up.
    pub(super) async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.0.send(Entry::Flush(done)).await.is_ok() {
            // An error means that the writer is gone, and with it what could be waited for.
            wait.await.ok();
        }
    }
}

async fn write_all(app: App, mut receiver: mpsc::Receiver<Entry>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut last_commit = Instant::now();
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        let running = app.engine.running();
        if running > batch.len() {
            let answers = u32::try_from(running).unwrap_or(u32::MAX);
            tokio::time::sleep_until(last_commit + FOR_EACH.saturating_mul(answers).min(TOGETHER)).await;
            while batch.len() < BATCH
                && let Ok(entry) = receiver.try_recv()
            {
                batch.push(entry);
            }
        }
        if !write_until_judged(&app, &batch).await {
            // One bad row (its account was erased meanwhile) must not hold up the others.
            for entry in &batch {
                write_until_judged(&app, std::slice::from_ref(entry)).await;
            }
        }
        last_commit = Instant::now();
        let mut budgeted = BTreeSet::new();
        for entry in batch.drain(..) {
            if let Entry::Call {
                record,
                is_budgeted: true,
                ..
            } = &entry
            {
                budgeted.insert(record.user);
            }
            if let Entry::Call { record, .. } = &entry {
                integrations::offer(&app, record);
            }
            // Whoever waited may have gone: the row is written all the same.
            match entry {
                Entry::Call { written, .. } | Entry::Flush(written) => written.send(()).ok(),
                Entry::Release(_) => None,
            };
        }
        for user in budgeted {
            alert(&app, user, 0).await;
        }
    }
}

/// Tells a person that a budget reached a threshold, where it did: by what was spent, or because a call that
/// wanted so much was refused. What fails now is made up for after the next call: a threshold stays crossed.
pub(super) async fn alert(app: &App, user: UserId, wanted: i64) {
    let told = async {
        let mut conn = app.db.begin_quiet().await?;
        usage::budgets::alert(&mut conn, app, user, wanted).await?;
        Ok::<_, accounts::Error>(conn.commit().await?)
    };
    if let Err(error) = told.await {
        tracing::warn!(%error, "an alert of a budget was not queued");
    }
}

/// Tries until the rows are written (true) or cannot be written together: the database refuses one of them for
/// what it holds, or some of them were written before.
async fn write_until_judged(app: &App, batch: &[Entry]) -> bool {
    let mut pause = FIRST_RETRY;
    loop {
        match write(app, batch).await {
            Ok(Recorded::Once) => return true,
            Ok(Recorded::Mixed) => return false,
            Err(error) if is_refusal(&error) => {
                if let [Entry::Call { record, .. }] = batch {
                    measure::lost();
                    tracing::warn!(%error, call = %record.id, "the row of a call was refused");
                }
                return false;
            }
            Err(error) => tracing::warn!(%error, rows = batch.len(), "calls are not written yet: trying again"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LAST_RETRY);
    }
}

/// The database has judged the row itself: trying again cannot help.
fn is_refusal(error: &db::Error) -> bool {
    matches!(error, db::Error::Database(cause) if !matches!(cause.kind(), sqlx::error::ErrorKind::Other))
}

const RELEASE: &str = "DELETE FROM reservations WHERE call_id = ANY($1)";

/// Without the commit nothing of a batch that is mixed stays.
async fn write(app: &App, batch: &[Entry]) -> db::Result<Recorded> {
    let records: Vec<&usage::CallRecord> = batch.iter().filter_map(Entry::record).collect();
    let mut conn = app.db.begin_quiet().await?;
    let recorded = usage::record(&mut conn, &records).await?;
    if recorded == Recorded::Mixed {
        return Ok(recorded);
    }
    // Only where several processes may ask at once are reservations kept in the database.
    if let Engine::Postgres(postgres) = conn.engine() {
        let calls: Vec<Uuid> = batch.iter().filter_map(Entry::call).map(|call| call.0).collect();
        sqlx::query(RELEASE).bind(calls).execute(postgres).await?;
    }
    // Among many answers the next request comes at once, and should find caches good; a single one is told sooner.
    if app.engine.running() > records.len() {
        app.db.commit_quiet(conn).await?;
    } else {
        conn.commit().await?;
    }
    Ok(recorded)
}
