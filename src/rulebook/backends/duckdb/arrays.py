"""Facts of derived forms as arrays: what shared scans of large tables are answered from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from sqlglot import exp

from rulebook.backends.backend import Occasion
from rulebook.backends.by_column import ArrayFiles, ByColumn
from rulebook.backends.by_column.kernel import Bounds, Scope
from rulebook.backends.by_column.pieces import keys_of, through
from rulebook.backends.duckdb.engine import DuckDB
from rulebook.backends.sql.relations import Relations, days_by_place
from rulebook.backends.sql.source import column, in_currency
from rulebook.columns import Column, Numbers
from rulebook.columns.numbers import Beyond
from rulebook.dataset.data import Data
from rulebook.expressions.typed import Ref
from rulebook.plan.build import is_money
from rulebook.plan.scans import SharedScan, Slot

_BATCH = 1 << 20
#: The column by which facts are sorted: no dataset has such a name.
KEYS = "\x1fkeys"


class Arrays:
    """The tables of a folder that lie in arrays, by the identity of their derived forms."""

    def __init__(
        self, engine: DuckDB, data: Data, folder: Path, identities: Mapping[str, str], currency: str
    ) -> None:
        """Map nothing yet. `identities` is by fact table; `currency` what amounts are in."""
        self.engine, self.data, self.folder = engine, data, folder
        self.identities, self.currency = identities, currency
        self._tables: dict[str, ByColumn] = {}
        self._columns: dict[tuple[str, Ref], Column] = {}
        self._scopes: dict[bool, tuple[Sequence[str], Scope]] = {}

    def totals(
        self, scan: SharedScan, occasions: Mapping[Slot, Occasion], relations: Relations
    ) -> list[Column] | None:
        """Return each aggregate wanted, by place; None where another way must be gone."""
        facts = self.data.spec.facts[scan.table]
        by_day = all(slot.during.day == facts.attained for slot in scan.slots)
        if scan.table not in self.identities or not by_day or scan.constants:
            return None
        partners = next(iter(occasions.values())).partners
        bounds = {slot: _bounds(each) for slot, each in occasions.items()}
        try:
            table = self._table(scan.table)
            scope = self._scope(scan.family, partners, relations)
            return list(table.totals(scan, scope, bounds))
        except (Beyond, OSError):
            return None

    def _scope(self, family: bool, partners: Sequence[str], relations: Relations) -> Scope:
        """Return whose facts count for whom; it is the same as long as the partners are."""
        known = self._scopes.get(family)
        if known is None or known[0] != partners:
            scope = Scope.of(*relations.coded(family, partners), len(partners))
            known = self._scopes[family] = (partners, scope)
        return known[1]

    def _table(self, name: str) -> ByColumn:
        if name not in self._tables:
            files = ArrayFiles(self.folder, self.identities[name], partial(self._batches, name))
            keys = files.column(KEYS)
            if not isinstance(keys, Numbers):
                raise Beyond
            self._tables[name] = ByColumn(keys.units, partial(self._mean, name, files))
        return self._tables[name]

    def _mean(self, table: str, files: ArrayFiles, ref: Ref) -> Column:
        """Return the whole column that a reference means."""
        key = (table, ref)
        if key not in self._columns:
            self._columns[key] = self._whole(table, files, ref)
        return self._columns[key]

    def _whole(self, table: str, files: ArrayFiles, ref: Ref) -> Column:
        facts = self.data.spec.facts[table]
        if ref.kind != "column":
            raise Beyond
        first, *path = ref.path
        if is_money(facts, first):
            first = in_currency(first, self.currency)
            if first not in self.engine.shapes(f"fact_{table}"):
                raise Beyond
        found, entry = files.column(first), facts.type_of(ref.path[0])
        for part in path:
            if entry is None or entry.references is None:
                raise Beyond
            rows = self.data.references[entry.references]
            words = getattr(found, "words", None)
            if words is None:
                raise Beyond
            values = [rows[word].get(part) if word in rows else None for word in words]
            found = through(found, values)
            entry = self.data.spec.references[entry.references].columns.get(part)
        return found

    def _batches(self, table: str, name: str) -> tuple[int, Iterator[pa.Array]]:
        """Return how many facts count, and one column of them in the order in which they lie."""
        fact = self.engine.table(f"fact_{table}")
        there = [column("_code", "f"), column(self.data.spec.facts[table].attained, "f")]
        tests: list[exp.Expression] = [
            exp.Not(this=exp.Is(this=each, expression=exp.null())) for each in there
        ]
        tests.append(exp.Is(this=column("_aside", "f"), expression=exp.null()))
        source = fact.as_("f", quoted=True)
        count = exp.select(exp.Count(this=exp.Star())).from_(source).where(*tests)
        rows = int(self.engine.answer(count).column(0)[0].as_py())
        wanted = there if name == KEYS else [column(name, "f")]
        query = exp.select(*[each.copy() for each in wanted]).from_(source.copy()).where(*tests)
        batches = self.engine.batches(query, _BATCH)
        if name == KEYS:
            return rows, map(_keys, batches)
        return rows, (batch.column(0) for batch in batches)


def _keys(batch: pa.RecordBatch) -> pa.Array:
    codes, days = batch.column(0).cast(pa.int64()), batch.column(1).cast(pa.int32())
    return pa.array(keys_of(codes.to_numpy(), days.to_numpy()))


def _bounds(occasion: Occasion) -> Bounds:
    low, high = days_by_place(occasion.spans)
    if len(occasion.spans) == 1:
        low, high = (np.broadcast_to(each, len(occasion.partners)) for each in (low, high))
    holds = next((span.holds for span in occasion.spans if span is not None), None)
    return Bounds(low, high, holds)
