"""A channel in a place: rounds are loaded, and workers do what is due."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.journeys.conftest import Place
from tests.journeys.levels import AT

#: How long a lease is, in seconds; the clock jumps so far when a worker was killed.
LEASE = 30


class Channel:
    """Companies in a program, all of them levelled. Its clock begins when it is opened."""

    def __init__(self, place: Place, folder: Path, **prepared: object) -> None:
        self.place, self.folder = place, folder
        self._workers: list[int] = []
        self._shift = (AT - datetime.now(UTC)).total_seconds()
        self.act("prepare", **prepared)

    def act(self, name: str, **given: object) -> None:
        assert self.place.ask(name, shift=self._shift, **given) == "done"

    def start(self, **watch: object) -> int:
        """Start a worker that is watched; return its process id."""
        if watch:
            (self.folder / "stopped").unlink(missing_ok=True)
        said = {"folder": str(self.folder), **watch}
        (worker,) = self.place.start(lease=LEASE, shift=self._shift, watch=said)
        self._workers.append(worker)
        return worker

    def dismiss(self) -> None:
        """Kill all who work."""
        while self._workers:
            self.place.bury(self._workers.pop())

    def later(self) -> None:
        """Let the leases of all who work now run out."""
        self._shift += LEASE + 1

    def stopped(self) -> bool:
        """Whether the worker has come to the statement at which it stops."""
        return (self.folder / "stopped").exists()

    def until_idle(self) -> None:
        """Let a worker do what is due, if nobody does."""
        if not self._workers:
            self.start()
        self.place.until(self.place.idle)

    def length(self, kind: str) -> tuple[int, float]:
        """How many statements, and how many seconds, a job of a kind took last."""
        self.place.until((self.folder / kind).exists)  # the job is done a moment before
        count, seconds = (self.folder / kind).read_text().split()
        return int(count), float(seconds)

    def running(self, kind: str) -> bool:
        state = f"SELECT 1 FROM jobs_job WHERE kind = '{kind}' AND state = 'running'"
        return bool(self.place.one(state))

    def round(self, number: int, **given: object) -> None:
        """Load a round, let it count, and have everybody levelled."""
        for act, more in steps(number):
            self.act(act, **more, **(given if act == "load" else {}))
            self.until_idle()

    def told(self) -> dict[str, Any]:
        file = self.folder / "told.json"
        assert self.place.ask("tell", file=str(file)) == "done"
        return json.loads(file.read_text("utf-8"))


def steps(number: int) -> list[tuple[str, dict[str, object]]]:
    """What a round consists of: each step asks for jobs."""
    return [("load", {"number": number}), ("commit", {}), ("ask", {})]


def undisturbed(place: Place, folder: Path, rounds: int, **given: object) -> dict[str, Any]:
    """What is told of so many rounds, done by one worker that nobody disturbs."""
    channel = Channel(place, folder)
    for number in range(rounds):
        channel.round(number, **given)
    return channel.told()
