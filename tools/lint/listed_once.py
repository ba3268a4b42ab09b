"""Where a folder holds one kind a file, its ``__init__.py`` imports every one of them.

A rule in a file that nothing lists is a rule that never runs, and no test misses it. What a listed
kind imports in turn (the protocol they share) counts as listed; a folder that isn't there yet has
nothing to list. That an imported kind also stands in the tuple is left to ruff (F401).
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
    "src/rulebook/metrics/kind.py": '"""What every kind promises."""\n',
    "src/rulebook/metrics/rank.py": '"""Rank."""\nfrom rulebook.metrics.kind import Kind\n',
    "src/rulebook/metrics/track.py": '"""Track."""\nfrom .kind import Kind\n',
}
FAILS = {
    **_KINDS,
    "src/rulebook/metrics/__init__.py": '"""Kinds."""\nfrom rulebook.metrics import rank\n',
}
PASSES = {
    **_KINDS,
    "src/rulebook/metrics/__init__.py": '"""Kinds."""\nfrom . import track\n'
    "from rulebook.metrics.rank import Rank\n",
}


def check(tree: Tree) -> Iterator[Finding]:
    for folder in FOLDERS:
        package = folder.removeprefix("src/").replace("/", ".")
        imports = {
            PurePosixPath(path).stem: _imports(module, package)
            for path, module in tree.python(folder)
            if PurePosixPath(path).parent == PurePosixPath(folder)
        }
        listed, waiting = set(), {"__init__"}
        while waiting:
            name = waiting.pop()
            listed.add(name)
            waiting |= imports.get(name, set()) - listed
        for name in imports.keys() - listed:
            message = f"{name} is not imported in {folder}/__init__.py, so it never runs"
            yield Finding(f"{folder}/{name}.py", 1, message)


def _imports(module: ast.Module, package: str) -> set[str]:
    """The package's own modules that one of them imports, however that is spelled."""
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
