"""A change of the store: what it puts, withdraws and marks becomes one new generation, or nothing.

A change touches only what it must: it writes files for what is new and names them, beside the
files that were there, in a new manifest.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa

from rulebook.store.amending import Amending
from rulebook.store.errors import conflict, told
from rulebook.store.manifest import Batch, Codes, File, Manifest, Segment, Sums, Table, write
from rulebook.store.places import Places, digest_of, settle, text_digest, trust
from rulebook.store.sql import (
    ADDRESS,
    digest_sums,
    known_type,
    literal,
    parquet,
    quoted,
    row_digest,
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

    def put(self, form: Form, source: str, key: str, rows: Rows) -> Batch:
        """Keep the rows of a source, in place of those that it had; return the new batch.

        `rows` has the table's typed columns (VARCHAR, DECIMAL, DATE, BOOLEAN, BIGINT) and
        `_line`, no number twice; `_file` (else the source's name) and `_aside` (else null: the
        row counts) if it likes. `key` says what went in, so that a caller can tell whether a
        source is kept already. Raises StoreConflict where rows don't fit.
        """
        table = self.tables.get(form.table)
        old = table.source(source) if table else None
        relation = self._relation(rows)
        columns = self._columns(form, relation)
        draft = self._draft(form, source, columns, relation)
        sums = self._sums(form, source, columns, draft)
        file = self.keep(draft, sum(numbers[0] for numbers in sums.values()))
        partner = quoted(form.partner)
        self.worker.add_codes(f"SELECT {partner} FROM {self._parquet(file)}")
        number = self.next_batch
        self.next_batch += 1
        identity = text_digest(str(number), source, key, file.digest)
        batch = Batch(
            number=number, source=source, key=key, columns=columns, rows=file.rows, sums=sums,
            identity=identity,
        )  # fmt: skip
        known = table or Table(name=form.table, partner=form.partner, day=form.day)
        batches = {n: b for n, b in known.batches.items() if old is None or n != old.number}
        segment = Segment(file=file, columns=columns, batches={number: file.rows})
        self._set(
            known, form, batches={**batches, number: batch}, segments=(*known.segments, segment)
        )
        return batch

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
        self, form: Form, source: str, columns: Mapping[str, str], relation: duckdb.DuckDBPyRelation
    ) -> Path:
        """Write rows, sorted, under the caller's bounds of memory if the caller has them."""
        given = set(relation.columns)
        names = ", ".join(map(quoted, columns))
        file = "_file" if "_file" in given else f"{literal(source)}"
        aside = "_aside" if "_aside" in given else "NULL"
        draft = self.worker.draft("segment.parquet")
        order = f"{quoted(form.partner)} NULLS LAST, {quoted(form.day)} NULLS LAST, _line"
        sql = f"""COPY (SELECT {names}, CAST({file} AS VARCHAR) AS _file,
            CAST(_line AS BIGINT) AS _line, CAST({aside} AS VARCHAR) AS _aside,
            {self.next_batch}::INTEGER AS _batch FROM _rulebook_rows ORDER BY {order})
            TO {literal(str(draft))} ({PARQUET})"""
        with told(draft):
            relation.query("_rulebook_rows", sql)
        return draft

    def _sums(self, form: Form, source: str, columns: Mapping[str, str], draft: Path) -> Sums:
        rows = self.worker.run(f"""SELECT coalesce(_aside, ''), {digest_sums("digest")}
            FROM (SELECT _aside, {row_digest(columns, "r")} AS digest FROM {parquet([draft])} AS r)
            GROUP BY ALL""")
        lines = "count(*), count(_line), count(DISTINCT _line), count(nullif(_aside, ''))"
        found = self.worker.run(f"SELECT {lines}, count(_aside) FROM {parquet([draft])}")[0]
        if not found[0] == found[1] == found[2]:
            what = f"lines of {source} are not numbered each by one _line"
            raise conflict(form.table, what, "number the rows of a source")
        if found[3] != found[4]:
            raise conflict(form.table, f"a row of {source} is set aside for the reason ''")
        return {reason: (count, high, low) for reason, count, high, low in sorted(rows)}

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
        count = codes.count
        fresh = self.worker.run(
            f"SELECT partner FROM partner_code WHERE code >= {count} ORDER BY code"
        )
        if not fresh:
            return codes
        draft = self.worker.draft("codes.parquet")
        self.worker.run(f"""COPY (SELECT code, partner FROM partner_code WHERE code >= {count}
            ORDER BY code) TO {literal(str(draft))} ({PARQUET})""")
        file = self.keep(draft, len(fresh))
        point = text_digest(codes.points[count], *[partner for (partner,) in fresh])
        return Codes(files=(*codes.files, file), points={**codes.points, count + len(fresh): point})

    def _parquet(self, file: File) -> str:
        return parquet([self.places.segments / file.name])
