"""Random histories of recording, correcting, withdrawing, dropping and undoing, beside a model.

The model is a list of what was said of each key, in the order of the commits: what counts is the
last that was not undone.
"""

from __future__ import annotations

from contextlib import suppress

import pyarrow.parquet
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from echelon.records.facts import frames, pages
from echelon.records.facts.errors import Refused
from echelon.records.facts.models import Batch, Fact
from echelon.records.facts.services import batches, recording
from tests.factories.facts import BOSS, NOW, live, recorded, sale, uploaded
from tests.factories.partners import partner
from tests.frame.size import sample_size

pytestmark = pytest.mark.django_db

KEYS = st.sampled_from(["A", "B", "C"])
ROWS = st.dictionaries(KEYS, st.tuples(st.sampled_from(["acme", "bolt"]), st.sampled_from("12")))
STEPS = st.one_of(
    st.tuples(st.just("record"), ROWS),
    st.tuples(st.just("withdraw"), st.sets(KEYS, min_size=1)),
    st.tuples(st.just("load"), ROWS),
    st.tuples(st.just("commit"), st.integers(0, 3)),
    st.tuples(st.just("drop"), st.integers(0, 3)),
    st.tuples(st.just("undo"), st.integers(0, 9)),
    st.tuples(st.just("frames"), st.none()),
)
Said = tuple[str, str] | None  # partner and amount; None: withdrawn


class Model:
    """What was said of each key, batch by batch."""

    def __init__(self) -> None:
        self.said: dict[str, list[tuple[object, Said]]] = {}

    def now(self) -> dict[str, tuple[str, str]]:
        last = {key: told[-1][1] for key, told in self.said.items() if told}
        return {key: said for key, said in last.items() if said}

    def commit(self, batch: object, rows: dict[str, Said]) -> None:
        for key, said in rows.items():
            if self.now().get(key) != said:
                self.said.setdefault(key, []).append((batch, said))

    def undo(self, batch: object) -> None:
        for key, told in self.said.items():
            self.said[key] = [one for one in told if one[0] != batch]


class History:
    """The room and the model, doing the same."""

    def __init__(self) -> None:
        self.model, self.waiting, self.done = Model(), [], []

    def record(self, rows: dict[str, tuple[str, str]]) -> None:
        if rows:
            batch = recorded(*(sale(key, who, much) for key, (who, much) in rows.items()))
            self._done(batch, rows)

    def withdraw(self, keys: set[str]) -> None:
        names = [f"{key}|1" for key in sorted(keys)]
        try:
            with transaction.atomic():
                batch = recording.withdraw(BOSS, type="sales", keys=names, at=NOW, source="test")
        except Refused:
            assert keys - set(self.model.now())
        else:
            self._done(batch, dict.fromkeys(keys))

    def load(self, rows: dict[str, tuple[str, str]]) -> None:
        lines = [f"{key},1,{who},2026-05-01,,,{much},EUR" for key, (who, much) in rows.items()]
        self.waiting.append((uploaded(lines), rows))

    def commit(self, which: int) -> None:
        if which < len(self.waiting):
            batch, rows = self.waiting.pop(which)
            self._done(batches.commit(BOSS, batch=batch.pk, at=NOW), rows)

    def drop(self, which: int) -> None:
        if which < len(self.waiting):
            batches.drop(BOSS, batch=self.waiting.pop(which)[0].pk, at=NOW)

    def undo(self, which: int) -> None:
        if which < len(self.done):
            batch = self.done.pop(which)
            batches.undo(BOSS, batch=batch, at=NOW)
            self.model.undo(batch)

    def frames(self, _nothing: None) -> None:
        self.check_frames()

    def check_frames(self) -> None:
        _section, paths = frames.facts(["sales"])["sales"]
        rows = [row for path in paths for row in pyarrow.parquet.read_table(path).to_pylist()]
        assert len(rows) == len(self.model.now())
        assert {
            row["order_number"]: (row["partner_id"], str(row["amount"])) for row in rows
        } == self.model.now()

    def check(self) -> None:
        told = {
            fact.payload["order_number"]: (fact.partner.key, fact.payload["amount"])
            for fact in Fact.objects.filter(ended_by=None, withdraws=False).select_related(
                "partner"
            )
        }
        assert told == self.model.now()
        assert len(live()) == len(told)

    def _done(self, batch: Batch, rows: dict[str, Said]) -> None:
        self.model.commit(batch.pk, rows)
        self.done.append(batch.pk)


class _Back(Exception):
    """The example is over: nothing of it stays."""


@settings(
    max_examples=sample_size(ci=25, proof=1000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, max_size=14))
def test_what_counts_is_what_the_model_says(steps, monkeypatch, tmp_path_factory, settings):
    monkeypatch.setattr("echelon.records.facts.switching.PAGE", 4)
    monkeypatch.setattr(pages, "PAGE", 4)
    settings.CACHE_FOLDER = tmp_path_factory.mktemp("cache")
    settings.FILES_FOLDER = tmp_path_factory.mktemp("files")
    with suppress(_Back), transaction.atomic():
        partner("Acme")
        partner("Bolt")
        history = History()
        for verb, what in steps:
            getattr(history, verb)(what)
            history.check()
        history.check_frames()
        raise _Back
