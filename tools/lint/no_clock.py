"""The engine has no clock and no chance: the date is an argument, the same in gives the same out.

A tier worked out "as of now" can't be worked out again; one worked out with a random tie-break
can't be explained. A clock that a library reads inside is not caught here.
"""

import ast
from collections.abc import Iterator

from tools.lint.tree import Finding, Tree

MODULES = {"time", "random", "secrets"}
CALLS = {"now", "utcnow", "today", "urandom", "uuid1", "uuid4"}

FAILS = {
    "src/rulebook/standing/decide.py": '"""Decide."""\n\nimport random\n\nDAY = date.today()\n'
}
PASSES = {
    "src/rulebook/standing/decide.py": '"""Decide."""\n\nfrom datetime import date, time\n\n\n'
    "def decide(as_of: date): ...\n",
    "src/echelon/cli/level.py": '"""Level."""\n\nimport time\n',
}


def check(tree: Tree) -> Iterator[Finding]:
    for path, module in tree.python("src/rulebook"):
        for node in ast.walk(module):
            for name in sorted(_imported(node) & MODULES):
                yield Finding(path, node.lineno, f"import of {name}: the engine has no such thing")
            if isinstance(node, ast.Attribute) and node.attr in CALLS:
                yield Finding(path, node.lineno, f".{node.attr}: time and ids are arguments here")


def _imported(node: ast.AST) -> set[str]:
    match node:
        case ast.Import(names=names):
            return {alias.name.partition(".")[0] for alias in names}
        case ast.ImportFrom(module=str(name), level=0):
            return {name.partition(".")[0]}
    return set()
