"""No function over 60 lines, its docstring and signature included.

What doesn't fit on a screen gets read in parts, and changed in parts that don't know each other.
"""

import ast
from collections.abc import Iterator

from tools.lint.tree import Finding, Tree

LIMIT = 60


def _sample(lines: int) -> dict[str, str]:
    body = "    x = 1\n" * (lines - 1)
    return {"src/echelon/cli/level.py": f'"""Level."""\n\n\ndef level():\n{body}'}


FAILS = _sample(LIMIT + 1)
PASSES = _sample(LIMIT)


def check(tree: Tree) -> Iterator[Finding]:
    for path, module in tree.python():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LIMIT:
                    message = f"{node.name} has {lines} lines, over {LIMIT}: name its parts"
                    yield Finding(path, node.lineno, message)
