"""Several processes at the same work: who is too late writes nothing, and no order shows."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import opened
from tests.journeys.rounds import Channel, steps, undisturbed


@contextmanager
def channel(request: pytest.FixtureRequest, folder: Path, **prepared: object) -> Iterator[Channel]:
    with opened(request, "postgresql", folder) as place:
        yield Channel(place, folder, **prepared)


@pytest.fixture(scope="module")
def calm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What is told of one round that nobody disturbed."""
    folder = tmp_path_factory.mktemp("calm")
    with opened(request, "postgresql", folder) as place:
        return undisturbed(place, folder, rounds=1)


@pytest.mark.parametrize(("fault", "held"), [("", "silver"), ("careless", "registered")])
def test_who_was_overtaken_writes_nothing_old(request, tmp_path, fault, held):
    """Without looking at who wrote meanwhile it does: that shows what holds it off."""
    with channel(request, tmp_path) as found:
        found.act("race", folder=str(tmp_path), fault=fault, processes=2)
        told = found.told()
        current = {(key, track): tier for key, track, tier, *_ in told["current"]}
        assert current["company-01", ""] == held


@pytest.mark.parametrize(("kind", "statement"), [("facts.check", 12), ("standings.level_due", 5)])
@pytest.mark.parametrize(
    ("fault", "differs"),
    [("", {}), ("unfenced", {"facts.check": {"staged"}, "standings.level_due": {"runs"}})],
)
def test_who_slept_through_the_lease_writes_nothing_more(
    request, tmp_path, calm, kind, statement, fault, differs
):
    """It wakes when another has done its job, and all that followed. Without a fence it goes on."""
    with channel(request, tmp_path) as found:
        others: list[int] = []
        asleep = found.start(kind=kind, statement=statement, outside=True, fault=fault)
        for act, more in steps(0):
            found.act(act, **more)
            found.place.until(lambda: found.stopped() or found.place.idle())
            if found.stopped() and not others:
                found.later()
                others.append(found.start())
            found.until_idle()
        assert others
        found.place.kill(asleep, signal.SIGCONT)
        found.place.until((tmp_path / "woken").exists)
        told = found.told()
        other = {name for name in calm if told[name] != calm[name]}
        assert other >= differs.get(kind, set())
        assert fault or not other


def test_the_same_is_levelled_alike_in_whatever_order_it_came(request, tmp_path, calm):
    with channel(request, tmp_path, seed=7) as found:
        found.round(0, seed=7, parts=3)
        told = found.told()
    for name in ("live", "due", "staged"):
        assert told[name] == calm[name]
    assert told["runs"][-1] == calm["runs"][-1]
    assert [one[:3] for one in told["current"]] == [one[:3] for one in calm["current"]]
    assert [one[5] for one in told["current"]] == [one[5] for one in calm["current"]]


def test_asked_again_it_is_the_run_that_stands(request, tmp_path, calm):
    with channel(request, tmp_path) as found:
        found.round(0)
        found.act("ask")
        found.until_idle()
        found.act("level")
        told = found.told()
    assert {name for name in calm if told[name] != calm[name]} == {"audit", "jobs"}
    asked = [event for event in told["audit"] if event not in calm["audit"]]
    assert asked == []  # asked for a second time: the same words once more
    assert len(told["audit"]) == len(calm["audit"]) + 1
