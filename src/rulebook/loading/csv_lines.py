"""Where the rows of a CSV text begin, and whether its quotes open and close.

pyarrow takes a file with an unclosed quote for one with a very long cell. So quotes are checked
before it reads: a cell is quoted from its first to its last character, or not at all; a quote
within an unquoted cell is a character like any other (`5" pipe`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy

from rulebook.loading.cells import Unreadable

_QUOTED = rb'"(?:[^"]++|"")*+"'
_CELL_END = rb"(?=[,\r\n]|\Z)"
_WELL_QUOTED = re.compile(
    rb"(?:[^\"]++|(?:(?<=[,\r\n])|\A)" + _QUOTED + _CELL_END + rb'|(?<![,\r\n])(?<!\A)")*+'
)
_ROW = re.compile(rb"(?:[^\"\r\n]++|(?:(?<=[,\r\n])|\A)" + _QUOTED + rb'|")*+(?:\r\n|\r|\n|\Z)')
_CLOSED = re.compile(_QUOTED)
(_NEWLINE,) = b"\n"
#: From so many bytes on numpy counts a character several times as fast as bytes do.
_LONG = 1 << 12
_DOUBLED = 'a quote within a quoted cell is written twice: ""'


class BadQuote(Unreadable):
    """A quote that is never closed, or text after one that closes."""


class RowPlace(NamedTuple):
    """Where a row stands: its first line, its first and last byte (without the line's end)."""

    line: int
    start: int
    end: int


def line_breaks(data: bytes, start: int = 0, end: int | None = None) -> int:
    """Count line ends of all three kinds."""
    stop = len(data) if end is None else end
    breaks = _newlines(data, start, stop)
    if data.find(b"\r", start, stop) < 0:
        return breaks
    return breaks + data.count(b"\r", start, stop) - data.count(b"\r\n", start, stop)


def _newlines(data: bytes, start: int, stop: int) -> int:
    if stop - start < _LONG:
        return data.count(b"\n", start, stop)
    return int(numpy.count_nonzero(numpy.frombuffer(data, numpy.uint8)[start:stop] == _NEWLINE))


def well_quoted(data: bytes, end: int) -> int:
    """Return up to where quotes open and close as they should: `end`, or a quote that opens."""
    match = _WELL_QUOTED.match(data, 0, end)
    return match.end() if match else 0


def check_quotes(data: bytes, line: int = 1) -> None:
    """Refuse a quote that is never closed, and text after a closing quote."""
    at = well_quoted(data, len(data))
    if at < len(data):
        check_closing(data, at, line)
        raise unclosed(data, at, line)


def check_closing(data: bytes, opened: int, line: int) -> None:
    """Refuse text after the quote that closes the cell opened here, if both are there."""
    closed = _CLOSED.match(data, opened)
    if closed is not None and closed.end() < len(data):
        raise BadQuote(
            "text follows a closing quote", line + line_breaks(data, 0, closed.end()), _DOUBLED
        )


def unclosed(data: bytes, opened: int, line: int) -> BadQuote:
    """Return the error for a cell that is opened here and never closed."""
    message = "a quote opens here and is never closed"
    return BadQuote(message, line + line_breaks(data, 0, opened), _DOUBLED)


def first_row(data: bytes) -> tuple[bytes, int, int]:
    """Return the header's text, where the rows begin, and in which line."""
    match = _ROW.match(data)
    assert match is not None, "the pattern matches any text"
    return match[0].rstrip(b"\r\n"), match.end(), 1 + line_breaks(match[0])


def rows(data: bytes, start: int, line: int) -> Iterator[RowPlace]:
    """Yield the place of every row, the empty lines included."""
    while start < len(data):
        match = _ROW.match(data, start)
        assert match is not None, "the pattern matches any text"
        text = match[0]
        yield RowPlace(line, start, start + len(text.rstrip(b"\r\n")))
        line += line_breaks(text)
        start = match.end()
