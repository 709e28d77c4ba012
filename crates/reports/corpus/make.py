#!/usr/bin/env python3
"""Makes the corpus of labelled failures that the clustering is measured on.

Changes one place of a program at a time (a mutant, see operators.py), runs the program's tests with their real runner
(pytest, node --test, jest, mocha, cargo nextest) and keeps the failing cases. The changed line, or the first one of a
changed function, is the cause: what a good clustering finds again. Programs are the small ones of programs/ and the
published ones of real.py, with the tests of their authors. Writes failures.jsonl.gz: one JSON object per mutant,
{"project", "cause", "function", "is_tuned_on", "report"}, the report being the runner's own JUnit XML and the function
the one that the changed line stands in (see functions.py).

tests/it/labelled.rs puts runs with several known causes together from this, in two ways.
- One defect per function: the causes of a run stand in different functions. This is what a run of somebody's tests
  looks like: two independent defects in one function at one time are rare, and whoever finds the first one reads
  the second. It measures whether defects in different places are told apart, and each is found once.
- Any lines: the causes are any mutants of the project. With a dozen mutants in a program of as many functions, two
  often stand in one function, and then their failures may read the same. It measures the same under a difficulty
  that real runs rarely have, and is reported beside the first.
The label is the changed line in both; the functions decide only which causes come together.

    python3 corpus/make.py [name…]   (needs pytest, node 20, npm, cargo-nextest; for published Python projects
                                      also setuptools, wheel, flit_core, hatchling and poetry-core; with names,
                                      only these projects are made anew)
    python3 corpus/make.py --functions   (runs nothing: only finds the function of every entry anew)
"""
import ast
import gzip
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import operators
import real
from functions import function_of
from real import NODE, PYTHON

HERE = Path(__file__).parent
MUTANTS = 14
# Mutants that are tried, and failures that one in a published project may cause.
TRIES, MOST = 60, 40

RUST, JEST, MOCHA = "rust", "jest", "mocha"
SMALL = [
    ("cart", PYTHON, "cart.py"), ("text", PYTHON, "text.py"), ("router", NODE, "router.mjs"), ("dates", NODE, "dates.mjs"),
    ("matrix", RUST, "lib.rs"), ("stock", RUST, "lib.rs"),
    # Written later, to choose weights on: other runners, and tests that stand in no class.
    ("bank", PYTHON, "bank.py"), ("units", PYTHON, "units.py"), ("graph", RUST, "lib.rs"), ("ini", RUST, "lib.rs"),
    ("table", JEST, "table.js"), ("events", MOCHA, "events.js"),
]
TUNED_ON = {"cart", "router", "matrix", "bank", "units", "graph", "ini", "table", "events"} | real.tuned_on()
# What a runner from npm needs in the folder of the program.
NEEDS = {JEST: ["jest@30", "jest-junit@17"], MOCHA: ["mocha@12"]}
CARGO = '[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2024"\n[lib]\npath = "lib.rs"\n[workspace]\n'
NEXTEST = '[profile.default.junit]\npath = "junit.xml"\n[profile.default]\nslow-timeout = { period = "5s", terminate-after = 1 }\n'


def told_only(source):
    """Numbers from 0 of the lines of Python that only document."""
    strings = (it for it in ast.walk(ast.parse(source)) if isinstance(it, ast.Expr) and isinstance(it.value, ast.Constant))
    return {number for it in strings for number in range(it.lineno - 1, it.end_lineno)}


def run(kind, folder, name):
    """The runner's JUnit XML, or None when it did not come to an end."""
    report = folder / "junit.xml"
    report.unlink(missing_ok=True)
    tests = [] if (folder / "test").is_dir() or name in real.REAL else [f"{name}.test.mjs"]
    command = {
        PYTHON: [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--maxfail={MOST + 10}", f"--junitxml={report}"],
        NODE: ["node", "--test", "--test-reporter=junit", f"--test-reporter-destination={report}", *tests],
        RUST: ["cargo", "nextest", "run", "--no-fail-fast", "--offline"],
        JEST: ["node_modules/.bin/jest", "--reporters=jest-junit"],
        MOCHA: ["node_modules/.bin/mocha", f"{name}.test.js", "--reporter=xunit", f"--reporter-option=output={report}"],
    }[kind]
    if kind == PYTHON and name == "jsonpointer":
        command.append("tests.py")
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": f"{folder / 'src'}:{folder}"}
    # Its own group, so that what a mutant leaves behind ends with it.
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env, start_new_session=True)
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None
    report = folder / "target/nextest/default/junit.xml" if kind == RUST else report
    if not report.exists():
        return None
    text = report.read_text(errors="replace")
    report.unlink()
    # Where the work was done is of no interest and differs each time.
    return text.replace(str(folder.parent), "/build")


