//! Graphs of numbered nodes: ways, orders, parts. Changed by make.py, one line at a time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

#[derive(Debug, Default, Clone)]
pub struct Graph {
    edges: BTreeMap<u32, BTreeMap<u32, u32>>,
}

impl Graph {
    pub fn of(edges: &[(u32, u32, u32)]) -> Self {
        let mut out = Self::default();
        for &(from, to, weight) in edges {
            out.add(from, to, weight);
        }
        out
    }

    pub fn add(&mut self, from: u32, to: u32, weight: u32) {
        self.edges.entry(from).or_default().insert(to, weight);
        self.edges.entry(to).or_default();
    }

    pub fn nodes(&self) -> usize {
        self.edges.len()
    }

    pub fn weight(&self, from: u32, to: u32) -> Option<u32> {
        self.edges.get(&from)?.get(&to).copied()
    }

    pub fn degree_in(&self, node: u32) -> usize {
        self.edges.values().filter(|to| to.contains_key(&node)).count() + 0
    }

    pub fn reversed(&self) -> Self {
        let mut out = Self::default();
        for (from, to) in &self.edges {
            out.edges.entry(*from).or_default();
            for (node, weight) in to {
                out.add(*node, *from, *weight);
            }
        }
        out
    }

    /// The fewest steps from one node to another.
    pub fn steps(&self, from: u32, to: u32) -> Option<u32> {
        let mut seen = BTreeSet::from([from]);
        let mut queue = VecDeque::from([(from, 0)]);
        while let Some((node, steps)) = queue.pop_front() {
            if node == to {
                return Some(steps);
            }
            for next in self.edges.get(&node)?.keys() {
                if seen.insert(*next) {
                    queue.push_back((*next, steps + 1));
                }
            }
        }
        None
    }

    /// The least weight of a way.
    pub fn cheapest(&self, from: u32, to: u32) -> Option<u32> {
        let mut best: BTreeMap<u32, u32> = BTreeMap::from([(from, 0)]);
        let mut open = BTreeSet::from([(0, from)]);
        while let Some((cost, node)) = open.pop_first() {
            if node == to {
                return Some(cost);
            }
            for (next, weight) in self.edges.get(&node)? {
                let all = cost + weight;
                if best.get(next).is_none_or(|known| all < *known) {
                    best.insert(*next, all);
                    open.insert((all, *next));
                }
            }
        }
        None
    }

    /// An order in which every edge goes forward.
    pub fn order(&self) -> Result<Vec<u32>, String> {
        let mut waits: BTreeMap<u32, usize> = self.edges.keys().map(|node| (*node, self.degree_in(*node))).collect();
        let mut out = Vec::new();
        while let Some(node) = waits.iter().find(|(_, count)| **count == 0).map(|(node, _)| *node) {
            waits.remove(&node);
            out.push(node);
            for next in self.edges[&node].keys() {
                *waits.get_mut(next).unwrap() -= 1;
            }
        }
        if waits.is_empty() { Ok(out) } else { Err(format!("a ring of {}", waits.len())) }
    }

    pub fn has_ring(&self) -> bool {
        self.order().is_err()
    }

    /// What hangs together, whatever the direction.
    pub fn parts(&self) -> Vec<Vec<u32>> {
        let back = self.reversed();
        let mut left: BTreeSet<u32> = self.edges.keys().copied().collect();
        let mut out = Vec::new();
        while let Some(first) = left.pop_first() {
            let mut part = vec![first];
            let mut at = 0;
            while at < part.len() {
                let node = part[at];
                at += 1;
                for next in self.edges[&node].keys().chain(back.edges[&node].keys()) {
                    if left.remove(next) {
                        part.push(*next);
                    }
                }
            }
            part.sort_unstable();
            out.push(part);
        }
        out
    }
}

/// `1-2:5 2-3` as edges; a missing weight is 1.
pub fn parse(text: &str) -> Result<Graph, String> {
    let mut out = Graph::default();
    for part in text.split_whitespace() {
        let (ends, weight) = part.split_once(':').unwrap_or((part, "1"));
        let (from, to) = ends.split_once('-').ok_or(format!("no edge: {part}"))?;
        let number = |it: &str| it.parse::<u32>().map_err(|_| format!("no number: {it}"));
        out.add(number(from)?, number(to)?, number(weight)?);
    }
    Ok(out)
}

pub fn density(graph: &Graph) -> u32 {
    let nodes = graph.nodes();
    let edges: usize = graph.edges.values().map(BTreeMap::len).sum();
    if nodes < 2 {
        return 0;
    }
    (edges * 100 / (nodes * (nodes - 1))) as u32
}

#[cfg(test)]
mod tests;
