"""Rows for a store's tests, and what a store says of them, in plain Python."""

from __future__ import annotations

import atexit
import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from rulebook.store import Form, Purpose, Store

FORM = Form("sales", partner="partner", day="day")
#: Adds a column that depends on the row alone, as a conversion would.
PURPOSE = Purpose("twice", "SELECT *, amount * 2 AS twice FROM kept")
SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "partner": pa.string(),
        "day": pa.date32(),
        "amount": pa.decimal128(12, 2),
        "note": pa.string(),
        "_line": pa.int64(),
        "_aside": pa.string(),
    }
)


@functools.cache
def shared() -> duckdb.DuckDBPyConnection:
    """Opening a DuckDB takes longer than most of what is tested."""
    atexit.register(shared.cache_clear)
    return duckdb.connect()


@dataclass(frozen=True)
class Row:
    id: str
    partner: str | None
    day: date | None
    amount: Decimal | None
    note: str | None
    line: int
    aside: str | None = None

    def values(self) -> tuple[object, ...]:
        return (self.id, self.partner, self.day, self.amount, self.note, self.line, self.aside)


def row(line: int, partner: str | None = "P1", **others: object) -> Row:
    """A row with something in every column, another in every line."""
    plain = Row(
        f"L{line}", partner, date(2026, 1, 1) + timedelta(days=line % 40),
        Decimal(line) + Decimal("0.50"), f"note {line % 3}", line,
    )  # fmt: skip
    return replace(plain, **others)


def arrow(rows: Sequence[Row]) -> pa.Table:
    columns = list(zip(*[r.values() for r in rows], strict=True)) if rows else [()] * len(SCHEMA)
    arrays = [pa.array(c, t) for c, t in zip(columns, SCHEMA.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def together(sources: Mapping[str, Sequence[Row]]) -> pa.Table:
    """Return the rows of all sources, `_file` telling them apart."""
    parts = [
        arrow(rows).append_column("_file", pa.array([name] * len(rows), pa.string()))
        for name, rows in reversed(sources.items())
    ]
    return pa.concat_tables(parts)


def put(store: Store, source: str, rows: Sequence[Row], key: str = "key") -> None:
    with store.change() as change:
        change.put(FORM, source, key, arrow(rows))


def kept_rows(store: Store) -> list[tuple[object, ...]]:
    """What the kept form holds, in order."""
    with shared().cursor() as connection:
        name = store.attach(connection, "sales")
        query = f"SELECT id, partner, day, amount, note, _line, _aside FROM {name}"
        return ordered(connection.execute(query).fetchall())


def native_rows(
    store: Store, connection: duckdb.DuckDBPyConnection | None = None
) -> list[tuple[object, ...]]:
    """What the derived form shows, in order, its partners found by their codes."""
    with (connection or shared()).cursor() as cursor:
        name = store.native(cursor, "sales", PURPOSE)
        query = f"""SELECT id, p.partner, day, amount, note, _line, _aside, f.partner, twice
            FROM {name} AS f LEFT JOIN partner_code AS p ON p.code = f._code"""
        rows = cursor.execute(query).fetchall()
    for found in rows:
        assert found[1] == found[7]
        assert found[8] == (None if found[3] is None else found[3] * 2)
    return ordered(found[:7] for found in rows)


def ordered(rows: Iterable[Sequence[object]]) -> list[tuple[object, ...]]:
    return sorted(map(tuple, rows), key=repr)


def plain(rows: Iterable[Row]) -> list[tuple[object, ...]]:
    """What a store of these rows must show."""
    return ordered(r.values() for r in rows)


def sums(rows: Iterable[Row]) -> dict[str, tuple[int, int, int]]:
    """The sums that a store must tell, worked out without it."""
    total: dict[str, list[int]] = {}
    for r in rows:
        amount = None if r.amount is None else f"{r.amount:f}".rstrip("0").rstrip(".")
        cells = {"amount": amount, "day": r.day and str(r.day), "id": r.id, "note": r.note}
        cells["partner"] = r.partner
        text = "".join(f"{k}\0{v}\0" for k, v in sorted(cells.items()) if v is not None)
        number = int.from_bytes(hashlib.md5(text.encode()).digest(), "little")
        numbers = total.setdefault(r.aside or "", [0, 0, 0])
        for place, more in enumerate((1, number >> 64, number & (2**64 - 1))):
            numbers[place] += more
    return {reason: (n[0], n[1], n[2]) for reason, n in total.items()}


def files(folder: Path) -> list[Path]:
    """The files of a store that hold something."""
    found = [p for part in ("generations", "segments", "native") for p in (folder / part).iterdir()]
    return sorted(found)
