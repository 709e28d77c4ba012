//! Begins an export and sees it through: row, file, snapshot, end.

use super::aside::Aside;
use super::feed::Feed;
use super::files;
use super::queries::{self, Export, New, State};
use super::registry::{Building, End, Progress};
use super::rows::Scope;
use super::writer::{self, Head};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::{ExportId, UserId};
use crate::domain::privacy::bundle::readme::Facts;
use crate::domain::privacy::constants::{EXPORT_RETENTION_DAYS, EXPORTS_KEPT};
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::features::App;
use crate::features::accounts::{self, Caller, CurrentUser, SecurityEvent};
use crate::features::privacy::{Error, Result};
use crate::infra::crypto::DataKey;
use crate::infra::spool::{Reader, Spool, Writer};
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio_util::sync::CancellationToken;

/// How long a person waits for other people's exports to end, and how often is looked.
const WAIT: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(100);
/// Pieces that may wait for the writer.
const AHEAD: usize = 16;

/// The export that is being made for this person: the running one, else a new one.
///
/// # Errors
/// [`Error::ExportsBusy`] when other people's exports take all places for too long; otherwise when
/// the row or the file cannot be written.
pub async fn begin(app: &App, caller: &Caller, user: &CurrentUser) -> Result<Arc<Building>> {
    let deadline = tokio::time::Instant::now() + WAIT;
    loop {
        {
            let _begin = app.exports.begin.lock().await;
            if let Some(building) = app.exports.building(user.id) {
                return Ok(building);
            }
            if let Ok(slot) = app.exports.slots.clone().try_acquire_owned() {
                return start(app, caller, user, slot).await;
            }
        }
        if tokio::time::Instant::now() >= deadline {
            return Err(Error::ExportsBusy);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// One export on its way.
struct Work {
    app: App,
    id: ExportId,
    user: UserId,
    file_key: Arc<DataKey>,
    facts: Facts,
    file: File,
    cancel: CancellationToken,
    progress: watch::Sender<Progress>,
}

async fn start(app: &App, caller: &Caller, user: &CurrentUser, slot: OwnedSemaphorePermit) -> Result<Arc<Building>> {
    let now = app.clock.now();
    let id = ExportId(app.clock.new_id());
    let key = app.keys.data_key(user.id.0).await?;
    let file_key = Arc::new(DataKey::generate()?);
    let new = New {
        id,
        user: user.id,
        file_key: key.seal_key(queries::key_place(user.id, id), &file_key)?,
        created_at: now,
        expires_at: expiry(now),
    };
    let file = files::create(app, id)?;
    let reader = reader(app, user.id, id, file_key.clone());
    let written = match reader {
        Ok(reader) => note(app, caller, &new).await.map(|()| reader),
        Err(error) => Err(error),
    };
    let reader = match written {
        Ok(reader) => Arc::new(reader),
        Err(error) => {
            files::remove(app, id)?;
            return Err(error);
        }
    };
    let (progress, watched) = watch::channel(Progress::default());
    let building = Arc::new(Building {
        id,
        progress: watched,
        reader,
        cancel: CancellationToken::new(),
    });
    app.exports.insert(user.id, building.clone());
    let work = Work {
        app: app.clone(),
        id,
        user: user.id,
        file_key,
        facts: Facts {
            name: user.name.clone(),
            email: user.email.clone(),
            server: app.config.public_url.to_string(),
            created_at: now,
            key_id: app.keys.verifying_key().id(),
        },
        file,
        cancel: building.cancel.clone(),
        progress,
    };
    app.background.spawn(async move {
        work.run().await;
        drop(slot);
    });
    Ok(building)
}

const fn expiry(now: Timestamp) -> Timestamp {
    now.plus(EXPORT_RETENTION_DAYS * DAY_MS)
}

/// Reads the sealed file of an export.
pub fn reader(app: &App, user: UserId, id: ExportId, key: Arc<DataKey>) -> Result<Reader> {
    let file = File::open(files::path(app, id))?;
    Ok(Reader::new(file, spool(user, id), key))
}

const fn spool(user: UserId, id: ExportId) -> Spool {
    Spool {
        id: id.0,
        owner: user.0,
    }
}

/// The row and the line in the security log, together.
async fn note(app: &App, caller: &Caller, new: &New) -> Result<()> {
    let mut conn = app.db.begin().await?;
    queries::insert(&mut conn, new).await?;
    let event = SecurityEvent {
        kind: SecurityEventKind::DataExported,
        caller: Some(caller),
        note: "",
    };
    accounts::security_log(&mut conn, app, new.user, event).await?;
    Ok(conn.commit().await?)
}

/// What the writing thread leaves: the file, still locked, and the length of the bundle.
type Written = io::Result<(File, u64)>;

impl Work {
    async fn run(self) {
        let (pieces, taken) = mpsc::channel(AHEAD);
        let thread = tokio::task::spawn_blocking(self.writing(taken));
        let fed = tokio::select! {
            fed = self.feed(pieces) => fed,
            () = self.cancel.cancelled() => Err(Error::CalledOff),
        };
        let written = thread
            .await
            .unwrap_or_else(|_| Err(io::Error::other("the writing thread ended badly")));
        // The file stays locked until its row says how it ended.
        let (outcome, file) = match (fed, written) {
            (Ok(rows), Ok((file, bytes))) => (self.complete(rows, bytes).await.map(|()| bytes), Some(file)),
            // The thread's own failure says more than "nobody takes the pieces".
            (Err(Error::CalledOff), Err(error)) if !self.cancel.is_cancelled() => (Err(Error::File(error)), None),
            (Err(error), _) => (Err(error), None),
            (Ok(_), Err(error)) => (Err(Error::File(error)), None),
        };
        let end = match outcome {
            Ok(bytes) => Progress {
                readable: bytes,
                end: Some(End::Complete),
            },
            Err(error) => {
                self.fail(&error).await;
                Progress {
                    end: Some(End::Failed),
                    ..*self.progress.borrow()
                }
            }
        };
        drop(file);
        self.app.exports.remove(self.user, self.id);
        self.progress.send_replace(end);
    }

    /// What the blocking thread does with the pieces.
    fn writing(&self, pieces: mpsc::Receiver<writer::Piece>) -> impl FnOnce() -> Written + use<> {
        let head = Head {
            created_at: self.facts.created_at.rfc3339(),
            server: self.facts.server.clone(),
            account: self.user.to_string(),
            keys: self.app.keys.clone(),
        };
        let (file, key, progress) = (self.file.try_clone(), self.file_key.clone(), self.progress.clone());
        let spool = spool(self.user, self.id);
        let app = self.app.clone();
        let aside = Aside::new(Box::new(move || files::unnamed(&app, app.clock.new_id())));
        move || {
            let told = move |readable| {
                progress.send_replace(Progress { readable, end: None });
            };
            let to = Writer::new(file?, spool, key, told);
            let (file, bytes) = writer::write(pieces, to, &head, aside)?.finish()?;
            file.sync_all()?;
            Ok((file, bytes))
        }
    }

    async fn feed(&self, pieces: mpsc::Sender<writer::Piece>) -> Result<u64> {
        let key = self.app.keys.data_key(self.user.0).await?;
        let mut conn = self.app.db.snapshot().await?;
        let scope = Scope {
            app: &self.app,
            user: self.user,
            key: &key,
            now: self.facts.created_at,
        };
        let rows = Feed::new(&mut conn, &scope, pieces).run(&self.facts).await?;
        conn.close().await;
        Ok(rows)
    }

    /// Tells the row; older exports than are kept make room.
    async fn complete(&self, rows: u64, bytes: u64) -> Result<()> {
        let now = self.app.clock.now();
        let mut conn = self.app.db.begin().await?;
        let done = Export {
            id: self.id,
            user: self.user,
            state: State::Complete,
            file_key: Vec::new(),
            bytes,
            rows,
            problem: None,
            created_at: self.facts.created_at,
            completed_at: Some(now),
            expires_at: expiry(now),
        };
        if !queries::complete(&mut conn, &done).await? {
            return Err(Error::CalledOff);
        }
        let kept = usize::try_from(EXPORTS_KEPT).unwrap_or(usize::MAX);
        let all = queries::list(&mut conn, self.user, now).await?;
        let complete = all.into_iter().filter(|export| export.state == State::Complete);
        let old: Vec<ExportId> = complete.skip(kept).map(|export| export.id).collect();
        for id in &old {
            queries::delete(&mut conn, self.user, *id).await?;
        }
        conn.commit().await?;
        for id in old {
            files::remove(&self.app, id)?;
        }
        Ok(())
    }

    /// The file goes first: should the row not be told, the next purge does it.
    async fn fail(&self, error: &Error) {
        let code = match error {
            Error::CalledOff => "called_off",
            Error::File(error) if is_full(error.kind()) => "disk_full",
            _ => "failed",
        };
        tracing::warn!(%error, code, "an export was not finished");
        if let Err(error) = files::remove(&self.app, self.id) {
            tracing::warn!(%error, "the file of an unfinished export was not deleted");
        }
        if let Err(error) = self.tell(code).await {
            tracing::warn!(%error, "an unfinished export was not noted as such");
        }
    }

    async fn tell(&self, code: &str) -> Result<()> {
        let mut conn = self.app.db.begin().await?;
        queries::fail(&mut conn, self.id, code).await?;
        Ok(conn.commit().await?)
    }
}

/// Whether there was no more room: on the disk, for this user, or in one file.
const fn is_full(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(kind, StorageFull | QuotaExceeded | FileTooLarge)
}
