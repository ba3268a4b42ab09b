"""One key, one row: repeats are set aside, rows that differ under one key are an error.

A table without a key (enrollments, overrides, attestations) has all its columns as one: an
identical row again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import duckdb
import numpy
import pyarrow as pa

from rulebook.dataset.data import BAD_ROW, DUPLICATE
from rulebook.errors import Problem
from rulebook.loading.layout import Layout
from rulebook.loading.problems import LIMIT
from rulebook.loading.sql import fetch, listing, quoted, single
from rulebook.loading.tables import Loading
from rulebook.values.numbers import plain, shorten

#: How many keys are compared at once: eight bytes each, twice.
_AT_ONCE = 1 << 24


def check_keys(loading: Loading, layout: Layout) -> None:
    """Set aside the repeats in a table; report keys under which rows differ."""
    connection = loading.connection
    table = quoted(layout.table)
    names = [field.name for field in layout.fields]
    key = layout.key or names
    place = _place(layout)
    if not _find_repeated(connection, table, place, f"hash({listing(key)})"):
        return
    alike = f"PARTITION BY {listing(names)}"
    # Rows under one key: how many, how many of them are alike, the how-manieth of those this is.
    fetch(
        connection,
        f"""CREATE OR REPLACE TEMP TABLE _rows AS
        SELECT {place} AS place, _file, _line,
            count(*) OVER (PARTITION BY {listing(key)}) AS count_all,
            count(*) OVER ({alike}) AS count_alike,
            row_number() OVER ({alike} ORDER BY _file, _line) AS occurrence
        FROM {table} WHERE {place} IN (SELECT place FROM _repeated)""",
    )
    _mark(loading, layout, DUPLICATE, "r.occurrence > 1")
    if not layout.key:  # all columns are the key: rows under one are alike
        return
    _report(loading, layout, names)
    if loading.allow_bad_rows:
        _mark(loading, layout, BAD_ROW, _DIFFERS)


def _place(layout: Layout) -> str:
    """Return what tells a table's rows apart: DuckDB's own number, unless a column has its name."""
    taken = any(field.name.lower() == "rowid" for field in layout.fields)
    return "struct_pack(file := _file, line := _line)" if taken else "rowid"


def _find_repeated(
    connection: duckdb.DuckDBPyConnection, table: str, place: str, number: str
) -> bool:
    """Make the table `_repeated (place)` of rows whose key may stand twice; say if there are any.

    Keys are compared by a number made of each, sorted: a fourth of the time that grouping takes.
    Keys that share a number by chance are among those found. Of many rows a part of the numbers
    is looked at after the other.
    """
    (count,) = single(connection, f"SELECT count(*) FROM {table} WHERE {_GOOD}")
    parts = count // _AT_ONCE + 1
    found = []
    for part in range(parts):
        of_part = f" AND {number} % {parts} = {part}" if parts > 1 else ""
        query = f"SELECT {number} AS number FROM {table} WHERE {_GOOD}{of_part}"
        numbers = connection.sql(query).to_arrow_table().column("number").to_numpy()
        numbers = numpy.sort(numbers)
        found.append(numpy.unique(numbers[1:][numbers[1:] == numbers[:-1]]))
    repeated = numpy.concatenate(found)
    if not len(repeated):
        return False
    connection.register("_numbers", pa.table({"number": repeated}))
    fetch(
        connection,
        f"""CREATE OR REPLACE TEMP TABLE _repeated AS SELECT {place} AS place FROM {table}
        WHERE {_GOOD} AND {number} IN (SELECT number FROM _numbers)""",
    )
    connection.unregister("_numbers")
    return True


_GOOD = f"_aside IS DISTINCT FROM '{BAD_ROW}' AND _aside IS DISTINCT FROM '{DUPLICATE}'"
_DIFFERS = "r.occurrence = 1 AND r.count_alike < r.count_all"


def _each(names: Sequence[str]) -> list[str]:
    return [quoted(name) for name in names]


def _mark(loading: Loading, layout: Layout, reason: str, condition: str) -> None:
    fetch(
        loading.connection,
        f"""UPDATE {quoted(layout.table)} SET _aside = '{reason}'
        WHERE {_place(layout)} IN (SELECT r.place FROM _rows AS r WHERE {condition})""",
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
