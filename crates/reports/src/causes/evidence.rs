//! What two failures have in common, and how likely they then have one cause.
//!
//! The weights are those of a logistic regression on pairs of failures of the tuned projects, rounded, as
//! `cargo run -p spectr-reports --example pairs | python3 corpus/train.py` finds them. They were found before the mutants of
//! the corpus were drawn by `corpus/operators.py`; those found since are no better (benches/README.md).

use super::features::{Features, SIDES, is_often};
use std::collections::HashMap;

/// Things that are asked about a pair beside its sides, by name.
const OTHERS: usize = 11;
/// Length of the evidence of a pair.
pub const EVIDENCE: usize = SIDES * 3 + OTHERS;
/// What is asked beside the sides, in the order of the evidence.
pub const OTHER_NAMES: [&str; OTHERS] = [
    "same class, if that is rare",
    "same file, if that is rare",
    "near in the file",
    "same line",
    "one of them failed in the tested code",
    "in other functions of it",
    "other shape came",
    "the same came",
    "the same came instead of the same",
    "off by the same",
    "off in the other direction",
];
/// Lines between two tests at which they count as half as near.
const NEAR: f64 = 8.0;

/// What a word of many programs tells, beside what one of this program tells.
const OFTEN: f64 = 0.2;

/// What each piece of evidence says of one cause, in logarithms of odds.
mod weight {
    pub const BIAS: f64 = -0.54;
    /// By side: for the share of it that two failures have in common, for the rarest thing in common, and where they
    /// have nothing in common.
    pub const SIDES: [[f64; 3]; super::SIDES] = [
        [0.96, 0.91, 0.0],
        [0.0, 0.56, -0.12],
        [0.0, 0.0, -0.47],
        [0.0, 0.0, -0.75],
        [0.0, 0.0, -0.79],
        [0.28, 0.37, 0.0],
        [0.77, 0.56, -0.99],
    ];
    pub const OTHERS: [f64; super::OTHERS] = [0.39, 0.53, 1.06, 0.0, -1.26, -1.32, -0.46, 1.26, 0.69, 1.24, -0.61];
}

/// The evidence of a pair, each between 0 and 1: three for each side, then the others.
#[must_use]
pub fn evidence(a: &Features, b: &Features, rarity: &Rarity) -> [f64; EVIDENCE] {
    let mut out = [0.0; EVIDENCE];
    let sides = a.sides.iter().zip(&b.sides).flat_map(|(a, b)| rarity.overlap(a, b));
    for (slot, own) in out.iter_mut().zip(sides.chain(others(a, b, rarity))) {
        *slot = own;
    }
    out
}

/// How likely two failures have one cause, 0 to 1.
#[must_use]
pub fn likely(a: &Features, b: &Features, rarity: &Rarity) -> f64 {
    let weights = weight::SIDES.iter().flatten().chain(&weight::OTHERS);
    let odds: f64 = evidence(a, b, rarity)
        .iter()
        .zip(weights)
        .map(|(own, weight)| own * weight)
        .sum();
    share(odds + weight::BIAS)
}

fn others(a: &Features, b: &Features, rarity: &Rarity) -> [f64; OTHERS] {
    let yes = |it: bool| if it { 1.0 } else { 0.0 };
    let both = |it: Option<bool>| yes(it.unwrap_or(false));
    let file = a.place.zip(b.place).filter(|(a, b)| a.0 == b.0);
    let apart = file.map(|(a, b)| f64::from(a.1.abs_diff(b.1)));
    let off = a.off_by.zip(b.off_by);
    let change = a.change.zip(b.change);
    [
        if a.class == b.class {
            rarity.of_token(a.class)
        } else {
            0.0
        },
        file.map_or(0.0, |(a, _)| rarity.of_token(a.0)),
        apart.map_or(0.0, |lines| 1.0 / (1.0 + lines / NEAR)),
        both(apart.map(|lines| lines < 0.5)),
        yes(a.function.is_some() != b.function.is_some()),
        both(a.function.zip(b.function).map(|(a, b)| a != b)),
        both(a.shapes.zip(b.shapes).map(|(a, b)| a.0 != b.0)),
        both(change.map(|(a, b)| a.1 == b.1 && a.1 != 0)),
        change
            .filter(|(a, b)| a.0 == b.0)
            .map_or(0.0, |(a, _)| rarity.of_token(a.0)),
        both(off.map(|(a, b)| (a - b).abs() < f64::EPSILON)),
        both(off.map(|(a, b)| (a > 0.0) != (b > 0.0))),
    ]
}

/// Odds as a share of 1, much like the logistic function. Only a root: an exponential differs between
/// machines in the last digit, and the same reports give the same clusters everywhere.
fn share(odds: f64) -> f64 {
    0.5 + 0.5 * odds / (odds * odds + 4.0).sqrt()
}

/// How telling each token is: rare among the failures at hand, and none that many programs have.
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
            for token in features.tokens() {
                *weight.entry(token).or_default() += 1.0;
            }
        }
        // No logarithms: they differ between machines in the last digit. What a half of all failures have still tells
        // much, as one cause may have that many; what all of them have tells nothing of which belong together.
        for (token, own) in &mut weight {
            let share = *own / f64::max(count, 2.0);
            *own = (1.0 - share * share) * if is_often(*token) { OFTEN } else { 1.0 };
        }
        Self { weight }
    }

    fn of_token(&self, token: u64) -> f64 {
        self.weight.get(&token).copied().unwrap_or(1.0)
    }

    /// For two sides: the share of what they have in common, weighed by the rarest of all; the rarest thing in
    /// common; and, where there is nothing in common, the rarest of all.
    fn overlap(&self, a: &[u64], b: &[u64]) -> [f64; 3] {
        if a.is_empty() || b.is_empty() {
            return [0.0; 3];
        }
        let (mut shared, mut all, mut rarest, mut telling) = (0.0, 0.0, 0.0_f64, 0.0_f64);
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
            let weight = self.of_token(token);
            all += weight;
            telling = telling.max(weight);
            if is_shared {
                shared += weight;
                rarest = rarest.max(weight);
            }
        }
        if all <= 0.0 {
            // A side of which every failure has the same tells nothing.
            return [0.0; 3];
        }
        [telling * shared / all, rarest, if rarest > 0.0 { 0.0 } else { telling }]
    }
}
