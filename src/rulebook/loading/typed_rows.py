"""Turns blocks of cells into a typed table, one block after the other, and notes the bad rows.

All that is decided here is decided by a row alone and the dataset's document: so the typed rows of
a file depend on nothing but its bytes and `contents.typing_inputs`. What depends on other rows
(repeats, partners that aren't there) is settled later, in `settling`.

Beside the typed table `t` stands the temporary table `_bad_t (_file, _line, identity)`: its bad
rows, each with a fingerprint by which the same row is known again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy
import pyarrow as pa

from rulebook.dataset.data import BAD_ROW, NO_DATE, NO_PARTNER
from rulebook.errors import Problem
from rulebook.loading.cells import Cells, integers
from rulebook.loading.layout import Field, Layout
from rulebook.loading.plain import WORTH, Plain, one_piece, read_plain
from rulebook.loading.problems import LIMIT
from rulebook.loading.rules import Rule
from rulebook.loading.sql import fetch, literal, quoted, single
from rulebook.loading.time_zones import work_out_days
from rulebook.loading.typing_sql import Shape, any_readable, column_type, shapes, typed


@dataclass
class Found:
    """How many rows break a rule, and the first of them: file, line, cell."""

    count: int = 0
    first: list[tuple[str, int, str | None]] = field(default_factory=list)

    def add(self, count: int, rows: Sequence[tuple[str, int, str | None]]) -> None:
        """Count rows, and keep the first of them."""
        self.count += count
        self.first += rows[: LIMIT - len(self.first)]


def bad_rows(layout: Layout) -> str:
    """Return the name, quoted, of the table that says which rows of a layout are bad."""
    return quoted(f"_bad_{layout.table}")


class TypedRows:
    """The typed table of a layout while it grows."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        layout: Layout,
        rules: Sequence[Rule],
        zone: ZoneInfo,
        worth: int = WORTH,
    ) -> None:
        self.connection, self.layout, self.zone = connection, layout, zone
        self.worth = worth
        self.rules = list(rules)
        self.table = quoted(layout.table)
        self.shapes: list[Shape] = []
        self.found = [Found() for _ in self.rules]
        self.broken = Found()
        fetch(
            connection,
            f"CREATE OR REPLACE TEMP TABLE {bad_rows(layout)} "
            "(_file VARCHAR, _line BIGINT, identity VARCHAR)",
        )

    def add(self, file: str, cells: Cells) -> None:
        """Add the rows of a block."""
        self._add_cells(file, cells)
        self._add_broken(file, cells)

    def noted(self) -> list[Found]:
        """Return a copy of what was found so far, by rule, last the rows that are broken."""
        return [replace(one, first=list(one.first)) for one in (*self.found, self.broken)]

    def forget(self, noted: list[Found]) -> None:
        """Go back to what was found before a file that turned out to be unreadable."""
        *self.found, self.broken = noted

    def finish(self) -> None:
        """Make the table even where no file had a block."""
        if not self.shapes:
            self._widen([Shape() for _ in self.layout.fields])

    def problems(self, absent: Collection[str], folder: Path) -> list[tuple[list[Problem], int]]:
        """Return the first problems and the count of all, rule by rule.

        Rules about columns that aren't there are left out: that has been said once.
        """
        listed = []
        for rule, found in zip(self.rules, self.found, strict=True):
            column = self.layout.fields[rule.column].name
            if not found.count or column in absent:
                continue
            problems = []
            for file, line, cell in found.first:
                message, hint = rule.explain(cell)
                problems.append(Problem(message, str(folder / file), line, "", column, hint))
            listed.append((problems, found.count))
        broken = [
            Problem(message or "", str(folder / file), line)
            for file, line, message in self.broken.first
        ]
        return [*listed, (broken, self.broken.count)]

    def _add_cells(self, file: str, cells: Cells) -> None:
        prepared = cells if cells.plain else self.prepared(cells)
        pairs = zip(prepared.plain, self.layout.fields, strict=True)
        plain = [self._if_enough(*pair) for pair in pairs]
        values = {f"v{n}": one.values for n, one in enumerate(plain) if one is not None}
        named = {f"c{number}": column for number, column in enumerate(cells.columns)}
        block = pa.table({**named, **values, "_line": cells.lines})
        rules = [rule for rule in self.rules if not _kept_to(rule, cells, plain)]
        self.connection.register("_cells", block)
        try:
            here = self._looked(plain)
            self._widen(here)
            stamped = [number for number, shape in enumerate(here) if shape.stamps]
            if stamped:
                names = [f"c{number}" for number in stamped]
                work_out_days(self.connection, "_cells", names, self.zone)
            self._insert(self._typed("_cells", file, here, values), rules)
            if rules and self._pick_bad(file, block):
                self._note_bad(self._typed("_odd", file, here, values))
                self.connection.unregister("_odd")
        finally:
            self.connection.unregister("_cells")

    def prepared(self, cells: Cells) -> Cells:
        """Return a block with all of it read that needs no database: fit for any thread.

        Each column is made one piece: DuckDB copies what comes in small ones twice.
        """
        cells.columns = [one_piece(column) for column in cells.columns]
        cells.plain = [
            read_plain(column, field_.kind, self.worth)
            for column, field_ in zip(cells.columns, self.layout.fields, strict=True)
        ]
        return cells

    def _if_enough(self, plain: Plain | None, field_: Field) -> Plain | None:
        """Return the values of plainly written cells, unless another cell can be read too."""
        if plain is None or not len(plain.odd):
            return plain
        self.connection.register("_odd_cells", pa.table({"c0": plain.odd}))
        try:
            readable = any_readable(self.connection, "_odd_cells", field_.kind)
        finally:
            self.connection.unregister("_odd_cells")
        return None if readable else plain

    def _looked(self, plain: Sequence[Plain | None]) -> list[Shape]:
        """Return the shape of each column of a block: looked at here where it isn't known."""
        fields = {
            number: field_
            for number, (field_, one) in enumerate(zip(self.layout.fields, plain, strict=True))
            if one is None
        }
        looked = shapes(self.connection, "_cells", fields)
        return [looked[n] if one is None else one.shape for n, one in enumerate(plain)]

    def _widen(self, here: Sequence[Shape]) -> None:
        """Make the table, or let its columns hold what this block has."""
        fields = self.layout.fields
        if not self.shapes:
            self.shapes = list(here)
            columns = "".join(
                f", {quoted(field.name)} {column_type(field.kind, shape)}"
                for field, shape in zip(fields, here, strict=True)
            )
            fetch(
                self.connection,
                f"CREATE TABLE {self.table} (_file VARCHAR, _line BIGINT, _aside VARCHAR{columns})",
            )
            return
        for number, (field_, shape) in enumerate(zip(fields, here, strict=True)):
            wider = self.shapes[number].wider(shape)
            type_ = column_type(field_.kind, wider)
            if type_ != column_type(field_.kind, self.shapes[number]):
                fetch(
                    self.connection,
                    f"ALTER TABLE {self.table} ALTER {quoted(field_.name)} TYPE {type_}",
                )
            self.shapes[number] = wider

    def _typed(self, source: str, file: str, here: Sequence[Shape], values: Collection[str]) -> str:
        """Return the query of a block's rows: typed values `f0` … beside their cells `c0` …

        `values` names the columns `v0` … that have been read already.
        """
        parts = [f"{literal(file)} AS _file", f"{source}._line"]
        joins = ""
        for number, (field_, shape) in enumerate(zip(self.layout.fields, here, strict=True)):
            cell, stamps = f"{source}.c{number}", f"s{number}" if shape.stamps else ""
            if stamps:
                joins += f" LEFT JOIN _stamps AS {stamps} ON {stamps}.text = {cell}"
            wanted = self.shapes[number]
            value = typed(cell, field_.kind, shape, wanted, stamps)
            if f"v{number}" in values:
                value = f"CAST({source}.v{number} AS {column_type(field_.kind, wanted)})"
            parts += [cell, f"{value} AS f{number}"]
        return f"SELECT {', '.join(parts)} FROM {source}{joins}"

    def _insert(self, query: str, rules: Sequence[Rule]) -> None:
        broken = " OR ".join(f"coalesce({rule.broken}, false)" for rule in rules) or "false"
        values = ", ".join(f"f{number}" for number in range(len(self.layout.fields)))
        fetch(
            self.connection,
            f"INSERT INTO {self.table} SELECT _file, _line, CASE WHEN {broken} THEN '{BAD_ROW}' "
            f"{self._reasons()} END, {values} FROM ({query})",
        )

    def _reasons(self) -> str:
        """Return why a fact is set aside that is no bad row; `settling` knows partners."""
        if self.layout.place[0] != "facts":
            return ""
        place = {field.name: f"f{number}" for number, field in enumerate(self.layout.fields)}
        attained = place.get(self.layout.attained, "NULL")
        partner = place[self.layout.partner]
        return (
            f"WHEN {partner} IS NULL THEN '{NO_PARTNER}' WHEN {attained} IS NULL THEN '{NO_DATE}'"
        )

    def _pick_bad(self, file: str, block: pa.Table) -> int:
        """Register the bad rows of a block as `_odd`; return how many there are."""
        if not block.num_rows:
            return 0
        places = block.column("_line").to_numpy()
        new = f"""SELECT _line FROM {self.table}
            WHERE _file = ? AND _line BETWEEN ? AND ? AND _aside = '{BAD_ROW}'"""
        lines = fetch(self.connection, new, [file, int(places[0]), int(places[-1])])
        if lines:
            at = numpy.searchsorted(places, [line for (line,) in lines])
            self.connection.register("_odd", block.take(integers(at.tolist())))
        return len(lines)

    def _note_bad(self, query: str) -> None:
        """Count what is wrong with bad rows, keep the first, and keep their fingerprints."""
        counts = ", ".join(f"count(*) FILTER (WHERE {rule.broken})" for rule in self.rules)
        totals = single(self.connection, f"SELECT {counts} FROM ({query})")
        for rule, total, found in zip(self.rules, totals, self.found, strict=True):
            room = LIMIT - len(found.first)
            rows = []
            if total and room:
                rows = fetch(
                    self.connection,
                    f"SELECT _file, _line, CAST(c{rule.column} AS VARCHAR) FROM ({query}) "
                    f"WHERE {rule.broken} ORDER BY _line LIMIT {room}",
                )
            found.add(total, rows)
        # No cell holds a NUL byte, and an empty one is null: no two rows are written alike.
        cells = ", chr(0), ".join(f"c{number}" for number in range(len(self.layout.fields)))
        fetch(
            self.connection,
            f"INSERT INTO {bad_rows(self.layout)} SELECT _file, _line, md5(concat({cells})) "
            f"FROM ({query})",
        )

    def _add_broken(self, file: str, cells: Cells) -> None:
        """Rows that can't be taken apart are in the table too, without values."""
        broken = cells.broken
        if not broken:
            return
        room = LIMIT - len(self.broken.first)
        self.broken.add(len(broken), [(file, row.line, row.message) for row in broken[:room]])
        rows = pa.table(
            {
                "_file": pa.repeat(pa.scalar(file, pa.string()), len(broken)),
                "_line": integers(row.line for row in broken),
                "identity": [row.identity for row in broken],
            }
        )
        self.connection.register("_broken", rows)
        fetch(
            self.connection,
            f"INSERT INTO {self.table} (_file, _line, _aside) "
            f"SELECT _file, _line, '{BAD_ROW}' FROM _broken",
        )
        fetch(self.connection, f"INSERT INTO {bad_rows(self.layout)} SELECT * FROM _broken")
        self.connection.unregister("_broken")


def _kept_to(rule: Rule, cells: Cells, plain: Sequence[Plain | None]) -> bool:
    """Whether a look at a block's cells is enough to know that none breaks a rule."""
    column, one = cells.columns[rule.column], plain[rule.column]
    if rule.on == "reading":
        return one is not None and not one.shape.faulty
    if rule.on == "filling":
        return bool(column.null_count == 0)
    allowed = rule.allowed
    return bool(allowed) and all(value in allowed for value in column.unique().to_pylist())
