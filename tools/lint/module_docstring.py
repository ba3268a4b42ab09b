"""Every module says at its top why it is there; one line if one line is enough.

The reader who opens a file from a traceback has no other door. An empty ``__init__.py`` is exempt,
and so are migrations, which Django writes: their names say what they do.
"""

import ast
from collections.abc import Iterator

from tools.lint.tree import Finding, Tree

FAILS = {"tests/test_windows.py": "import pytest\n"}
PASSES = {
    "tests/test_windows.py": '"""Windows."""\n',
    "src/echelon/cli/__init__.py": "",
    "src/echelon/records/facts/migrations/0001_initial.py": "import uuid\n",
}


def check(tree: Tree) -> Iterator[Finding]:
    for path, module in tree.python():
        if "/migrations/" not in path and module.body and not ast.get_docstring(module):
            yield Finding(path, 1, "no module docstring: say in a line why this file exists")
