//! Whether rows that were read earlier still hold, without asking the database again.
//!
//! Every commit to an SQLite file in WAL mode, by whatever process, changes the header of the file
//! `-shm` beside it (<https://www.sqlite.org/walformat.html>, "The WAL-Index Header"). Reading those
//! bytes takes a microsecond; a query takes a trip through its connection's thread and back.
//!
//! ```text
//! stamp():  header as it was at the last look? ── yes: the stamp of that look ── no: None, ask the database
//! look():   after every use of the one writing connection: header, then `PRAGMA data_version`, which
//!           counts commits of others only. Others wrote, or we wrote loudly → a new stamp
//! ```
//!
//! A stamp that is still given out means that nothing was committed since but writes that said of
//! themselves that no cache holds what they write ([`super::Db::begin_quiet`]). Whatever is unclear (a
//! header half written, a commit that was not looked at yet) gives no stamp. There is
//! none on PostgreSQL, where several servers share a database.

use sqlx::{SqliteConnection, SqlitePool};
use std::fs::File;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// Bytes of the header; it stands in the file twice, and a writer changes one after the other.
const HEADER: usize = 48;

type Header = [u8; HEADER];

/// What a cache may hold on to: rows read under a stamp are good while the same one is given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(u64);

/// Gives out the stamps of one SQLite file.
#[derive(Debug)]
pub struct Stamps {
    shm: PathBuf,
    seen: Mutex<Seen>,
    /// The transaction under way writes nothing that a cache holds.
    is_quiet: AtomicBool,
    is_looking: AtomicBool,
    looked: Notify,
}

#[derive(Debug, Default)]
struct Seen {
    stamp: u64,
    header: Option<Header>,
    /// `PRAGMA data_version` of the writing connection; each connection counts for itself.
    version: Option<i64>,
    /// Never closed: closing any descriptor of a file gives up the locks that SQLite holds on it for
    /// this process.
    file: Option<&'static File>,
}

impl Stamps {
    pub(super) fn new(database: &Path) -> Arc<Self> {
        let mut shm = database.as_os_str().to_owned();
        shm.push("-shm");
        Arc::new(Self {
            shm: shm.into(),
            seen: Mutex::default(),
            is_quiet: AtomicBool::new(false),
            is_looking: AtomicBool::new(false),
            looked: Notify::new(),
        })
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stamp of this moment, where it is known. Where it is not, a look is taken in the background.
    pub(super) fn now(self: &Arc<Self>, write: &SqlitePool) -> Option<Stamp> {
        let (stamp, is_known) = {
            let seen = self.seen();
            let header = seen.file.and_then(read_header);
            (Stamp(seen.stamp), header.is_some() && header == seen.header)
        };
        if is_known {
            return Some(stamp);
        }
        if !self.is_looking.swap(true, Ordering::SeqCst) {
            let (stamps, write) = (Arc::clone(self), write.clone());
            tokio::spawn(async move {
                // Coming back to the pool, the connection is looked at. One that is not free within the
                // pool's patience is in use, and will be looked at all the same.
                if let Ok(conn) = write.acquire().await {
                    stamps.be_quiet();
                    drop(conn);
                }
                stamps.is_looking.store(false, Ordering::SeqCst);
            });
        }
        None
    }

    /// The writing connection, just acquired, will write nothing that a cache holds.
    pub(super) fn be_quiet(&self) {
        self.is_quiet.store(true, Ordering::SeqCst);
    }

    /// A new writing connection: what the one before it counted says nothing.
    pub(super) fn forget(&self) {
        let mut seen = self.seen();
        seen.header = None;
        seen.version = None;
    }

    /// Called with the writing connection after each use of it, before anybody else gets it.
    pub(super) async fn look(&self, conn: &mut SqliteConnection) {
        const VERSION: &str = "PRAGMA data_version";
        let was_quiet = self.is_quiet.swap(false, Ordering::SeqCst);
        // The header first: what is committed between the two shows in the version, never only in the header.
        let header = self.open().and_then(read_header);
        let version = sqlx::query_scalar(VERSION).fetch_one(conn).await.ok();
        let mut seen = self.seen();
        let nobody_else_wrote = version.is_some() && version == seen.version;
        if !(was_quiet && nobody_else_wrote) {
            seen.stamp += 1;
        }
        seen.header = header.filter(|_| version.is_some());
        seen.version = version;
        drop(seen);
        self.looked.notify_waiters();
    }

    /// Ready at the end of the next look.
    pub(super) fn looked(&self) -> Notified<'_> {
        self.looked.notified()
    }

    /// The file; opened anew where SQLite has made a new one.
    fn open(&self) -> Option<&'static File> {
        let mut seen = self.seen();
        if seen.file.is_none_or(is_removed) {
            seen.file = File::open(&self.shm).ok().map(|file| &*Box::leak(Box::new(file)));
        }
        seen.file
    }
}

fn is_removed(file: &File) -> bool {
    file.metadata().map_or(true, |facts| facts.nlink() == 0)
}

/// The header, unless it is being written. A file that was removed keeps its last one, as our own
/// connections keep the file; it is noticed at the next look.
fn read_header(file: &'static File) -> Option<Header> {
    let mut twice = [0; 2 * HEADER];
    file.read_exact_at(&mut twice, 0).ok()?;
    let (first, second) = twice.split_first_chunk::<HEADER>()?;
    (first.as_slice() == second).then_some(*first)
}

#[cfg(test)]
#[path = "stamp_tests.rs"]
mod tests;
