"""Reads CSV files strictly: UTF-8, commas, every row as long as the header, nothing trimmed.

pyarrow takes the rows apart; what it is lax about (quotes, empty lines, NUL bytes, line numbers)
is looked at here. An empty line is no row.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from rulebook.loading import csv_lines
from rulebook.loading.cells import BrokenRow, Cells, Unreadable, check_header, integers

_CHUNK = 1 << 24
_LONGEST_HEADER = 1 << 20
_BLOCK = 1 << 24
_HOPELESS = 100_000
_BOM = b"\xef\xbb\xbf"


def read_csv(path: Path, wanted: Sequence[str]) -> Cells:
    """Read the wanted columns of a file, or raise Unreadable."""
    data = _bytes(path)
    quotes = b'"' in data
    if quotes:
        csv_lines.check_quotes(data)
    header, start, line = csv_lines.first_row(data)
    names = _header(header)
    absent = [name for name in wanted if name not in names]
    data = data.rstrip(b"\r\n")
    if start >= len(data):
        columns = [pa.array([], pa.string()) for _ in wanted]
        return Cells(columns, integers(()), absent=absent, header=names)
    table, ragged = _parse(memoryview(data)[start:], names, wanted, quotes)
    lines, faults = _lines(data, start, line, table, table.num_rows + len(ragged))
    table, lines, broken = _placed(table, ragged, lines, faults)
    nulls = pa.nulls(table.num_rows, pa.string())
    columns = [nulls if name in absent else table.column(f"{names.index(name)}") for name in wanted]
    return Cells(columns, integers(lines), broken, absent, names)


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes().removeprefix(_BOM)
    except OSError as error:
        raise Unreadable(f"can't be read: {error.strerror or error}") from None
    if not data.isascii():
        _check_utf8(data)
    return data


def _check_utf8(data: bytes) -> None:
    """Look at a slice at a time: a large file is not held in memory twice."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(view[start : start + _CHUNK], start + _CHUNK >= len(data))
        return
    except UnicodeDecodeError:
        pass
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = csv_lines.line_breaks(data, 0, error.start) + 1
        message = f"byte {error.start + 1} is not UTF-8"
        raise Unreadable(message, line, "save the file as UTF-8") from None


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
        self.rows: list[tuple[int, str, int]] = []
        self.hopeless = False

    def __call__(self, row: pyarrow.csv.InvalidRow) -> str:
        count = row.actual_columns
        message = f"{count} {'cell' if count == 1 else 'cells'}, the header has {self.width}"
        self.rows.append((row.number, message, hash(row.text)))
        self.hopeless = len(self.rows) > max(_HOPELESS, row.number // 2)
        return "error" if self.hopeless else "skip"


def _parse(
    body: memoryview, names: list[str], wanted: Sequence[str], quotes: bool
) -> tuple[pa.Table, list[tuple[int, str, int]]]:
    """Return the good rows' wanted columns, and the number (1 is the first) of each ragged row."""
    ragged = _Ragged(len(names))
    here = [str(names.index(name)) for name in wanted if name in names]
    columns = [str(number) for number in range(len(names))]
    try:
        table = pyarrow.csv.read_csv(
            pa.py_buffer(body),
            read_options=pyarrow.csv.ReadOptions(
                column_names=columns, use_threads=False, block_size=_BLOCK
            ),
            parse_options=pyarrow.csv.ParseOptions(
                newlines_in_values=quotes, ignore_empty_lines=False, invalid_row_handler=ragged
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(columns, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                include_columns=here or ["0"],
            ),
        )
    except pa.ArrowInvalid:
        if ragged.hopeless:
            message = f"this is no table: most rows are not as long as the header ({len(names)})"
            raise Unreadable(message) from None
        raise Unreadable(f"a row is longer than {_BLOCK:,} bytes") from None
    return table, ragged.rows


def _placed(
    table: pa.Table,
    ragged: list[tuple[int, str, int]],
    lines: Sequence[int],
    faults: dict[int, tuple[str, int]],
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
) -> tuple[Sequence[int], dict[int, tuple[str, int]]]:
    """Return the line of each row, and which rows are empty lines or have a NUL byte."""
    one_each = csv_lines.line_breaks(data, start) + 1 == count
    if one_each and b"\0" not in data and not _has_empty_line(data, start, table):
        return range(line, line + count), {}
    places = list(csv_lines.rows(data, start, line))
    faults = {}
    for number, place in enumerate(places):
        if place.start == place.end:
            faults[number] = ("", 0)
        elif data.find(b"\0", place.start, place.end) >= 0:
            identity = hash(data[place.start : place.end])
            faults[number] = ("a NUL byte, which is no text", identity)
    return [place.line for place in places], faults


def _has_empty_line(data: bytes, start: int, table: pa.Table) -> bool:
    """Whether a line is empty; where a column has a cell in every row, none is."""
    if any(column.null_count == 0 for column in table.columns):
        return False
    doubles = (b"\n\n", b"\n\r", b"\r\r")
    return data[start] in b"\r\n" or any(data.find(double, start) >= 0 for double in doubles)
