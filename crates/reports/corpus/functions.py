"""Which function a line of a program stands in: by Python's own parser, by the JavaScript parser that node brings
along, and for Rust by its braces.

The function is the innermost one that has a name: a callback belongs to what it is written in. A line in none
belongs to its class, or else to the top level of its file, which is one place.
"""
import ast
import json
import re
import subprocess

# Prints [first line, last line, name] of every named function and class.
ACORN = """
const acorn = require('internal/deps/acorn/acorn/dist/acorn')
const source = require('fs').readFileSync(0, 'utf8')
const read = (sourceType) => acorn.parse(source, { sourceType, ecmaVersion: 'latest', locations: true, allowHashBang: true, allowReturnOutsideFunction: true })
let tree
try { tree = read('module') } catch { tree = read('script') }
const found = []
const silent = ['', 'prototype', 'module', 'exports']
const nameOf = (it) => {
  if (it?.type !== 'MemberExpression') return String(it?.name ?? it?.value ?? '')
  return [nameOf(it.object), nameOf(it.property)].filter((part) => !silent.includes(part)).join('.')
}
const walk = (node, given, names) => {
  if (!node || typeof node !== 'object') return
  if (Array.isArray(node)) return node.forEach((it) => walk(it, '', names))
  const kinds = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'ClassDeclaration', 'ClassExpression']
  if (kinds.includes(node.type)) {
    const name = nameOf(node.id) || given
    if (name) {
      names = [...names, name]
      found.push([node.loc.start.line, node.loc.end.line, names.join('.')])
    }
  }
  const own = { VariableDeclarator: node.id, AssignmentExpression: node.left, Property: node.key, MethodDefinition: node.key, PropertyDefinition: node.key }[node.type]
  for (const [key, value] of Object.entries(node)) {
    if (key !== 'loc') walk(value, ['init', 'right', 'value'].includes(key) ? nameOf(own) : '', names)
  }
}
walk(tree, '', [])
console.log(JSON.stringify(found))
"""
# What may hold a brace or the word fn without being one, then what matters.
RUST = re.compile(r"""//[^\n]*|/\*.*?\*/|r(\#*)".*?"\1|"(?:\\.|[^"\\])*"|'(?:\\.[^']*|[^'\\])'|\[[^\[\]{}"']*\]|\bfn\s+(\w+)|\bimpl\b([^{]*)\{|[{};]""", re.S)


def python(source):
    found = []

    def walk(node, names):
        for it in ast.iter_child_nodes(node):
            own = names
            if isinstance(it, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                own = [*names, it.name]
                found.append((it.lineno, it.end_lineno, ".".join(own)))
            walk(it, own)

    walk(ast.parse(source), [])
    return found


def javascript(source):
    return json.loads(subprocess.run(["node", "--expose-internals", "-e", ACORN], input=source, check=True, capture_output=True, text=True).stdout)


def rust(source):
    found, open_at, named = [], [], None
    for token in RUST.finditer(source):
        text, line = token[0], source.count("\n", 0, token.start()) + 1
        if token[2]:
            named = (line, token[2])
        elif text == ";":
            # A function of a trait without a body, or the end of a statement.
            named = None
        elif text.startswith("impl") and named is None:
            # The type that is implemented, without what it is generic over.
            words = re.sub(r"<[^<>]*>", "", re.sub(r"<[^<>]*>", "", token[3])).split()
            open_at.append((line, words[words.index("for") + 1] if "for" in words else words[0]))
        elif text == "{" or text.startswith("impl"):
            open_at.append(named)
            named = None
        elif text == "}":
            own = open_at.pop()
            if own:
                found.append((own[0], line, ".".join([*(it[1] for it in open_at if it), own[1]])))
    return found


READERS = {".py": python, ".js": javascript, ".mjs": javascript, ".rs": rust}


def function_of(path, line):
    """The qualified name of the function around a line, counted from 1; empty at the top level."""
    around = [it for it in READERS[path.suffix](path.read_text()) if it[0] <= line <= it[1]]
    # The innermost one is the one with most names; of those on one line, the last.
    return max(around, key=lambda it: (it[2].count("."), it[0]), default=(0, 0, ""))[2]
