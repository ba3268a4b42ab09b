"""Reads Parquet files: columns go through their plain text, by the reader of all cells.

So a number means the same in both kinds of file, and a column whose type doesn't fit is refused
cell by cell, as in CSV. One whose type says the same as its text would is taken as it is. A binary
fraction is read by its shortest decimal text, and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import numpy
import pyarrow as pa

from rulebook.errors import Problem
from rulebook.loading.cells import BrokenRow, Cells, Unreadable, check_header, fingerprint, integers
from rulebook.loading.layout import Kind
from rulebook.loading.plain import fitting
from rulebook.loading.sql import quoted

#: How many rows of a Parquet file are held at once.
_BATCH = 1 << 17


def read_parquet(
    path: Path, wanted: Mapping[str, Kind], connection: duckdb.DuckDBPyConnection
) -> Iterator[Cells]:
    """Yield the wanted columns of a file block by block, at least one, or raise Unreadable.

    `wanted` says what each column's cells are to be.
    """
    # Imported here: a tenth of a second that a folder of CSV files shouldn't pay.
    import pyarrow.parquet as parquet

    try:
        size = path.stat().st_size
        with parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
            frame = _Frame(schema, wanted)
            dotted = any("." in name for name in frame.here)  # a dot would be read as a path
            rows, total = 0, file.metadata.num_rows
            yield frame.cells(schema.empty_table().select(frame.here), 0, connection)
            for batch in file.iter_batches(_BATCH, columns=None if dotted else frame.here):
                table = pa.Table.from_batches([batch]).select(frame.here)
                cells = frame.cells(table, rows, connection)
                rows += batch.num_rows
                cells.read = size * rows // total
                yield cells
    except (pa.ArrowException, OSError) as error:
        why = str(error).splitlines()[0][:200]
        raise Unreadable(f"can't be read as Parquet: {why}") from None


class _Frame:
    """The columns wanted of one file, whose types have been looked at."""

    def __init__(self, schema: pa.Schema, wanted: Mapping[str, Kind]) -> None:
        self.names = list(schema.names)
        check_header(self.names)
        self.wanted = wanted
        self.here = [name for name in wanted if name in self.names]
        self.absent = [name for name in wanted if name not in self.names]
        for name in self.here:
            _check_type(name, schema.field(name).type)
        self.notices = [
            Problem(
                "binary fractions, read by their shortest decimal text",
                column=name,
                hint="store amounts as decimals",
                notice=True,
            )
            for name in self.here
            if pa.types.is_floating(schema.field(name).type)
        ]

    def cells(self, table: pa.Table, before: int, connection: duckdb.DuckDBPyConnection) -> Cells:
        """Return a block's cells; `before` rows precede it."""
        read: dict[str, pa.ChunkedArray] = {
            name: _as_it_is(name, table.column(name), self.wanted[name]) for name in self.here
        }
        left = [name for name, column in read.items() if column is None]
        read |= zip(left, _texts(table, left, connection), strict=True)
        texts: list[pa.ChunkedArray] = [read[name] for name in self.here]
        broken: dict[int, str] = {}
        if any(_may_have_nul(column) for column in texts):
            texts = _texts(table, self.here, connection)
            broken = _with_nul(texts, table.num_rows)
        lines = range(before + 1, before + 1 + table.num_rows)
        kept = integers(lines)
        if broken:
            good = [n for n in range(table.num_rows) if n not in broken]
            texts = [column.take(integers(good)) for column in texts]
            kept = integers(lines[n] for n in good)
        by_name = dict(zip(self.here, texts, strict=True))
        return Cells(
            [by_name.get(name, pa.nulls(len(kept), pa.string())) for name in self.wanted],
            kept,
            [
                BrokenRow(lines[n], "a NUL byte, which is no text", identity)
                for n, identity in broken.items()
            ],
            self.absent,
            self.names,
            self.notices,
        )


def _as_it_is(name: str, column: pa.ChunkedArray, kind: Kind) -> pa.ChunkedArray | None:
    """Return a column that needs no writing as text; None where it does."""
    if kind != "text":
        return None if fitting(column, kind) is None else column
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not pa.types.is_string(column.type):
        return None
    _check_utf8(name, column)
    import pyarrow.compute as compute

    empty = compute.equal(column, "")
    if compute.any(empty).as_py():
        column = compute.if_else(empty, pa.scalar(None, pa.string()), column)
    return column


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


def _may_have_nul(column: pa.ChunkedArray) -> bool:
    """Whether there is a NUL byte among a text column's bytes, or those beside it in memory."""
    if not pa.types.is_string(column.type):
        return False
    data = [chunk.buffers()[2] for chunk in column.chunks]
    return any(one is not None and not numpy.frombuffer(one, numpy.uint8).all() for one in data)


def _with_nul(columns: list[pa.ChunkedArray], count: int) -> dict[int, str]:
    """Return the rows in which a cell has a NUL byte, with a fingerprint of each."""
    import pyarrow.compute as compute

    found: set[int] = set()
    for column in columns:
        mask = compute.match_substring(column, "\0").fill_null(False)
        if compute.any(mask).as_py():
            found.update(number for number, hit in enumerate(mask.to_pylist()) if hit)
    assert all(number < count for number in found)
    return {
        n: fingerprint(repr([column[n].as_py() for column in columns]).encode())
        for n in sorted(found)
    }
