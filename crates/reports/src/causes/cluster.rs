//! Groups failures by cause, in two levels.
//!
//! Level 1 joins what is exactly alike: exception type and deepest own frame, without line numbers.
//! Level 2 joins groups that are alike in words, calls, places and in what came instead of what was wanted; across
//! exception types on strong evidence only. The same reports give the same clusters with the same ids on every machine, in any
//! order of files. Effort grows about linearly: pairs come from hash buckets, not from all with all.

use super::category::{Category, categorise};
use super::evidence::{Rarity, likely};
use super::features::{Features, Scope, hash, mix};
use super::link::link;
use super::normal::normalise;
use super::place::is_named;
use super::trace::{Trace, is_assertion};
use crate::model::{Case, Report, Status};
use crate::text::Text;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Groups that are alike by less than this on average are different causes: what misses the aims by least on the projects
/// tuned on.
pub const LEAST: f64 = 0.6;
/// By so much less alike are two failures of different types: their other evidence has to be strong. Less would miss the
/// aims by a little less on the projects tuned on, but joins failures of small reports that have nothing to do with each
/// other, which costs a reader more than one cause told twice.
const OTHER_TYPE: f64 = 0.2;
/// Up to so many groups, all pairs are compared.
const ALL_PAIRS: usize = 400;
/// The side that each hash bucket of a group is made of, and neighbours looked at in each.
const BANDS: [usize; 10] = [0, 0, 0, 1, 2, 3, 4, 5, 6, 6];
const NEIGHBOURS: usize = 8;
/// A run in which more than this share fails looks like broken infrastructure.
const STORM_SHARE: f64 = 0.8;
const STORM_CASES: usize = 10;

/// A failing case by the number of its report and its own number in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    pub report: usize,
    pub case: usize,
}

/// Failures that are exactly alike.
#[derive(Clone, Debug)]
pub struct Group {
    /// The same in every report in which it comes up.
    pub id: u64,
    pub members: Vec<Member>,
}

/// Failures that have one cause, as far as their texts tell.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The id of its largest group, so that it stays the same while members come and go.
    pub id: u64,
    pub title: String,
    /// 1: one exact group; 2: several that are alike.
    pub level: u8,
    pub category: Category,
    /// 0 to 1.
    pub certainty: f64,
    pub groups: Vec<Group>,
    /// What the failure that stands for all says.
    pub exemplar: Trace,
}

impl Cluster {
    pub fn members(&self) -> impl Iterator<Item = Member> {
        self.groups.iter().flat_map(|group| group.members.iter().copied())
    }

    /// The id as people and programs see it.
    #[must_use]
    pub fn name(&self) -> String {
        name(self.id)
    }
}

/// An id in hexadecimal.
#[must_use]
pub fn name(id: u64) -> String {
    format!("{id:016x}")
}

/// An exact group: the trace and the features of its first failure.
#[derive(Debug)]
pub struct Gathered {
    pub trace: Trace,
    pub features: Features,
    pub members: Vec<Member>,
}

/// The clusters of all failing cases, the largest first.
#[must_use]
pub fn cluster(reports: &[&Report]) -> Vec<Cluster> {
    let groups: Vec<(u64, Gathered)> = gather(reports).into_iter().collect();
    let rarity = Rarity::of(groups.iter().map(|(_, group)| &group.features));
    let pairs = pairs(&groups, &rarity);
    let (roots, grown) = link(groups.len(), &pairs, LEAST);
    let mut joined: BTreeMap<usize, Vec<(u64, Gathered)>> = BTreeMap::new();
    for (group, root) in groups.into_iter().zip(roots) {
        joined.entry(root).or_default().push(group);
    }
    let mut clusters: Vec<Cluster> = joined
        .into_iter()
        .filter_map(|(root, groups)| build(groups, grown.get(root).copied().unwrap_or(1.0)))
        .collect();
    clusters.sort_by_key(|cluster| (usize::MAX - cluster.members().count(), cluster.id));
    clusters
}

