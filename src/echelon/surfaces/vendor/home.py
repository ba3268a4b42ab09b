"""The vendor's first page: what waits, what is at risk, what ran."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded


@guarded(Right.VENDOR_ENTER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what needs somebody."""
    return render(request, "vendor/home.html")
