"""What the rail and the bars offer: entries in order, each with the right that it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from echelon.foundation.access import EVERY, Right, Scope
from echelon.foundation.access.routes import scope_of


@dataclass(frozen=True)
class Entry:
    """One line: the name of a route, what it is called, its icon, and who sees it."""

    route: str
    label: Promise
    icon: str
    right: Right
    #: Offered only to those whose right reaches all partners.
    for_all: bool = False

    def offered(self, scope: Scope) -> bool:
        """Whether somebody may go there."""
        return scope.partners(self.right) is EVERY if self.for_all else scope.may(self.right)


VENDOR = (
    Entry("vendor:home", _("Home"), "home", Right.VENDOR_ENTER),
    Entry("vendor:partners", _("Partners"), "building", Right.COMPANY_READ),
    Entry("vendor:programs", _("Programs"), "stairs-up", Right.PROGRAMS_READ),
    Entry("vendor:tiers", _("Tiers"), "certificate", Right.LIBRARY_EDIT),
    Entry("vendor:enrollments", _("Enrollments"), "id-badge-2", Right.ENROLLMENTS_READ),
    Entry("vendor:standings", _("Standings"), "chart-bar", Right.STANDINGS_READ),
    Entry("vendor:moves", _("Moves"), "inbox", Right.MOVES_PROPOSE),
    Entry("vendor:runs", _("Runs"), "player-play", Right.STANDINGS_READ, for_all=True),
    Entry("vendor:data", _("Data"), "file-import", Right.FACTS_READ),
    Entry("vendor:audit", _("Audit"), "history", Right.AUDIT_READ),
    Entry("vendor:people", _("People and access"), "users", Right.SETTINGS_MANAGE),
    Entry("vendor:settings", _("Settings"), "settings", Right.SETTINGS_MANAGE),
)
PORTAL = (
    Entry("portal:home", _("Home"), "home", Right.PORTAL_ENTER),
    Entry("portal:programs", _("Programs"), "stairs-up", Right.PROGRAMS_READ),
    Entry("portal:timeline", _("Timeline"), "history", Right.STANDINGS_READ),
    Entry("portal:imports", _("Data"), "file-import", Right.FACTS_LOAD),
    Entry("portal:people", _("People"), "users", Right.PEOPLE_READ),
    Entry("portal:company", _("Company"), "building", Right.COMPANY_READ),
)


@dataclass(frozen=True)
class Link:
    """An entry as this reader has it."""

    address: str
    label: Promise
    icon: str
    here: bool


def links(request: HttpRequest) -> list[Link]:
    """Return what the reader of a page may go to."""
    scope = scope_of(request)
    if scope.may(Right.VENDOR_ENTER):
        return list(_offered(request, VENDOR))
    if scope.may(Right.PORTAL_ENTER):
        return list(_offered(request, PORTAL))
    return []


def _offered(request: HttpRequest, entries: tuple[Entry, ...]) -> Iterator[Link]:
    scope = scope_of(request)
    for entry in entries:
        if not entry.offered(scope):
            continue
        try:
            address = reverse(entry.route)
        except NoReverseMatch:  # a page that isn't there yet isn't offered
            continue
        home = entry.route.endswith(":home")
        here = request.path == address or (not home and request.path.startswith(address))
        yield Link(address, entry.label, entry.icon, here)
