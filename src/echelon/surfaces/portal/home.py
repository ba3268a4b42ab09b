"""A partner's first page: where the company stands, in one sentence a program; what waits."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.outcomes.standings import selectors as standings
from echelon.records.enrollments import selectors
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.services import agreeing
from echelon.records.enrollments.states import COLOURS, MOVES, State


@guarded(Right.PORTAL_ENTER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show where the reader's company stands in each program, and what is missing."""
    scope = scope_of(request)
    standing = [each for own in scope.own for each in standings.of_partner(scope, own)]
    rows = [
        each
        for each in selectors.enrollments(scope)
        if each.partner_id in scope.own and each.state != State.REJECTED
    ]
    shown = [
        {
            "enrollment": each,
            "tone": COLOURS[State(each.state)],
            "terms": selectors.terms_of(each.program_id) if _waits(each.state) else None,
            "accepts": _waits(each.state)
            and scope.reaches(Right.ENROLLMENTS_APPLY, each.partner_id),
        }
        for each in rows
    ]
    return render(request, "portal/home.html", {"shown": shown, "standings": standing})


@guarded(Right.ENROLLMENTS_APPLY)
@require_POST
def accepted(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Say yes for the company, to the terms that the page has shown."""
    terms = request.POST.get("terms", "")
    try:
        agreeing.accept(
            scope_of(request),
            enrollment=enrollment,
            terms=int(terms) if terms.isdecimal() and len(terms) < 9 else None,
            at=timezone.now(),
        )
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    else:
        messages.success(request, _("Accepted. Welcome to the program."))
    return redirect("portal:home")


def _waits(state: str) -> bool:
    return State(state) in MOVES["accept"].to
