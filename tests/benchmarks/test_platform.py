"""The platform's benchmark: clocks that count once, doors that are there, figures as they read."""

import pytest

from benchmarks.platform import stages, told
from benchmarks.platform.pages import Asked
from benchmarks.platform.stages import ENGINE, STAGES, Clock, staged


@pytest.fixture
def ticks(monkeypatch):
    """A clock that goes on by a second each time it is looked at."""
    seconds = iter(range(1000))
    monkeypatch.setattr(stages, "now", lambda: (float(n := next(seconds)), n / 2))


@pytest.mark.usefixtures("ticks")
def test_a_stage_has_its_own_time_alone():
    clock = Clock()
    with clock.stage("outer"):
        clock.timed("inner", lambda: None)()
        clock.timed("inner", lambda: None)()
    assert clock.spent == {"outer": [3.0, 1.5], "inner": [2.0, 1.0]}


def test_what_is_yielded_is_made_inside_its_stage():
    clock, seen = Clock(), []

    def rows():
        seen.append(clock.spent.get("tell"))
        yield 1

    made = clock.timed("tell", rows)()
    assert (made, len(seen)) == ([1], 1)


def test_every_door_of_a_stage_is_there_and_is_given_back():
    from echelon.outcomes.standings import told as kept

    before = kept.told
    with staged() as spent:
        assert kept.told is not before
    assert kept.told is before
    assert list(spent) == [stages.REST]
    assert set(ENGINE) <= set(STAGES)


def test_queries_of_data_are_counted_and_what_surrounds_them_is_not():
    asked = Asked()
    for sql in ("SELECT 1", "SAVEPOINT x", "RELEASE SAVEPOINT x", "UPDATE t SET a = 1"):
        asked(lambda *_: None, sql, None, False, {})
    assert asked.count == 2


def test_figures_stand_beside_their_goals():
    load = {"lines": 10, "rate": 26_000.4, "upload": 0.1, "check": 2.0, "commit": 1.0,
            "memory": 300 << 20, "memory_before": 250 << 20, "wall": 5.0, "cpu": 3.0,
            "server_cpu": 2.5}  # fmt: skip
    machine = {"cores": 2, "memory": 2**30, "system": "X", "python": "3", "packages": {},
               "measured": "2026-06-30"}  # fmt: skip
    kept = {
        "size": "1M",
        "machine": machine,
        "commit": "abc",
        "found": {"SQLite": {"P4": load, "load": [0.5, 1.25]}},
    }
    text = told.section(kept)
    assert text.startswith("## The platform: 10,000 partners, 1,000,000 lines\n")
    assert "commit abc" in text
    assert "| P4 lines loaded a second | 25,000 (50,000) | 26,000 |" in text
    assert "| P4 peak of memory (before) | bounded | 300 MiB (250) |" in text
    assert "| P4 all of it |  | 5.00 s (3.00 s CPU, 2.50 s of the server) |" in text
    assert "SQLite 0.5 before and 1.2 after" in text
    assert "P5" not in text
