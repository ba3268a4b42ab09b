"""A fingerprint of all data read: the same for the same values, whatever holds them.

Each row is written as one text of its typed values, each text hashed, the hashes added up: a sum
doesn't know an order, and the sums of two parts add up to those of the whole. Names of files and
lines are not in it, nor rows that repeat others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import duckdb

from rulebook.dataset.data import BAD_ROW, DUPLICATE
from rulebook.dataset.spec import Dataset
from rulebook.loading.layout import Field, Layout
from rulebook.loading.sql import quoted, single
from rulebook.values.numbers import SHOWN_DECIMALS, WHOLE_DIGITS

#: No cell holds it, and null is the only empty one: so no two rows are written alike.
_BETWEEN = "chr(0)"
#: How many decimals a number is written with, if it has no more.
_USUAL = 4


class RowSums(NamedTuple):
    """How many rows, and the sums of both halves of their md5: of a table or a part of it."""

    rows: int = 0
    high: int = 0
    low: int = 0

    def plus(self, other: RowSums) -> RowSums:
        """The sums of two parts that share no row."""
        return RowSums(self.rows + other.rows, self.high + other.high, self.low + other.low)

    def minus(self, other: RowSums) -> RowSums:
        """The sums of a whole without a part of it."""
        return RowSums(self.rows - other.rows, self.high - other.high, self.low - other.low)


def row_sums(
    connection: duckdb.DuckDBPyConnection, relation: str, fields: Sequence[Field]
) -> RowSums:
    """Return the sums of a relation's rows.

    `relation` is what may stand after FROM: a quoted name, or a query in brackets, with the
    layout's columns and `_aside`. Rows set aside as repeats don't count. The sums of a value are
    the same whatever the width of the DECIMAL that holds it.
    """
    ordered = sorted(fields, key=lambda field: field.name)
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    types = {row[0]: row[1] for row in described}
    texts = [_text(quoted(field.name), types[field.name]) for field in ordered]
    texts.append(f"coalesce(_aside = '{BAD_ROW}', false)")
    row = f"concat({f', {_BETWEEN}, '.join(texts)})"
    query = f"""SELECT count(*), sum(CAST(number >> 64 AS UBIGINT)),
            sum(CAST(number & 18446744073709551615 AS UBIGINT))
        FROM (SELECT md5_number({row}) AS number FROM {relation}
            WHERE _aside IS DISTINCT FROM '{DUPLICATE}')"""
    rows, high, low = single(connection, query)
    return RowSums(rows, int(high or 0), int(low or 0))


def _text(column: str, type_: str) -> str:
    """Return a value's one text: a number's may not tell how wide its column is."""
    if not type_.startswith("DECIMAL("):
        return column
    width, scale = map(int, type_[len("DECIMAL(") : -1].split(","))
    most = WHOLE_DIGITS + SHOWN_DECIMALS
    whole = max(width - scale, 1)  # without a digit before the point, none is written there
    usual = f"CAST({column} AS DECIMAL({min(whole + _USUAL, most)},{_USUAL}))"
    if scale <= _USUAL:
        return usual
    exact = f"CAST(CAST({column} AS DECIMAL({most},{SHOWN_DECIMALS})) AS VARCHAR)"
    return f"CASE WHEN {usual} = {column} THEN CAST({usual} AS VARCHAR) ELSE {exact} END"


def digest(spec: Dataset, tables: Iterable[tuple[Layout, RowSums]]) -> str:
    """Return the sha256, as hex, of what a dataset says and of every table's rows."""
    total = hashlib.sha256()
    meaning = _without_files(spec.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    total.update(json.dumps(meaning, sort_keys=True, ensure_ascii=True).encode())
    for layout, sums in sorted(tables, key=lambda table: table[0].place):
        fields = sorted(layout.fields, key=lambda field: field.name)
        header = [list(layout.place), [[field.name, field.kind] for field in fields]]
        total.update(json.dumps([header, [str(part) for part in sums]]).encode())
    return total.hexdigest()


def _without_files(part: Any) -> Any:
    """How rows are spread over files says nothing about them."""
    if isinstance(part, dict):
        return {key: _without_files(value) for key, value in part.items() if key != "file"}
    return [_without_files(value) for value in part] if isinstance(part, list) else part
