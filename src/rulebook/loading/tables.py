"""Loads one table: its files block by block, typed in DuckDB, bad rows found on the way.

`load_table` is step one: what each file's rows are. `settling` is step two: what they are among
all others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import duckdb

from rulebook.errors import Problem
from rulebook.loading.cells import Unreadable
from rulebook.loading.files import TableFiles
from rulebook.loading.layout import Layout
from rulebook.loading.problems import Problems
from rulebook.loading.rules import rules_of
from rulebook.loading.typed_rows import TypedRows
from rulebook.reading import Document


class Progress(NamedTuple):
    """How far the reading of one file is: its table, its name, rows, bytes read and in all."""

    table: str
    file: str
    rows: int
    read: int
    size: int


@dataclass
class Loading:
    """What all tables of a folder share while they are loaded."""

    folder: Path
    document: Document
    connection: duckdb.DuckDBPyConnection
    zone: ZoneInfo
    allow_bad_rows: bool
    progress: Callable[[Progress], None] | None = None
    problems: Problems = default(default_factory=Problems)
    partners_known: bool = False

    def file(self, name: str) -> str:
        """Return a file's name as errors show it."""
        return str(self.folder / name)

    def report(self, problems: Sequence[Problem], total: int) -> None:
        """Report what is wrong with rows: an error, unless such rows may be set aside."""
        if not self.allow_bad_rows:
            self.problems.add(problems, total)


def load_table(loading: Loading, layout: Layout, only: Sequence[str] | None = None) -> bool:
    """Make the typed table of a layout; return whether its files and columns are all there.

    `only` names the files to take, as `_file` names them, instead of all that the layout finds.
    """
    files = TableFiles(loading.folder, layout, loading.document)
    names = files.found() if only is None else only
    typing = None
    if not layout.unusable:
        rules = rules_of(layout, loading.connection, loading.partners_known)
        typing = TypedRows(loading.connection, layout, rules, loading.zone)
    for name in names:
        _load_file(loading, layout, files, typing, name)
    loading.problems.add(files.problems)
    for notice in files.notices:
        loading.problems.notice(notice)
    if typing is None:
        return False
    typing.finish()
    for problems, total in typing.problems(files.absent, loading.folder):
        loading.report(problems, total)
    return not files.problems and not files.absent


def _load_file(
    loading: Loading, layout: Layout, files: TableFiles, typing: TypedRows | None, name: str
) -> None:
    """Add a file's rows to the typed table; of one that can't be read, only that is said."""
    noted = [] if typing is None else typing.noted()
    rows = 0
    try:
        prepare = () if typing is None else (typing.prepared,)
        for cells in files.read(name, loading.connection, *prepare):
            if typing is not None:
                typing.add(name, cells)
            rows += len(cells.lines) + len(cells.broken)
            if loading.progress is not None:
                size = (loading.folder / name).stat().st_size
                loading.progress(Progress(layout.title, name, rows, cells.read, size))
    except Unreadable as error:
        files.problems.append(error.problem(loading.file(name)))
        if typing is not None:
            typing.forget(noted)
