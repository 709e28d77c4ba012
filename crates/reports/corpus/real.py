"""Published projects with the tests that their authors wrote, fetched by the package manager of each language.

Only reports of their tests are kept in the repository. Which of them weights may be chosen on was decided by name,
before anything was measured: within a language, in the order of the alphabet, every other one. Projects that gave
fewer than eight mutants in the time there was (click, find-my-way, more_itertools, mistune) were left out after that,
before they were measured; some of those that stay were stopped by the clock, so making them anew may give more.
"""
import json
import re
import shutil
import subprocess
import sys
import tarfile

PYTHON, NODE = "python", "node"

# name: (language, version, changed files, what the tests need besides, is tuned on); `-` leaves a test file out
REAL = {
    "boltons": (PYTHON, "26.2.0", "boltons/*utils.py", [], True),
    "itsdangerous": (PYTHON, "2.2.0", "src/itsdangerous/*.py", ["freezegun"], True),
    "jinja2": (PYTHON, "3.1.6", "src/jinja2/*.py", ["markupsafe", "-tests/test_async.py", "-tests/test_async_filters.py"], False),
    "jsonpointer": (PYTHON, "3.12", "jsonpointer.py", [], True),
    "marshmallow": (PYTHON, "4.4.0", "src/marshmallow/*.py", ["simplejson"], False),
    "sqlparse": (PYTHON, "0.6.1", "sqlparse/**/*.py", [], True),
    "@fastify/busboy": (NODE, "3.2.6", "lib/**/*.js", ["busboy", "tinybench"], True),
    "light-my-request": (NODE, "6.8.1", "{index,lib/*}.js", ["@fastify/ajv-compiler", "end-of-stream", "express@5", "form-auto-content", "form-data", "formdata-node", "multer@2", "undici@7"], True),
}


def tuned_on():
    """Names of the published projects that weights may be chosen on."""
    return {name for name, own in REAL.items() if own[4]}


def sources(folder, pattern):
    """The files that may be changed, in a fixed order; `{a,b}` stands for either."""
    whole = re.fullmatch(r"\{(.*)\}(.*)", pattern)
    patterns = [part + whole[2] for part in whole[1].split(",")] if whole else [pattern]
    return sorted({it for part in patterns for it in folder.glob(part)})


def call(folder, *command):
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def unpack(name, folder):
    """Puts the files of a project of REAL into the folder."""
    kind, version = REAL[name][:2]
    if kind == NODE:
        call(folder, "npm", "pack", "--silent", f"{name}@{version}")
    else:
        call(folder, sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary=:all:", "--no-build-isolation", f"{name}=={version}")
    archive = next(it for it in folder.iterdir() if it.name.endswith((".tgz", ".tar.gz")))
    with tarfile.open(archive) as packed:
        packed.extractall(folder / "unpacked", filter="data")
    archive.unlink()
    shutil.copytree(next((folder / "unpacked").iterdir()), folder, dirs_exist_ok=True)
    shutil.rmtree(folder / "unpacked")


def fetch(name, folder):
    """Puts a project of REAL into the folder, ready to be tested."""
    kind, _, _, needs, _ = REAL[name]
    unpack(name, folder)
    wanted = [it for it in needs if not it.startswith("-")]
    for left_out in (it[1:] for it in needs if it.startswith("-")):
        (folder / left_out).unlink()
    if kind == NODE:
        manifest = json.loads((folder / "package.json").read_text())
        manifest.pop("devDependencies", None)
        (folder / "package.json").write_text(json.dumps(manifest))
        call(folder, "npm", "install", "--silent", "--no-save", "--no-audit", "--ignore-scripts", *wanted)
    elif wanted:
        call(folder, sys.executable, "-m", "pip", "install", "-q", *wanted)
