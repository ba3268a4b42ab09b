"""How text becomes typed columns: one look over a column to learn its shape, one to convert it.

The look finds out whether any cell can't be read and how wide numbers are, so that a column gets
the narrowest DECIMAL that holds it, and a column without fault a plain cast. What is unreadable
becomes null here and an error (or a row set aside) in `typed_rows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from rulebook.loading.layout import Field, Kind
from rulebook.loading.sql import single
from rulebook.values.numbers import read_number, shorten

NUMBER = r"[+-]?0*([0-9]{1,26}(\.[0-9]{0,12})?|\.[0-9]{1,12})"
INTEGER = r"[+-]?0*[0-9]{1,26}"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
OFFSET = r"(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)"
STAMP = f"{DAY}[T ]{TIME}{OFFSET}?"
YES, NO = ("yes", "true"), ("no", "false")


@dataclass(frozen=True)
class Shape:
    """What a column's cells need: `faulty` if any can't be read, digits, timestamps."""

    faulty: bool = False
    whole: int = 0
    scale: int = 0
    stamps: bool = False

    @property
    def decimal(self) -> str:
        """The narrowest DECIMAL that holds the column."""
        return f"DECIMAL({max(self.whole + self.scale, 1)},{self.scale})"

    def wider(self, other: Shape) -> Shape:
        """The shape that holds both."""
        return Shape(
            self.faulty or other.faulty,
            max(self.whole, other.whole),
            max(self.scale, other.scale),
            self.stamps or other.stamps,
        )


def column_type(kind: Kind, shape: Shape) -> str:
    """Return the SQL type of a typed column."""
    others = {"text": "VARCHAR", "boolean": "BOOLEAN", "date": "DATE"}
    return others.get(kind) or shape.decimal


def matches(cell: str, pattern: str) -> str:
    """Return the condition that a whole cell matches a pattern of ours."""
    return f"regexp_full_match({cell}, '{pattern}')"


def shapes(
    connection: duckdb.DuckDBPyConnection, source: str, fields: Mapping[int, Field]
) -> dict[int, Shape]:
    """Look once over columns `c0`, `c1`, … of a table, given by their numbers."""
    parts: list[str] = []
    for number, field in fields.items():
        parts += _looks(f"c{number}", field.kind)
    found = iter(single(connection, f"SELECT {', '.join(parts)} FROM {source}") if parts else ())
    return {
        number: _shape(field.kind, [next(found) for _ in _looks("", field.kind)])
        for number, field in fields.items()
    }


def any_readable(connection: duckdb.DuckDBPyConnection, source: str, kind: Kind) -> bool:
    """Whether any cell `c0` of a table may be read as this kind: more may be true than is."""
    patterns = {"date": STAMP, "integer": INTEGER}
    good = matches("c0", patterns.get(kind, NUMBER))
    return bool(single(connection, f"SELECT coalesce(bool_or({good}), false) FROM {source}")[0])


def _looks(cell: str, kind: Kind) -> list[str]:
    if kind == "text":
        return []
    if kind == "boolean":
        return [f"coalesce(bool_or(lower({cell}) NOT IN {YES + NO}), false)"]
    if kind == "date":
        # Written back it is the same: quicker than a pattern, and true of real days alone.
        plain = f"length({cell}) = 10 AND CAST(TRY_CAST({cell} AS DATE) AS VARCHAR) = {cell}"
        faulty = f"{cell} IS NOT NULL AND NOT coalesce({plain}, false)"
        return [
            f"coalesce(bool_or({faulty}), false)",
            f"coalesce(bool_or({faulty} AND {matches(cell, STAMP)}), false)",
        ]
    good = matches(cell, NUMBER if kind == "number" else INTEGER)
    value = f"CASE WHEN {good} THEN TRY_CAST({cell} AS DECIMAL(38,12)) END"
    looks = [f"coalesce(bool_or(NOT {good}), false)", f"max(abs({value}))"]
    if kind == "number":
        fraction = f"length(rtrim(split_part({cell}, '.', 2), '0'))"
        looks.append(f"max(CASE WHEN {good} THEN {fraction} END)")
    return looks


def _shape(kind: Kind, found: list[object]) -> Shape:
    if not found:
        return Shape()
    faulty = bool(found[0])
    if kind == "boolean":
        return Shape(faulty)
    if kind == "date":
        return Shape(faulty, stamps=bool(found[1]))
    largest = found[1] if isinstance(found[1], Decimal) else Decimal(0)
    whole = len(str(int(largest))) if largest >= 1 else 0
    scale = found[2] if len(found) > 2 and isinstance(found[2], int) else 0
    return Shape(faulty, whole, scale)


def typed(cell: str, kind: Kind, shape: Shape, wanted: Shape, stamps: str = "") -> str:
    """Return the expression of a typed column; `stamps` is where `time_zones` put its days.

    `shape` is that of these cells, `wanted` that of the whole column so far.
    """
    if kind == "text":
        return cell
    if kind == "boolean":
        return (
            f"CASE WHEN lower({cell}) IN {YES} THEN true WHEN lower({cell}) IN {NO} THEN false END"
        )
    if kind == "date":
        if not shape.faulty:
            return f"CAST({cell} AS DATE)"
        plain = f"CASE WHEN {matches(cell, DAY)} AND {cell} >= '0001' THEN TRY_CAST({cell} AS DATE)"
        local = f"{plain} WHEN {matches(cell, f'{DAY}[T ]{TIME}')} AND {cell} >= '0001' "
        local += f"THEN TRY_CAST({cell}[1:10] AS DATE)"
        return f"{local} ELSE {stamps}.day END" if stamps else f"{local} END"
    if not shape.faulty:
        return f"CAST({cell} AS {wanted.decimal})"
    good = matches(cell, NUMBER if kind == "number" else INTEGER)
    return f"CASE WHEN {good} THEN TRY_CAST({cell} AS {wanted.decimal}) END"


def why_unreadable(cell: str, kind: Kind) -> tuple[str, str]:
    """Return what is wrong with a cell, and what to do about it."""
    shown = shorten(cell)
    hint = "there are spaces around it" if cell != cell.strip() else ""
    if kind == "boolean":
        return f"{shown} is neither yes nor no", hint or "write yes or no"
    if kind == "date":
        plain = len(cell) == 10 and cell.replace("-", "").isdigit()
        such = "a date such as 2026-01-31 or a time such as 2026-01-31T14:30:00Z"
        return f"{shown} is not {'a day of the calendar' if plain else such}", hint
    if kind == "integer":
        return f"{shown} is not a whole number", hint or "digits only, at most 26, no point"
    try:
        read_number(cell)
    except ValueError as error:
        return str(error), hint
    return f"{shown} is not a number", hint
