"""Finds and reads the files of a table: names, lists and patterns, never outside the folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

import duckdb
import pyarrow as pa

from rulebook.errors import Problem, nearest
from rulebook.loading.cells import BrokenRow, Cells, Unreadable
from rulebook.loading.csv_files import read_csv
from rulebook.loading.layout import Layout
from rulebook.loading.parquet_files import read_parquet
from rulebook.reading import Document

SUFFIXES = (".csv", ".parquet")


class TableFiles:
    """The files of one table as text cells, with what is wrong with them."""

    def __init__(self, folder: Path, layout: Layout, document: Document) -> None:
        self.folder, self.layout, self.document = folder, layout, document
        self.problems: list[Problem] = []
        self.notices: list[Problem] = []
        self.absent: set[str] = set()
        self.broken: list[tuple[str, BrokenRow]] = []
        self.headers: set[str] = set()
        self._names = [field.name for field in layout.fields]

    def read(self, connection: duckdb.DuckDBPyConnection) -> pa.Table:
        """Return all rows: cells `c0`, `c1`, … in the order of the fields, `_file`, `_line`."""
        parts = []
        for name in self._found():
            try:
                cells = self._cells(name, connection)
            except Unreadable as error:
                self.problems.append(error.problem(str(self.folder / name)))
                continue
            self._check_columns(name, cells)
            file = pa.repeat(pa.scalar(name, pa.string()), len(cells.lines))
            parts.append(pa.table([*cells.columns, file, cells.lines], names=self._columns()))
            self.broken += [(name, row) for row in cells.broken]
            self.notices += [replace(n, file=str(self.folder / name)) for n in cells.notices]
        if not parts:
            types = [pa.string()] * (len(self._names) + 1) + [pa.int64()]
            empty = [pa.array([], kind) for kind in types]
            return pa.table(empty, names=self._columns())
        return pa.concat_tables(parts)

    def _columns(self) -> list[str]:
        return [f"c{number}" for number in range(len(self._names))] + ["_file", "_line"]

    def _cells(self, name: str, connection: duckdb.DuckDBPyConnection) -> Cells:
        path = self.folder / name
        if path.suffix.lower() == ".parquet":
            return read_parquet(path, self._names, connection)
        return read_csv(path, self._names)

    def _found(self) -> Sequence[str]:
        """Return the names of all files, each once, in the order of their names."""
        names: set[str] = set()
        for pattern in self.layout.files:
            names.update(self._matching(pattern))
        return sorted(names)

    def _matching(self, pattern: str) -> Iterator[str]:
        parts = PurePosixPath(pattern.replace("\\", "/")).parts
        outside = ".." in parts or PurePosixPath(pattern).is_absolute()
        if outside or PureWindowsPath(pattern).anchor or "\0" in pattern or not parts:
            self._refuse(
                f"{pattern!r} is no name within the folder", "data lies beside dataset.yaml"
            )
            return
        name = "/".join(parts)
        found = [name] if _is_file(self.folder / name) else self._globbed(name)
        if not found:
            what = "no file matches" if _is_pattern(name) else "there is no file"
            self._refuse(f"{what} {pattern!r}", nearest(name, self._beside(name)))
        for one in found:
            if one.lower().endswith(SUFFIXES):
                yield one
            else:
                self._refuse(f"{one!r} is neither a .csv nor a .parquet file")

    def _globbed(self, name: str) -> list[str]:
        if not _is_pattern(name):
            return []
        try:
            return [
                path.relative_to(self.folder).as_posix()
                for path in self.folder.glob(name)
                if path.is_file()
            ]
        except (ValueError, OSError, NotImplementedError):
            return []

    def _beside(self, name: str) -> list[str]:
        """Return the names that could have been meant."""
        parent = (self.folder / name).parent
        try:
            files = sorted(path for path in parent.iterdir() if path.is_file())
        except OSError:
            return []
        return [path.relative_to(self.folder).as_posix() for path in files]

    def _refuse(self, message: str, hint: str = "") -> None:
        place = (*self.layout.place, "file")
        self.problems.append(self.document.problem(place, message, hint))

    def _check_columns(self, name: str, cells: Cells) -> None:
        self.headers.update(cells.header)
        for column in cells.absent:
            field = self.layout.find(column)
            if field.optional:
                continue
            self.absent.add(column)
            message = f"{name} has no column {column!r}"
            hint = nearest(column, cells.header)
            if field.guessed_currency:
                message = (
                    f"{column!r} is neither a column of {name} nor a currency code of ISO 4217"
                )
                hint = hint or nearest_currency(column)
            self.problems.append(self.document.problem(field.place, message, hint))


def nearest_currency(code: str) -> str:
    """Return a hint that names the currency code spelled most like this."""
    from moneyed import CURRENCIES

    return nearest(code, list(CURRENCIES)) or "such as USD"


def _is_pattern(name: str) -> bool:
    return any(mark in name for mark in "*?[")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
