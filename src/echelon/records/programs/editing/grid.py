"""What tiers ask for as a grid: criteria as rows, tiers as columns, a bar in each cell.

The grid holds criteria of which a tier asks for all: `revenue >= 50000` in any of the forms that
a document has for it, and yes-or-no metrics. What is nested (any of, at least n of) or compares
otherwise is said in words with its line; it stays in the text as it is. A field is
`gold|revenue|>=`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from echelon.records.programs.editing.criteria import (
    BARS,
    NO,
    OPERATORS,
    YES,
    add,
    criteria,
    drop_empty,
    put,
    read,
    remove,
    words,
)
from echelon.records.programs.editing.ladders import Rung, ladder_path, part_of, rungs, said
from echelon.records.programs.editing.rewriting import Path, Raw, rewritten
from rulebook.expressions import ExpressionError, parse
from rulebook.reading.document import Document, dotted, read_document

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Cell:
    """One bar: what is asked of a metric for a tier, and where that stands."""

    value: str
    place: Path
    line: int | None

    @property
    def path(self) -> str:
        """Return the place as errors write it."""
        return dotted(self.place)


@dataclass(frozen=True)
class Row:
    """A criterion that tiers ask for: the left side and how it is compared."""

    left: str
    op: str
    label: str
    unit: str = ""
    cells: Mapping[str, Cell] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return what the row's fields end with."""
        return f"{self.left}|{self.op}"

    @property
    def yes_no(self) -> bool:
        """Whether its cells say yes or no."""
        return self.op == "is"


@dataclass(frozen=True)
class Nested:
    """What a tier asks for beside the grid, in words."""

    tier: str
    words: str
    line: int | None


@dataclass(frozen=True)
class Grid:
    """The bars of a ladder: `bar` is `requires` or `keep`."""

    track: str
    bar: str
    tiers: Sequence[Rung]
    rows: Sequence[Row]
    nested: Sequence[Nested]

    def fields(self) -> dict[str, str]:
        """Return the value of every cell by its field."""
        return {
            f"{rung.key}|{row.key}": row.cells[rung.key].value if rung.key in row.cells else ""
            for row in self.rows
            for rung in self.tiers
        }


def grid(document: Document, track: str, bar: str, more: Sequence[str] = ()) -> Grid:
    """Return the bars of a ladder; `more` are keys of rows that are there without a bar yet."""
    tiers = rungs(document, track)
    cells: dict[tuple[str, str], dict[str, Cell]] = {}
    nested: list[Nested] = []
    for rung in tiers:
        tier = part_of(document.content, track, "tiers")[rung.key]
        node = tier.get(bar) if isinstance(tier, dict) else None
        for place, found in criteria(node, (*ladder_path(track), "tiers", rung.key, bar)):
            known = read(place, found)
            if known is None or rung.key in cells.get(known[:2], {}):
                nested.append(Nested(rung.key, words(found), document.line(place)))
            else:
                cell = Cell(known[2], place, document.line(place))
                cells.setdefault(known[:2], {})[rung.key] = cell
    for key in more:
        left, _sign, op = key.rpartition("|")
        if left and op in OPERATORS:
            cells.setdefault((left, op), {})
    labels = metrics(document, track)
    units = _units(document, track)
    rows = [
        Row(left, op, labels.get(left, left), units.get(left, ""), found)
        for (left, op), found in cells.items()
    ]
    return Grid(track, bar, tiers, rows, nested)


def fields(document: Document, track: str, more: Sequence[str] = ()) -> dict[str, str]:
    """Return the value of every cell by its field, led by its bar: `keep|gold|revenue|>=`."""
    return {
        f"{bar}|{name}": value
        for bar in BARS
        for name, value in grid(document, track, bar, more_of(more, bar)).fields().items()
    }


def more_of(more: Sequence[str], bar: str) -> list[str]:
    """Return the keys of rows without a bar yet that were asked for: `keep|revenue|>=`."""
    return [key.removeprefix(f"{bar}|") for key in more if key.startswith(f"{bar}|")]


