//! Reading the files of an open SQLite database byte by byte.
//!
//! SQLite locks its files with POSIX locks, and a process loses all its locks on a file as soon as it
//! closes *any* descriptor of it (<https://sqlite.org/howtocorrupt.html>, section 2.2). So a descriptor
//! that was opened here is never closed while its file exists: it is kept and used again.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

static HELD: OnceLock<Mutex<HashMap<PathBuf, &'static File>>> = OnceLock::new();

/// A file from its beginning; dropping it closes nothing.
pub struct Held {
    file: &'static File,
    offset: u64,
}

impl Held {
    /// # Errors
    /// When the file is not there or may not be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut held = HELD
            .get_or_init(Mutex::default)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = held.get(path).copied().filter(|file| is(file, path));
        let file = match known {
            Some(file) => file,
            None => {
                let file: &'static File = Box::leak(Box::new(File::open(path)?));
                held.insert(path.to_owned(), file);
                file
            }
        };
        Ok(Self { file, offset: 0 })
    }

    /// Its size in bytes.
    ///
    /// # Errors
    /// When the file system does not tell.
    pub fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }
}

/// Whether this is the file that the path leads to now: another may have taken its place.
fn is(file: &File, path: &Path) -> bool {
    match (file.metadata(), path.metadata()) {
        (Ok(held), Ok(now)) => (held.dev(), held.ino()) == (now.dev(), now.ino()),
        _ => false,
    }
}

impl Read for Held {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.offset)?;
        self.offset += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &Path) -> String {
        let mut text = String::new();
        Held::open(path).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_file_is_read_from_its_beginning_each_time_and_opened_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::write(&path, "first").unwrap();
        assert_eq!(text(&path), "first");
        let before = Held::open(&path).unwrap().file;
        std::fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .and_then(|mut file| io::Write::write_all(&mut file, b" more"))
            .unwrap();
        assert_eq!(text(&path), "first more");
        assert!(std::ptr::eq(before, Held::open(&path).unwrap().file));
    }

    #[test]
    fn a_file_that_took_the_place_of_another_is_the_one_that_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::write(&path, "old").unwrap();
        assert_eq!(text(&path), "old");
        std::fs::write(folder.path().join("b.db"), "new").unwrap();
        std::fs::rename(folder.path().join("b.db"), &path).unwrap();
        assert_eq!(text(&path), "new");
        std::fs::remove_file(&path).unwrap();
        assert!(Held::open(&path).is_err());
    }
}
