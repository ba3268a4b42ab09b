"""The engine returns what it has to say and prints nothing.

It runs inside a web request and inside ``--format json``: one stray line breaks the document.
"""

import ast
from collections.abc import Iterator

from tools.lint.tree import Finding, Tree

FAILS = {"src/rulebook/plan/build.py": '"""Build."""\n\nprint("here")\n'}
PASSES = {
    "src/rulebook/plan/build.py": '"""Build: print(plan) in a docstring is fine."""\n',
    "src/echelon/cli/level.py": '"""Level."""\n\nprint("Gold")\n',
}


def check(tree: Tree) -> Iterator[Finding]:
    for path, module in tree.python("src/rulebook"):
        for node in ast.walk(module):
            match node:
                case ast.Call(func=ast.Name(id="print")):
                    yield Finding(path, node.lineno, "print: the engine returns, the command shows")
