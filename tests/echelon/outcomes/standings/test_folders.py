"""Facts that change are added to what is open: it is the folder loaded anew, whatever they do."""

from __future__ import annotations

from datetime import date
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from echelon.outcomes.standings import folders, rooms
from echelon.outcomes.standings.engine import ready
from echelon.records.facts.errors import Refused
from echelon.records.facts.models import Batch
from echelon.records.facts.services import batches, recording, types
from echelon.records.programs import documents
from rulebook.loading import keeping
from tests.factories.enrollments import enrollment, open_program
from tests.factories.facts import BOSS, NOW, recorded, sale
from tests.factories.partners import partner
from tests.frame.size import sample_size

NAMES = ("Ann", "Bob", "Cid")
TEXT = """\
program: solar
name: Solar
version: 2026-01-01
currency: EUR
reads:
  partners: {}
  facts:
    sales: {date: order_date, columns: {amount: {type: money, currency: currency}}}
metrics:
  revenue: {from: sales, value: sum(amount), window: trailing 12 months, unit: money, family: true}
tiers:
  registered: {}
  gold: {requires: {revenue: 1000}}
"""
DAY = NOW.date()
keys = st.sampled_from([str(number) for number in range(8)])
rows = st.fixed_dictionaries(
    {
        "key": keys,
        "who": st.sampled_from(["ann", "bob", "cid"]),
        "amount": st.integers(-999, 2500).map(str)
        | st.decimals(0, 10**8, places=3).map(lambda amount: f"{amount:f}"),
        "day": st.dates(date(2025, 1, 1), DAY).map(date.isoformat),
    }
)
reports = st.lists(rows, min_size=1, max_size=4, unique_by=lambda row: row["key"])
steps = st.one_of(
    st.tuples(st.just("record"), reports),
    st.tuples(st.just("withdraw"), keys),
    st.tuples(st.just("undo"), st.integers(0, 20)),
)


def do(step: tuple[str, object], done: list[Batch]) -> None:
    """Do one thing to the facts; what is refused changes nothing."""
    verb, what = step
    if verb == "record":
        given = [sale(r["key"], r["who"], r["amount"], order_date=r["day"]) for r in what]
        done.append(recorded(*given))
    elif verb == "withdraw":
        keys = [f"{what}|1"]
        done.append(recording.withdraw(BOSS, type="sales", keys=keys, at=NOW, source="test"))
    elif done:
        batches.undo(BOSS, batch=done.pop(what % len(done)).pk, at=NOW)


def seen() -> tuple[str, dict[str, object]]:
    """The engine's digest, and everybody's revenue and tier."""
    with ready(rooms.Rooms(), *documents.read(TEXT)) as found:
        answer = found.run.level(DAY)
        return answer.digest, {
            each.partner: (each.metrics["revenue"], each.ladder.qualified)
            for each in answer.partners
        }


def anew() -> tuple[str, dict[str, object]]:
    """The same, by a process that has nothing open."""
    mine = dict(folders._OPEN)
    folders._OPEN.clear()
    found = seen()
    folders.close_all()
    folders._OPEN.update(mine)
    return found


class Channel(TestCase):
    """Partners with a family, enrolled; each example in a transaction of its own."""

    def setup_example(self) -> None:
        super().setup_example()
        scheme = open_program(slug="solar", text=TEXT)
        ann, *others = (partner(name) for name in NAMES)
        for each in others:
            each.parent = ann
            each.save()
        for each in (ann, *others):
            enrollment(each, scheme)

    @settings(max_examples=sample_size(ci=6, proof=300), deadline=None)
    @given(st.lists(steps, min_size=1, max_size=8), st.booleans(), st.integers(1, 3))
    def test_whatever_facts_do_what_is_open_is_what_would_be_loaded(self, history, kept, page):
        with TemporaryDirectory() as room, pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.CACHE_FOLDER", room)
            patch.setattr(keeping, "SMALLEST", 0 if kept else 1 << 30)
            for module in ("switching", "pages"):
                patch.setattr(f"echelon.records.facts.{module}.PAGE", 4**page)
            try:
                seen()
                done: list[Batch] = []
                for step in history:
                    try:
                        do(step, done)
                    except Refused:
                        continue
                    assert seen() == anew()
            finally:
                folders.close_all()


@pytest.fixture
def loaded(tmp_path, settings, monkeypatch, db):
    """What was loaded anew since the test began."""
    settings.CACHE_FOLDER = tmp_path
    found: list[str] = []
    real = folders.load_folder

    def noted(place, *given, **more):
        found.append(place.name)
        return real(place, *given, **more)

    monkeypatch.setattr(folders, "load_folder", noted)
    scheme = open_program(slug="solar", text=TEXT)
    for name in NAMES:
        enrollment(partner(name), scheme)
    yield found
    folders.close_all()


def test_facts_that_come_and_go_load_nothing_anew(loaded):
    recorded(sale("1", "ann", "900"), sale("2", "bob", "10"))
    seen()
    recorded(sale("1", "ann", "1000.5"), sale("3", "cid", "2000"))
    assert seen()[1]["ann"][1] == "gold"
    recording.withdraw(BOSS, type="sales", keys=["3|1"], at=NOW, source="test")
    assert seen()[1]["cid"][0] == 0
    assert loaded == ["1"]


def test_what_else_changes_does(loaded):
    recorded(sale("1", "ann", "900"))
    seen()
    partner("Dan")
    assert "dan" in seen()[1]
    kind = with_a_column()
    types.define_type(BOSS, slug="sales", label="Sales", spec=kind, at=NOW)
    seen()
    assert loaded == ["1", "1", "1"]


def with_a_column() -> dict[str, object]:
    """The columns of sales, and one more."""
    from echelon.records.facts.kinds import fact_type

    spec = dict(fact_type("sales").spec)
    return {**spec, "columns": {**spec["columns"], "remark": "text"}}


def test_many_facts_are_loaded_anew(loaded, monkeypatch):
    monkeypatch.setattr(folders, "ROWS", 2)
    recorded(sale("1", "ann", "900"))
    seen()
    recorded(*(sale(str(number), "bob", "1") for number in range(10, 13)))
    assert seen()[1]["bob"][0] == 3
    assert loaded == ["1", "1"]


def test_another_process_has_another_place(loaded, tmp_path):
    """Two that add to one place would count what came twice."""
    one, held = folders._place(tmp_path / "engine")
    two, other = folders._place(tmp_path / "engine")
    held.close()
    again, third = folders._place(tmp_path / "engine")
    assert [place.name for place in (one, two, again)] == ["1", "2", "1"]
    other.close()
    third.close()
