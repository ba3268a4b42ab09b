"""The threads of a process that do jobs, and the one that keeps their leases while they do.

The same in a server that does its own work and in `echelon worker`: what differs is whose process
it is. A worker that is killed leaves its leases behind; others take them up when they run out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from django.db import close_old_connections, connections

from echelon.foundation.jobs import schedules, waking
from echelon.foundation.jobs.leases import LEASE, renew
from echelon.foundation.jobs.services import give_back, run_one
from echelon.foundation.jobs.task import Task

log = logging.getLogger(__name__)


class Workers:
    """`threads` jobs at a time; every `idle` seconds a look for work that nobody called for."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        threads: int = 2,
        lease: timedelta = LEASE,
        idle: float = 1.0,
    ) -> None:
        self._clock, self._lease, self._idle = clock, lease, idle
        self._held: dict[int, UUID] = {}  # by thread: what this process works on
        self._stopping = threading.Event()
        work = [(self._work, f"jobs-{number}") for number in range(1, threads + 1)]
        keep = [(self._keep, "jobs-keeper"), (self._listen, "jobs-listener")]
        self._threads = [
            threading.Thread(target=target, name=name, daemon=True)
            for target, name in [*work, *keep]
        ]

    def start(self) -> None:
        """Begin; returns at once."""
        for thread in self._threads:
            thread.start()

    def stop(self, grace: float = 10.0) -> None:
        """Take no more work, wait so many seconds for what goes on, and give back the rest."""
        self._stopping.set()
        waking.bell.ring()
        until = monotonic() + grace
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))
        if held := list(self._held.values()):
            give_back(held, at=self._clock())

    def _work(self) -> None:
        """Do jobs, one after another."""
        while not self._stopping.is_set():
            heard = waking.bell.heard()
            if not self._safely(self._one):
                waking.bell.wait(heard, self._idle)
        connections.close_all()

    def _one(self) -> bool:
        thread = threading.get_ident()

        def holding(task: Task) -> None:
            self._held[thread] = task.lease

        try:
            return run_one(self._clock, self._lease, holding)
        finally:
            self._held.pop(thread, None)

    def _keep(self) -> None:
        """Renew leases, and enqueue what the calendar asks for."""
        pause = min(1.0, self._lease.total_seconds() / 4)
        beat = monotonic()
        while not self._stopping.wait(pause):
            self._safely(lambda: bool(schedules.tick(self._clock())))
            if self._held and monotonic() - beat >= self._lease.total_seconds() / 4:
                self._safely(self._beat)
                beat = monotonic()
        connections.close_all()

    def _beat(self) -> bool:
        renew(list(self._held.values()), self._clock() + self._lease)
        return True

    def _listen(self) -> None:
        """Ring this process's bell for calls from others."""
        while not self._stopping.is_set():
            try:
                waking.listen(waking.bell.ring, self._stopping)
                return
            except Exception as error:  # the line is down: work is still looked for
                log.warning("no calls for work arrive (%s); trying again", error)
                self._stopping.wait(5.0)

    def _safely(self, act: Callable[[], bool]) -> bool:
        """Act on a fresh connection if the last one broke; a failure is logged, not the end."""
        close_old_connections()
        try:
            return act()
        except Exception:
            log.exception("the database or a worker failed; trying again")
            connections.close_all()
            self._stopping.wait(1.0)
            return False
