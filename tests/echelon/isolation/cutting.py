"""Takes away one scope filter at a time: a call of `visible`, `one` or `demand`, by its place.

Without its filter the call lets everything through. Whoever calls is found by the line that it
calls from, so nothing of the code under test is changed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.urls import get_resolver

import echelon
from echelon.foundation.access import Hidden, Scope, rows

CUT = ("visible", "one", "demand")
ROOT = Path(echelon.__file__).parent
#: Where the filters themselves live; but the guard of routes is one that calls them.
_OWN = ROOT / "foundation" / "access"
_GUARD = _OWN / "routes.py"


@dataclass(frozen=True, order=True)
class Filter:
    """One call in the code that keeps somebody from somebody else's rows."""

    path: str
    first: int
    last: int
    kind: str
    #: The function that it stands in.
    within: str = ""

    def __str__(self) -> str:
        return f"{Path(self.path).relative_to(ROOT)}:{self.first} {self.within} {self.kind}"

    @property
    def name(self) -> str:
        """What it is called wherever its line moves to."""
        return f"{Path(self.path).relative_to(ROOT)} {self.within} {self.kind}"


def filters(*paths: Path) -> list[Filter]:
    """All calls of filters in these files; without files, in the whole platform."""
    found = set[Filter]()
    for path in paths or sorted(ROOT.rglob("*.py")):
        if _OWN not in path.parents or path == _GUARD:
            found |= {*_calls(str(path), ast.parse(path.read_text(encoding="utf-8")), "")}
    return sorted(found)


def _calls(path: str, node: ast.AST, within: str) -> Iterator[Filter]:
    match node:
        case ast.FunctionDef(name=within):
            pass
        case ast.Call(func=ast.Name(id=kind) | ast.Attribute(attr=kind)) if kind in CUT:
            yield Filter(path, node.lineno, node.end_lineno or node.lineno, kind, within)
    for below in ast.iter_child_nodes(node):
        yield from _calls(path, below, within)


class Cutting:
    """While `installed`, notes which filters were passed, and lets pass what `cut` names."""

    def __init__(self, known: list[Filter]) -> None:
        self.by_line = {
            (found.path, line, found.kind): found
            for found in sorted(known, key=lambda found: found.first - found.last)
            for line in range(found.first, found.last + 1)
        }
        self.cut: frozenset[Filter] = frozenset()
        self.passed: set[Filter] = set()

    def _is_cut(self, kind: str, frame: FrameType) -> bool:
        found = self.by_line.get((frame.f_code.co_filename, frame.f_lineno, kind))
        if found is not None:
            self.passed.add(found)
        return found in self.cut

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Put the cut filters in the place of the real ones, everywhere."""
        list(get_resolver().url_patterns)  # what the first request would load can't be cut later
        plain = {"visible": rows.visible, "one": rows.one}
        demand = Scope.demand

        def visible(found: Any, scope: Scope, right: Any) -> Any:
            if self._is_cut("visible", sys._getframe(1)):
                return found
            return plain["visible"](found, scope, right)

        def one(found: Any, scope: Scope, right: Any, **which: Any) -> Any:
            if not self._is_cut("one", sys._getframe(1)):
                return plain["one"](found, scope, right, **which)
            row = found.filter(**which).first()
            if row is None:
                raise Hidden
            return row

        def demanded(scope: Scope, right: Any, partner: Any = None) -> None:
            if not self._is_cut("demand", sys._getframe(1)):
                demand(scope, right, partner)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Scope, "demand", demanded)
            for name, instead in (("visible", visible), ("one", one)):
                replace_everywhere(patch, plain[name], instead)
            yield


def replace_everywhere(patch: pytest.MonkeyPatch, plain: Any, instead: Any) -> None:
    """Replace a function in every module that has taken it by its name, but not at its home."""
    for module in list(sys.modules.values()):
        name = getattr(module, "__name__", "")
        if module is rows or not name.startswith(("echelon.", "tests.echelon.isolation.site")):
            continue
        for attribute, value in list(vars(module).items()):
            if value is plain:
                patch.setattr(module, attribute, instead)
