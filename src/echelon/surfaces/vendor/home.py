"""The vendor's first page: what waits, what is at risk, what ran, how fresh it is."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from echelon.foundation.access import EVERY, Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.approvals import selectors as approvals
from echelon.outcomes.standings import selectors
from echelon.records.enrollments import selectors as enrollments
from echelon.records.enrollments.states import State
from echelon.records.facts import selectors as facts
from echelon.records.programs import selectors as programs
from echelon.surfaces.vendor.runs import Shown
from rulebook.explain.labels import spoken

#: How many are named; the count says of all.
NAMED = 8


@guarded(Right.VENDOR_ENTER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what needs somebody; to a new vendor, what comes first."""
    scope = scope_of(request)
    risk = list(selectors.at_risk(scope).annotate(total=Window(Count("*")))[:NAMED])
    queue = selectors.queue(scope).order_by()
    applied = enrollments.counts(scope).values()
    everybody = scope.partners(Right.STANDINGS_READ) is EVERY
    context = {
        "queue": queue.aggregate(count=Count("pk"), oldest=Min("made_at"))
        if scope.may(Right.MOVES_PROPOSE)
        else None,
        "requests": approvals.queue(scope).count() if scope.may(Right.REQUESTS_READ) else 0,
        "submitted": sum(each.get(State.SUBMITTED, 0) for each in applied),
        "accepted": sum(each.get(State.ACCEPTED, 0) for each in applied),
        "risk_count": risk[0].total if risk else 0,
        "risk": [(each, _tier(each)) for each in risk],
        "everybody": everybody,
        "runs": [Shown(run) for run in selectors.runs(scope)[:NAMED]],
        "due": selectors.waiting(scope),
        "fresh": sorted(facts.freshness().items()) if everybody else [],
    }
    context["steps"] = [] if context["runs"] or context["fresh"] else _steps(scope)
    return render(request, "vendor/home.html", context)


def _tier(current: Any) -> str:
    """Return what people call the tier that a partner holds, as its last run has it."""
    held = current.standing.held
    rung = selectors.ladder_of(current).rung(held)
    return rung.label if rung else spoken(held or "")


def _steps(scope: Scope) -> list[dict[str, Any]]:
    """Return what a new vendor does first, in order; nothing for who may do none of it."""
    begun = programs.programs(scope).exists()
    enrolled = enrollments.enrollments(scope).exists()
    steps = (
        ("vendor:program-new", Right.PROGRAMS_DRAFT, _("Write a program"), begun,
         _("Which tiers there are, what each asks for and what it gives.")),
        ("vendor:partner-new", Right.COMPANY_CREATE, _("Add your partners"), enrolled,
         _("One by one, or a file of them.")),
        ("vendor:partners", Right.ENROLLMENTS_MANAGE, _("Enroll them"), enrolled,
         _("From each partner's own page: who is in which program, from when.")),
        ("vendor:imports", Right.FACTS_LOAD, _("Bring what they did"), False,
         _("Sales, certificates, registrations: a file, or by the API.")),
    )  # fmt: skip
    return [
        {"link": _address(route), "title": title, "done": done, "why": why}
        for route, right, title, done, why in steps
        if scope.partners(right) is EVERY
    ]


def _address(route: str) -> str:
    """Return where a route leads; nowhere while its page isn't there."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
