"""What is changed in a program, after the operators of the tools that most people find weak tests with: mutmut (Python),
StrykerJS (JavaScript), cargo-mutants (Rust).

As in those tools every place that an operator fits is a mutant, and which of them are run is drawn evenly from all of
them by a fixed seed: a comparison moved by one, a value that is missing, a function that does nothing. It is no copy of
the tools: changes are made by regular expressions, line by line, and those of a whole function by where it begins and
ends; what is told apart only by a parser is missing, and lines that only declare, document, raise or throw are left alone.
"""
import random
import re

from functions import READERS

SPACED = {
    "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["/"], "//": ["/"], "**": ["*"],
    "<": ["<="], "<=": ["<"], ">": [">="], ">=": [">"], "==": ["!="], "!=": ["=="], "+=": ["-=", "="], "-=": ["+="], "*=": ["/="],
}
# Old and new of one line, as regular expressions.
PYTHON = [
    (r" and ", " or "), (r" or ", " and "), (r"\bnot (?!in\b)", ""), (r" is not ", " is "), (r" is (?!not\b)", " is not "),
    (r" not in ", " in "), (r"(?<!not)(?<!for \w) in (?=\w)", " not in "), (r"\bTrue\b", "False"), (r"\bFalse\b", "True"),
    (r"\bbreak\b", "return"), (r"\bcontinue\b", "break"),
    (r"^(\s*[\w.]+(?:\[[^\]=]*\])? = )(?!None\b)[^=(\[{].*[^,(\[{\\:]$", r"\1None"), (r"^(\s*[\w.]+(?:\[[^\]=]*\])? = )(?!None\b)\w[\w.]*\([^()]*\)$", r"\1None"),
    (r"(['\"])((?:(?!\1)[^\\\n]){1,60})\1(?!\1)", r"\1XX\2XX\1"),
    (r"\.lower\(\)", ".upper()"), (r"\.upper\(\)", ".lower()"), (r"\.lstrip\(", ".rstrip("), (r"\.rstrip\(", ".lstrip("),
    (r"\.find\(", ".rfind("), (r"\.split\(", ".rsplit("), (r"\.partition\(", ".rpartition("),
    (r"(?<=\w)\((\w[\w.]*)\)(?!:)", "(None)"), (r"(?<=\w)\((\w[\w.]*), ", "(None, "), (r"(?<=\w)\((\w[\w.]*), ", "("), (r", (\w[\w.]*)\)(?!:)", ", None)"), (r", (\w[\w.]*)\)(?!:)", ")"),
    (r"\blambda( [^:]*)?: .*?(?=[,)]|$)", r"lambda\1: None"),
]
JAVASCRIPT = [
    (r" && ", " || "), (r" \|\| ", " && "), (r" \?\? ", " && "), (r" === ", " !== "), (r" !== ", " === "), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r" < ", " >= "), (r" > ", " <= "), (r" <= ", " > "), (r" >= ", " < "),
    (r"\b(if|while) \((?!true|false).*\)(?= )", r"\1 (true)"), (r"\b(if|while) \((?!true|false).*\)(?= )", r"\1 (false)"), (r"\bif \((?!true|false)([^()]*(?:\([^()]*\)[^()]*)*)\)", "if (true)"), (r"\bif \((?!true|false)([^()]*(?:\([^()]*\)[^()]*)*)\)", "if (false)"),
    (r"(?<![\w\])])\[[^\[\]]+\]", "[]"), (r"(?<=[=(,:?] )\{ [^{}]+ \}", "{}"), (r"(?<=return )\{ [^{}]+ \}", "{}"), (r"(?<=\()\{ [^{}]+ \}", "{}"),
    (r"(['\"`])((?:(?!\1)[^\\\n$]){1,60})\1", r"\1\1"), (r"(['\"`])\1", r"\1Stryker was here!\1"),
    (r"\?\.", "."), (r"\+\+", "--"), (r"--(?=[;)])", "++"), (r"(?<=[( =])!(?=\w)", ""), (r"(?<=[( =])-(?=\w)", "+"),
    (r"\.startsWith\(", ".endsWith("), (r"\.endsWith\(", ".startsWith("), (r"\.toUpperCase\(", ".toLowerCase("), (r"\.toLowerCase\(", ".toUpperCase("),
    (r"\.trim\(\)", ""), (r"\.sort\([^()]*\)", ""), (r"\.reverse\(\)", ""), (r"\.slice\([^()]*\)", ""), (r"\.filter\([\w.]*\)", ""), (r"\.some\(", ".every("), (r"\.every\(", ".some("),
    (r"Math\.min\(", "Math.max("), (r"Math\.max\(", "Math.min("),
]
RUST = [
    (r" && ", " || "), (r" \|\| ", " && "), (r" < ", " > "), (r" > ", " < "), (r" <= ", " > "), (r" >= ", " < "), (r" \+ ", " * "), (r" - ", " / "), (r" % ", " + "),
    (r"(?<=[( =])!(?=\w)", ""), (r"(?<=[( =])-(?=\w)", ""), (r"( if )(?!let).*( =>)", r"\1true\2"), (r"( if )(?!let).*( =>)", r"\1false\2"),
    (r"^\s*(?!_)[^=]* => .*,$", ""),
]
WHOLE_RUST = {
    "bool": ["true", "false"], "String": ["String::new()", '"xyzzy".into()'], "&str": ['""', '"xyzzy"'], "()": [""],
    **{it: ["0", "1"] for it in ("u8", "u16", "u32", "u64", "usize")}, **{it: ["0", "1", "-1"] for it in ("i8", "i16", "i32", "i64", "isize")},
    "f64": ["0.0", "1.0"], "f32": ["0.0", "1.0"],
}


