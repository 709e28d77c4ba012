#!/usr/bin/env python3
"""Makes the corpus of labelled failures that the clustering is measured on.

Changes one line of a small program at a time (a mutant), runs the program's tests with their real
runner (pytest, node --test, cargo nextest) and keeps the failing cases. The changed line is the cause:
what a good clustering finds again. Writes failures.jsonl.gz: one JSON object per mutant,
{"project", "cause", "report"}, the report being the runner's own JUnit XML.

    python3 corpus/make.py        (needs pytest, node 20 and cargo-nextest)
"""
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
MUTANTS = 14

# One change per line, the first that applies; the order rotates with the line, for variety.
CHANGES = [
    (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " + "), (r" >= ", " > "), (r" <= ", " < "), (r" < ", " <= "),
    (r" > ", " >= "), (r" === ", " !== "), (r" == ", " != "), (r" !== ", " === "), (r"\b1\b", "2"), (r"\b0\b", "1"),
    (r" and ", " or "), (r" && ", " || "), (r" or ", " and "), (r"\bnot ", ""), (r"\breturn null;", "throw new Error('broken');"),
    (r"\breturn out\b", "return out.nothing"), (r"\.lower\(\)", ".upper()"), (r" \|\| ", " && "), (r" // ", " % "),
    (r"\.push\(", ".unshift("), (r"\+= ", "-= "), (r"\b10\b", "100"), (r"\b100\b", "10"),
]

PYTHON, NODE, RUST = "python", "node", "rust"
PROJECTS = [
    ("cart", PYTHON, "cart.py"), ("text", PYTHON, "text.py"), ("router", NODE, "router.mjs"), ("dates", NODE, "dates.mjs"),
    ("matrix", RUST, "lib.rs"), ("stock", RUST, "lib.rs"),
]
CARGO = '[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2024"\n[lib]\npath = "lib.rs"\n[workspace]\n'
NEXTEST = '[profile.default.junit]\npath = "junit.xml"\n[profile.default]\nslow-timeout = { period = "5s", terminate-after = 1 }\n'


def mutants(source):
    """(line number, text of the changed file), one per line that can be changed."""
    lines = source.splitlines()
    for number, line in enumerate(lines):
        bare = line.strip()
        if not bare or bare.startswith(("#", "//", '"""', "import", "from", "use ", "export", "class", "pub fn", "fn ", "def ", "#[")):
            continue
        for turn in range(len(CHANGES)):
            pattern, new = CHANGES[(turn + number * 7) % len(CHANGES)]
            changed = re.sub(pattern, lambda _: new, line, count=1)
            if changed != line:
                yield number + 1, "\n".join([*lines[:number], changed, *lines[number + 1 :]]) + "\n"
                break


def run(kind, folder, name):
    """The runner's JUnit XML, or None when it did not come to an end."""
    report = folder / "junit.xml"
    report.unlink(missing_ok=True)
    command = {
        PYTHON: [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"],
        NODE: ["node", "--test", "--test-reporter=junit", f"--test-reporter-destination={report}", f"{name}.test.mjs"],
        RUST: ["cargo", "nextest", "run", "--no-fail-fast", "--offline"],
    }[kind]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        subprocess.run(command, cwd=folder, capture_output=True, timeout=60, env=env)
    except subprocess.TimeoutExpired:
        return None
    report = folder / "target/nextest/default/junit.xml" if kind == RUST else report
    if not report.exists():
        return None
    text = report.read_text(errors="replace")
    report.unlink()
    return text


def failing_only(report):
    """The report without the cases that passed."""
    cases = re.compile(r"<testcase\b[^>]*?(?:/>|>.*?</testcase>)", re.S)
    is_bad = lambda text: re.search(r"<(failure|error)\b", text)
    return cases.sub(lambda found: found.group(0) if is_bad(found.group(0)) else "", report)


def main():
    kept = []
    for name, kind, source in PROJECTS:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder) / name
            shutil.copytree(HERE / "programs" / name, folder)
            if kind == RUST:
                (folder / "Cargo.toml").write_text(CARGO.format(name=name))
                (folder / ".config").mkdir()
                (folder / ".config/nextest.toml").write_text(NEXTEST)
            original = (folder / source).read_text()
            found = 0
            everything = list(mutants(original))
            # Spread over the file: every n-th line first, then the others.
            step = max(1, len(everything) // MUTANTS)
            for line, text in everything[::step] + [it for at, it in enumerate(everything) if at % step]:
                if found == MUTANTS:
                    break
                (folder / source).write_text(text)
                report = run(kind, folder, name)
                failures = len(re.findall(r"<(?:failure|error)\b", report or ""))
                if 0 < failures <= 20:
                    kept.append({"project": name, "cause": f"{name}:{line}", "report": failing_only(report)})
                    found += 1
            print(name, found, file=sys.stderr)
    lines = "".join(json.dumps(it) + "\n" for it in kept)
    (HERE / "failures.jsonl.gz").write_bytes(gzip.compress(lines.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