def applied(
    text: str, track: str, typed: Mapping[str, str], more: Sequence[str] = ()
) -> tuple[str, dict[str, str]]:
    """Return the text with the bars that were typed, and by field what is wrong."""
    if found := wrong(typed):
        return text, found
    for bar in BARS:
        document = read_document(text)
        mine = {
            name.removeprefix(f"{bar}|"): value
            for name, value in typed.items()
            if name.startswith(f"{bar}|")
        }
        shown = grid(document, track, bar, more_of(more, bar))
        text = rewritten(text, with_bars(document, shown, mine))
    return text, {}


def metrics(document: Document, track: str) -> dict[str, str]:
    """Return what a ladder's criteria may be about, with what people call it."""
    return {name: said(metric, name) for name, metric in _metrics(document, track).items()}


def parameters(document: Document) -> dict[str, str]:
    """Return what each parameter says, in words: a bar may be one."""
    found = part_of(document.content, "", "parameters")
    return {name: _said(value) for name, value in found.items()}


def wrong(typed: Mapping[str, str]) -> dict[str, str]:
    """Return by field what can't be a bar."""
    found = {}
    for name, value in typed.items():
        value = _plain(value)
        if not value or name.count("|") < 2:
            continue
        if name.endswith("|is"):
            if value not in YES + NO:
                found[name] = _("yes or no is expected")
        elif not _NUMBER.fullmatch(value):
            if "," in value:
                found[name] = _("write it without commas, such as 250000 or 0.25")
                continue
            try:
                parse(value)
            except ExpressionError as error:
                found[name] = _("a number, a parameter or a formula is expected: {why}").format(
                    why=error
                )
    return found


def with_bars(document: Document, shown: Grid, typed: Mapping[str, str]) -> Raw:
    """Return the content with the bars that were typed; an empty one is asked for no more."""
    content = copy.deepcopy(document.content)
    now = shown.fields()
    rows = {row.key: row for row in shown.rows}
    gone: list[Path] = []
    come: list[tuple[str, Row, str]] = []
    for name, value in typed.items():
        tier, _sign, key = name.partition("|")
        if key not in rows or (value := _plain(value)) == now.get(name):
            continue
        row, cell = rows[key], rows[key].cells.get(tier)
        if cell is None:
            come.append((tier, row, value))
        elif not value:
            gone.append(cell.place)
        else:
            put(content, cell.place, row.left, row.op, value)
    for place in sorted(gone, key=_index, reverse=True):  # of a list, the last ones first
        remove(content, place)
    tiers = part_of(content, shown.track, "tiers")
    for tier, row, value in come:
        add(tiers, tier, shown.bar, row.left, row.op, value)
    drop_empty(tiers, shown.bar)
    return content


def _plain(value: str) -> str:
    value = " ".join(value.split())
    return value.replace(" ", "") if _NUMBER.fullmatch(value.replace(" ", "")) else value


def _said(value: Raw) -> str:
    if isinstance(value, dict):
        inner = value.get("values", value) if "by" in value else value
        return ", ".join(f"{key}: {_said(each)}" for key, each in inner.items())
    return ", ".join(map(_said, value)) if isinstance(value, list) else str(value)


def _metrics(document: Document, track: str) -> dict[str, Any]:
    own = part_of(document.content, track, "metrics") if track else {}
    return {**part_of(document.content, "", "metrics"), **own}


def _units(document: Document, track: str) -> dict[str, str]:
    currency = str(document.content.get("currency") or "USD")
    units = {
        name: str(metric.get("unit") or "")
        for name, metric in _metrics(document, track).items()
        if isinstance(metric, dict)
    }
    return {name: currency if unit == "money" else unit for name, unit in units.items()}


def _index(place: Path) -> int:
    return place[-1] if isinstance(place[-1], int) else -1
