"""One key, one row: repeats are set aside, rows that differ under one key are an error.

A table without a key (enrollments, overrides, attestations) has all its columns as one: an
identical row again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rulebook.dataset.data import BAD_ROW, DUPLICATE
from rulebook.errors import Problem
from rulebook.loading.layout import Layout
from rulebook.loading.problems import LIMIT
from rulebook.loading.sql import fetch, listing, quoted, single
from rulebook.loading.tables import Loading
from rulebook.values.numbers import plain, shorten


def check_keys(loading: Loading, layout: Layout) -> None:
    """Set aside the repeats in a table; report keys under which rows differ."""
    connection = loading.connection
    table = quoted(layout.table)
    names = [field.name for field in layout.fields]
    key = layout.key or names
    # Grouped by a number made of the key, which takes half the room and time of the key itself.
    # Keys that share a number by chance are looked at below, with those that repeat.
    fetch(
        connection,
        f"""CREATE OR REPLACE TEMP TABLE _repeated AS SELECT hash({listing(key)}) AS number
        FROM {table} WHERE {_GOOD} GROUP BY hash({listing(key)}) HAVING count(*) > 1""",
    )
    if not single(connection, "SELECT count(*) FROM _repeated")[0]:
        return
    alike = f"PARTITION BY {listing(names)}"
    # Rows under one key: how many, how many of them are alike, the how-manieth of those this is.
    fetch(
        connection,
        f"""CREATE OR REPLACE TEMP TABLE _rows AS
        SELECT _file, _line, count(*) OVER (PARTITION BY {listing(key)}) AS count_all,
            count(*) OVER ({alike}) AS count_alike,
            row_number() OVER ({alike} ORDER BY _file, _line) AS occurrence
        FROM {table} WHERE {_GOOD} AND hash({listing(key)}) IN (SELECT number FROM _repeated)""",
    )
    _mark(loading, table, DUPLICATE, "r.occurrence > 1")
    if not layout.key:  # all columns are the key: rows under one are alike
        return
    _report(loading, layout, names)
    if loading.allow_bad_rows:
        _mark(loading, table, BAD_ROW, _DIFFERS)


_GOOD = f"_aside IS DISTINCT FROM '{BAD_ROW}' AND _aside IS DISTINCT FROM '{DUPLICATE}'"
_DIFFERS = "r.occurrence = 1 AND r.count_alike < r.count_all"


def _each(names: Sequence[str]) -> list[str]:
    return [quoted(name) for name in names]


def _mark(loading: Loading, table: str, reason: str, condition: str) -> None:
    fetch(
        loading.connection,
        f"""UPDATE {table} AS t SET _aside = '{reason}' FROM _rows AS r
        WHERE {condition} AND t._file = r._file AND t._line = r._line""",
    )


def _report(loading: Loading, layout: Layout, names: list[str]) -> None:
    """Name both lines of each key under which rows differ, and what differs."""
    columns = ["_file", "_line", *_each(names)]
    first = [f"first_value({column}) OVER w" for column in columns]
    query = f"""SELECT {", ".join([*columns, *first])}
        FROM (SELECT t.* FROM {quoted(layout.table)} AS t
            JOIN _rows AS r USING (_file, _line) WHERE {_DIFFERS})
        WINDOW w AS (PARTITION BY {listing(layout.key)} ORDER BY _file, _line)"""
    width = 2 + len(names)
    rows = fetch(loading.connection, f"SELECT * FROM ({query}) ORDER BY 1, 2")
    later = [row for row in rows if row[:2] != row[width : width + 2]]
    problems = [_conflict(loading, layout, names, row) for row in later[:LIMIT]]
    loading.report(problems, len(later))


def _conflict(loading: Loading, layout: Layout, names: list[str], row: tuple[Any, ...]) -> Problem:
    """Describe a row that differs from the first under its key: both, one after the other."""
    mine, first = row[: 2 + len(names)], row[2 + len(names) :]
    pairs = list(zip(names, mine[2:], first[2:], strict=True))
    changed = [name for name, a, b in pairs if a != b]
    values = [shorten(shown(value)) for name, value, _ in pairs if name in layout.key]
    where = f"line {first[1]}" if first[0] == mine[0] else f"{loading.file(first[0])}:{first[1]}"
    return Problem(
        f"the key {', '.join(values)} stands in {where} too, with another {' and '.join(changed)}",
        loading.file(mine[0]),
        mine[1],
        column=layout.key[0] if len(layout.key) == 1 else "",
        hint="a key names one row",
    )


def shown(value: Any) -> str:
    """Write a typed value as a person would."""
    return plain(value) if isinstance(value, Decimal) else str(value)
