"""A file's cells as text, before anything is made of them: what both readers deliver.

A cell is text or null; an empty cell is null. `line` is where a row stands: in CSV the physical
line at which it begins (the header is line 1), in Parquet the number of the row (the first is 1).
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy
import pyarrow as pa

from rulebook.errors import Problem
from rulebook.loading.plain import Plain


@dataclass(frozen=True)
class BrokenRow:
    """A row that can't be taken apart: why, and a fingerprint by which repeats are known."""

    line: int
    message: str
    identity: str


@dataclass
class Cells:
    """A block of a file's rows: the columns wanted, a null column where the file has none.

    Columns are text, or of a type that `typing_sql.fits` says needs no reading. What is not about
    rows (`absent`, `header`, `notices`) is the same in every block of a file.
    """

    columns: list[pa.ChunkedArray | pa.Array]
    lines: pa.Array
    broken: list[BrokenRow] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)
    read: int = 0  # bytes of the file up to here
    plain: list[Plain | None] = field(default_factory=list)  # what has been read of each column


class Unreadable(Exception):
    """A file of which nothing can be used: what is wrong, in which line."""

    def __init__(self, message: str, line: int | None = None, hint: str = "") -> None:
        """Keep what a Problem needs."""
        super().__init__(message)
        self.message, self.line, self.hint = message, line, hint

    def problem(self, file: str) -> Problem:
        """Return it as a problem of a file."""
        return Problem(self.message, file, self.line, hint=self.hint)


def integers(values: Iterable[int]) -> pa.Array:
    """Return whole numbers as an array: pyarrow's own way takes several times as long."""
    if isinstance(values, range):
        return pa.array(numpy.arange(values.start, values.stop, values.step, dtype=numpy.int64))
    numbers = array("q", values)
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])


def fingerprint(row: bytes) -> str:
    """Return by what a row that can't be taken apart is known again."""
    return hashlib.blake2b(row, digest_size=16).hexdigest()


def check_header(names: Sequence[str]) -> None:
    """Refuse a header in which a name stands twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Unreadable(f"the header has the column {name!r} twice", 1, "rename one")
        seen.add(name)
