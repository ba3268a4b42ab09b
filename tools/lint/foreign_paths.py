"""Nothing in the tree names the machine that it was written on.

A path below somebody's home or a build host's name works for its author and for nobody else. The
one neighbour that may be named is optional: ``../shared``.
"""

import re
from collections.abc import Iterator

from tools.lint.tree import Finding, Tree

FOREIGN = re.compile(r"(?<![\w.])/(?:home|Users|work)/\w*|/opt/pypi\S*|\b[f]arm-\w*")

FAILS = {"docs/howto/level.md": "Run it in /home/ann/echelon.\n"}
PASSES = {"docs/howto/level.md": "See ../shared, https://example.com/work/ and src/work/.\n"}


def check(tree: Tree) -> Iterator[Finding]:
    for path, text in tree.files.items():
        if path == "tools/lint/foreign_paths.py":
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            for found in FOREIGN.finditer(line):
                yield Finding(path, number, f"{found[0]!r} is somebody's machine")
