"""Workers are killed in imports and in runs of levels: all is as if nobody had been killed."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.journeys.conftest import Place
from tests.journeys.rounds import Channel, steps, undisturbed

IMPORT = ("facts.check", "facts.commit")
RUN = ("standings.level_due", "standings.level_asked")
#: What each step of a round asks for, one after another.
JOBS = {"load": IMPORT[:1], "commit": (IMPORT[1], RUN[0]), "ask": RUN[1:]}
#: A job that was begun more often is given up: see `leases.ATTEMPTS`.
TRIES = 6


@dataclass
class Kills:
    """Who is killed when: every other one at a statement, the others at any time."""

    channel: Channel
    chance: random.Random
    tried: int = 0
    landed: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*IMPORT, *RUN), 0))

    def of(self, kinds: tuple[str, ...]) -> int:
        return sum(self.landed[kind] for kind in kinds)

    def kill(self, kind: str) -> None:
        """Start a worker, and kill it while it does a job of a kind: it may be too late for that.

        It has landed if the job was begun and has not ended; a check also has to have staged rows.
        """
        channel, place = self.channel, self.channel.place
        count, seconds = channel.length(kind)
        at_statement = self.tried % 2 == 0
        where = self.chance.randint(1, count) if at_statement else 0
        channel.dismiss()
        channel.start(kind=kind, statement=where)
        if at_statement:
            place.until(lambda: channel.stopped() or place.idle())
        else:
            place.until(lambda: channel.running(kind) or place.idle())
            time.sleep(self.chance.random() * seconds)
        channel.dismiss()
        channel.later()
        self.tried += 1
        staged = "SELECT 1 FROM facts_batch WHERE state = 'checking' AND checkpoint > 0"
        begun = kind != IMPORT[0] or place.one(staged)
        self.landed[kind] += bool(channel.running(kind) and begun)


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_nothing_is_lost_and_nothing_twice_whoever_is_killed(
    place: Place, other: Place, tmp_path: Path, sample, figures, request
):
    kills, rounds = sample(ci=10, proof=100), sample(ci=3, proof=24)
    chance = random.Random(time.time_ns() if kills > 10 else 9)
    killing = Kills(Channel(place, tmp_path), chance)
    channel = killing.channel
    for number in range(rounds):
        for act, more in steps(number):
            channel.act(act, **more)
            for kind in JOBS[act] if number else ():  # the first shows how long they take
                group = IMPORT if kind in IMPORT else RUN
                for _ in range(TRIES):
                    if killing.of(group) < kills and not place.idle():
                        killing.kill(kind)
            channel.until_idle()
    told = channel.told()
    calm = undisturbed(other, tmp_path, rounds)
    assert {name: told[name] for name in calm if told[name] != calm[name]} == {}
    assert (told["findings"], told["staged"], told["due"]) == ([], 0, 0)
    assert min(killing.of(IMPORT), killing.of(RUN)) >= kills
    where = request.node.callspec.params["place"]
    for name, group in (("imports", IMPORT), ("runs of levels", RUN)):
        said = ", ".join(f"{killing.landed[kind]} in {kind}" for kind in group)
        figures.record("Workers killed", f"kill -9 in {name}, {where}", f"{said}; same digests")
