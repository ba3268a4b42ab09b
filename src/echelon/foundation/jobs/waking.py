"""Wakes workers when a transaction with new jobs commits. The row is the truth: a call may be lost.

Workers in this process hear a bell. Workers elsewhere listen at `ECHELON_JOBS_URL`: a channel of
PostgreSQL, which sends when the transaction commits, or one of Redis. Who hears nothing looks for
work every few seconds all the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction


class Bell:
    """Rung by whoever commits work; a ring between two looks is never missed."""

    def __init__(self) -> None:
        self._rings = 0
        self._changed = threading.Condition()

    def ring(self) -> None:
        """Wake all who wait."""
        with self._changed:
            self._rings += 1
            self._changed.notify_all()

    def heard(self) -> int:
        """Return how often it has rung: to be asked before looking for work."""
        return self._rings

    def wait(self, heard: int, seconds: float) -> None:
        """Wait for a ring after those heard, or for so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._rings != heard, seconds)


bell = Bell()


def channel() -> str:
    """Return the name under which this vendor's workers listen."""
    return f"echelon_jobs_{settings.VENDOR}"


def call() -> None:
    """Wake the workers once this transaction has committed; if it is rolled back, nobody."""
    transaction.on_commit(bell.ring)
    if settings.JOBS_URL.startswith("redis"):
        transaction.on_commit(lambda: _redis().publish(channel(), ""), robust=True)
    elif settings.JOBS_URL and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [channel()])


@cache
def _redis() -> Any:
    from redis import Redis

    return Redis.from_url(settings.JOBS_URL, socket_timeout=2, socket_connect_timeout=2)


def listen(heard: Callable[[], object], stopping: threading.Event) -> None:
    """Call `heard` for each call that arrives, until stopping; raises what the line raises."""
    if settings.JOBS_URL.startswith("redis"):
        _listen_on_redis(heard, stopping)
    elif settings.JOBS_URL:
        _listen_on_postgresql(heard, stopping)


def _listen_on_redis(heard: Callable[[], object], stopping: threading.Event) -> None:
    from redis import Redis

    with Redis.from_url(settings.JOBS_URL, health_check_interval=30) as line:
        calls = line.pubsub(ignore_subscribe_messages=True)
        calls.subscribe(channel())
        heard()  # what was called before this line stood
        while not stopping.is_set():
            if calls.get_message(timeout=1.0):
                heard()


def _listen_on_postgresql(heard: Callable[[], object], stopping: threading.Event) -> None:
    from psycopg import connect, sql

    with connect(settings.JOBS_URL, autocommit=True) as line:
        line.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel())))
        heard()
        while not stopping.is_set():
            for _ in line.notifies(timeout=1.0, stop_after=1):
                heard()
