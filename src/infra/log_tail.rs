//! The end of this process's own log, kept in memory: what the proof page's canary searches where the
//! log itself goes to a terminal or to another process.
//!
//! Holds what was logged and nothing more, so it is as free of personal data as the log.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes that are kept.
const KEPT: usize = 1024 * 1024;

/// What was logged last, and how much was logged in all.
#[derive(Debug)]
struct Tail {
    bytes: VecDeque<u8>,
    written: u64,
}

static TAIL: Mutex<Tail> = Mutex::new(Tail {
    bytes: VecDeque::new(),
    written: 0,
});

fn tail() -> MutexGuard<'static, Tail> {
    TAIL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes to standard error and remembers the end of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tee;

impl Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        tail().push(bytes);
        io::stderr().write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        self.written += bytes.len() as u64;
        let skipped = bytes.len().saturating_sub(KEPT);
        self.bytes.extend(bytes.iter().skip(skipped));
        let excess = self.bytes.len().saturating_sub(KEPT);
        self.bytes.drain(..excess);
    }

    fn since(&self, place: u64) -> (Vec<u8>, bool) {
        let first = self.written - self.bytes.len() as u64;
        let skipped = usize::try_from(place.saturating_sub(first)).unwrap_or(usize::MAX);
        (self.bytes.iter().skip(skipped).copied().collect(), place >= first)
    }
}

/// How many bytes were logged so far: a place for [`since`].
#[must_use]
pub fn place() -> u64 {
    tail().written
}

/// What was logged since a place, and whether all of it is still there.
#[must_use]
pub fn since(place: u64) -> (Vec<u8>, bool) {
    tail().since(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> Tail {
        Tail {
            bytes: VecDeque::new(),
            written: 0,
        }
    }

    #[test]
    fn what_was_written_since_a_place_comes_back() {
        let mut tail = empty();
        tail.push(b"before ");
        let place = tail.written;
        tail.push(b"after");
        assert_eq!(tail.since(place), (b"after".to_vec(), true));
        assert_eq!(tail.since(0), (b"before after".to_vec(), true));
        assert_eq!(tail.since(100), (Vec::new(), true));
    }

    #[test]
    fn memory_is_bounded_and_what_was_forgotten_is_said() {
        let mut tail = empty();
        tail.push(&vec![b'a'; KEPT - 1]);
        tail.push(b"bc");
        assert_eq!(tail.bytes.len(), KEPT);
        let (bytes, is_whole) = tail.since(0);
        assert!(!is_whole && bytes.ends_with(b"abc"));
        tail.push(&vec![b'd'; 2 * KEPT]);
        assert_eq!((tail.bytes.len(), tail.written), (KEPT, 3 * KEPT as u64 + 1));
    }
}
