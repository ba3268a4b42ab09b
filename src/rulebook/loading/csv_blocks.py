"""Reads a CSV file as blocks of whole rows, so that no file is ever held whole.

A block ends where a row ends, outside all quotes. UTF-8 and quotes are checked on the way: a
block that is handed out is text whose quotes open and close.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from rulebook.loading import csv_lines
from rulebook.loading.cells import Unreadable

#: How much is read at once, and how long a row may be.
BLOCK = LONGEST = 1 << 24
_BOM = b"\xef\xbb\xbf"


class Block(NamedTuple):
    """Whole rows, the line of the first, and how many bytes have been read up to its end."""

    data: bytes
    line: int
    read: int


def read_blocks(path: Path, size: int = BLOCK) -> Iterator[Block]:
    """Yield a file's rows, or raise Unreadable where it is no text of whole rows."""
    try:
        with path.open("rb") as file:
            yield from _blocks(file, size)
    except OSError as error:
        raise Unreadable(f"can't be read: {error.strerror or error}") from None


def _blocks(file: BinaryIO, size: int) -> Iterator[Block]:
    line, read, rest = 1, 0, b""
    _skip_mark(file)
    chunk = file.read(size)
    while chunk:
        data = rest + chunk
        chunk = file.read(size)
        end = rows_end(data, len(data)) if chunk else len(data)
        rest = data[end:]
        if end:
            block = data[:end]
            check_utf8(block, line, read)
            if not chunk and b'"' in block:
                csv_lines.check_quotes(block, line)
            read += end
            yield Block(block, line, read)
            line += csv_lines.line_breaks(block)
        else:
            _check_row(file, chunk, data, line)


def _skip_mark(file: BinaryIO) -> None:
    if file.read(len(_BOM)) != _BOM:
        file.seek(0)


def rows_end(data: bytes, stop: int) -> int:
    """Return where the last row before `stop` ends that is whole for certain, 0 if none is."""
    end = _line_end(data, stop)
    if b'"' not in data:
        return end
    # A quote that doesn't close before `end` opens a cell that goes on behind it, or is a fault:
    # either way the rows before its own are whole.
    while end and (at := csv_lines.well_quoted(data, end)) < end:
        end = _line_end(data, at)
    return end


def _line_end(data: bytes, stop: int) -> int:
    """Return the last line end before `stop`; a final CR may be half of one."""
    return data.rfind(b"\n", 0, stop) + 1 or data.rfind(b"\r", 0, min(stop, len(data) - 1)) + 1


def _check_row(file: BinaryIO, chunk: bytes, data: bytes, line: int) -> None:
    """Look at the beginning of a row whose end has not been read: it may have no end."""
    end = len(data) - data.endswith(b'"')  # what comes next says what a final quote means
    opened = csv_lines.well_quoted(data, end) if b'"' in data else end
    if opened < end:
        csv_lines.check_closing(data, opened, line)
    if len(data) <= LONGEST:
        return
    if opened < end and _never_closed(file, data[opened + 1 :], chunk):
        raise csv_lines.unclosed(data, opened, line)
    raise too_long(line)


def too_long(line: int) -> Unreadable:
    """Return the error for a row that is too long; a first one is no header."""
    if line == 1:
        return Unreadable("this is not a CSV file: its first line is no header", 1)
    return Unreadable(f"a row is longer than {LONGEST:,} bytes")


def _never_closed(file: BinaryIO, inside: bytes, chunk: bytes) -> bool:
    """Whether a cell that is open goes on to the file's end: all quotes in it are doubled."""
    open_quotes = b""
    while inside or chunk:
        text = open_quotes + inside
        before = text.rstrip(b'"')
        if b'"' in before.replace(b'""', b""):
            return False
        # A run of quotes may go on in the next chunk: whether it is odd is all that counts.
        open_quotes = b'"' * ((len(text) - len(before)) % 2)
        inside, chunk = chunk, file.read(BLOCK)
    return not open_quotes


def check_utf8(data: bytes, line: int, read: int) -> None:
    """Refuse what is not UTF-8; `read` bytes precede these, whose first line is `line`."""
    if data.isascii():
        return
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error.start, line, read) from None


def _not_utf8(data: bytes, at: int, line: int, read: int) -> Unreadable:
    line += csv_lines.line_breaks(data, 0, at)
    return Unreadable(f"byte {read + at + 1} is not UTF-8", line, "save the file as UTF-8")


def check_file_utf8(path: Path) -> None:
    """Refuse a file that is not UTF-8, whatever else is wrong with it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, read = 1, 0
    with path.open("rb") as file:
        _skip_mark(file)
        chunk = file.read(BLOCK)
        while True:
            held = decoder.getstate()[0]
            try:
                decoder.decode(chunk, not chunk)
            except UnicodeDecodeError as error:
                data = held + chunk
                raise _not_utf8(data, error.start, line, read - len(held)) from None
            if not chunk:
                return
            line += csv_lines.line_breaks(chunk)
            read += len(chunk)
            chunk = file.read(BLOCK)
