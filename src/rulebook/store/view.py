"""The relation that queries see: the native table, put right by what came since it was built.

Rows of new batches and marked rows come from the kept form into a small table in memory, together
with all other rows of partners of whom a row was amended; the native table gives the rest, so
that a query tells what still stands by a partner's code alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import duckdb

from rulebook.store.errors import told
from rulebook.store.kept import amended, amendments, kept
from rulebook.store.manifest import Manifest, Table
from rulebook.store.native import Note, Purpose, coded
from rulebook.store.places import Places
from rulebook.store.sql import listed, literal, quoted
from rulebook.store.worker import Worker

#: Beyond these the derived form is built anew: partners amended, and rows in memory, which may
#: be an eighth of the native ones; of which a quarter may be withdrawn.
TOUCHED, FRESH_ROWS = 200, 100_000


@dataclass(frozen=True)
class Since:
    """What came after a native file was built."""

    dead: tuple[int, ...]
    new: tuple[int, ...]
    codes: tuple[int, ...]
    uncoded: bool  # a row without a partner was amended
    marked: bool
    rows: int

    @property
    def amended(self) -> bool:
        """Whether rows of the native table were withdrawn or marked one by one."""
        return bool(self.codes) or self.uncoded

    def small(self, note: Note, table: Table) -> bool:
        """Whether putting it right beside the native table is cheaper than building anew."""
        if len(self.codes) > TOUCHED or self.rows > max(FRESH_ROWS, note.rows // 8):
            return False
        live = sum(table.batches[n].rows for n in note.batches if n in table.batches)
        return note.rows - live <= note.rows // 4


class Standing(NamedTuple):
    """A derived relation in parts.

    That is its file's identity, the database it is attached as, in which `facts` lies, and the
    table of the rows that were added since, if any.
    """

    identity: str
    alias: str
    added: str | None


def fresh_name(relation: str) -> str:
    """Return the name of the table with the rows that came after a relation's file."""
    return f"{relation} since"


def since(places: Places, worker: Worker, note: Note, table: Table) -> Since:
    """Return what came after a native file was built."""
    dead = tuple(sorted(note.batches.keys() - table.batches.keys()))
    new = tuple(sorted(table.batches.keys() - note.batches.keys()))
    codes: list[tuple[int | None, bool]] = []
    folded = sorted(note.batches.keys() & table.batches.keys())
    if table.level > note.level and folded:
        codes = worker.run(
            f"""SELECT _code, bool_or(NOT _withdrawn) FROM {amendments(places, table, note.level)}
            WHERE _batch IN ({listed(folded)}) GROUP BY _code"""
        )
    return Since(
        dead,
        new,
        tuple(sorted(code for code, _ in codes if code is not None)),
        any(code is None for code, _ in codes),
        any(marked for _, marked in codes),
        sum(table.batches[number].rows for number in new),
    )


