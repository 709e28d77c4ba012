//! The data folder: private to its owner, writable, and served by one process at a time.
//!
//! On SQLite budget reservations live in memory, so a second server on the same folder would let
//! people overspend: `serve` holds a lock. Short commands (`jobs run`, `keys rotate`, `doctor`) need
//! none; the database itself keeps them apart. The kernel drops the lock with the process, however
//! it ends.

use rustix::fs::{Access, FlockOperation, access, flock};
use rustix::io::Errno;
use std::fs::File;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a new server waits for an earlier one that lets its last answers end.
const WAIT: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(100);

/// Why the folder cannot be used, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    #[error("the data folder {path} cannot be made ({why}). Set SPECTR_DATA_DIR to a folder that may be written")]
    Make { path: PathBuf, why: std::io::Error },
    #[error(
        "the data folder {path} may not be written ({why}). Give the user who runs the server write access to it, or \
         set SPECTR_DATA_DIR to another folder"
    )]
    Unwritable { path: PathBuf, why: std::io::Error },
    #[error(
        "another server already serves the data folder {path}. Stop it, or set SPECTR_DATA_DIR to another folder; \
         several servers can share a PostgreSQL database"
    )]
    InUse { path: PathBuf },
}

/// Makes the folder, mode 0700, where there is none, and checks that it may be written.
///
/// # Errors
/// When it cannot be made or written.
pub fn create(path: &Path) -> Result<(), DataDirError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|why| DataDirError::Make {
        path: path.to_owned(),
        why,
    })?;
    access(path, Access::WRITE_OK | Access::EXEC_OK).map_err(|why| unwritable(path, why))
}

fn unwritable(path: &Path, why: Errno) -> DataDirError {
    DataDirError::Unwritable {
        path: path.to_owned(),
        why: why.into(),
    }
}

/// The right to serve a folder, held until it is dropped.
#[derive(Debug)]
pub struct ServeLock {
    _file: File,
}

impl ServeLock {
    /// Takes the lock; waits for a server that is about to end.
    ///
    /// # Errors
    /// [`DataDirError::InUse`] when another server keeps it.
    pub async fn take(folder: &Path) -> Result<Self, DataDirError> {
        Self::take_within(folder, WAIT).await
    }

    /// Takes the lock, or answers at once that a server has it.
    ///
    /// # Errors
    /// [`DataDirError::InUse`] while a server runs.
    pub async fn take_now(folder: &Path) -> Result<Self, DataDirError> {
        Self::take_within(folder, Duration::ZERO).await
    }

    async fn take_within(folder: &Path, wait: Duration) -> Result<Self, DataDirError> {
        let mut open = std::fs::OpenOptions::new();
        let opened = open
            .append(true)
            .create(true)
            .mode(0o600)
            .open(folder.join("serve.lock"));
        let file = opened.map_err(|why| DataDirError::Unwritable {
            path: folder.to_owned(),
            why,
        })?;
        let deadline = tokio::time::Instant::now() + wait;
        let mut waits = false;
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self { _file: file }),
                Err(Errno::WOULDBLOCK) if tokio::time::Instant::now() < deadline => {
                    if !waits {
                        tracing::warn!("another server serves this data folder: waiting for it to end");
                        waits = true;
                    }
                    tokio::time::sleep(LOOK).await;
                }
                Err(Errno::WOULDBLOCK) => {
                    return Err(DataDirError::InUse {
                        path: folder.to_owned(),
                    });
                }
                Err(why) => return Err(unwritable(folder, why)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_new_folder_is_private() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        create(&path).unwrap();
        create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_a_clear_error() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("file");
        std::fs::write(&path, "").unwrap();
        let error = create(&path.join("data")).unwrap_err().to_string();
        assert!(
            error.contains("cannot be made") && error.contains("SPECTR_DATA_DIR"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_folder_is_served_by_one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = ServeLock::take(folder.path()).await.unwrap();
        let second = ServeLock::take_within(folder.path(), Duration::ZERO).await;
        assert!(matches!(second, Err(DataDirError::InUse { .. })));
        drop(first);
        ServeLock::take_within(folder.path(), Duration::ZERO).await.unwrap();
    }
}