/// Whether so much failed that the machines are the likely cause.
#[must_use]
pub fn is_storm(reports: &[&Report]) -> bool {
    let cases = reports.iter().flat_map(|report| &report.cases);
    let run: Vec<&Case> = cases.filter(|case| case.status != Status::Skipped).collect();
    let bad = run.iter().filter(|case| case.status.is_bad()).count();
    #[expect(clippy::cast_precision_loss, reason = "counts of cases are far below 2^52")]
    let share = bad as f64 / run.len().max(1) as f64;
    run.len() >= STORM_CASES && share > STORM_SHARE
}

/// Level 1, by id.
#[must_use]
pub fn gather(reports: &[&Report]) -> BTreeMap<u64, Gathered> {
    let mut groups: BTreeMap<u64, Gathered> = BTreeMap::new();
    for (number, report) in reports.iter().enumerate() {
        // Identical texts are understood once.
        let mut known: HashMap<(Text, Text, Text), (u64, Trace)> = HashMap::new();
        for (at, case) in report.cases.iter().enumerate() {
            if !case.status.is_bad() || case.is_echo {
                continue;
            }
            let failure = report.verdict(case);
            let texts = failure.map_or((Text::EMPTY, Text::EMPTY, Text::EMPTY), |it| {
                (it.kind, it.message, it.stack)
            });
            let (id, trace) = known.entry(texts).or_insert_with(|| {
                let trace = Trace::read(report.text(texts.0), report.text(texts.1), report.text(texts.2));
                (key(&trace), trace)
            });
            let scope = Scope {
                suite: report.text(case.suite),
                class: report.text(case.class),
                name: report.text(case.name),
            };
            // A failure without a word is known by its place only.
            let id = if trace.message.is_empty() && trace.frames.is_empty() {
                hash(&["mute", &trace.kind, scope.class])
            } else if is_blind(trace) {
                let test = scope.name.split('[').next().unwrap_or_default();
                hash(&["blind", &name(*id), scope.class, test])
            } else {
                *id
            };
            let member = Member {
                report: number,
                case: at,
            };
            groups
                .entry(id)
                .or_insert_with(|| Gathered {
                    features: Features::of(trace, scope),
                    trace: trace.clone(),
                    members: Vec::new(),
                })
                .members
                .push(member);
        }
    }
    groups
}

/// Whether a failed comparison is told without the line of code that compared: "2 !== 1" is said by many tests.
fn is_blind(trace: &Trace) -> bool {
    trace.source.is_empty() && is_assertion(&trace.kind) && trace.product().next().is_none()
}

/// The identity of a failure without its noise.
fn key(trace: &Trace) -> u64 {
    let own = trace.own();
    let (file, function, source) = own.map_or(("", "", ""), |frame| {
        (frame.file.as_str(), frame.function.as_str(), frame.source.as_str())
    });
    let source = if source.is_empty() {
        trace.source.as_str()
    } else {
        source
    };
    // What failed in the test itself is known by what it says: helpers that assert are on many ways.
    let is_sure = own.is_some_and(|own| trace.product().next().is_some_and(|inside| std::ptr::eq(inside, own)))
        && (is_named(function) || !source.is_empty());
    let message = if is_sure {
        String::new()
    } else {
        normalise(&trace.message)
    };
    hash(&[&trace.kind, file, function, source, &message])
}

