//! What two failures can have in common, and how likely they then have one cause.
//!
//! The weights are those of a logistic regression on pairs of failures of the tuned projects, rounded. Hashes are FNV-1a over text and so the same natively and in the browser.

use super::normal::normalise;
use super::trace::Trace;
use super::values::{Shape, compared};
use std::collections::HashMap;

/// Sides of a failure that are compared as sets: what it says, where its test stands, the words of its
/// test's name, what the failing code calls.
pub const SIDES: usize = 4;
const CALLED: usize = 3;
/// Tokens per side: a bound on the work per pair.
const MAX_TOKENS: usize = 48;

/// What each thing in common says of one cause, in logarithms of odds.
mod weight {
    /// Two failures of one type, and nothing else.
    pub const BIAS: f64 = -1.6;
    /// By side, for all that it holds; what calls say is below.
    pub const SIDES: [f64; super::SIDES] = [1.1, 1.1, 0.4, 0.0];
    pub const SAME_CALLS: f64 = 0.5;
    pub const OTHER_CALLS: f64 = -0.6;
    /// Both failed within the tested code: on one line, or in different functions.
    pub const SAME_LINE: f64 = 1.2;
    pub const OTHER_FUNCTION: f64 = -0.8;
    /// The tests stand in one file; and at one line of it, less the further apart.
    pub const SAME_FILE: f64 = 1.0;
    pub const NEAR: f64 = 1.2;
    pub const SAME_SHAPES: f64 = 0.7;
    pub const OTHER_ACTUAL: f64 = -0.4;
}

/// Lines between two tests at which nearness counts half.
const HALF_NEAR: f64 = 8.0;

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

/// One failure, ready to be compared.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// Sorted hashes.
    pub sides: [Vec<u64>; SIDES],
    /// Where it failed within the tested code: function, and line of it.
    inside: Option<(u64, u32)>,
    /// Where its test stands: file and line.
    test: Option<(u64, u32)>,
    shapes: Option<(Shape, Shape)>,
}

/// Where the failing case stands.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    pub suite: &'a str,
    pub class: &'a str,
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
            .map(|word| hash(&["word", word]));
        let told: Vec<u64> = shingles.chain(single).collect();

        let mut called: Vec<u64> = calls(&trace.source).map(|name| hash(&["call", name])).collect();
        called.extend(calls(&trace.message).map(|name| hash(&["call", name])));

        let mut ours = trace.frames.iter().filter(|frame| frame.is_ours);
        let deepest = ours.next();
        // The outermost frame of one's own is the test itself.
        let outermost = ours.next_back();
        let inside = outermost
            .and(deepest)
            .map(|frame| (hash(&[&frame.file, &frame.function]), frame.line));
        let test = outermost.or(deepest).map(|frame| (hash(&[&frame.file]), frame.line));

        // The path within the name stands for the class where the tool gives none.
        let path_of_name = scope.name.rsplit_once("::").map_or("", |(path, _)| path);
        let stands = vec![hash(&["class", scope.suite, scope.class, path_of_name])];
        let names = name_words(scope.name).map(|word| hash(&["name", &word])).collect();
        let mut sides = [told, stands, names, called];
        for side in &mut sides {
            side.truncate(MAX_TOKENS);
            side.sort_unstable();
            side.dedup();
        }
        Self {
            sides,
            inside,
            test,
            shapes: compared(&trace.message),
        }
    }

    /// How likely two failures of one type have one cause, 0 to 1; rare tokens weigh more.
    #[must_use]
    pub fn similarity(&self, other: &Self, rarity: &Rarity) -> f64 {
        let mut odds = weight::BIAS;
        for (side, own) in weight::SIDES.iter().enumerate() {
            let (Some(a), Some(b)) = (self.sides.get(side), other.sides.get(side)) else {
                continue;
            };
            let (shared, all, telling) = rarity.overlap(a, b);
            if all <= 0.0 {
                continue;
            }
            // A side of which every failure has the same tells nothing.
            odds += own * telling * shared / all;
            if side == CALLED {
                odds += if a == b { weight::SAME_CALLS } else { 0.0 };
                odds += if shared == 0.0 {
                    weight::OTHER_CALLS * telling
                } else {
                    0.0
                };
            }
        }
        if let (Some((a, line)), Some((b, other_line))) = (self.inside, other.inside) {
            odds += match (a == b, line == other_line) {
                (true, true) => weight::SAME_LINE,
                (true, false) => 0.0,
                (false, _) => weight::OTHER_FUNCTION,
            };
        }
        if let (Some((a, line)), Some((b, other_line))) = (self.test, other.test)
            && a == b
        {
            odds += weight::SAME_FILE + weight::NEAR / (1.0 + f64::from(line.abs_diff(other_line)) / HALF_NEAR);
        }
        if let (Some(a), Some(b)) = (self.shapes, other.shapes) {
            odds += if a == b { weight::SAME_SHAPES } else { 0.0 };
            odds += if a.0 == b.0 { 0.0 } else { weight::OTHER_ACTUAL };
        }
        likely(odds)
    }
}

/// Odds as a share of 1, much like the logistic function. Only a root: an exponential differs between
/// machines in the last digit, and the same reports give the same clusters everywhere.
fn likely(odds: f64) -> f64 {
    0.5 + 0.5 * odds / (odds * odds + 4.0).sqrt()
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
            for token in features.sides.iter().flatten() {
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
