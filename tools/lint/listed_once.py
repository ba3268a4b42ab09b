"""Where a folder holds one kind a file, its ``__init__.py`` imports every one of them.

A rule in a file that nothing lists is a rule that never runs, and no test misses it. A folder that
is still a single module, or not there yet, has nothing to list.
"""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.lint.tree import Finding, Tree

FOLDERS = (
    "src/rulebook/metrics",
    "src/rulebook/checks",
    "src/rulebook/expressions/functions",
)

_KINDS = {
    "src/rulebook/metrics/rank.py": '"""Rank."""\n',
    "src/rulebook/metrics/track.py": '"""Track."""\n',
    "src/rulebook/metrics/formula.py": '"""Formula."""\n',
}
FAILS = {
    **_KINDS,
    "src/rulebook/metrics/__init__.py": '"""Kinds."""\nfrom rulebook.metrics import rank\n',
}
PASSES = {
    **_KINDS,
    "src/rulebook/metrics/__init__.py": '"""Kinds."""\nfrom . import formula\n'
    "from rulebook.metrics import rank\nfrom rulebook.metrics.track import Track\n",
}


def check(tree: Tree) -> Iterator[Finding]:
    for folder in FOLDERS:
        modules = dict(tree.python(folder))
        listing = f"{folder}/__init__.py"
        package = folder.removeprefix("src/").replace("/", ".")
        listed = _imports(modules[listing], package) if listing in modules else set()
        for path in modules:
            parts = PurePosixPath(path).relative_to(folder).with_suffix("").parts
            if len(parts) == 1 and parts[0] != "__init__" and parts[0] not in listed:
                yield Finding(path, 1, f"{parts[0]} is not imported in {listing}, so never runs")


def _imports(module: ast.Module, package: str) -> set[str]:
    """The package's own modules that it imports, however that is spelled."""
    found: set[str] = set()
    for node in ast.walk(module):
        match node:
            case ast.ImportFrom(module=name, level=1, names=names):
                origin = f"{package}.{name}" if name else package
            case ast.ImportFrom(module=str(origin), level=0, names=names):
                pass
            case _:
                continue
        if origin == package:
            found |= {alias.name for alias in names}
        elif origin.startswith(f"{package}."):
            found.add(origin.removeprefix(f"{package}.").partition(".")[0])
    return found