CASE = re.compile(r"<testcase\b(?:[^>\"]|\"[^\"]*\")*?(?:/>|>.*?</testcase>)", re.S)


def label(case):
    return "".join(re.findall(r"\b(?:classname|name|file)=\"[^\"]*\"", case.split(">")[0]))


def failing(report):
    return [case for case in CASE.findall(report or "") if re.search(r"<(failure|error)\b", case)]


def failing_only(report, known):
    """The report without the cases that passed, or that fail without any change."""
    kept = {case for case in failing(report) if label(case) not in known}
    return CASE.sub(lambda found: found.group(0) if found.group(0) in kept else "", report)


def small(name, kind, source):
    """The mutants of a program of programs/."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder) / name
        shutil.copytree(HERE / "programs" / name, folder)
        if kind == RUST:
            (folder / "Cargo.toml").write_text(CARGO.format(name=name))
            (folder / ".config").mkdir()
            (folder / ".config/nextest.toml").write_text(NEXTEST)
        if kind in NEEDS:
            (folder / "package.json").write_text("{}")
            subprocess.run(["npm", "install", "--silent", "--no-audit", *NEEDS[kind]], cwd=folder, check=True, capture_output=True)
        yield from tried(name, kind, folder, mutants(folder / source, source, kind, name), 30)


def published(name):
    """The mutants of a project of REAL, from all its files."""
    kind, _, pattern, _, _ = real.REAL[name]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder) / name.split("/")[-1]
        folder.mkdir()
        real.fetch(name, folder)
        order = []
        for path in real.sources(folder, pattern):
            order += mutants(path, str(path.relative_to(folder)), kind, name)
        random.Random(name).shuffle(order)
        yield from tried(name, kind, folder, order, MOST)


def mutants(path, own, kind, name):
    """All mutants of a file, in an order drawn by the name of the project."""
    return operators.mutants(path, own, told_only(path.read_text()) if kind == PYTHON else (), name)


def tried(name, kind, folder, order, most):
    """Entries of the corpus for the first mutants that some test notices, at most one of a line."""
    known = {label(case) for case in failing(run(kind, folder, name))}
    print(name, "fails unchanged:", len(known), "mutants:", len(order), file=sys.stderr)
    found, tries = set(), 0
    for path, cause, text in order:
        if len(found) == MUTANTS or tries == TRIES:
            break
        if cause in found:
            continue
        tries += 1
        original = (folder / path).read_text()
        (folder / path).write_text(text)
        report = run(kind, folder, name)
        (folder / path).write_text(original)
        function = function_of(folder / path, int(cause.rsplit(":", 1)[1]))
        report = failing_only(report or "", known)
        failures = len(failing(report))
        print(" ", cause, failures, file=sys.stderr, flush=True)
        if 0 < failures <= most:
            yield {"project": name, "cause": cause, "function": function, "is_tuned_on": name in TUNED_ON, "report": report}
            found.add(cause)


def functions(entries):
    """The entries with the function of each, read from the sources of their projects."""
    small = {name: source for name, _, source in SMALL}
    with tempfile.TemporaryDirectory() as folder:
        for name in sorted({it["project"] for it in entries} - set(small)):
            (Path(folder) / name).mkdir(parents=True)
            real.unpack(name, Path(folder) / name)
        for it in entries:
            name, (path, line) = it["project"], it["cause"].rsplit(":", 1)
            own = HERE / "programs" / name / small[name] if name in small else Path(folder) / name / path
            function = function_of(own, int(line))
            yield {"project": name, "cause": it["cause"], "function": function, "is_tuned_on": it["is_tuned_on"], "report": it["report"]}


def main():
    wanted = sys.argv[1:]
    target = HERE / "failures.jsonl.gz"
    kept = [json.loads(line) for line in gzip.decompress(target.read_bytes()).decode().splitlines()] if wanted else []
    if wanted == ["--functions"]:
        return write(target, functions(kept))
    kept = [it for it in kept if it["project"] not in wanted]
    for name, kind, source in SMALL:
        if not wanted or name in wanted:
            kept += small(name, kind, source)
    for name in real.REAL:
        if not wanted or name in wanted:
            kept += published(name)
    write(target, sorted(kept, key=lambda it: it["project"]))


def write(target, kept):
    lines = "".join(json.dumps(it) + "\n" for it in kept)
    target.write_bytes(gzip.compress(lines.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
