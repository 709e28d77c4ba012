//! What two failures can have in common, as sets of hashes.
//!
//! Hashes are FNV-1a over text and so the same natively and in the browser.

use super::normal::normalise;
use super::trace::Trace;
use std::collections::HashMap;

/// Sides of a failure that are compared.
pub const SIDES: usize = 6;
/// Tokens per side: a bound on the work per pair.
const MAX_TOKENS: usize = 48;

/// Weight of each side, tuned on some of the labelled projects and measured on others.
pub const WEIGHTS: [f64; SIDES] = [1.0, 1.5, 1.5, 1.0, 0.7, 0.5];

/// Words of assertions and of test names that every test has.
const COMMON: [&str; 44] = [
    "assert",
    "expect",
    "tobe",
    "toequal",
    "equal",
    "equals",
    "strictequal",
    "deepequal",
    "deepstrictequal",
    "throws",
    "raises",
    "should",
    "test",
    "tests",
    "assertequals",
    "asserttrue",
    "assertfalse",
    "assertthat",
    "asserteq",
    "ok",
    "left",
    "right",
    "where",
    "error",
    "pytest",
    "self",
    "await",
    "async",
    "const",
    "let",
    "new",
    "unwrap",
    "int",
    "float",
    "len",
    "str",
    "list",
    "the",
    "and",
    "with",
    "for",
    "when",
    "not",
    "from",
];

/// The hashes of one failure, sorted, by side.
#[derive(Clone, Debug, Default)]
pub struct Features(pub [Vec<u64>; SIDES]);

/// Where the failing case stands.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    pub suite: &'a str,
    pub class: &'a str,
    pub file: &'a str,
    pub name: &'a str,
}

/// FNV-1a with a last mixing step, so that all bits are usable.
#[must_use]
pub fn hash(parts: &[&str]) -> u64 {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    mix(state)
}

/// Spreads the bits of a number.
#[must_use]
pub const fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let state = (state ^ (state >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    state ^ (state >> 33)
}

impl Features {
    #[must_use]
    pub fn of(trace: &Trace, scope: Scope<'_>) -> Self {
        let message = normalise(&trace.message);
        let words: Vec<&str> = message.split(' ').take(MAX_TOKENS).collect();
        let shingles = words.windows(3).map(hash);
        let single = words
            .iter()
            .filter(|word| word.len() > 3 && word.bytes().any(|it| it.is_ascii_alphabetic()))
            .map(|word| hash(&["w", word]));
        let told = shingles.chain(single).collect();

        let mut called: Vec<u64> = calls(&trace.source).map(|name| hash(&[name])).collect();
        called.extend(calls(&trace.message).map(|name| hash(&[name])));

        let ours: Vec<_> = trace.frames.iter().filter(|frame| frame.is_ours).take(12).collect();
        // The outermost frame of one's own is the test itself.
        let inner = ours.split_last().map_or(&[][..], |(_, inner)| inner);
        let path = inner
            .iter()
            .map(|frame| hash(&[&frame.file, &frame.function]))
            .collect();
        let places = ours
            .iter()
            .map(|frame| hash(&[&frame.file, &frame.line.to_string()]))
            .collect();

        // The path within the name stands for the class where the tool gives none.
        let path_of_name = scope.name.rsplit_once("::").map_or("", |(path, _)| path);
        let outermost = ours.last().map_or("", |frame| frame.file.as_str());
        let mut scopes = vec![
            hash(&["class", scope.suite, scope.class, path_of_name]),
            hash(&["file", scope.file, outermost]),
        ];
        scopes.extend(name_words(scope.name).next().map(|word| hash(&["stem", &word])));
        let names = name_words(scope.name)
            .chain(name_words(scope.class))
            .map(|word| hash(&[&word]))
            .collect();
        let mut sides = [told, called, path, scopes, names, places];
        for side in &mut sides {
            side.truncate(MAX_TOKENS);
            side.sort_unstable();
            side.dedup();
        }
        Self(sides)
    }

    /// How alike two failures are, 0 to 1: the weighted mean of what they share on each side that
    /// either has; rare tokens weigh more.
    #[must_use]
    pub fn similarity(&self, other: &Self, rarity: &Rarity) -> f64 {
        let (mut sum, mut weight) = (0.0, 0.0);
        for ((a, b), own) in self.0.iter().zip(&other.0).zip(WEIGHTS) {
            let (shared, all, telling) = rarity.overlap(a, b);
            if all > 0.0 {
                // A side of which every failure has the same tells nothing.
                sum += own * telling * shared / all;
                weight += own * telling;
            }
        }
        if weight > 0.0 { sum / weight } else { 0.0 }
    }
}

/// How rare each token is among the failures at hand.
#[derive(Debug)]
pub struct Rarity {
    weight: HashMap<u64, f64>,
}

impl Rarity {
    #[must_use]
    pub fn of<'a>(all: impl Iterator<Item = &'a Features>) -> Self {
        let mut weight: HashMap<u64, f64> = HashMap::new();
        let mut count = 0.0;
        for features in all {
            count += 1.0;
            for token in features.0.iter().flatten() {
                *weight.entry(*token).or_default() += 1.0;
            }
        }
        // No logarithms: they differ between machines in the last digit.
        for own in weight.values_mut() {
            let share = 1.0 - (*own - 1.0) / f64::max(count, 2.0);
            *own = share * share;
        }
        Self { weight }
    }

    /// The weight of what two sets share, of all that they hold, and of the rarest token of them.
    fn overlap(&self, a: &[u64], b: &[u64]) -> (f64, f64, f64) {
        let (mut shared, mut all, mut telling) = (0.0, 0.0, 0.0_f64);
        let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
        loop {
            let (token, is_shared) = match (left.peek(), right.peek()) {
                (Some(x), Some(y)) if x == y => (**x, true),
                (Some(x), Some(y)) => (**x.min(y), false),
                (Some(x), None) | (None, Some(x)) => (**x, false),
                (None, None) => break,
            };
            left.next_if(|it| **it == token);
            right.next_if(|it| **it == token);
            let weight = self.weight.get(&token).copied().unwrap_or(1.0);
            all += weight;
            telling = telling.max(weight);
            if is_shared {
                shared += weight;
            }
        }
        (shared, all, telling)
    }
}

/// Names that a piece of code calls: `price` of `price(2)`, `cart.total` by its last part.
fn calls(code: &str) -> impl Iterator<Item = &str> {
    code.match_indices('(').take(MAX_TOKENS).filter_map(|(at, _)| {
        let head = code.get(..at)?;
        let name = head.rsplit(|it: char| !it.is_alphanumeric() && it != '_').next()?;
        let is_common = name.len() < 2 || COMMON.contains(&name.to_ascii_lowercase().replace('_', "").as_str());
        (!is_common).then_some(name)
    })
}

/// The words of a test's name, in lower case, without what every name has.
fn name_words(name: &str) -> impl Iterator<Item = String> {
    let name = name.split('[').next().unwrap_or_default();
    let mut words = vec![String::new()];
    let mut before_is_lower = false;
    for it in name.chars().take(200) {
        if !it.is_alphanumeric() || (it.is_uppercase() && before_is_lower) {
            words.push(String::new());
        }
        before_is_lower = it.is_lowercase();
        if it.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(it.to_lowercase());
        }
    }
    words
        .into_iter()
        .filter(|word| word.len() > 2 && !COMMON.contains(&word.as_str()))
}
