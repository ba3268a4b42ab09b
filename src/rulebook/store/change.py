"""A change of the store: what it puts, withdraws and marks becomes one new generation, or nothing.

A change touches only what it must: it writes files for what is new and names them, beside the
files that were there, in a new manifest.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa

from rulebook.store.amending import Amending
from rulebook.store.errors import conflict, told
from rulebook.store.manifest import Batch, Codes, Counts, File, Manifest, Segment, Table, write
from rulebook.store.places import Places, digest_of, settle, text_digest, trust
from rulebook.store.sql import (
    ADDRESS,
    known_type,
    listed,
    literal,
    parquet,
    quoted,
    wider,
)
from rulebook.store.worker import PARQUET, Worker

#: Rows handed over: a query of the caller's connection, or Arrow.
Rows: TypeAlias = duckdb.DuckDBPyRelation | pa.Table | pa.RecordBatchReader


@dataclass(frozen=True)
class Form:
    """What the store must know of a fact table: its name, whose a fact is and on which day."""

    table: str
    partner: str
    day: str


class Change:
    """What is to be changed; made by `Store.change`, which writes it down at its end."""

    def __init__(self, places: Places, worker: Worker, manifest: Manifest) -> None:
        """Begin from the newest generation."""
        self.places, self.worker, self.manifest = places, worker, manifest
        self.tables = dict(manifest.tables)
        self.next_batch = manifest.next_batch
        worker.load_codes(manifest.codes)

    def put(self, form: Form, source: str, key: str, rows: Rows) -> None:
        """Keep the rows of a source, in place of those that it had.

        `rows` has the table's typed columns (VARCHAR, DECIMAL, DATE, BOOLEAN, BIGINT) and
        `_line`, no number twice; `_aside` (else null: the row counts) if it likes. `key` says what
        went in, so that a caller can tell whether a source is kept already. Raises StoreConflict
        where rows don't fit.
        """
        self.put_all(form, {source: key}, rows)

    def put_all(self, form: Form, keys: Mapping[str, str], rows: Rows) -> None:
        """Keep the rows of several sources at once, in one file.

        `keys` is by source, and `_file` says which source a row is of; else as `put`.
        """
        relation = self._relation(rows)
        columns = self._columns(form, relation)
        numbers = dict(zip(keys, count(self.next_batch), strict=False))
        draft = self._draft(form, numbers, columns, relation)
        counts = self._counts(form, numbers, draft)
        totals = {number: sum(found.values()) for number, found in counts.items()}
        file = self.keep(draft, sum(totals.values()))
        self.worker.add_codes(f"SELECT {quoted(form.partner)} FROM {self._parquet(file)}")
        self.next_batch += len(numbers)
        known = self.tables.get(form.table)
        known = known or Table(name=form.table, partner=form.partner, day=form.day)
        batches = {n: b for n, b in known.batches.items() if b.source not in keys}
        for source, number in numbers.items():
            batches[number] = Batch(
                number=number, source=source, key=keys[source], columns=columns,
                rows=totals[number], counts=counts[number],
                identity=text_digest(str(number), source, keys[source], file.digest),
            )  # fmt: skip
        segment = Segment(file=file, columns=columns, batches=totals)
        self._set(known, form, batches=batches, segments=(*known.segments, segment))

    def drop(self, table: str, source: str) -> None:
        """Withdraw all rows of a source."""
        known = self._table(table)
        batch = known.source(source)
        if batch is None:
            raise conflict(table, f"there is no source {source!r} to withdraw")
        batches = {n: b for n, b in known.batches.items() if n != batch.number}
        self._set(known, None, batches=batches)

    def withdraw(self, table: str, rows: Rows) -> int:
        """Withdraw the rows that agree with a row given, in all columns given; return how many.

        Columns are the table's, `_source` or `_line`; with the partner's column among them
        only the partners' rows are looked at.
        """
        return self._amend(table, rows, marks=False)

    def mark(self, table: str, rows: Rows) -> int:
        """Set rows aside for the reason `_aside`, or count them again where it is null.

        The other columns name the rows, as for `withdraw`.
        """
        return self._amend(table, rows, marks=True)

    def know(self, partners: Rows) -> None:
        """Give codes to partners in the one column of a relation, though they have no facts."""
        relation = self._relation(partners)
        name = relation.columns[0]
        read = relation.select(f"CAST({quoted(name)} AS VARCHAR) AS partner").to_arrow_table()
        with self.worker.given({"_given": read}):
            self.worker.add_codes("SELECT partner FROM _given")

    def changed(self) -> list[str]:
        """Return the names of the tables that are not as they were."""
        return [n for n, t in self.tables.items() if t != self.manifest.tables.get(n)]

    def commit(self) -> Manifest:
        """Write what was changed as a new generation; without changes, keep the old one."""
        codes = self._codes()
        same = self.tables == self.manifest.tables and codes == self.manifest.codes
        if same:
            return self.manifest
        manifest = Manifest(
            generation=self.manifest.generation + 1,
            next_batch=self.next_batch,
            tables=self.tables,
            codes=codes,
        )
        write(self.places, self.worker.room, manifest)
        self.worker.codes_settled(codes)
        return manifest

    def keep(self, draft: Path, rows: int) -> File:
        """Move a drafted file among the segments, under the name of its bytes."""
        digest = digest_of(draft)
        file = File(
            name=f"{digest[:32]}.parquet", size=os.stat(draft).st_size, digest=digest, rows=rows
        )
        place = self.places.segments / file.name
        settle(draft, place)
        trust(place)
        return file

    def _relation(self, rows: Rows) -> duckdb.DuckDBPyRelation:
        arrow = isinstance(rows, pa.Table | pa.RecordBatchReader)
        return self.worker.connection.from_arrow(rows) if arrow else rows

    def _columns(self, form: Form, relation: duckdb.DuckDBPyRelation) -> dict[str, str]:
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        columns = {
            name: known_type(form.table, name, kind)
            for name, kind in types.items()
            if name not in ADDRESS
        }
        for name, kind in ((form.partner, "VARCHAR"), (form.day, "DATE")):
            if columns.get(name) != kind:
                raise conflict(form.table, f"column {name} has to be there as {kind}")
        if "_line" not in types:
            raise conflict(form.table, "rows have no _line", "number them")
        return columns

    def _draft(
        self,
        form: Form,
        numbers: Mapping[str, int],
        columns: Mapping[str, str],
        relation: duckdb.DuckDBPyRelation,
    ) -> Path:
        """Write rows, sorted, under the caller's bounds of memory if the caller has them.

        Sources are sorted as numbers and named afterwards: a name in every row is much to sort.
        """
        given = set(relation.columns)
        names = ", ".join(f"r.{quoted(name)}" for name in columns)
        aside = "r._aside" if "_aside" in given else "NULL"
        sources = ", ".join(f"({literal(source)}, {number})" for source, number in numbers.items())
        of = "s.source = r._file" if "_file" in given else str(len(numbers) == 1)
        draft = self.worker.draft("segment.parquet")
        order = f"{quoted(form.partner)} NULLS LAST, {quoted(form.day)} NULLS LAST, _batch, _line"
        sql = f"""COPY (SELECT * EXCLUDE (_line, _aside, _batch),
            [{listed(numbers)}][_batch - {self.next_batch - 1}] AS _file, _line, _aside, _batch
            FROM (SELECT {names}, CAST(r._line AS BIGINT) AS _line,
                CAST({aside} AS VARCHAR) AS _aside, s.number::INTEGER AS _batch
                FROM _rulebook_rows AS r LEFT JOIN (VALUES {sources}) AS s(source, number) ON {of}
                ORDER BY {order}))
            TO {literal(str(draft))} ({PARQUET})"""
        with told(draft):
            relation.query("_rulebook_rows", sql)
        return draft

    def _counts(self, form: Form, numbers: Mapping[str, int], draft: Path) -> dict[int, Counts]:
        """Return the rows of each batch by reason, or refuse rows that don't fit."""
        sources = {number: source for source, number in numbers.items()}
        lines = "count(*), count(_line), count(DISTINCT _line), count(*) FILTER (_aside = '')"
        found = self.worker.run(f"SELECT _batch, {lines} FROM {parquet([draft])} GROUP BY _batch")
        for number, rows, numbered, different, unsaid in found:
            source = sources.get(number)
            if source is None:
                what = f"_file of {rows} rows is none of the sources put"
                raise conflict(form.table, what, "name the source of each row")
            if not rows == numbered == different:
                what = f"lines of {source} are not numbered each by one _line"
                raise conflict(form.table, what, "number the rows of a source")
            if unsaid:
                raise conflict(form.table, f"a row of {source} is set aside for the reason ''")
        counts: dict[int, Counts] = {number: {} for number in numbers.values()}
        reasons = f"SELECT _batch, coalesce(_aside, '') AS reason, count(*) FROM {parquet([draft])}"
        for number, reason, rows in self.worker.run(f"{reasons} GROUP BY ALL ORDER BY ALL"):
            counts[number][reason] = rows
        return counts

    def _table(self, name: str) -> Table:
        if name not in self.tables:
            raise conflict(name, "the store has no such table")
        return self.tables[name]

    def _set(self, table: Table, form: Form | None, **changes: Any) -> None:
        """Have a table as changed, its columns wide enough for every batch."""
        if form is not None and (form.partner, form.day) != (table.partner, table.day):
            if set(changes["batches"]) & set(table.batches):
                what = f"its partner and day were {table.partner} and {table.day}"
                raise conflict(table.name, what, "withdraw its other sources first")
            changes |= {"partner": form.partner, "day": form.day}
        columns: dict[str, str] = {}
        for batch in changes.get("batches", table.batches).values():
            for name, kind in batch.columns.items():
                columns[name] = wider(table.name, name, columns.get(name, kind), kind)
        changed = table.model_copy(update={**changes, "columns": columns})
        live = set(changed.batches)
        segments = tuple(s for s in changed.segments if not live.isdisjoint(s.batches))
        self.tables[table.name] = changed.model_copy(update={"segments": segments})

    def _amend(self, name: str, rows: Rows, *, marks: bool) -> int:
        table = self._table(name)
        relation = self._relation(rows)
        amending = Amending(self.places, self.worker, table, relation, marks)
        draft, batches = amending.run()
        if draft is None:
            return 0
        file = self.keep(draft, amending.count)
        number = table.level + 1
        chain = text_digest(table.chain_at(table.level) or "", str(number), file.digest)
        amendment = amending.amendment(number, file, chain)
        self._set(table, None, batches=batches, amendments=(*table.amendments, amendment))
        return amending.count

    def _codes(self) -> Codes:
        """Write the codes that were given in this change."""
        codes = self.manifest.codes
        known = codes.count
        fresh = self.worker.run(
            f"SELECT partner FROM partner_code WHERE code >= {known} ORDER BY code"
        )
        if not fresh:
            return codes
        draft = self.worker.draft("codes.parquet")
        self.worker.run(f"""COPY (SELECT code, partner FROM partner_code WHERE code >= {known}
            ORDER BY code) TO {literal(str(draft))} ({PARQUET})""")
        file = self.keep(draft, len(fresh))
        point = text_digest(codes.points[known], *[partner for (partner,) in fresh])
        return Codes(files=(*codes.files, file), points={**codes.points, known + len(fresh): point})

    def _parquet(self, file: File) -> str:
        return parquet([self.places.segments / file.name])
