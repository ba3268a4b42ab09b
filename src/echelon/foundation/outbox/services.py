"""Announces events and calls who subscribed: the only way in which lower calls higher.

An event is a frozen pydantic model, past tense, in the room's `events.py`; a handler is a
function in the `handlers.py` of a room above, which makes one service call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from pydantic import BaseModel, ConfigDict

from echelon.foundation.jobs.selectors import unended
from echelon.foundation.jobs.services import Task, enqueue_all
from echelon.foundation.outbox.models import Announcement

#: The kind of job that delivers.
DELIVER = "outbox.deliver"
KEPT = timedelta(days=30)
#: So many rows go to the database at once.
_MANY = 1_000


class Event(BaseModel):
    """What a room announces. `kind()` is its name: the room's, then the class's."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def kind(cls) -> str:
        """Return the name under which it is kept."""
        return f"{cls.__module__.split('.')[-2]}.{cls.__name__}"


E = TypeVar("E", bound=Event)
Handler = Callable[[Any, datetime], None]
_HANDLERS: dict[str, dict[str, tuple[type[Event], Handler]]] = {}


def subscribe(event: type[E]) -> Callable[[Callable[[E, datetime], None]], Handler]:
    """Register a handler of an event: `def handler(event, at)`.

    It runs in a transaction that also marks the delivery done: what it does in the database it
    does once. What it does elsewhere may happen twice.
    """

    def wrap(handler: Callable[[E, datetime], None]) -> Handler:
        name = f"{handler.__module__}.{handler.__name__}"
        _HANDLERS.setdefault(event.kind(), {})[name] = (event, handler)
        return handler

    return wrap


def announce(event: Event, *, at: datetime) -> None:
    """Keep an event in this transaction; each handler gets it after the commit.

    A handler gets the events of one class in the order in which they were announced.
    """
    announce_all([event], at=at)


def announce_all(events: Sequence[Event], *, at: datetime) -> None:
    """Keep many events of one class, in their order, at the price of a few queries."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an announcement belongs to the transaction of the change")
    if not events:
        return
    kept = Announcement.objects.bulk_create(
        [Announcement(kind=e.kind(), body=e.model_dump(mode="json"), at=at) for e in events],
        batch_size=_MANY,
    )
    for name in _HANDLERS.get(events[0].kind(), {}):
        payloads = [{"announcement": each.pk, "handler": name} for each in kept]
        enqueue_all(DELIVER, payloads, at=at, line=name)


def deliver(task: Task, at: datetime) -> None:
    """Give one event to one handler."""
    kept = Announcement.objects.get(pk=task.payload["announcement"])
    name = task.payload["handler"]
    if name not in _HANDLERS.get(kept.kind, {}):
        raise LookupError(f"this version has no {name} that hears of {kept.kind}")
    event, handler = _HANDLERS[kept.kind][name]
    with transaction.atomic():
        handler(event.model_validate(kept.body), at)
        task.finish(at)


def sweep(at: datetime) -> int:
    """Forget what was announced a month ago and reached everybody; return how many."""
    owed = {payload["announcement"] for payload in unended(DELIVER)}
    old = Announcement.objects.filter(at__lt=at - KEPT).values_list("pk", flat=True)
    gone = [pk for pk in old if pk not in owed]
    for start in range(0, len(gone), 500):
        Announcement.objects.filter(pk__in=gone[start : start + 500]).delete()
    return len(gone)
