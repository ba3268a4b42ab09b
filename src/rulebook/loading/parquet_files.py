"""Reads Parquet files: typed columns go through their plain text, by the reader of all cells.

So a number means the same in both kinds of file, and a column whose type doesn't fit is refused
cell by cell, as in CSV. A binary fraction is read by its shortest decimal text, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from rulebook.errors import Problem
from rulebook.loading.cells import BrokenRow, Cells, Unreadable, check_header, integers
from rulebook.loading.sql import quoted


def read_parquet(path: Path, wanted: Sequence[str], connection: duckdb.DuckDBPyConnection) -> Cells:
    """Read the wanted columns of a file, or raise Unreadable."""
    table, names = _table(path, wanted)
    here = [name for name in wanted if name in names]
    floats = [name for name in here if pa.types.is_floating(table.column(name).type)]
    for name in here:
        _check_type(name, table.column(name).type)
    texts = _texts(table, here, connection)
    broken = _with_nul(texts, table.num_rows)
    kept = integers(n for n in range(table.num_rows) if n not in broken)
    if broken:
        texts = [column.take(kept) for column in texts]
    by_name = dict(zip(here, texts, strict=True))
    return Cells(
        [by_name.get(name, pa.nulls(len(kept), pa.string())) for name in wanted],
        integers(number + 1 for number in kept.to_pylist()),
        [
            BrokenRow(n + 1, "a NUL byte, which is no text", identity)
            for n, identity in broken.items()
        ],
        [name for name in wanted if name not in names],
        names,
        [
            Problem(
                "binary fractions, read by their shortest decimal text",
                column=name,
                hint="store amounts as decimals",
                notice=True,
            )
            for name in floats
        ],
    )


def _table(path: Path, wanted: Sequence[str]) -> tuple[pa.Table, list[str]]:
    # Imported here: a tenth of a second that a folder of CSV files shouldn't pay.
    import pyarrow.parquet as parquet

    try:
        with parquet.ParquetFile(path) as file:
            names = list(file.schema_arrow.names)
            check_header(names)
            here = [name for name in wanted if name in names]
            dotted = any("." in name for name in here)  # a dot would be read as a path
            table = file.read(columns=None if dotted else here)
    except (pa.ArrowException, OSError) as error:
        why = str(error).splitlines()[0][:200]
        raise Unreadable(f"can't be read as Parquet: {why}") from None
    return table.select(here), names


def _check_type(name: str, kind: pa.DataType) -> None:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    cell = "a cell is a text, a number, a date or a boolean"
    if pa.types.is_nested(kind):
        raise Unreadable(f"the column {name!r} holds nested values: {cell}")
    if pa.types.is_decimal256(kind) or pa.types.is_interval(kind):
        raise Unreadable(f"the column {name!r} holds {kind}: {cell}")


def _texts(
    table: pa.Table, names: list[str], connection: duckdb.DuckDBPyConnection
) -> list[pa.ChunkedArray]:
    """Return every column as its plain text."""
    columns = []
    for name in names:
        column = table.column(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
            column = _utf8(name, column)
        _check_utf8(name, column)
        columns.append(column)
    if not columns:
        return []
    numbered = [f"c{number}" for number in range(len(columns))]
    connection.register("_parquet", pa.table(columns, names=numbered))
    try:
        parts = [
            f"{_text_sql(quoted(name), column.type)} AS {quoted(name)}"
            for name, column in zip(numbered, columns, strict=True)
        ]
        texts = connection.sql(f"SELECT {', '.join(parts)} FROM _parquet").to_arrow_table()
    except (duckdb.Error, pa.ArrowException) as error:
        why = str(error).splitlines()[0][:200]
        raise Unreadable(f"can't be read as Parquet: {why}") from None
    finally:
        connection.unregister("_parquet")
    return [column.cast(pa.string()) for column in texts.columns]


def _text_sql(cell: str, kind: pa.DataType) -> str:
    text = f"CAST({cell} AS VARCHAR)"
    if pa.types.is_floating(kind):
        return f"regexp_replace({text}, '\\.0$', '')"
    return f"nullif({text}, '')"


def _utf8(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        raise Unreadable(f"the column {name!r} holds bytes that are not UTF-8") from None


def _check_utf8(name: str, column: pa.ChunkedArray) -> None:
    """A Parquet file says that its texts are UTF-8; nobody has looked."""
    try:
        column.validate(full=True)
    except pa.ArrowException:
        raise Unreadable(f"the column {name!r} holds bytes that are not UTF-8") from None


def _with_nul(columns: list[pa.ChunkedArray], count: int) -> dict[int, int]:
    """Return the rows in which a cell has a NUL byte, with a fingerprint of each."""
    import pyarrow.compute as compute

    found: set[int] = set()
    for column in columns:
        mask = compute.match_substring(column, "\0").fill_null(False)
        if compute.any(mask).as_py():
            found.update(number for number, hit in enumerate(mask.to_pylist()) if hit)
    assert all(number < count for number in found)
    return {n: hash(tuple(column[n].as_py() for column in columns)) for n in sorted(found)}