class View:
    """Makes the relation of one native file in a connection."""

    def __init__(
        self,
        places: Places,
        worker: Worker,
        connection: duckdb.DuckDBPyConnection,
        manifest: Manifest,
        table: Table,
    ) -> None:
        """Take what the relation stands on."""
        self.places, self.worker, self.connection = places, worker, connection
        self.manifest, self.table = manifest, table

    def attach(self, note: Note) -> None:
        """Attach the native file, for all cursors of the connection."""
        path = literal(str(self.places.native / note.file))
        with told(self.places.native / note.file):
            self.connection.execute(f"ATTACH IF NOT EXISTS {path} AS {note.alias} (READ_ONLY)")

    def make(self, note: Note, after: Since, purpose: Purpose, relation: str) -> None:
        """Make the views `relation` and `partner_code`."""
        self._make_codes(note)
        native = f"{note.alias}.facts"
        name = quoted(relation)
        conditions = self._conditions(after)
        if not (after.new or after.amended):
            self.connection.execute(
                f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {native} {conditions}"
            )
            return
        fresh = quoted(fresh_name(relation))
        outside = self._make_fresh(fresh, after, purpose, note)
        columns = ", ".join(
            f"CAST({quoted(c)} AS VARCHAR) AS {quoted(c)}" if c in outside else quoted(c)
            for c in note.shape
        )
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP VIEW {name} AS SELECT {columns} FROM {native} {conditions}
            UNION ALL SELECT * FROM {fresh}"""
        )

    def _make_codes(self, note: Note) -> None:
        sql = f"SELECT code, partner FROM {note.alias}.partner_code"
        if self.manifest.codes.count > note.codes:
            self.worker.load_codes(self.manifest.codes)
            query = f"SELECT code, partner FROM partner_code WHERE code >= {note.codes}"
            self.connection.register("_since", self.worker.arrow(query))
            try:
                self.connection.execute(
                    'CREATE OR REPLACE TEMP TABLE "partner_code since" AS SELECT * FROM _since'
                )
            finally:
                self.connection.unregister("_since")
            sql += ' UNION ALL SELECT * FROM "partner_code since"'
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW partner_code AS {sql}")

    def _make_fresh(self, fresh: str, after: Since, purpose: Purpose, note: Note) -> set[str]:
        """Make the table in memory; return the columns with texts that the native ENUM lacks."""
        worker = self.worker
        worker.load_codes(self.manifest.codes)
        columns = ", ".join(map(quoted, note.shape))
        worker.run(coded("partner_code", self.table, self._rows(after, note)))
        with worker.given(purpose.given):
            rows = worker.arrow(f"SELECT {columns} FROM ({purpose.select})")
        self.connection.register("_since", rows)
        try:
            return self._typed(fresh, note, after)
        finally:
            self.connection.unregister("_since")

    def _typed(self, fresh: str, note: Note, after: Since) -> set[str]:
        """Copy the registered rows into a table with the native columns' types.

        Beside them what was not amended of the partners of whom a row was.
        """
        types = {n: f"{note.alias}.main.{t}" if n in note.enums else t for n, t in note.types()}
        lacking = [
            f"count({quoted(n)}) > count(TRY_CAST({quoted(n)} AS {types[n]}))" for n in note.enums
        ]
        found = self.connection.execute(f"SELECT {', '.join(['count(*)', *lacking])} FROM _since")
        row = found.fetchall()[0][1:]
        outside = {n for n, lacks in zip(note.enums, row, strict=True) if lacks}
        columns = ", ".join(
            f"CAST({quoted(n)} AS {'VARCHAR' if n in outside else kind}) AS {quoted(n)}"
            for n, kind in types.items()
        )
        sql = f"SELECT {columns} FROM _since"
        if after.amended:
            sql += f""" UNION ALL SELECT {columns} FROM ({self._touched(after, note)}) AS f
                WHERE NOT EXISTS (
                SELECT 1 FROM _amended AS a WHERE a._batch = f._batch AND a._line = f._line)"""
            query = f"SELECT _batch, _line FROM ({amended(self.places, self.table, note.level)})"
            self.connection.register("_amended", self.worker.arrow(query))
        try:
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {fresh} AS {sql}")
        finally:
            if after.amended:
                self.connection.unregister("_amended")
        return outside

    def _rows(self, after: Since, note: Note) -> str:
        """Return the kept rows that are new, and those that were marked."""
        new = kept(self.places, self.table, after.new)
        if not after.marked:
            return new
        tests = ["false"]
        if after.codes:
            query = f"SELECT partner FROM partner_code WHERE code IN ({listed(after.codes)})"
            names = [partner for (partner,) in self.worker.run(query)]
            tests.append(f"{quoted(self.table.partner)} IN ({listed(names)})")
        if after.uncoded:
            tests.append(f"{quoted(self.table.partner)} IS NULL")
        old = kept(self.places, self.table, note.batches.keys())
        return f"""{new} UNION ALL SELECT * FROM ({old}) AS k WHERE ({" OR ".join(tests)})
            AND EXISTS (SELECT 1 FROM ({amended(self.places, self.table, note.level)}) AS a
            WHERE a._batch = k._batch AND a._line = k._line)"""

    def _touched(self, after: Since, note: Note) -> str:
        """Return the native rows of the partners of whom a row was amended.

        Each by an equality: a list is a join to DuckDB, which reads whole groups of rows.
        """
        tests = [f"_code = {code}" for code in after.codes]
        if after.uncoded:
            tests.append("_code IS NULL")
        dead = f" AND _batch NOT IN ({listed(after.dead)})" if after.dead else ""
        facts = f"SELECT * FROM {note.alias}.facts"
        return " UNION ALL ".join(f"{facts} WHERE {test}{dead}" for test in tests)

    def _conditions(self, after: Since) -> str:
        """Return which native rows still stand: those of partners of whom no row was amended."""
        among = f"_code IN ({listed(after.codes)})" if after.codes else "false"
        if after.uncoded:
            among = f"({among} OR _code IS NULL)"
        tests = [f"({among}) IS NOT TRUE"] if after.amended else []
        if after.dead:
            tests.append(f"_batch NOT IN ({listed(after.dead)})")
        return f"WHERE {' AND '.join(tests)}" if tests else ""
