"""Withdraws or marks single rows: finds them in the kept form and notes their addresses.

A row's address is its batch and line. It moves in the batch's counts from the reason that it had
to the one that it gets, or leaves them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from rulebook.store.errors import conflict
from rulebook.store.kept import kept
from rulebook.store.manifest import Amendment, Batch, Counts, File, Table, added
from rulebook.store.places import Places
from rulebook.store.sql import listed, literal, quoted
from rulebook.store.worker import PARQUET, Worker

#: So many partners are named in a query, so that groups of rows without them are skipped.
_NAMED = 100


class Amending:
    """One amendment under construction; `count` rows are amended."""

    def __init__(
        self,
        places: Places,
        worker: Worker,
        table: Table,
        relation: duckdb.DuckDBPyRelation,
        marks: bool,
    ) -> None:
        """Check that the columns given name rows of the table."""
        self.places, self.worker, self.table, self.marks = places, worker, table, marks
        self.relation = relation
        given = list(relation.columns)
        if marks and "_aside" not in given:
            raise conflict(table.name, "marks have no reason", "name it in a column _aside")
        self.matched = [name for name in given if not (marks and name == "_aside")]
        allowed = {*table.columns, "_source", "_line"}
        for name in self.matched:
            if name not in allowed:
                raise conflict(table.name, f"there is no column {name} to find rows by")
        if not self.matched:
            raise conflict(table.name, "no column is given to find rows by")
        self.number = table.level + 1
        self.count = 0

    def run(self) -> tuple[Path | None, dict[int, Batch]]:
        """Return the drafted file, or None if no row agrees, and the batches with new counts."""
        with self.worker.given({"_given": self.relation.to_arrow_table()}):
            self._find()
        batches = self._batches()
        if not self.count:
            return None, batches
        draft = self.worker.draft("amendment.parquet")
        self.worker.run(
            f"""COPY (SELECT h._batch, h._line, p.code AS _code, {not self.marks} AS _withdrawn,
            h._new AS _aside, {self.number}::BIGINT AS _amendment
            FROM _hit AS h LEFT JOIN partner_code AS p ON p.partner = h._partner
            ORDER BY ALL) TO {literal(str(draft))} ({PARQUET})"""
        )
        return draft, batches

    def amendment(self, number: int, file: File, chain: str) -> Amendment:
        """Return what the manifest says of it."""
        return Amendment(number=number, file=file, chain=chain)

    def _find(self) -> None:
        """Make the table of the rows hit: address, partner, reasons before and after."""
        table = self.table
        tests = []
        for name in self.matched:
            mine = "s.source" if name == "_source" else f"k.{quoted(name)}"
            tests.append(f"{mine} IS NOT DISTINCT FROM g.{quoted(name)}")
        sources = ", ".join(f"({n}, {literal(b.source)})" for n, b in table.batches.items())
        rows = kept(self.places, table, self._within())
        aside = "g._aside" if self.marks else "NULL"
        self.worker.run(
            f"""CREATE OR REPLACE TEMP TABLE _hit AS
            SELECT k._batch, k._line, any_value(k.{quoted(table.partner)}) AS _partner,
            any_value(coalesce(k._aside, '')) AS _old, min(CAST({aside} AS VARCHAR)) AS _new
            FROM (SELECT * FROM ({rows}) {self._pruned()}) AS k
            JOIN (VALUES {sources or "(-1, '')"}) AS s(batch, source) ON s.batch = k._batch
            JOIN _given AS g ON {" AND ".join(tests)}
            GROUP BY k._batch, k._line"""
        )
        if self.marks:
            self.worker.run("DELETE FROM _hit WHERE _old = coalesce(_new, '')")

    def _within(self) -> list[int]:
        """Return the batches in which rows are looked for."""
        if "_source" not in self.matched:
            return list(self.table.batches)
        named = {name for (name,) in self.worker.run("SELECT DISTINCT _source FROM _given")}
        return [number for number, b in self.table.batches.items() if b.source in named]

    def _pruned(self) -> str:
        """Return the condition that lets groups of rows be skipped, if partners are given."""
        if self.table.partner not in self.matched:
            return ""
        partner = quoted(self.table.partner)
        found = self.worker.run(f"SELECT DISTINCT {partner} FROM _given LIMIT {_NAMED + 1}")
        names = [name for (name,) in found]
        if len(names) > _NAMED or None in names or not names:
            return ""
        return f"WHERE {partner} IN ({listed(names)})"

    def _batches(self) -> dict[int, Batch]:
        """Return the batches, the rows hit moved between the reasons."""
        query = "SELECT _batch, {}, count(*) FROM _hit GROUP BY ALL"
        batches = dict(self.table.batches)
        for number, reason, rows in self.worker.run(query.format("_old")):
            self.count += rows
            _move(batches, number, {reason: -rows})
        if self.marks:
            for number, reason, rows in self.worker.run(query.format("coalesce(_new, '')")):
                _move(batches, number, {reason: rows})
        return batches


def _move(batches: dict[int, Batch], number: int, counts: Counts) -> None:
    batch = batches[number]
    batches[number] = batch.model_copy(update={"counts": added(batch.counts, counts)})
