"""Who belongs to whom: parents that must exist, trees that must not bite their own tail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulebook.dataset.data import Row
from rulebook.errors import Problem
from rulebook.loading.layout import Layout
from rulebook.loading.rules import nearest_partner
from rulebook.loading.sql import fetch, quoted
from rulebook.loading.tables import Loading
from rulebook.values.numbers import shorten

_SHOWN = 12
_SEARCHES = 20


@dataclass(frozen=True)
class _Place:
    file: str
    line: int


def read_parents(loading: Loading, layout: Layout, parent: str | None) -> dict[str, str]:
    """Return each partner's parent, sorted by partner; report parents that aren't there, circles.

    Where bad rows may be set aside, a partner whose parent isn't there is kept without it: its
    own facts are none the worse for that.
    """
    if parent is None:
        return {}
    rows = fetch(
        loading.connection,
        f"""SELECT {quoted(layout.partner)} AS id, {quoted(parent)} AS up, _file, _line,
            {quoted(parent)} IN (SELECT id FROM _known) FROM {quoted(layout.table)}
        WHERE {quoted(parent)} IS NOT NULL AND _aside IS NULL ORDER BY id""",
    )
    missing = {id: up for id, up, _, _, known in rows if not known}
    parents = {id: up for id, up, _, _, known in rows if known}
    circles = _circles(parents)
    wrong = missing.keys() | {circle[0] for circle in circles}
    places = {id: _Place(loading.file(file), line) for id, _, file, line, _ in rows if id in wrong}
    _report_missing(loading, parent, missing, places)
    loading.problems.add([_circle_problem(circle, parent, places[circle[0]]) for circle in circles])
    return parents


def _report_missing(
    loading: Loading, column: str, missing: Mapping[str, str], places: Mapping[str, _Place]
) -> None:
    problems = []
    ordered = sorted(missing.items(), key=lambda item: (places[item[0]].file, places[item[0]].line))
    for number, (partner, up) in enumerate(ordered):
        hint = nearest_partner(loading.connection, up) if number < _SEARCHES else ""
        place = places[partner]
        message = f"there is no partner {shorten(up)}"
        problems.append(Problem(message, place.file, place.line, column=column, hint=hint))
    if not loading.allow_bad_rows:
        loading.problems.add(problems)
        return
    for problem in problems:
        loading.problems.notice(
            Problem(
                f"{problem.message}: read as a partner without a parent",
                problem.file,
                problem.line,
                column=column,
                hint=problem.hint,
                notice=True,
            )
        )


def _circles(parents: Mapping[str, str]) -> list[list[str]]:
    """Return every circle once, from its first member by code point upwards."""
    done: set[str] = set()
    circles: list[list[str]] = []
    for start in parents:
        path: dict[str, int] = {}
        at: str | None = start
        while at is not None and at not in done and at not in path:
            path[at] = len(path)
            at = parents.get(at)
        if at is not None and at in path:
            members = list(path)[path[at] :]
            turn = members.index(min(members))
            circles.append(members[turn:] + members[:turn])
        done.update(path)
    return sorted(circles)


def _circle_problem(circle: list[str], column: str, place: _Place) -> Problem:
    if len(circle) == 1:
        message = f"{circle[0]} is its own parent"
    else:
        names = circle if len(circle) <= _SHOWN else [*circle[:_SHOWN], "…"]
        message = f"a circle of parents: {' → '.join([*names, circle[0]])}"
    return Problem(message, place.file, place.line, column=column, hint="a family is a tree")


def read_rows(loading: Loading, layout: Layout, key: str) -> dict[object, Row]:
    """Return a table's typed rows by key, sorted by it."""
    names = [field.name for field in layout.fields]
    columns = ", ".join(map(quoted, names))
    rows = fetch(
        loading.connection, f"SELECT {columns} FROM {quoted(layout.table)} ORDER BY {quoted(key)}"
    )
    at = names.index(key)
    return {row[at]: dict(zip(names, row, strict=True)) for row in rows}
