//! Measures of a grouping against the true causes: homogeneity, completeness, V-measure, adjusted Rand.

use std::collections::BTreeMap;
use std::fmt;

#[derive(Clone, Copy, Debug)]
pub struct Scores {
    pub homogeneity: f64,
    pub completeness: f64,
    pub v: f64,
    pub rand: f64,
    /// Clusters per true cause.
    pub split: f64,
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            homogeneity,
            completeness,
            v,
            rand,
            split,
        } = self;
        write!(
            f,
            "V {v:.3} ARI {rand:.3} homogeneity {homogeneity:.3} completeness {completeness:.3} clusters per cause {split:.2}"
        )
    }
}

impl Scores {
    pub fn of(causes: &[usize], found: &[usize]) -> Self {
        let n = causes.len() as f64;
        let mut both: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        let (mut rows, mut columns): (BTreeMap<usize, f64>, BTreeMap<usize, f64>) = Default::default();
        for (cause, cluster) in causes.iter().zip(found) {
            *both.entry((*cause, *cluster)).or_default() += 1.0;
            *rows.entry(*cause).or_default() += 1.0;
            *columns.entry(*cluster).or_default() += 1.0;
        }
        let entropy =
            |counts: &BTreeMap<usize, f64>| -counts.values().map(|count| count / n * (count / n).ln()).sum::<f64>();
        let given = |side: &BTreeMap<usize, f64>, of: fn(&(usize, usize)) -> usize| {
            -both
                .iter()
                .map(|(key, count)| count / n * (count / side[&of(key)]).ln())
                .sum::<f64>()
        };
        let share = |lost: f64, all: f64| if all == 0.0 { 1.0 } else { 1.0 - lost / all };
        let homogeneity = share(given(&columns, |key| key.1), entropy(&rows));
        let completeness = share(given(&rows, |key| key.0), entropy(&columns));
        let sum = homogeneity + completeness;
        let v = if sum == 0.0 {
            0.0
        } else {
            2.0 * homogeneity * completeness / sum
        };
        let pairs = |count: &f64| count * (count - 1.0) / 2.0;
        let (index, a, b) = (
            both.values().map(pairs).sum::<f64>(),
            rows.values().map(pairs).sum::<f64>(),
            columns.values().map(pairs).sum::<f64>(),
        );
        let expected = a * b / pairs(&n).max(1.0);
        let most = (a + b) / 2.0;
        let rand = if most == expected {
            1.0
        } else {
            (index - expected) / (most - expected)
        };
        Self {
            homogeneity,
            completeness,
            v,
            rand,
            split: columns.len() as f64 / rows.len() as f64,
        }
    }

    pub fn mean(all: &[Self]) -> Self {
        let mean = |part: fn(&Self) -> f64| all.iter().map(part).sum::<f64>() / all.len() as f64;
        Self {
            homogeneity: mean(|it| it.homogeneity),
            completeness: mean(|it| it.completeness),
            v: mean(|it| it.v),
            rand: mean(|it| it.rand),
            split: mean(|it| it.split),
        }
    }
}

#[test]
fn a_perfect_grouping_scores_one_and_a_random_one_about_zero() {
    let perfect = Scores::of(&[0, 0, 1, 1], &[7, 7, 3, 3]);
    assert!((perfect.v - 1.0).abs() < 1e-9 && (perfect.rand - 1.0).abs() < 1e-9);
    let useless = Scores::of(&[0, 1, 0, 1], &[0, 0, 1, 1]);
    assert!(useless.v < 0.01 && useless.rand < 0.01);
}
