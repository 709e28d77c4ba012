//! What is known of one failure, ready to be compared with others: see [`super::evidence`].
//!
//! Hashes are FNV-1a over text and so the same natively and in the browser. Nothing here depends on times, ids,
//! ports or addresses: messages are normalised first.

use super::common::{is_name_often, is_told_often};
use super::normal::normalise;
use super::place::is_named;
use super::trace::Trace;
use super::values::{Shape, compared};
use super::words::{calls, quoted, words};

/// Sides of a failure that are compared as sets.
pub const SIDES: usize = 7;
/// What each side holds, in the order of [`Features::sides`]: three words of the message in a row and single ones; words
/// of the test's name; what the failing code calls; what the whole test calls; functions of the tested code on the
/// stack; values; and the words of all names together, as what one test calls is what another one is named after.
pub const SIDE_NAMES: [&str; SIDES] = ["told", "name", "called", "body", "inside", "values", "topic"];
/// Tokens per side: a bound on the work per pair.
const MAX_TOKENS: usize = 48;

/// One failure, ready to be compared.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// Sorted hashes; the lowest bit of each tells whether many programs have it.
    pub sides: [Vec<u64>; SIDES],
    /// Suite, class, and path within the name.
    pub(super) class: u64,
    /// Where its test stands: file and line.
    pub(super) place: Option<(u64, u32)>,
    /// The deepest function of the tested code on the stack.
    pub(super) function: Option<u64>,
    pub(super) shapes: Option<(Shape, Shape)>,
    /// What came instead of what, and what came; 0 for nothing.
    pub(super) change: Option<(u64, u64)>,
    pub(super) off_by: Option<f64>,
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

/// A token of a side; its lowest bit tells that it is one of many programs.
fn token(parts: &[&str], is_often: bool) -> u64 {
    hash(parts) & !1 | u64::from(is_often)
}

/// Whether a token is one of many programs.
pub(super) const fn is_often(token: u64) -> bool {
    token & 1 == 1
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
        let compared = compared(&trace.message);
        let name = scope.name.split('[').next().unwrap_or_default();
        // The path within the name stands for the class where the tool gives none.
        let (path, own_name) = name.rsplit_once("::").unwrap_or(("", name));
        // jest-junit writes the name once more as the class.
        let class = if scope.class == scope.name { "" } else { scope.class };

        let called: Vec<&str> = calls(&trace.source).chain(calls(&trace.message)).collect();
        let body: Vec<&str> = calls(&trace.body).collect();
        let inside: Vec<(&str, &str)> = trace
            .product()
            .map(|it| (it.file.as_str(), it.function.as_str()))
            .collect();
        let last_class = class.rsplit('.').next().unwrap_or_default();
        let functions = inside
            .iter()
            .map(|(_, function)| last_part(function))
            .filter(|it| is_named(it));
        let names = [own_name, last_class, path, scope.suite].into_iter();
        let topic = names
            .chain(called.iter().copied())
            .chain(body.iter().copied())
            .chain(functions);
        let values = quoted(&message).chain(compared.iter().flat_map(|it| it.long_numbers()));

        let mut sides = [
            told(&message),
            words(own_name)
                .map(|word| token(&["name", &word], is_name_often(&word)))
                .collect(),
            called.iter().map(|name| call("call", name)).collect(),
            body.iter().map(|name| call("body", name)).collect(),
            inside
                .iter()
                .map(|(file, function)| token(&["inside", file, function], false))
                .collect(),
            values
                .map(|value| token(&["value", value], is_told_often(value)))
                .collect(),
            topic
                .flat_map(words)
                .map(|word| token(&["topic", &word], is_name_often(&word)))
                .collect(),
        ];
        for side in &mut sides {
            side.truncate(MAX_TOKENS);
            side.sort_unstable();
            side.dedup();
        }
        let change = compared.as_ref().map(|it| {
            let (wanted, came) = it.change();
            (
                token(&["change", &wanted, &came], false),
                if came.is_empty() { 0 } else { hash(&["came", &came]) },
            )
        });
        Self {
            sides,
            class: token(&["class", scope.suite, class, path], false),
            place: trace
                .test()
                .map(|frame| (token(&["file", &frame.file], false), frame.line)),
            function: inside.first().map(|(file, function)| hash(&["inside", file, function])),
            shapes: compared.as_ref().map(|it| it.shapes()),
            change,
            off_by: compared.as_ref().and_then(|it| it.off_by()),
        }
    }

    /// All that may be rare or common among the failures at hand.
    pub(super) fn tokens(&self) -> impl Iterator<Item = u64> {
        let single = [Some(self.class), self.place.map(|it| it.0), self.change.map(|it| it.0)];
        self.sides.iter().flatten().copied().chain(single.into_iter().flatten())
    }
}

fn told(message: &str) -> Vec<u64> {
    let words: Vec<&str> = message.split(' ').take(MAX_TOKENS).collect();
    let often: Vec<bool> = words.iter().map(|word| is_told_often(word)).collect();
    let single = words
        .iter()
        .zip(&often)
        .filter(|(word, _)| word.len() > 3 && word.bytes().any(|it| it.is_ascii_alphabetic()))
        .map(|(word, is_often)| token(&["word", word], *is_often));
    let rows = words
        .windows(3)
        .zip(often.windows(3))
        .map(|(row, often)| token(row, often.iter().all(|it| *it)));
    rows.chain(single).collect()
}

/// The name of a function that is called.
fn call(side: &str, name: &str) -> u64 {
    token(&[side, name], words(name).all(|word| is_name_often(&word)))
}

/// `price` of `shop::cart::price` and of `Cart.price`.
fn last_part(function: &str) -> &str {
    function.rsplit([':', '.']).next().unwrap_or(function)
}
