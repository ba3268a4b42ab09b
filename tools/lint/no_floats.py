"""The engine has no binary floating point: no float literal, no call of ``float``.

0.1 + 0.2 is not 0.3 there, and a partner one cent under a bar would be levelled by chance. A float
that arrives inside a value from elsewhere is not caught here; the tests' exact figures do that.
"""

import ast
from collections.abc import Iterator

from tools.lint.tree import Finding, Tree

FAILS = {"src/rulebook/values/rates.py": '"""Rates."""\n\nFEE = 0.5\nBASE = float("1")\n'}
PASSES = {
    "src/rulebook/values/rates.py": '"""Rates."""\n\nFEE = D("0.5")\nODD = x is float\n',
    "src/echelon/cli/progress.py": '"""Progress."""\n\nPAUSE = 0.5\n',
}


def check(tree: Tree) -> Iterator[Finding]:
    for path, module in tree.python("src/rulebook"):
        for node in ast.walk(module):
            match node:
                case ast.Constant(value=float() as value):
                    yield Finding(path, node.lineno, f"float literal {value}: write Decimal")
                case ast.Call(func=ast.Name(id="float")):
                    yield Finding(path, node.lineno, "float(…): write Decimal")
