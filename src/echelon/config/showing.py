"""Shows pages as whoever has signed in has chosen: language, time zone, light or dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from echelon.foundation.accounts.models import User

#: Asked by machines, also while the database is down: nobody has chosen anything there.
UNASKED = ("health/", "metrics")


class ShowingMiddleware:
    """Activates the reader's language and time zone for one request, and sets `request.theme`.

    Stands outside Django's LocaleMiddleware, which says the language of an answer and leaves it on.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        """Remember who answers."""
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; whatever comes next on this thread is in the vendor's own language and zone."""
        try:
            return self.answer(request)
        finally:
            translation.deactivate()
            timezone.deactivate()

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Look who reads, once it is known that a page is asked for."""
        match = request.resolver_match
        if match is None or match.route.startswith(UNASKED):
            return
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return
        if isinstance(user := request.user, User):
            self._show(request, user)

    def _show(self, request: HttpRequest, user: User) -> None:
        request.theme = user.theme  # type: ignore[attr-defined]
        if user.language:
            translation.activate(user.language)
        try:
            timezone.activate(ZoneInfo(user.time_zone))
        except (ZoneInfoNotFoundError, ValueError):  # one that this machine doesn't know
            timezone.deactivate()