def values_of(kind):
    """What a function of this type answers in place of its own."""
    kind = kind.strip()
    if kind in WHOLE_RUST:
        return WHOLE_RUST[kind]
    if kind.startswith("Vec<"):
        return ["vec![]"]
    if inner := re.fullmatch(r"Option<(.*)>", kind):
        return ["None", *(f"Some({it})" for it in values_of(inner[1]))]
    if inner := re.fullmatch(r"Result<(.*?)(, \w+)?>", kind):
        return [f"Ok({it})" for it in values_of(inner[1]) if it or inner[1] != "()"] or ["Ok(())"]
    return ["Default::default()"]


def by_line(line, language):
    rules = {"python": PYTHON, "javascript": JAVASCRIPT, "rust": RUST}[language]
    for old, new in rules:
        for found in re.finditer(old, line):
            changed = line[: found.start()] + found.expand(new) + line[found.end() :]
            if changed != line:
                yield changed
    for found in re.finditer(r"(?<= )(\+|-|\*|/|//|%|<=?|>=?|==|!=|[+*-]=)(?= )", line):
        for new in SPACED.get(found[1], []):
            if (language == "rust") and new in ("<=", "<", ">=", ">", "="):
                continue
            yield line[: found.start()] + new + line[found.end() :]
    if language == "python":
        for found in re.finditer(r"(?<![\w.'\"])\d+(?![\w.'\"])", line):
            yield f"{line[: found.start()]}{int(found[0]) + 1}{line[found.end() :]}"


def whole_functions(source, path, language):
    """(line, changed text) for each function whose body is taken out."""
    lines = source.splitlines()
    for first, last, _ in READERS[path.suffix](source):
        head = lines[first - 1]
        if last <= first or not head.rstrip().endswith("{"):
            continue
        indent = re.match(r"\s*", head)[0]
        if language == "rust":
            if not re.search(r"\bfn \w", head):
                continue
            kind = re.search(r"-> (.*) \{$", head.rstrip())
            bodies = values_of(kind[1]) if kind else [""]
        elif language == "javascript" and not re.search(r"\bclass\b", head):
            bodies = [""]
        else:
            continue
        for body in bodies:
            yield first, "\n".join([*lines[:first], f"{indent}    {body}", *lines[last - 1 :]]) + "\n"


def is_left_alone(line, language):
    bare = line.strip()
    start = {"python": ("#", '"""', "import ", "from ", "@", "def ", "class ", "raise", "'", '"', "assert"), "javascript": ("//", "*", "/*", "import ", "export class", "class ", "throw", "'use"), "rust": ("//", "use ", "pub struct", "struct", "#[", "fn ", "pub fn ", "impl", "mod ", "pub enum", "enum", "const")}[language]
    return not bare or bare.startswith(start)


def mutants(path, own, left_out, seed):
    """(path, cause, changed text) of every mutant, in an order drawn by the seed."""
    source = path.read_text()
    language = {".py": "python", ".rs": "rust"}.get(path.suffix, "javascript")
    lines = source.splitlines()
    found = []
    for number, line in enumerate(lines):
        if number in left_out or is_left_alone(line, language):
            continue
        for changed in dict.fromkeys(by_line(line, language)):
            found.append((own, f"{own}:{number + 1}", "\n".join([*lines[:number], changed, *lines[number + 1 :]]) + "\n"))
    if language != "python":
        found += [(own, f"{own}:{line}", text) for line, text in whole_functions(source, path, language)]
    random.Random(seed).shuffle(found)
    return found
