"""Reads CSV files strictly: UTF-8, commas, every row as long as the header, nothing trimmed.

pyarrow takes the rows apart; what it is lax about (quotes, empty lines, NUL bytes, line numbers)
is looked at here. An empty line is no row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from rulebook.loading import csv_lines
from rulebook.loading.cells import (
    BrokenRow,
    Cells,
    Unreadable,
    check_header,
    fingerprint,
    integers,
)
from rulebook.loading.csv_blocks import (
    BLOCK,
    LONGEST,
    check_file_utf8,
    read_blocks,
    rows_end,
    too_long,
)

_LONGEST_HEADER = 1 << 20
#: What pyarrow looks at in one go: small enough to stay in the processor's cache.
_PIECE = 1 << 20
_HOPELESS = 100_000


def read_csv(path: Path, wanted: Sequence[str], size: int = BLOCK) -> Iterator[Cells]:
    """Yield the wanted columns of a file block by block, at least one, or raise Unreadable."""
    try:
        yield from _read(path, wanted, size)
    except Unreadable as error:
        raise _first_fault(path, size, error) from None


def _read(path: Path, wanted: Sequence[str], size: int) -> Iterator[Cells]:
    rows: _Rows | None = None
    for block in read_blocks(path, size):
        start, line = 0, block.line
        if rows is None:
            text, start, line = csv_lines.first_row(block.data)
            rows = _Rows(_header(text), wanted)
        cells = rows.cells(block.data.rstrip(b"\r\n"), start, line)
        cells.read = block.read
        yield cells
    if rows is None:
        _header(b"")


def _first_fault(path: Path, size: int, error: Unreadable) -> Unreadable:
    """Return what is wrong first: with the file's bytes, then its quotes, then its rows."""
    try:
        check_file_utf8(path)
        for _ in read_blocks(path, size):
            pass
    except csv_lines.BadQuote as fault:
        return fault
    except Unreadable as fault:
        return fault if "UTF-8" in fault.hint else error
    except OSError:
        pass
    return error


def _header(text: bytes) -> list[str]:
    if not text.strip():
        raise Unreadable("the file has no header", 1, "the first line names the columns")
    if b"\0" in text or len(text) > _LONGEST_HEADER:
        raise Unreadable("this is not a CSV file: its first line is no header", 1)
    names = next(csv.reader(text.decode().splitlines(keepends=True), strict=True))
    check_header(names)
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise Unreadable("the header is one single column", 1, "separate the columns by commas")
    return names


