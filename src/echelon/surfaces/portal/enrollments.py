"""The company's own enrollments: what was agreed on by whom, the terms, yes and no."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import Hidden, Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.enrollments import selectors
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.services import agreeing
from echelon.records.enrollments.states import COLOURS, MOVES, State
from echelon.surfaces.portal.home import waits
from echelon.surfaces.portal.programs import terms_in


@guarded(Right.ENROLLMENTS_READ)
@require_GET
def detail(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Show an enrollment: its days, who said yes and when, the terms that it is by."""
    scope = scope_of(request)
    found = selectors.enrollment(scope, enrollment)
    own = found.partner_id in scope.own
    may = scope.reaches(Right.ENROLLMENTS_APPLY, found.partner_id)
    accepts = may and waits(found.state)
    policy = selectors.policy_of(found.program_id)
    context = {
        "enrollment": found,
        "own": own,
        # What a distributor may read of programs is told by those of its own company.
        "named": own or found.program_id in selectors.programs_open_to(scope),
        "tone": COLOURS[State(found.state)],
        "accepts": accepts,
        "declines": may and State(found.state) in MOVES["decline"].to,
        "waits_for_us": waits(found.state) and own and not may,
        "terms": selectors.terms_of(found.program_id) if accepts else found.terms if own else None,
        "renewed": policy.can_renew and found.end is not None and found.state == State.ACTIVE,
    }
    return render(request, "portal/enrollment.html", context)


@guarded(Right.ENROLLMENTS_APPLY)
@require_POST
def accepted(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Say yes for the company, to the terms that the page has shown."""
    try:
        agreeing.accept(
            scope_of(request), enrollment=enrollment, terms=terms_in(request), at=timezone.now()
        )
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    else:
        messages.success(request, _("Accepted. Welcome to the program."))
    return redirect("portal:enrollment", enrollment=enrollment)


@guarded(Right.ENROLLMENTS_APPLY)
@require_POST
def declined(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Say no for the company, or take an application back, with the reason that is given."""
    scope = scope_of(request)
    try:
        agreeing.decline(
            scope, enrollment=enrollment, reason=request.POST.get("reason", ""), at=timezone.now()
        )
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
        return redirect("portal:enrollment", enrollment=enrollment)
    messages.success(request, _("Declined."))
    try:  # it may have been what let the company's people in
        selectors.enrollment(scope, enrollment)
    except Hidden:
        return redirect("portal:home")
    return redirect("portal:enrollment", enrollment=enrollment)
