"""Makes a failing case small enough to be read: rows, rules and words go while it still fails.

A case fails in the same way when the first line of its outcome is of the same kind.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from rulebook.expressions import parse, show
from rulebook.expressions.tree import Test, children
from rulebook.reading import read_document
from tests.reference.case import Case
from tests.reference.yaml_text import yaml_text

Outcome = Callable[[Case], list[str]]


def reduced(case: Case, outcome: Outcome, seconds: float = 60) -> Case:
    """The smallest case found in the time that fails as the given one does."""
    kind = way(outcome(case))
    ends = time.monotonic() + seconds

    def fails(other: Case) -> bool:
        if time.monotonic() > ends:
            return False
        try:
            return way(outcome(other)) == kind
        except Exception:  # a part that something else needs is gone
            return False

    smaller = True
    while smaller and time.monotonic() < ends:
        before = str(case)
        case = _fewer_rows(case, fails)
        case = _less(case, fails, "program")
        case = _less(case, fails, "dataset")
        smaller = str(case) != before
    return case


def way(lines: list[str]) -> str:
    """In which way a case fails; nothing when it doesn't."""
    if not lines:
        return ""
    if lines[0].startswith("refused"):
        return re.sub(r"'[^']*'|\"[^\"]*\"|\d+", "", lines[0].splitlines()[-1])
    known = [word for word in ("tier ", "gaps ", "other ways ", "no track ") if word in lines[0]]
    return known[0] if known else "metric"


def _fewer_rows(case: Case, fails: Callable[[Case], bool]) -> Case:
    for name in case.files:
        size = len(case.files[name]) - 1
        while size >= 1:
            start = 1
            while start < len(case.files[name]):
                rows = case.files[name]
                fewer = {**case.files, name: rows[:start] + rows[start + size :]}
                other = replace(case, files=fewer)
                if fails(other):
                    case = other
                else:
                    start += size
            size //= 2
    return case


def _less(case: Case, fails: Callable[[Case], bool], part: str) -> Case:
    """Leave out keys and list items, and put a part of an expression for the whole."""
    again = True
    while again:
        again = False
        content = read_document(getattr(case, part)).content
        for other in _variants(content):
            changed = replace(case, **{part: yaml_text(other)})
            if len(str(changed)) < len(str(case)) and fails(changed):
                case, again = changed, True
                break
    return case


def _variants(content: Any) -> Iterator[Any]:
    for path in list(_paths(content)):
        other = deepcopy(content)
        holder = other
        for key in path[:-1]:
            holder = holder[key]
        value = holder[path[-1]]
        del holder[path[-1]]
        yield other
        for simpler in _simpler(value):
            other = deepcopy(content)
            holder = other
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = simpler
            yield other


def _simpler(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (item for item in value.values() if isinstance(item, list | dict))
    if isinstance(value, list):
        yield from value
    if isinstance(value, str):
        try:
            node = parse(value).tree
        except Exception:
            return
        level = list(children(node))
        while level:
            yield from (show(child) for child in level if not isinstance(child, Test))
            level = [deeper for child in level for deeper in children(child)]


def _paths(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in the content, the largest parts first."""
    items: list[tuple[Any, Any]] = []
    if isinstance(content, dict):
        items = list(content.items())
    if isinstance(content, list):
        items = list(enumerate(content))
    for key, _ in items:
        yield (*path, key)
    for key, value in items:
        yield from _paths(value, (*path, key))
