"""How much one caller may ask for: calls a minute, and bytes of a body."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from echelon.foundation.access import Scope
from echelon.surfaces.api.problems import Problem

WINDOW = 60  # seconds


def count_call(scope: Scope, at: datetime) -> None:
    """Count a call of this minute; raise a problem once there are too many.

    Counted in the cache that all processes share, where there is one (`ECHELON_CACHE_URL`).
    """
    moment = int(at.timestamp())
    name = f"api:{scope.actor.kind}:{scope.actor.id}:{moment // WINDOW}"
    cache.add(name, 0, timeout=2 * WINDOW)
    try:
        calls = cache.incr(name)
    except ValueError:  # it was thrown away in between
        calls = 1
    if calls > settings.API_CALLS_A_MINUTE:
        raise Problem("too-many", wait=WINDOW - moment % WINDOW)


def measure(request: HttpRequest) -> None:
    """Raise a problem for a body that is too large; files are measured where they are kept."""
    if request.content_type == "multipart/form-data":
        return
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > settings.API_BODY_BYTES:
        raise Problem("too-large")
