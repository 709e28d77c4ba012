//! Whether an SQLite file is still where it was opened.
//!
//! SQLite goes on with a file that was removed or replaced: everything written to it is lost with the process.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The place of an SQLite file, and which file was opened there.
#[derive(Debug)]
pub struct Home {
    path: PathBuf,
    /// Device and inode; `None` for a database in memory.
    file: Option<(u64, u64)>,
}

impl Home {
    /// Of a file that is open.
    pub(super) fn of(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            file: path.metadata().ok().as_ref().map(identity),
        }
    }

    /// # Errors
    /// When the file is gone or another has taken its place.
    pub(super) fn check(&self) -> std::io::Result<()> {
        let there = self.path.metadata().ok().as_ref().map(identity);
        if self.file.is_none() || self.file == there {
            return Ok(());
        }
        let why = "its file was removed or replaced while the server runs; put it back or stop the server and restore a backup";
        Err(std::io::Error::new(std::io::ErrorKind::NotFound, why))
    }
}

fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_gone_or_another_is_told_from_the_one_that_was_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::write(&path, "a").unwrap();
        let home = Home::of(&path);
        assert!(home.check().is_ok());
        std::fs::rename(&path, folder.path().join("b.db")).unwrap();
        assert!(home.check().is_err());
        std::fs::write(&path, "a").unwrap();
        assert!(home.check().is_err());
        std::fs::rename(folder.path().join("b.db"), &path).unwrap();
        assert!(home.check().is_ok());
        assert!(Home::of(Path::new(":memory:")).check().is_ok());
    }
}
