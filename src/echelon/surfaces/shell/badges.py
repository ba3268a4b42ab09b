"""Badges of tiers, for whoever may read programs: pictures that are served as nothing else."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_GET

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.files.serving import answer
from echelon.records.programs import selectors


@guarded(Right.PROGRAMS_READ)
@require_GET
def badge(request: HttpRequest, tier: str) -> FileResponse:
    """Show the badge of a tier, by the key that programs have for it."""
    scope = scope_of(request)
    return answer(scope, str(selectors.badge(scope, tier).badge_id))
