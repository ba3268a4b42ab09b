"""The vendor's first page: what waits, what is at risk, what ran."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.outcomes.standings import selectors

#: How many are named; the count says of all.
NAMED = 8


@guarded(Right.VENDOR_ENTER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what needs somebody."""
    scope = scope_of(request)
    risk = selectors.at_risk(scope)
    context = {
        "waiting": selectors.queue(scope).count(),
        "risk_count": risk.count(),
        "risk": risk[:NAMED],
        "runs": selectors.runs(scope)[:NAMED],
    }
    return render(request, "vendor/home.html", context)
