"""Gives every request its scope, from the database as it is now, and keeps each surface to its own.

The vendor's pages are for the vendor's people and the portal for partners' people, whatever else
a route declares: what a page of the vendor shows of a company isn't all meant for that company.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from echelon.foundation.access import NOBODY, Actor, Hidden, Right, Scope, system
from echelon.foundation.access.routes import scope_of as scope_in
from echelon.foundation.access.walls import entered
from echelon.foundation.accounts.services.keys import key_of
from echelon.records.partners.selectors import scope_of

#: Who may enter what lies below an address.
AUDIENCES = {"vendor/": Right.VENDOR_ENTER, "portal/": Right.PORTAL_ENTER}


class ScopeMiddleware:
    """Sets `request.scope`: who acts, with which rights, for which partners."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        """Remember who answers."""
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the scope of whoever has signed in."""
        request.scope = SimpleLazyObject(lambda: _scope(request))  # type: ignore[attr-defined]
        return self.answer(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Say "no such page" to those for whom a surface isn't made."""
        match = request.resolver_match
        for address, right in AUDIENCES.items():
            if match is not None and match.route.startswith(address):
                scope = scope_in(request)
                if scope.actor.kind != "anonymous" and not scope.may(right):
                    raise Http404


def _scope(request: HttpRequest) -> Scope:
    """Return the scope of a key where one is shown, else of who has signed in."""
    with entered(system("scope")):
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return scope_of(request.user)
        try:
            key = key_of(text.strip(), at=timezone.now())
        except Hidden:
            return NOBODY
        actor = Actor("key", str(key.id), key.name)
        return scope_of(key.made_by).narrowed(actor, frozenset(key.rights))
