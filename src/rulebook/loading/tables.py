"""Loads one table: its files as text, then typed columns in DuckDB, bad rows found on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from rulebook.dataset.data import BAD_ROW, DUPLICATE, NO_DATE, NO_PARTNER, UNKNOWN_PARTNER
from rulebook.errors import Problem
from rulebook.loading.cells import integers
from rulebook.loading.files import TableFiles
from rulebook.loading.layout import Layout
from rulebook.loading.problems import LIMIT, Problems
from rulebook.loading.rules import Rule, rules_of
from rulebook.loading.sql import fetch, quoted, single
from rulebook.loading.time_zones import work_out_days
from rulebook.loading.typing_sql import Shape, shapes, typed
from rulebook.reading import Document


@dataclass
class Loading:
    """What all tables of a folder share while they are loaded."""

    folder: Path
    document: Document
    connection: duckdb.DuckDBPyConnection
    zone: ZoneInfo
    allow_bad_rows: bool
    problems: Problems = default(default_factory=Problems)
    partners_known: bool = False

    def file(self, name: str) -> str:
        """Return a file's name as errors show it."""
        return str(self.folder / name)

    def report(self, problems: Sequence[Problem], total: int) -> None:
        """Report what is wrong with rows: an error, unless such rows may be set aside."""
        if not self.allow_bad_rows:
            self.problems.add(problems, total)


def load_table(loading: Loading, layout: Layout) -> bool:
    """Make the typed table of a layout; return whether its files and columns are all there."""
    files = TableFiles(loading.folder, layout, loading.document)
    cells = files.read(loading.connection)
    loading.problems.add(files.problems)
    for notice in files.notices:
        loading.problems.notice(notice)
    if layout.unusable:
        return False
    loading.connection.register("_cells", cells)
    try:
        _Typing(loading, layout, files).run()
    finally:
        loading.connection.unregister("_cells")
    return not files.problems and not files.absent


