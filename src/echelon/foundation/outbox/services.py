"""Announces events and calls who subscribed: the only way in which lower calls higher.

An event is a frozen pydantic model, past tense, in the room's `events.py`; a handler is a
function in the `handlers.py` of a room above, which makes one service call and may run twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from echelon.foundation.jobs.models import Job
from echelon.foundation.jobs.services import enqueue, job
from echelon.foundation.outbox.models import Announcement


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
    """Register a handler of an event: `def handler(event, at)`."""

    def wrap(handler: Callable[[E, datetime], None]) -> Handler:
        name = f"{handler.__module__}.{handler.__name__}"
        _HANDLERS.setdefault(event.kind(), {})[name] = (event, handler)
        return handler

    return wrap


def announce(event: Event, *, at: datetime) -> None:
    """Keep an event in this transaction; each handler gets it after the commit."""
    kept = Announcement.objects.create(kind=event.kind(), body=event.model_dump(mode="json"), at=at)
    for name in _HANDLERS.get(event.kind(), {}):
        enqueue("outbox.deliver", {"announcement": kept.pk, "handler": name}, at=at)


@job("outbox.deliver")
def deliver(task: Job, at: datetime) -> None:
    """Give one event to one handler."""
    kept = Announcement.objects.get(pk=task.payload["announcement"])
    event, handler = _HANDLERS[kept.kind][task.payload["handler"]]
    handler(event.model_validate(kept.body), at)
