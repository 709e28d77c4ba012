//! Average linkage on a sparse graph of similarities, near-linear and the same on every machine.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Joins what is alike on average by at least `least`; pairs that are not given count as not alike.
/// The cluster of every node, named by its lowest node, and how alike each cluster was when it last grew.
#[must_use]
pub fn link(nodes: usize, pairs: &[(usize, usize, f64)], least: f64) -> (Vec<usize>, Vec<f64>) {
    let mut near: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); nodes];
    let mut sizes = vec![1.0_f64; nodes];
    let mut grown = vec![1.0_f64; nodes];
    let mut parent: Vec<usize> = (0..nodes).collect();
    let mut heap = BinaryHeap::new();
    for &(a, b, alike) in pairs {
        if a != b && a < nodes && b < nodes {
            set(&mut near, a, b, alike);
            set(&mut near, b, a, alike);
            heap.push((rank(alike), Reverse((a.min(b), a.max(b)))));
        }
    }
    while let Some((ranked, Reverse((a, b)))) = heap.pop() {
        let is_root = |node: usize| parent.get(node) == Some(&node);
        if !is_root(a) || !is_root(b) {
            continue;
        }
        let average = average(&near, &sizes, a, b);
        if rank(average) != ranked {
            continue; // An older opinion: the clusters have grown since.
        }
        if average < least {
            break;
        }
        // `a` is the lower one and keeps its name.
        let moved = near.get_mut(b).map(std::mem::take).unwrap_or_default();
        if let Some(slot) = parent.get_mut(b) {
            *slot = a;
        }
        let grown_by = sizes.get(b).copied().unwrap_or(0.0);
        if let Some(size) = sizes.get_mut(a) {
            *size += grown_by;
        }
        if let Some(slot) = grown.get_mut(a) {
            *slot = average;
        }
        for (other, sum) in moved {
            if let Some(links) = near.get_mut(other) {
                links.remove(&b);
            }
            if other != a {
                let both = near.get(a).and_then(|links| links.get(&other)).copied().unwrap_or(0.0) + sum;
                set(&mut near, a, other, both);
                set(&mut near, other, a, both);
            }
        }
        let links: Vec<usize> = near
            .get(a)
            .map(|links| links.keys().copied().collect())
            .unwrap_or_default();
        for other in links {
            let alike = self::average(&near, &sizes, a, other);
            if alike >= least {
                heap.push((rank(alike), Reverse((a.min(other), a.max(other)))));
            }
        }
    }
    let roots = (0..nodes).map(|node| root(&parent, node)).collect();
    (roots, grown)
}

fn set(near: &mut [BTreeMap<usize, f64>], a: usize, b: usize, sum: f64) {
    if let Some(links) = near.get_mut(a) {
        links.insert(b, sum);
    }
}

fn average(near: &[BTreeMap<usize, f64>], sizes: &[f64], a: usize, b: usize) -> f64 {
    let sum = near.get(a).and_then(|links| links.get(&b)).copied().unwrap_or(0.0);
    let size = |node: usize| sizes.get(node).copied().unwrap_or(1.0);
    sum / (size(a) * size(b))
}

/// Similarities as whole numbers, which can be ordered.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 1 by construction, clamped"
)]
fn rank(alike: f64) -> u64 {
    (alike.clamp(0.0, 1.0) * 1e12) as u64
}

fn root(parent: &[usize], node: usize) -> usize {
    let mut at = node;
    while let Some(&up) = parent.get(at).filter(|up| **up != at) {
        at = up;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::link;

    #[test]
    fn chains_do_not_pull_strangers_together() {
        // 0-1 and 2-3 are alike, 1-2 a little: the average of the two pairs is not.
        let pairs = [(0, 1, 0.9), (2, 3, 0.9), (1, 2, 0.6)];
        assert_eq!(link(5, &pairs, 0.5).0, [0, 0, 2, 2, 4]);
        assert_eq!(link(5, &pairs, 0.1).0, [0, 0, 0, 0, 4]);
    }
}
