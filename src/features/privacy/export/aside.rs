//! A section's second form, kept while its first goes into the bundle, so that the database is read once.
//!
//! Little is kept in memory; more in a file without a name, sealed under a key that only this value
//! knows. Nothing of it is ever found on the disk by another way. Blocking.

use crate::infra::crypto::DataKey;
use crate::infra::spool::{Cursor, Reader, Spool, Writer};
use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;
use uuid::Uuid;

/// Bytes that are kept in memory.
const MEMORY: usize = 512 * 1024;
/// The file has no name and its key opens nothing else.
const SPOOL: Spool = Spool {
    id: Uuid::nil(),
    owner: Uuid::nil(),
};

/// Makes a file without a name.
pub type MakeFile = Box<dyn Fn() -> io::Result<File> + Send>;

/// What was kept, in the order in which it came.
pub struct Aside {
    make: MakeFile,
    kept: Kept,
}

enum Kept {
    Memory(Vec<u8>),
    File {
        to: Writer<File, fn(u64)>,
        key: Arc<DataKey>,
    },
}

impl Aside {
    pub fn new(make: MakeFile) -> Self {
        Self {
            make,
            kept: Kept::Memory(Vec::new()),
        }
    }

    /// # Errors
    /// When the file cannot be made or written.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.kept {
            Kept::Memory(memory) if memory.len() + bytes.len() <= MEMORY => memory.extend_from_slice(bytes),
            Kept::Memory(memory) => {
                let key = Arc::new(DataKey::generate().map_err(io::Error::other)?);
                let unheard: fn(u64) = |_| ();
                let mut to = Writer::new((self.make)()?, SPOOL, key.clone(), unheard);
                to.write_all(memory)?;
                to.write_all(bytes)?;
                self.kept = Kept::File { to, key };
            }
            Kept::File { to, .. } => to.write_all(bytes)?,
        }
        Ok(())
    }

    /// Hands out everything that was kept, and is empty again.
    ///
    /// # Errors
    /// When the file cannot be written to its end.
    pub fn take(&mut self) -> io::Result<Box<dyn Read>> {
        Ok(match std::mem::replace(&mut self.kept, Kept::Memory(Vec::new())) {
            Kept::Memory(memory) => Box::new(io::Cursor::new(memory)),
            Kept::File { to, key } => {
                let (file, total) = to.finish()?;
                Box::new(Cursor::new(Reader::new(file, SPOOL, key), total))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::FileExt;
    use std::sync::Mutex;

    fn taken(aside: &mut Aside) -> Vec<u8> {
        let mut bytes = Vec::new();
        aside.take().unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_was_kept_comes_back_once_however_much_it_was() {
        let mut aside = Aside::new(Box::new(tempfile::tempfile));
        for pieces in [0, 1, MEMORY / 1000, MEMORY / 1000 + 1, MEMORY / 100] {
            let piece: Vec<u8> = (0..1000_u32).map(|byte| (byte % 251) as u8).collect();
            (0..pieces).for_each(|_| aside.push(&piece).unwrap());
            assert_eq!(taken(&mut aside), piece.repeat(pieces));
            assert!(taken(&mut aside).is_empty());
        }
    }

    #[test]
    fn the_file_holds_nothing_that_can_be_read() {
        let made = Arc::new(Mutex::new(None));
        let seen = made.clone();
        let mut aside = Aside::new(Box::new(move || {
            let file = tempfile::tempfile()?;
            *seen.lock().unwrap() = Some(file.try_clone()?);
            Ok(file)
        }));
        let text = b"ada@example.org,".repeat(MEMORY / 8);
        aside.push(&text).unwrap();
        assert_eq!(taken(&mut aside), text);
        let file = made.lock().unwrap().take().unwrap();
        let mut raw = vec![0; usize::try_from(file.metadata().unwrap().len()).unwrap()];
        file.read_exact_at(&mut raw, 0).unwrap();
        assert!(raw.len() > text.len());
        assert!(!raw.windows(11).any(|part| part == b"ada@example"));
    }

    #[test]
    fn a_full_disk_is_told() {
        let mut aside = Aside::new(Box::new(|| Err(io::ErrorKind::StorageFull.into())));
        aside.push(&vec![0; MEMORY]).unwrap();
        assert_eq!(aside.push(b"x").unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
