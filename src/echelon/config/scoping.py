"""Gives every request its scope, from the database as it is now."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from echelon.records.partners.selectors import scope_of


class ScopeMiddleware:
    """Sets `request.scope`: who acts, with which rights, for which partners."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        """Remember who answers."""
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the scope of whoever has signed in."""
        request.scope = SimpleLazyObject(lambda: scope_of(request.user))  # type: ignore[attr-defined]
        return self.answer(request)