class _Typing:
    """Turns the registered `_cells` into the typed table of a layout."""

    def __init__(self, loading: Loading, layout: Layout, files: TableFiles) -> None:
        self.loading, self.layout, self.files = loading, layout, files
        self.connection = loading.connection
        self.table = quoted(layout.table)
        self.shapes = shapes(self.connection, "_cells", layout.fields)
        self.rules = rules_of(
            layout, self.shapes, files.absent, self.connection, loading.partners_known
        )

    def run(self) -> None:
        stamped = [n for n, shape in enumerate(self.shapes) if shape.stamps]
        if stamped:
            cells = [f"c{number}" for number in stamped]
            work_out_days(self.connection, "_cells", cells, self.loading.zone)
        inner = self._typed(stamped)
        bad = " OR ".join(f"coalesce({rule.broken}, false)" for rule in self.rules) or "false"
        names = [quoted(field.name) for field in self.layout.fields]
        columns = ", ".join(f"f{number} AS {name}" for number, name in enumerate(names))
        fetch(
            self.connection,
            f"CREATE TABLE {self.table} AS SELECT _file, _line, CASE WHEN {bad} THEN '{BAD_ROW}' "
            f"{self._reasons()} END::VARCHAR AS _aside, {columns} FROM ({inner})",
        )
        if self.rules and self._has_bad_rows():
            self._list_bad_rows(inner)
            if self.loading.allow_bad_rows:
                self._mark_repeats(inner, bad)
        self._add_broken_rows()

    def _typed(self, stamped: Sequence[int]) -> str:
        """Return the query of all rows: typed values `f0` … beside their cells `c0` …"""
        parts = ["_cells._file", "_cells._line"]
        joins = ""
        for number, (field, shape) in enumerate(zip(self.layout.fields, self.shapes, strict=True)):
            stamps = f"s{number}" if number in stamped else ""
            if stamps:
                joins += f" LEFT JOIN _stamps AS {stamps} ON {stamps}.text = _cells.c{number}"
            parts += [f"_cells.c{number}"]
            parts += [f"{typed(f'_cells.c{number}', field.kind, shape, stamps)} AS f{number}"]
        return f"SELECT {', '.join(parts)} FROM _cells{joins}"

    def _reasons(self) -> str:
        """Return the reasons why a fact is set aside, after those that make it a bad row."""
        if self.layout.place[0] != "facts":
            return ""
        place = {field.name: f"f{number}" for number, field in enumerate(self.layout.fields)}
        attained = place.get(self.layout.attained, "NULL")
        partner = place[self.layout.partner]
        unknown = f"WHEN {partner} NOT IN (SELECT id FROM _known) THEN '{UNKNOWN_PARTNER}'"
        return (
            f"WHEN {partner} IS NULL THEN '{NO_PARTNER}' "
            f"{unknown if self.loading.partners_known else ''} "
            f"WHEN {attained} IS NULL THEN '{NO_DATE}'"
        )

    def _has_bad_rows(self) -> bool:
        query = f"SELECT count(*) FROM {self.table} WHERE _aside = '{BAD_ROW}'"
        return bool(single(self.connection, query)[0])

    def _list_bad_rows(self, inner: str) -> None:
        counts = [f"count(*) FILTER (WHERE {rule.broken})" for rule in self.rules]
        totals = single(self.connection, f"SELECT {', '.join(counts)} FROM ({inner})")
        for rule, total in zip(self.rules, totals, strict=True):
            if total:
                self.loading.report(self._problems_of(rule, inner), total)

    def _problems_of(self, rule: Rule, inner: str) -> list[Problem]:
        rows = fetch(
            self.connection,
            f"SELECT _file, _line, c{rule.column} FROM ({inner}) WHERE {rule.broken} "
            f"ORDER BY _file, _line LIMIT {LIMIT}",
        )
        column = self.layout.fields[rule.column].name
        problems = []
        for file, line, cell in rows:
            message, hint = rule.explain(cell)
            problems.append(Problem(message, self.loading.file(file), line, "", column, hint))
        return problems

    def _mark_repeats(self, inner: str, bad: str) -> None:
        """The same bad row again changes nothing: it counts once, like any fact."""
        cells = ", ".join(f"c{number}" for number in range(len(self.layout.fields)))
        fetch(
            self.connection,
            f"""UPDATE {self.table} AS t SET _aside = '{DUPLICATE}' FROM (
                SELECT _file, _line, row_number() OVER (
                    PARTITION BY {cells} ORDER BY _file, _line) AS occurrence
                FROM ({inner}) WHERE {bad}) AS again
            WHERE occurrence > 1 AND t._file = again._file AND t._line = again._line""",
        )

    def _add_broken_rows(self) -> None:
        """Rows that can't be taken apart are in the table too, without values."""
        broken = self.files.broken
        if not broken:
            return
        ordered = sorted(broken, key=lambda entry: (entry[0], entry[1].line))
        self.loading.report(
            [
                Problem(row.message, self.loading.file(file), row.line)
                for file, row in ordered[:LIMIT]
            ],
            len(broken),
        )
        seen: set[int] = set()
        reasons = []
        for _, row in ordered:
            reasons.append(DUPLICATE if row.identity in seen else BAD_ROW)
            seen.add(row.identity)
        rows = pa.table(
            {
                "_file": [file for file, _ in ordered],
                "_line": integers(row.line for _, row in ordered),
                "_aside": reasons,
            }
        )
        self.connection.register("_broken", rows)
        columns = "_file, _line, _aside"
        fetch(
            self.connection, f"INSERT INTO {self.table} ({columns}) SELECT {columns} FROM _broken"
        )
        self.connection.unregister("_broken")


def drop_bad_rows(loading: Loading, layout: Layout) -> dict[str, int]:
    """Take set-aside rows out of a table that isn't of facts; return how many, by reason."""
    table = quoted(layout.table)
    counts = count_aside(loading.connection, layout)
    fetch(loading.connection, f"DELETE FROM {table} WHERE _aside IS NOT NULL")
    return counts


def count_aside(connection: duckdb.DuckDBPyConnection, layout: Layout) -> dict[str, int]:
    """Return how many rows are set aside, by reason; repeats change nothing and don't count."""
    query = f"""SELECT _aside, count(*) FROM {quoted(layout.table)}
        WHERE _aside IS NOT NULL AND _aside <> '{DUPLICATE}' GROUP BY _aside"""
    return dict(fetch(connection, query))


__all__ = ["Loading", "Shape", "count_aside", "drop_bad_rows", "load_table"]
