"""Ends looking at the portal as a partner sees it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.partners.services import viewing


@guarded(Right.PORTAL_ENTER)
@require_POST
def ended(request: HttpRequest) -> HttpResponse:
    """End it, and lead back to the partner's page."""
    scope = scope_of(request)
    if not scope.actor.behalf:
        raise Http404
    viewing.end(scope, viewing=UUID(request.session[viewing.IN_SESSION]), at=timezone.now())
    del request.session[viewing.IN_SESSION]
    (partner,) = scope.own
    return redirect("vendor:partner", partner=partner)