/// Pairs of groups that may have one cause, with how alike they are.
fn pairs(groups: &[(u64, Gathered)], rarity: &Rarity) -> Vec<(usize, usize, f64)> {
    let mut wanted: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut by_kind: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    if groups.len() <= ALL_PAIRS {
        by_kind.insert("", (0..groups.len()).collect());
    } else {
        // Of one type all pairs as far as they are few; of several types what shares something rare.
        bucket(groups, &mut wanted);
        for (at, (_, group)) in groups.iter().enumerate() {
            by_kind.entry(&group.trace.kind).or_default().push(at);
        }
    }
    for numbers in by_kind.values().filter(|numbers| numbers.len() <= ALL_PAIRS) {
        for (at, a) in numbers.iter().enumerate() {
            wanted.extend(numbers.iter().skip(at + 1).map(|b| (*a, *b)));
        }
    }
    let alike = |(a, b): (usize, usize)| {
        let (one, two) = (groups.get(a)?, groups.get(b)?);
        let is_same_type = one.1.trace.kind == two.1.trace.kind;
        let less = if is_same_type { 0.0 } else { OTHER_TYPE };
        let alike = likely(&one.1.features, &two.1.features, rarity) - less;
        (alike > 0.0).then_some((a, b, alike))
    };
    wanted.into_iter().filter_map(alike).collect()
}

/// Locality-sensitive hashing: groups that share the least hash of a side stand in one bucket.
fn bucket(groups: &[(u64, Gathered)], wanted: &mut BTreeSet<(usize, usize)>) {
    let mut buckets: BTreeMap<(u64, u64), Vec<usize>> = BTreeMap::new();
    for (at, (_, group)) in groups.iter().enumerate() {
        for (band, side) in (0_u64..).zip(BANDS) {
            let side = group.features.sides.get(side);
            let seed = mix(band + 1);
            let least = side.into_iter().flatten().map(|token| mix(token ^ seed)).min();
            if let Some(least) = least {
                buckets.entry((band, least)).or_default().push(at);
            }
        }
    }
    for numbers in buckets.values() {
        for (at, a) in numbers.iter().enumerate() {
            wanted.extend(numbers.iter().skip(at + 1).take(NEIGHBOURS).map(|b| (*a, *b)));
        }
    }
}

fn build(groups: Vec<(u64, Gathered)>, alike: f64) -> Option<Cluster> {
    let (id, largest) = groups
        .iter()
        .min_by_key(|(id, group)| (usize::MAX - group.members.len(), *id))
        .map(|(id, group)| (*id, group))?;
    let exemplar = largest.trace.clone();
    let category = categorise(&exemplar);
    let level = if groups.len() > 1 { 2 } else { 1 };
    let certainty = match (level, exemplar.own().is_some()) {
        (1, true) => 0.95,
        (1, false) => 0.8,
        // Half-way between "just alike enough" and "the same".
        _ => 0.5 + alike.min(1.0) * 0.4,
    };
    let title = title(&exemplar);
    let mut groups: Vec<Group> = groups
        .into_iter()
        .map(|(id, group)| Group {
            id,
            members: group.members,
        })
        .collect();
    groups.sort_by_key(|group| (usize::MAX - group.members.len(), group.id));
    Some(Cluster {
        id,
        title,
        level,
        category,
        certainty,
        groups,
        exemplar,
    })
}

/// A cause of this one exact group, for users who arrange groups themselves.
#[must_use]
pub fn describe(id: u64, group: &Group, reports: &[&Report]) -> Cluster {
    let case = group
        .members
        .first()
        .and_then(|member| Some((*reports.get(member.report)?, member.case)))
        .and_then(|(report, case)| Some((report, report.cases.get(case)?)));
    let failure = case.and_then(|(report, case)| Some((report, report.verdict(case)?)));
    let exemplar = failure.map_or_else(Trace::default, |(report, it)| {
        Trace::read(report.text(it.kind), report.text(it.message), report.text(it.stack))
    });
    Cluster {
        id,
        title: title(&exemplar),
        level: 1,
        category: categorise(&exemplar),
        // A person said so.
        certainty: 1.0,
        groups: vec![group.clone()],
        exemplar,
    }
}

fn title(trace: &Trace) -> String {
    let line = trace
        .message
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .trim();
    let line = crate::builder::cut(line, 160);
    match (trace.kind.as_str(), line) {
        ("", "") => "failed without a message".to_owned(),
        ("", line) => line.to_owned(),
        (kind, "") => kind.to_owned(),
        (kind, line) if line.starts_with(kind) => line.to_owned(),
        (kind, line) => format!("{kind}: {line}"),
    }
}
