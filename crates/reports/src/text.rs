//! Each distinct text of a report once, named by a small number.
//!
//! Reports repeat themselves: suites, classes and stack traces stand in thousands of cases. Texts
//! live in blocks that never move, so growing does not copy what is there. Numbers are given in
//! order of first appearance and so are the same on every machine.

use std::hash::{BuildHasher, RandomState};

/// The number of a text within its [`Texts`]; [`Text::EMPTY`] is the empty text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(u32);

impl Text {
    pub const EMPTY: Self = Self(0);

    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// Bytes per block; a longer text has a block of its own.
const BLOCK: usize = 256 << 10;

#[derive(Clone, Copy, Debug)]
struct Place {
    block: u32,
    start: u32,
    len: u32,
    /// Of the text, so that growing reads no text again and few texts are compared.
    hash: u32,
}

/// All texts of one report.
#[derive(Debug)]
pub struct Texts {
    blocks: Vec<String>,
    /// Place `n` belongs to text number `n + 1`.
    places: Vec<Place>,
    /// Open addressing: numbers of texts, 0 is free. The length is a power of two.
    slots: Vec<u32>,
    /// Seeded per process, so that a hostile report cannot choose texts that collide.
    hasher: RandomState,
    /// Bytes of all distinct texts.
    bytes: usize,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            blocks: Vec::new(),
            places: Vec::new(),
            slots: vec![0; 64],
            hasher: RandomState::new(),
            bytes: 0,
        }
    }
}

impl Texts {
    /// The text of a number; empty for a number of another report.
    #[must_use]
    pub fn get(&self, text: Text) -> &str {
        let Some(place) = (text.0 as usize).checked_sub(1).and_then(|at| self.places.get(at)) else {
            return "";
        };
        let (start, end) = (place.start as usize, place.start as usize + place.len as usize);
        self.blocks
            .get(place.block as usize)
            .and_then(|block| block.get(start..end))
            .unwrap_or_default()
    }

    /// Bytes of all distinct texts together.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The number of a text, made when it is new.
    pub fn add(&mut self, text: &str) -> Text {
        if text.is_empty() {
            return Text::EMPTY;
        }
        if self.places.len() * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let hash = self.hash(text);
        let mut at = hash as usize & mask;
        while let Some(&number) = self.slots.get(at).filter(|number| **number != 0) {
            if self.hash_of(number) == hash && self.get(Text(number)) == text {
                return Text(number);
            }
            at = (at + 1) & mask;
        }
        let place = self.store(text, hash);
        self.places.push(place);
        let number = u32::try_from(self.places.len()).unwrap_or(0);
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = number;
        }
        Text(number)
    }

    /// Gives back memory that only growing needed.
    pub fn close(&mut self) {
        self.slots = vec![0; 64];
        self.places.shrink_to_fit();
        if let Some(last) = self.blocks.last_mut() {
            last.shrink_to_fit();
        }
        self.rehash();
    }

    #[expect(clippy::cast_possible_truncation, reason = "any bits of a hash will do")]
    fn hash(&self, text: &str) -> u32 {
        self.hasher.hash_one(text) as u32
    }

    /// The hash of the text of a number.
    fn hash_of(&self, number: u32) -> u32 {
        let place = (number as usize).checked_sub(1).and_then(|at| self.places.get(at));
        place.map_or(0, |place| place.hash)
    }

    fn store(&mut self, text: &str, hash: u32) -> Place {
        self.bytes += text.len();
        let fits = |block: &String| block.len() + text.len() <= block.capacity();
        if !self.blocks.last().is_some_and(fits) {
            self.blocks.push(String::with_capacity(BLOCK.max(text.len())));
        }
        let number = self.blocks.len().saturating_sub(1);
        let start = self.blocks.last().map_or(0, String::len);
        if let Some(block) = self.blocks.last_mut() {
            block.push_str(text);
        }
        let small = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        Place {
            block: small(number),
            start: small(start),
            len: small(text.len()),
            hash,
        }
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 2];
        self.rehash();
    }

    fn rehash(&mut self) {
        while self.places.len() * 4 >= self.slots.len() * 3 {
            self.slots = vec![0; self.slots.len() * 2];
        }
        let mask = self.slots.len() - 1;
        for number in 1..=u32::try_from(self.places.len()).unwrap_or(0) {
            let mut at = self.hash_of(number) as usize & mask;
            while self.slots.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & mask;
            }
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = number;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once_and_read_back() {
        let mut texts = Texts::default();
        let names: Vec<String> = (0..5000).map(|n| format!("text {n}")).collect();
        let first: Vec<Text> = names.iter().map(|name| texts.add(name)).collect();
        let second: Vec<Text> = names.iter().map(|name| texts.add(name)).collect();
        assert_eq!(first, second);
        assert_eq!(texts.bytes(), names.iter().map(String::len).sum::<usize>());
        texts.close();
        assert!(names.iter().zip(&first).all(|(name, text)| texts.get(*text) == name));
        assert_eq!(texts.add("text 17"), first[17]);
    }

    #[test]
    fn a_text_larger_than_a_block_is_kept_whole() {
        let mut texts = Texts::default();
        let long = "é".repeat(BLOCK);
        let (small, large) = (texts.add("small"), texts.add(&long));
        assert_eq!((texts.get(small), texts.get(large)), ("small", long.as_str()));
        assert_eq!(texts.get(Text::EMPTY), "");
    }
}
