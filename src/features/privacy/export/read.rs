//! Reading bundles: a finished one in any part, a growing one as it comes.

use super::build::reader;
use super::queries::{self, Export, State, key_place};
use super::registry::{Building, End};
use crate::domain::ids::{ExportId, UserId};
use crate::features::App;
use crate::features::privacy::{Error, Result};
use crate::infra::spool::Reader;
use futures::Stream;
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Bytes that are opened at once.
const BATCH: u64 = 256 * 1024;

/// A finished bundle.
#[derive(Clone, Debug)]
pub struct Stored {
    pub export: Export,
    reader: Arc<Reader>,
}

/// A person's exports that still stand, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(app: &App, user: UserId) -> Result<Vec<Export>> {
    let mut conn = app.db.acquire().await?;
    Ok(queries::list(&mut conn, user, app.clock.now()).await?)
}

/// One finished export of this person; nobody else's.
///
/// # Errors
/// When the database or the file cannot be read.
pub async fn find(app: &App, user: UserId, id: ExportId) -> Result<Option<Stored>> {
    let mut conn = app.db.acquire().await?;
    let found = queries::find(&mut conn, user, id, app.clock.now()).await?;
    drop(conn);
    match found {
        Some(export) => open(app, export).await,
        None => Ok(None),
    }
}

/// The newest finished export.
///
/// # Errors
/// When the database or the file cannot be read.
pub async fn newest(app: &App, user: UserId) -> Result<Option<Stored>> {
    let all = list(app, user).await?;
    match all.into_iter().find(|export| export.state == State::Complete) {
        Some(export) => open(app, export).await,
        None => Ok(None),
    }
}

/// Why an export failed before anything of it could be read.
///
/// # Errors
/// Always: the failure itself.
pub async fn failure(app: &App, user: UserId, id: ExportId) -> Result<()> {
    let mut conn = app.db.acquire().await?;
    let found = queries::find(&mut conn, user, id, app.clock.now()).await?;
    match found.and_then(|export| export.problem).as_deref() {
        Some("disk_full") => Err(Error::File(io::ErrorKind::StorageFull.into())),
        Some("called_off") | None => Err(Error::CalledOff),
        Some(_) => Err(Error::Unreadable("the export failed before its first byte")),
    }
}

async fn open(app: &App, export: Export) -> Result<Option<Stored>> {
    if export.state != State::Complete {
        return Ok(None);
    }
    let key = app.keys.data_key(export.user.0).await?;
    let file_key = key.open_key(key_place(export.user, export.id), &export.file_key)?;
    match reader(app, export.user, export.id, Arc::new(file_key)) {
        Ok(reader) => Ok(Some(Stored {
            export,
            reader: Arc::new(reader),
        })),
        // On another server's disk, or taken away by hand.
        Err(Error::File(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A part of a finished bundle.
pub fn stream(stored: &Stored, range: Range<u64>) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static {
    let (reader, total) = (stored.reader.clone(), stored.export.bytes);
    async_stream::try_stream! {
        let mut at = range.start;
        while at < range.end {
            let batch = read(&reader, at..range.end.min(at + BATCH), Some(total)).await?;
            at += batch.len() as u64;
            yield batch;
        }
    }
}

/// A bundle from its first byte, as it is built. When building fails the stream ends with an error,
/// so that the connection breaks and the client sees that it has no bundle.
pub fn tail(building: Arc<Building>) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static {
    let mut progress = building.progress.clone();
    async_stream::try_stream! {
        let mut at = 0;
        loop {
            let now = *progress.borrow_and_update();
            if now.end == Some(End::Failed) {
                Err(io::Error::other("the export was not finished"))?;
            }
            if at < now.readable {
                let total = now.end.map(|_| now.readable);
                let batch = read(&building.reader, at..now.readable.min(at + BATCH), total).await?;
                at += batch.len() as u64;
                yield batch;
            } else if now.end.is_some() {
                break;
            } else if progress.changed().await.is_err() {
                Err(io::Error::other("the export was broken off"))?;
            }
        }
    }
}

/// Opens chunks on a thread that may wait for the disk.
async fn read(reader: &Arc<Reader>, range: Range<u64>, total: Option<u64>) -> io::Result<Vec<u8>> {
    let reader = reader.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let mut batch = Vec::with_capacity(usize::try_from(range.end - range.start).unwrap_or_default());
        let mut at = range.start;
        while at < range.end {
            let part = reader.read(at..range.end, total)?;
            if part.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            at += part.len() as u64;
            batch.extend_from_slice(&part);
        }
        Ok(batch)
    });
    opened.await.map_err(io::Error::other)?
}
