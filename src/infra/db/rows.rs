//! Rows kept in memory for as long as their [`Stamp`] is given out. They are kept as they lie in the
//! table: what is sealed there is sealed here.

use super::Stamp;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Rows of one kind that are kept at most.
const MOST: usize = 8_192;

/// Rows by their key. The first use under a new stamp forgets everything.
#[derive(Debug)]
pub struct Rows<K, V>(Mutex<Kept<K, V>>);

#[derive(Debug)]
struct Kept<K, V> {
    stamp: Option<Stamp>,
    rows: HashMap<K, V>,
}

impl<K, V> Default for Rows<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Kept {
            stamp: None,
            rows: HashMap::new(),
        }))
    }
}

impl<K: Eq + Hash, V: Clone> Rows<K, V> {
    fn kept(&self) -> MutexGuard<'_, Kept<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The row, if it was read under this stamp; never without one.
    pub fn get(&self, stamp: Option<Stamp>, key: &K) -> Option<V> {
        let known = stamp?;
        let mut kept = self.kept();
        kept.turn_to(known);
        (kept.stamp == stamp).then(|| kept.rows.get(key).cloned()).flatten()
    }

    /// Keeps a row. The stamp is that of a moment before it was read.
    pub fn put(&self, stamp: Option<Stamp>, key: K, row: V) {
        let Some(known) = stamp else { return };
        let mut kept = self.kept();
        kept.turn_to(known);
        if kept.stamp == stamp {
            if kept.rows.len() >= MOST {
                kept.rows.clear();
            }
            kept.rows.insert(key, row);
        }
    }

    /// Forgets one row at once.
    pub fn forget(&self, key: &K) {
        self.kept().rows.remove(key);
    }
}

impl<K, V> Kept<K, V> {
    fn turn_to(&mut self, stamp: Stamp) {
        if self.stamp.is_none_or(|kept| kept < stamp) {
            self.stamp = Some(stamp);
            self.rows.clear();
        }
    }
}
