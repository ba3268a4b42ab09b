"""Gives every request its scope, from the database as it is now, and keeps each surface to its own.

The vendor's pages are for the vendor's people and the portal for partners' people, whatever else
a route declares: what a page of the vendor shows of a company isn't all meant for that company.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from echelon.foundation.access import NOBODY, Actor, Hidden, Right, Scope, system
from echelon.foundation.access.routes import scope_of as scope_in
from echelon.foundation.access.walls import entered
from echelon.foundation.accounts.selectors import lacks_second_factor, vendor
from echelon.foundation.accounts.services.keys import key_of
from echelon.records.partners.selectors import scope_of
from echelon.records.partners.services import viewing

#: Who may enter what lies below an address.
AUDIENCES = {"vendor/": Right.VENDOR_ENTER, "portal/": Right.PORTAL_ENTER}
#: Who views as a partner may only read below these, and end it.
READ_ONLY, VIEWING_ENDS = ("vendor/", "portal/", "api/"), "portal:viewing-end"
SAFE = ("GET", "HEAD", "OPTIONS")


class ScopeMiddleware:
    """Sets `request.scope` (who acts, with which rights, for whom) and `request.vendor`."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        """Remember who answers."""
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the scope of whoever has signed in."""
        request.scope = SimpleLazyObject(lambda: _scope(request))  # type: ignore[attr-defined]
        request.vendor = SimpleLazyObject(vendor)  # type: ignore[attr-defined]
        return self.answer(request)

    def process_view(self, request: HttpRequest, *_args: Any) -> HttpResponse | None:
        """Say "no such page" to those for whom a surface isn't made, or who may only look.

        Whom the vendor asks for a second factor sets one up before anything of the vendor's opens.
        """
        match = request.resolver_match
        if match is None or not match.route.startswith(READ_ONLY):
            return None
        scope = scope_in(request)
        if _viewing_is_over(request, scope):
            del request.session[viewing.IN_SESSION]
            if match.route.startswith("portal/"):
                messages.info(request, _("Viewing as a partner has ended."))
                return redirect("home")
        needed = next(
            (right for at, right in AUDIENCES.items() if match.route.startswith(at)), None
        )
        strange = scope.actor.kind != "anonymous" and needed and not scope.may(needed)
        changes = request.method not in SAFE and match.view_name != VIEWING_ENDS
        if strange or (scope.actor.behalf and changes):
            raise Http404
        if needed is Right.VENDOR_ENTER and lacks_second_factor(request.user, request.vendor):
            messages.warning(request, _("Set up a second factor first: all of us need one."))
            return redirect("mfa_index")
        return None


def _scope(request: HttpRequest) -> Scope:
    """Return the scope of a key where one is shown, else of who has signed in."""
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return _as_viewed(request, scope_of(request.user))
    try:
        with entered(system("scope")):
            key = key_of(text.strip(), at=timezone.now())
    except Hidden:
        return NOBODY
    actor = Actor("key", str(key.id), key.name)
    return scope_of(key.made_by).narrowed(actor, frozenset(key.rights))


def _viewing_is_over(request: HttpRequest, scope: Scope) -> bool:
    if scope.actor.kind != "person" or scope.actor.behalf:
        return False
    return viewing.IN_SESSION in request.session


def _as_viewed(request: HttpRequest, scope: Scope) -> Scope:
    """Return the scope of somebody who views as a partner, as long as that lasts."""
    begun = request.session.get(viewing.IN_SESSION) if scope.actor.kind == "person" else None
    if begun is None:
        return scope
    with entered(system("scope")):
        return viewing.narrowed(scope, viewing=UUID(begun), at=timezone.now()) or scope
