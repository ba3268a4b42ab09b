"""The people of the reader's own company."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.partners import selectors


@guarded(Right.PEOPLE_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show who works for the reader's company."""
    scope = scope_of(request)
    found = [person for own in scope.own for person in selectors.people(scope, own)]
    return render(request, "portal/people.html", {"people": found})
