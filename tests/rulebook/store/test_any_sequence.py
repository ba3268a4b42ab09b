"""Any sequence of changes leaves the rows that a plain list would have."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from rulebook.store import Store, compaction
from tests.frame.size import sample_size
from tests.rulebook.store.rows import (
    FORM,
    Row,
    arrow,
    kept_rows,
    native_rows,
    plain,
    put,
    sums,
    together,
)

SOURCES = st.sampled_from(["a.csv", "b.csv", "c.csv", "d.csv"])
PARTNERS = st.sampled_from(["P1", "P2", "Ü3", None])
REASONS = st.sampled_from([None, "bad row", "duplicate"])
ROWS = st.lists(
    st.builds(
        Row,
        id=st.sampled_from(["x", "y", "z"]),
        partner=PARTNERS,
        day=st.sampled_from([None, date(2026, 1, 1), date(2026, 2, 1)]),
        amount=st.sampled_from([None, Decimal("0.00"), Decimal("1.50"), Decimal("-20.25")]),
        note=st.sampled_from([None, "", "n", "é"]),
        line=st.just(0),
        aside=REASONS,
    ),
    max_size=6,
).map(lambda rows: [replace(r, line=number) for number, r in enumerate(rows, start=2)])


class Changes(RuleBasedStateMachine):
    """A store beside a dictionary of lists."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(compaction, "SMALL_SEGMENTS", 2)
        self.temporary = tempfile.TemporaryDirectory()
        self.store = Store.open(Path(self.temporary.name) / "store")
        self.connection = duckdb.connect()
        self.rows: dict[str, list[Row]] = {}
        put(self.store, "big.csv", [Row("w", "P1", None, None, None, n) for n in range(60)])
        self.rows["big.csv"] = [Row("w", "P1", None, None, None, n) for n in range(60)]

    def all(self) -> list[Row]:
        return [r for rows in self.rows.values() for r in rows]

    @rule(source=SOURCES, rows=ROWS)
    def put(self, source: str, rows: list[Row]) -> None:
        put(self.store, source, rows)
        self.rows[source] = rows

    @rule(sources=st.dictionaries(SOURCES, ROWS, min_size=1))
    def put_all(self, sources: dict[str, list[Row]]) -> None:
        with self.store.change() as change:
            change.put_all(FORM, dict.fromkeys(sources, "key"), together(sources))
        self.rows |= sources

    @precondition(lambda self: len(self.rows) > 1)
    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        source = data.draw(st.sampled_from(sorted(self.rows)))
        with self.store.change() as change:
            change.drop("sales", source)
        del self.rows[source]

    @rule(partner=PARTNERS, name=st.sampled_from(["x", "y", "w"]))
    def withdraw(self, partner: str | None, name: str) -> None:
        given = pa.table({"partner": pa.array([partner], pa.string()), "id": [name]})
        gone = [r for r in self.all() if (r.partner, r.id) == (partner, name)]
        with self.store.change() as change:
            assert change.withdraw("sales", given) == len(gone)
        for source, rows in self.rows.items():
            self.rows[source] = [r for r in rows if (r.partner, r.id) != (partner, name)]

    @rule(source=SOURCES, line=st.integers(2, 5), aside=REASONS)
    def mark(self, source: str, line: int, aside: str | None) -> None:
        given = pa.table(
            {"_source": [source], "_line": [line], "_aside": pa.array([aside], pa.string())}
        )
        with self.store.change() as change:
            change.mark("sales", given)
        self.rows[source] = [
            replace(r, aside=aside) if r.line == line else r for r in self.rows.get(source, [])
        ]
        if not self.rows[source]:
            del self.rows[source]
            if "sales" in self.store.tables() and self.store.tables()["sales"].source(source):
                self.rows[source] = []

    @rule(source=SOURCES, rows=ROWS)
    def change_then_fail(self, source: str, rows: list[Row]) -> None:
        with pytest.raises(ZeroDivisionError), self.store.change() as change:  # noqa: PT012
            change.put(FORM, source, "key", arrow(rows))
            raise ZeroDivisionError

    @rule(whole=st.booleans())
    def compact(self, whole: bool) -> None:
        self.store.compact(whole=whole)

    @rule()
    def reopen(self) -> None:
        folder = self.store.places.folder
        self.store.close()
        self.store = Store.open(folder)

    @rule()
    def kept(self) -> None:
        assert kept_rows(self.store) == plain(self.all())
        assert self.store.sums("sales") == sums(self.all())

    @rule()
    def native(self) -> None:
        assert native_rows(self.store, self.connection) == plain(self.all())

    def teardown(self) -> None:
        self.kept()
        self.native()
        assert self.store.verify() == []
        self.store.close()
        self.connection.close()
        self.patch.undo()
        self.temporary.cleanup()


TestAnySequence = Changes.TestCase
TestAnySequence.settings = settings(
    max_examples=sample_size(ci=12, proof=300), stateful_step_count=14, deadline=None
)
