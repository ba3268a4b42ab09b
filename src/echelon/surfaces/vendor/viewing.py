"""Begins to look at the portal as a partner sees it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.partners.errors import Refused
from echelon.records.partners.services import viewing


@guarded(Right.VIEW_AS_PARTNER)
@require_POST
def begun(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Begin, and lead to the portal; what refuses is said on the partner's page."""
    try:
        made = viewing.begin(scope_of(request), partner=partner, at=timezone.now())
    except Refused as refused:
        for said in refused.problems:
            messages.error(request, said)
        return redirect("vendor:partner", partner=partner)
    request.session[viewing.IN_SESSION] = str(made.pk)
    return redirect("portal:home")
