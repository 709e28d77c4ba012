#!/usr/bin/env python3
"""Finds the weights of src/causes/evidence.rs: a logistic regression on pairs of exact groups.

    cargo run --release -p spectr-reports --example pairs | python3 corpus/train.py     (needs scipy)

Each project counts the same, and each run of it the same. Evidence for one cause never counts against it, nor the
other way round; that and the penalty keep the weights from following single projects. The runs have one defect per
function: two in one function often read the same, and nothing is to be learnt from those. Prints the weights of all
together and then, for several thresholds, the scores of each project under weights that were found without it.
"""
import collections
import sys

import numpy
from scipy.optimize import minimize

PENALTY = 10.0
SIDES = ["told", "name", "called", "body", "inside", "values", "topic"]
OTHERS = [
    "same class, if that is rare", "same file, if that is rare", "near in the file", "same line",
    "one of them failed in the tested code", "in other functions of it", "other shape came", "the same came",
    "the same came instead of the same", "off by the same", "off in the other direction",
]
AGAINST = {"one of them failed in the tested code", "in other functions of it", "other shape came", "off in the other direction"}
NAMES = [f"{side}: {what}" for side in SIDES for what in ("share", "rarest", "nothing")] + OTHERS
SIGNS = numpy.array([-1.0 if name in AGAINST or name.endswith(": nothing") else 1.0 for name in NAMES])


class Run:
    def __init__(self, project):
        self.project, self.groups, self.rows = project, [], []

    def done(self):
        self.rows = numpy.array(self.rows, float).reshape(-1, len(NAMES))
        # A group counts as of the cause that most of it has.
        own = [max(group, key=lambda it: (group[it], it)) for group in self.groups]
        self.pairs = [(a, b) for a in range(len(own)) for b in range(a + 1, len(own))]
        self.same = numpy.array([own[a] == own[b] for a, b in self.pairs], bool)


def read(lines):
    runs = []
    for line in lines:
        word, *rest = line.split()
        if word == "run":
            runs.append(Run(rest[0]))
        elif word == "group":
            runs[-1].groups.append({place: int(count) for place, count in (it.rsplit("=", 1) for it in rest)})
        else:
            runs[-1].rows.append([float(it) for it in line.split()])
    for run in runs:
        run.done()
    return runs


def fit(runs):
    """Weights, the bias last; signs kept."""
    rows, same, weight = [], [], []
    for project in sorted({run.project for run in runs}):
        own = [run for run in runs if run.project == project]
        share = numpy.concatenate([numpy.full(len(run.pairs), 1 / max(len(run.pairs), 10)) for run in own])
        rows += [run.rows for run in own]
        same += [run.same for run in own]
        weight.append(share / share.sum())
    rows, same, weight = numpy.vstack(rows), numpy.concatenate(same), numpy.concatenate(weight) * 1000
    rows = numpy.hstack([rows, numpy.ones((len(rows), 1))])

    def loss(at):
        odds = rows @ at
        slope = rows.T @ (weight * (1 / (1 + numpy.exp(-odds)) - same))
        slope[:-1] += PENALTY * at[:-1]
        return weight @ (numpy.logaddexp(0, odds) - same * odds) + PENALTY / 2 * (at[:-1] @ at[:-1]), slope

    bounds = [(0, None) if sign > 0 else (None, 0) for sign in SIGNS] + [(None, None)]
    return minimize(loss, numpy.zeros(len(NAMES) + 1), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200}).x


def share(odds):
    return 0.5 + 0.5 * odds / numpy.sqrt(odds**2 + 4)


def link(run, alike, least):
    """Average linkage: for each group the number of its cluster."""
    count = len(run.groups)
    sums = numpy.zeros((count, count))
    for (a, b), own in zip(run.pairs, alike):
        sums[a, b] = sums[b, a] = own
    sizes, left, of = numpy.ones(count), list(range(count)), numpy.arange(count)
    while len(left) > 1:
        average = sums[numpy.ix_(left, left)] / numpy.outer(sizes[left], sizes[left])
        numpy.fill_diagonal(average, -1)
        first, second = divmod(int(average.argmax()), len(left))
        if average[first, second] < least:
            break
        a, b = left[min(first, second)], left[max(first, second)]
        sums[a] += sums[b]
        sums[:, a] += sums[:, b]
        sizes[a] += sizes[b]
        of[of == b] = a
        left.remove(b)
    return of


def scores(run, of):
    """V-measure, adjusted Rand index, homogeneity."""
    both, rows, columns = collections.Counter(), collections.Counter(), collections.Counter()
    for group, cluster in zip(run.groups, of):
        for cause, count in group.items():
            both[cause, cluster] += count
            rows[cause] += count
            columns[cluster] += count
    everything = sum(rows.values())
    entropy = lambda counts: -sum(it / everything * numpy.log(it / everything) for it in counts.values())
    inner = entropy(both)
    homogeneity = 1 - (inner - entropy(columns)) / entropy(rows) if len(rows) > 1 else 1.0
    completeness = 1 - (inner - entropy(rows)) / entropy(columns) if len(columns) > 1 else 1.0
    pairs = lambda counts: sum(it * (it - 1) / 2 for it in counts.values())
    expected = pairs(rows) * pairs(columns) / max(everything * (everything - 1) / 2, 1)
    most = (pairs(rows) + pairs(columns)) / 2
    rand = 1.0 if most == expected else (pairs(both) - expected) / (most - expected)
    total = homogeneity + completeness
    return 2 * homogeneity * completeness / total if total > 0 else 0.0, rand, homogeneity


def main():
    runs = read(sys.stdin)
    projects = sorted({run.project for run in runs})
    weights = fit(runs)
    print(f"bias {weights[-1]:.2f}")
    for at, side in enumerate(SIDES):
        print(f"{side:10s}", ", ".join(f"{it:.2f}" for it in weights[at * 3 : at * 3 + 3]))
    for name, own in zip(OTHERS, weights[len(SIDES) * 3 :]):
        print(f"{own:6.2f}  {name}")
    without = {project: fit([run for run in runs if run.project != project]) for project in projects}
    for least in (0.46, 0.5, 0.54, 0.58, 0.62, 0.66):
        by_project = {}
        for project in projects:
            weights = without[project]
            own = [run for run in runs if run.project == project]
            found = [scores(run, link(run, share(run.rows @ weights[:-1] + weights[-1]), least)) for run in own]
            by_project[project] = numpy.mean(found, 0)
        mean = numpy.mean(list(by_project.values()), 0)
        print(f"{least:.2f}  V {mean[0]:.3f}  ARI {mean[1]:.3f}  homogeneity {mean[2]:.3f}")
        print("      " + "  ".join(f"{project} {own[0]:.2f}/{own[1]:.2f}/{own[2]:.2f}" for project, own in by_project.items()))


if __name__ == "__main__":
    main()
