"""No file or folder of Python is named for being left over.

In every platform that we read, the folder named ``utils`` or ``core`` was the one that everyone
imported and that imported everyone. A name must say what belongs there, so that something can be
refused.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.lint.tree import Finding, Tree

BANNED = {"base", "common", "core", "extras", "helper", "helpers", "misc", "util", "utils"}

FAILS = {
    "src/rulebook/values/utils.py": '"""Left over."""\n',
    "tests/helpers/dates.py": '"""Dates."""\n',
}
PASSES = {"src/rulebook/values/calendar.py": '"""Calendar."""\n', "docs/core.md": "# Core\n"}


def check(tree: Tree) -> Iterator[Finding]:
    for path, _ in tree.text(".py"):
        for part in PurePosixPath(path).with_suffix("").parts:
            if part.strip("_") in BANNED:
                yield Finding(path, 1, f"{part!r} names no subject: say what belongs there")
