"""A partner's first page: the one sentence, then what it rests on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded


@guarded(Right.PORTAL_ENTER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show where the reader's company stands."""
    return render(request, "portal/home.html")
