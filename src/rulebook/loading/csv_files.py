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
_LONGEST_ROW = 1 << 20
_BOM = b"\xef\xbb\xbf"


def read_csv(path: Path, wanted: Sequence[str]) -> Cells:
    """Read the wanted columns of a file, or raise Unreadable."""
    data = _bytes(path)
    quotes = b'"' in data
    if quotes:
        csv_lines.check_quotes(data)
    header, start, line = csv_lines.first_row(data)
    names = _header(header)
    data = data.rstrip(b"\r\n")
    if start >= len(data):
        columns = [pa.array([], pa.string()) for _ in wanted]
        absent = [name for name in wanted if name not in names]
        return Cells(columns, integers(()), absent=absent, header=names)
    table, broken = _parse(memoryview(data)[start:], names, wanted, quotes)
    return _placed(data, start, line, table, broken, names, wanted)


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
    if b"\0" in text or len(text) > _LONGEST_ROW:
        raise Unreadable("this is not a CSV file: its first line is no header", 1)
    names = next(csv.reader(text.decode().splitlines(keepends=True), strict=True))
    check_header(names)
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise Unreadable("the header is one single column", 1, "separate the columns by commas")
    return names


def _parse(
    body: memoryview, names: list[str], wanted: Sequence[str], quotes: bool
) -> tuple[pa.Table, list[tuple[int, str, int]]]:
    """Return the good rows' wanted columns, and the number (1 is the first) of each ragged row."""
    broken: list[tuple[int, str, int]] = []

    def refuse(row: pyarrow.csv.InvalidRow) -> str:
        count = row.actual_columns
        message = f"{count} {'cell' if count == 1 else 'cells'}, the header has {len(names)}"
        broken.append((row.number, message, hash(row.text)))
        return "skip"

    here = [str(names.index(name)) for name in wanted if name in names]
    columns = [str(number) for number in range(len(names))]
    try:
        table = pyarrow.csv.read_csv(
            pa.py_buffer(body),
            read_options=pyarrow.csv.ReadOptions(column_names=columns, use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(
                newlines_in_values=quotes, ignore_empty_lines=False, invalid_row_handler=refuse
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
        raise Unreadable(f"a row is longer than {_LONGEST_ROW:,} bytes") from None
    return table, broken


def _placed(
    data: bytes,
    start: int,
    line: int,
    table: pa.Table,
    ragged: list[tuple[int, str, int]],
    names: list[str],
    wanted: Sequence[str],
) -> Cells:
    """Give every row its line, and take out empty lines and rows with a NUL byte."""
    count = table.num_rows + len(ragged)
    broken = {number - 1: (message, identity) for number, message, identity in ragged}
    plain = csv_lines.line_breaks(data, start) + 1 == count
    lines: Sequence[int] = range(line, line + count)
    if not plain or b"\0" in data or _has_empty_line(data, start, table):
        places = list(csv_lines.rows(data, start, line))
        lines = [place.line for place in places]
        for number, place in enumerate(places):
            if place.start == place.end:
                broken[number] = ("", 0)
            elif data.find(b"\0", place.start, place.end) >= 0:
                broken[number] = (
                    "a NUL byte, which is no text",
                    hash(data[place.start : place.end]),
                )
    if broken:
        kept = [number for number in range(count) if number not in broken]
        skipped = {number - 1 for number, _, _ in ragged}
        read = {number: at for at, number in enumerate(n for n in range(count) if n not in skipped)}
        table = table.take(integers(read[number] for number in kept))
        good: Sequence[int] = [lines[number] for number in kept]
    else:
        good = lines
    columns = [
        table.column(str(names.index(name))) if name in names else pa.nulls(len(good), pa.string())
        for name in wanted
    ]
    return Cells(
        columns,
        integers(good),
        [BrokenRow(lines[n], *broken[n]) for n in sorted(broken) if broken[n][0]],
        [name for name in wanted if name not in names],
        names,
    )


def _has_empty_line(data: bytes, start: int, table: pa.Table) -> bool:
    """Whether a line is empty; where a column has a cell in every row, none is."""
    if any(column.null_count == 0 for column in table.columns):
        return False
    doubles = (b"\n\n", b"\n\r", b"\r\r")
    return data[start] in b"\r\n" or any(data.find(double, start) >= 0 for double in doubles)
