"""A process that has the platform loaded and forks others, so that a kill costs little.

Run as `python -m tests.journeys.processes`; it reads a JSON line a command and answers a line:
`start` forks a worker and says its id; `act` forks, calls one of `ACTS` and says that it is done;
`bury` waits until a worker that was killed is gone.
A command names the database; the parent itself never opens a connection.
"""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.journeys import dying, levels


def start(
    lease: float,
    threads: int = 2,
    idle: float = 0.05,
    shift: float = 0.0,
    watch: dict[str, Any] | None = None,
) -> None:
    from echelon.foundation.jobs.workers import Workers
    from echelon.records.facts import sources

    sources.CHUNK = levels.CHUNK
    if watch:
        dying.watch(**watch)
    workers = Workers(
        lambda: levels.now(shift), threads=threads, lease=timedelta(seconds=lease), idle=idle
    )
    workers.start()
    while True:
        time.sleep(60)


def enqueue(kind: str, payloads: list[dict[str, Any]]) -> None:
    from django.db import transaction
    from django.utils import timezone

    from echelon.foundation.jobs.services import enqueue

    with transaction.atomic():
        for payload in payloads:
            enqueue(kind, payload, at=timezone.now(), line=payload.get("line", ""))


def tick(times: int) -> None:
    """Look at the schedules at each of so many minutes."""
    from django.db import OperationalError

    from echelon.foundation.jobs.schedules import tick

    for minute in range(times):
        for _ in range(5):
            try:
                tick(FIRST + timedelta(minutes=minute))
                break
            except OperationalError:  # SQLite has one writer: as a worker does, try again
                time.sleep(0.05)


def schedule() -> None:
    from echelon.foundation.jobs.schedules import schedule

    schedule("journey", "journeys.due", "* * * * *", at=FIRST - timedelta(minutes=1))


FIRST = datetime(2026, 6, 30, 12, tzinfo=UTC)
ACTS: dict[str, Callable[..., None]] = {
    "enqueue": enqueue, "schedule": schedule, "tick": tick, **levels.ACTS,
}  # fmt: skip


def main() -> None:
    import django

    django.setup()
    import tests.journeys.work  # noqa: F401

    children: list[int] = []
    print("ready", flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        name, given = command.pop("name"), command
        if name == "bury":
            if given["process"] in children:  # else it was buried by the way
                children.remove(given["process"])
                os.waitpid(given["process"], 0)
            print("done", flush=True)
            continue
        count, place = given.pop("processes", 1), given.pop("place")
        made = [_forked(ACTS.get(name, start), given, **place) for _ in range(count)]
        children = [child for child in children if not os.waitpid(child, os.WNOHANG)[0]]
        if name == "start":
            children += made
            print(json.dumps(made), flush=True)
        else:
            ended = [os.waitpid(child, 0)[1] for child in made]
            print("done" if not any(ended) else "failed", flush=True)


def _forked(
    act: Callable[..., None], given: dict[str, Any], database: str, jobs_url: str, home: str
) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        from django.conf import settings
        from django.db import connections

        connections.settings["default"]["NAME"] = database
        settings.JOBS_URL = jobs_url
        settings.CACHE_FOLDER, settings.AUDIT_FOLDER = Path(home) / "cache", Path(home) / "audit"
        act(**given)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