class _Ragged:
    """Keeps the rows that are shorter or longer than the header, until that is most of them."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.before = 0  # rows of the blocks before
        self.count = 0
        self.rows: list[tuple[int, str, str]] = []
        self.hopeless = False

    def __call__(self, row: pyarrow.csv.InvalidRow) -> str:
        count = row.actual_columns
        message = f"{count} {'cell' if count == 1 else 'cells'}, the header has {self.width}"
        self.rows.append((row.number, message, fingerprint(row.text.encode())))
        self.count += 1
        self.hopeless = self.count > max(_HOPELESS, (self.before + row.number) // 2)
        return "error" if self.hopeless else "skip"


class _Rows:
    """Takes apart the rows of one file, block by block."""

    def __init__(self, names: list[str], wanted: Sequence[str]) -> None:
        self.names = names
        self.absent = [name for name in wanted if name not in names]
        self.places = [names.index(name) if name in names else None for name in wanted]
        self.ragged = _Ragged(len(names))

    def cells(self, data: bytes, start: int, line: int) -> Cells:
        """Return the cells of a block's rows, which begin at `start` and in a line."""
        if start >= len(data):
            columns = [pa.array([], pa.string()) for _ in self.places]
            return Cells(columns, integers(()), absent=self.absent, header=self.names)
        if len(data) > LONGEST:
            _check_lengths(data, start, line)
        self.ragged.rows = []
        table = self._parse(memoryview(data)[start:], b'"' in data)
        ragged = self.ragged.rows
        count = table.num_rows + len(ragged)
        lines, faults = _lines(data, start, line, table, count)
        self.ragged.before += count
        table, lines, broken = _placed(table, ragged, lines, faults)
        nulls = pa.nulls(table.num_rows, pa.string())
        columns = [nulls if at is None else table.column(str(at)) for at in self.places]
        return Cells(columns, integers(lines), broken, self.absent, self.names)

    def _parse(self, body: memoryview, quotes: bool) -> pa.Table:
        """Return the good rows' wanted columns; `ragged` has the others, 1 is the first."""
        count = self.ragged.count
        try:
            return self._parsed(body, quotes, _PIECE)
        except pa.ArrowInvalid:
            if not self.ragged.hopeless:  # a row is longer than a piece
                self.ragged.rows, self.ragged.count = [], count
                try:
                    return self._parsed(body, quotes, len(body) + 1)
                except pa.ArrowInvalid:
                    if not self.ragged.hopeless:
                        raise too_long(0) from None
        width = len(self.names)
        message = f"this is no table: most rows are not as long as the header ({width})"
        raise Unreadable(message) from None

    def _parsed(self, body: memoryview, quotes: bool, piece: int) -> pa.Table:
        columns = [str(number) for number in range(len(self.names))]
        here = [str(at) for at in self.places if at is not None]
        return pyarrow.csv.read_csv(
            pa.py_buffer(body),
            read_options=pyarrow.csv.ReadOptions(
                column_names=columns, use_threads=False, block_size=piece
            ),
            parse_options=pyarrow.csv.ParseOptions(
                quote_char='"' if quotes else False,
                newlines_in_values=quotes,
                ignore_empty_lines=False,
                invalid_row_handler=self.ragged,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(columns, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                include_columns=list(dict.fromkeys(here)) or ["0"],
            ),
        )


def _check_lengths(data: bytes, start: int, line: int) -> None:
    end = rows_end(data, start + LONGEST)
    if end > start and len(data) - end <= LONGEST:  # no row can reach over so much
        return
    for place in csv_lines.rows(data, start, line):
        if place.end - place.start > LONGEST:
            raise too_long(place.line)


def _placed(
    table: pa.Table,
    ragged: list[tuple[int, str, str]],
    lines: Sequence[int],
    faults: dict[int, tuple[str, str]],
) -> tuple[pa.Table, Sequence[int], list[BrokenRow]]:
    """Take empty lines and broken rows out; return what is left, its lines, and what is broken."""
    if not ragged and not faults:
        return table, lines, []
    unread = {number - 1 for number, _, _ in ragged}
    faults = faults | {number - 1: (message, identity) for number, message, identity in ragged}
    read = [number for number in range(len(lines)) if number not in unread]
    kept = [at for at, number in enumerate(read) if number not in faults]
    broken = [BrokenRow(lines[number], *faults[number]) for number in sorted(faults)]
    return (
        table.take(integers(kept)),
        [lines[read[at]] for at in kept],
        [row for row in broken if row.message],
    )


def _lines(
    data: bytes, start: int, line: int, table: pa.Table, count: int
) -> tuple[Sequence[int], dict[int, tuple[str, str]]]:
    """Return the line of each row, and which rows are empty lines or have a NUL byte."""
    one_each = csv_lines.line_breaks(data, start) + 1 == count
    if one_each and b"\0" not in data and not _has_empty_line(data, start, table):
        return range(line, line + count), {}
    places = list(csv_lines.rows(data, start, line))
    faults = {}
    for number, place in enumerate(places):
        if place.start == place.end:
            faults[number] = ("", "")
        elif data.find(b"\0", place.start, place.end) >= 0:
            identity = fingerprint(data[place.start : place.end])
            faults[number] = ("a NUL byte, which is no text", identity)
    return [place.line for place in places], faults


def _has_empty_line(data: bytes, start: int, table: pa.Table) -> bool:
    """Whether a line is empty; where a column has a cell in every row, none is."""
    if any(column.null_count == 0 for column in table.columns):
        return False
    doubles = (b"\n\n", b"\n\r", b"\r\r")
    return data[start] in b"\r\n" or any(data.find(double, start) >= 0 for double in doubles)
