"""Finds and reads the files of a table: names, lists and patterns, never outside the folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

import duckdb

from rulebook.errors import Problem, nearest
from rulebook.loading.ahead import ahead
from rulebook.loading.cells import Cells
from rulebook.loading.csv_blocks import BLOCK
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
        self._kinds = {field.name: field.kind for field in layout.fields}

    def found(self) -> Sequence[str]:
        """Return the names of all files, each once, in the order of their names."""
        names: set[str] = set()
        for pattern in self.layout.files:
            names.update(self._matching(pattern))
        return sorted(names)

    def read(
        self,
        name: str,
        connection: duckdb.DuckDBPyConnection,
        prepare: Callable[[Cells], Cells] = lambda cells: cells,
    ) -> Iterator[Cells]:
        """Yield a file's rows block by block: its cells in the order of the fields.

        `prepare` is called on each block, maybe on another thread. A file that can't be read
        ends in Unreadable, wherever that shows.
        """
        path = self.folder / name
        if path.suffix.lower() == ".parquet":
            blocks = read_parquet(path, self._kinds, connection)
        elif path.stat().st_size <= BLOCK:
            blocks = read_csv(path, list(self._kinds))
        else:
            blocks = ahead(map(prepare, read_csv(path, list(self._kinds))))
        first: Cells | None = None
        for cells in blocks:
            first = first or cells
            yield cells
        # A file that can't be read is one problem: what its header lacks is then no matter.
        if first is not None:
            self._check_columns(name, first)
            self.notices += [replace(n, file=str(self.folder / name)) for n in first.notices]

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
