"""Facts of derived forms as arrays: what shared scans of large tables are answered from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlglot import exp

from rulebook.backends.backend import Occasion
from rulebook.backends.by_column import ArrayFiles, ByColumn
from rulebook.backends.by_column.pieces import keys_of, through
from rulebook.backends.by_column.scope import Bounds, Scope
from rulebook.backends.duckdb.engine import DuckDB
from rulebook.backends.sql.engine import EngineError
from rulebook.backends.sql.relations import Relations, days_by_place
from rulebook.backends.sql.source import aliased, column, in_currency
from rulebook.columns import Column, Nulls, Numbers, from_arrow
from rulebook.columns.numbers import Beyond
from rulebook.dataset.data import Data
from rulebook.expressions.typed import Ref
from rulebook.plan.build import is_money
from rulebook.plan.scans import SharedScan, Slot
from rulebook.store import Standing, StoreError

_BATCH = 1 << 20
#: The column by which facts are sorted: no dataset has such a name.
KEYS = "\x1fkeys"


class Arrays:
    """The tables of a folder that lie in arrays, by the identity of their derived forms."""

    def __init__(
        self,
        engine: DuckDB,
        data: Data,
        forms: Mapping[str, tuple[Standing, Path]],
        currency: str,
    ) -> None:
        """Map nothing yet.

        `forms` is by fact table: its derived form, and the folder for its arrays; `currency` what
        amounts are in.
        """
        self.engine, self.data, self.forms, self.currency = engine, data, forms, currency
        self._tables: dict[str, ByColumn] = {}
        self._scopes: dict[tuple[str, bool], tuple[Sequence[str], Scope]] = {}

    def take_over(self, before: Arrays) -> None:
        """Go on with tables that another had mapped, where their derived form is the same."""
        for name, table in before._tables.items():
            if name in self.forms and self.forms[name][1] == before.forms[name][1]:
                table.added = None
                self._tables[name] = table

    def totals(
        self,
        scans: Sequence[SharedScan],
        occasions: Mapping[Slot, Occasion],
        relations: Relations,
    ) -> list[list[Column] | None]:
        """Return for each scan its aggregates, by place; None where another way must be gone."""
        found: list[list[Column] | None] = [None] * len(scans)
        together: dict[tuple[str, bool], list[int]] = {}
        for number, scan in enumerate(scans):
            if self._fits(scan):
                together.setdefault((scan.table, scan.family), []).append(number)
        bounds = {slot: _bounds(each) for slot, each in occasions.items()} if together else {}
        for key, numbers in together.items():
            partners = next(iter(occasions.values())).partners
            try:
                table = self._table(key[0])
                scope = self._scope(key, partners, relations)
                answers = table.totals([scans[number] for number in numbers], scope, bounds)
            except (Beyond, OSError, StoreError, EngineError):
                continue  # whoever is asked instead says what is wrong, if it still is
            for number, answer in zip(numbers, answers, strict=True):
                found[number] = answer
        return found

    def _fits(self, scan: SharedScan) -> bool:
        facts = self.data.spec.facts[scan.table]
        by_day = all(slot.during.day == facts.attained for slot in scan.slots)
        return scan.table in self.forms and by_day and not scan.constants

    def _scope(self, key: tuple[str, bool], partners: Sequence[str], relations: Relations) -> Scope:
        """Return whose facts of a table count for whom; the same as long as the partners are."""
        known = self._scopes.get(key)
        if known is None or known[0] != partners:
            scope = Scope.of(*relations.coded(key[1], partners), len(partners))
            known = self._scopes[key] = (partners, scope)
        return known[1]

    def _table(self, name: str) -> ByColumn:
        form, folder = self.forms[name]
        if name not in self._tables:
            facts = exp.Table(this=_named("facts"), db=_named(form.alias))
            files = ArrayFiles(folder, partial(self._batches, name, facts))
            self._tables[name] = self._by_column(name, files.column)
        found = self._tables[name]
        if form.added is not None and found.added is None:
            added = exp.Table(this=_named(form.added))
            found.added = self._by_column(name, partial(self._small, name, added))
        return found

    def _by_column(self, name: str, column: Callable[[str], Column]) -> ByColumn:
        keys = column(KEYS)
        if not isinstance(keys, Numbers):
            raise Beyond
        columns: dict[Ref, Column] = {}

        def mean(ref: Ref) -> Column:
            if ref not in columns:
                columns[ref] = self._whole(name, column, ref)
            return columns[ref]

        order = None if _ascending(keys.units) else np.argsort(keys.units, kind="stable")
        if order is None:
            return ByColumn(keys.units, mean)
        return ByColumn(keys.units[order], lambda ref: mean(ref).take(order))

    def _whole(self, table: str, column: Callable[[str], Column], ref: Ref) -> Column:
        facts = self.data.spec.facts[table]
        if ref.kind != "column":
            raise Beyond
        first, *path = ref.path
        if is_money(facts, first):
            first = in_currency(first, self.currency)
            if first not in self.engine.shapes(f"fact_{table}"):
                raise Beyond
        found, entry = column(first), facts.type_of(ref.path[0])
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

    def _batches(self, table: str, facts: exp.Table, name: str) -> tuple[int, Iterator[pa.Array]]:
        """Return how many facts count, and one column of them in the order in which they lie."""
        count = self._counting(table, facts, [exp.Count(this=exp.Star())])
        rows = int(self.engine.answer(count).column(0)[0].as_py())
        return rows, self._column(table, facts, name)

    def _small(self, table: str, facts: exp.Table, name: str) -> Column:
        """Return a column of few facts, in memory."""
        chunks = list(self._column(table, facts, name))
        if not any(map(len, chunks)):
            return Numbers(0, None, np.zeros(0, np.int64), 0, 0) if name == KEYS else Nulls(0, None)
        return from_arrow(pa.chunked_array(chunks))

    def _column(self, table: str, facts: exp.Table, name: str) -> Iterator[pa.Array]:
        """Yield one column of the facts that count, in the order in which they lie."""
        wanted = self._code_and_day(table) if name == KEYS else [column(name, "f")]
        batches = self.engine.batches(self._counting(table, facts, wanted), _BATCH)
        return map(_keys, batches) if name == KEYS else (batch.column(0) for batch in batches)

    def _counting(
        self, table: str, facts: exp.Table, wanted: Sequence[exp.Expression]
    ) -> exp.Select:
        """Return the query of what is wanted of the facts that count."""
        there = [
            exp.Not(this=exp.Is(this=each, expression=exp.null()))
            for each in self._code_and_day(table)
        ]
        stands = exp.Is(this=column("_aside", "f"), expression=exp.null())
        return exp.select(*wanted).from_(aliased(facts, "f")).where(*there, stands)

    def _code_and_day(self, table: str) -> list[exp.Expression]:
        return [column("_code", "f"), column(self.data.spec.facts[table].attained, "f")]


def _ascending(keys: NDArray[np.int64]) -> bool:
    return bool((keys[1:] >= keys[:-1]).all())


def _named(text: str) -> exp.Identifier:
    return exp.to_identifier(text, quoted=True)


def _keys(batch: pa.RecordBatch) -> pa.Array:
    codes, days = batch.column(0).cast(pa.int64()), batch.column(1).cast(pa.int32())
    return pa.array(keys_of(codes.to_numpy(), days.to_numpy()))


def _bounds(occasion: Occasion) -> Bounds:
    low, high = days_by_place(occasion.spans)
    if len(occasion.spans) == 1:
        low, high = (np.broadcast_to(each, len(occasion.partners)) for each in (low, high))
    holds = next((span.holds for span in occasion.spans if span is not None), None)
    return Bounds(low, high, holds)
