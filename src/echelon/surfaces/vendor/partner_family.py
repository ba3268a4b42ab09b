"""A partner's family as a tree; moving it, putting it away, bringing it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import Hidden, Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.services import companies


@guarded(Right.COMPANY_READ)
@require_GET
def shown(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Show the family of a company, and where it could be moved."""
    return _page(request, partner)


@guarded(Right.COMPANY_CREATE)
@require_POST
def moved(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Put a company under the one whose key was typed, or under none."""
    scope, key = scope_of(request), request.POST.get("parent", "").strip()
    selectors.company(scope, partner)
    scope.demand(Right.COMPANY_CREATE, partner)
    try:
        above = selectors.by_key(scope, key) if key else None
    except Hidden:
        return _page(request, partner, key, _("There is no company with this key."))
    try:
        companies.move(scope, partner=partner, parent=above and above.pk, at=timezone.now())
    except Refused as refused:
        return _page(request, partner, key, " ".join(refused.problems))
    messages.success(request, _("The family is changed; tiers that depend on it are worked out."))
    return redirect("vendor:partner-family", partner=partner)


@guarded(Right.COMPANY_CREATE)
@require_POST
def archived(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Put a company away, or bring it back."""
    scope, at = scope_of(request), timezone.now()
    try:
        if request.POST.get("act") == "restore":
            companies.restore(scope, partner=partner, at=at)
            messages.success(request, _("It is back; its people have their rights again."))
        else:
            companies.archive(scope, partner=partner, at=at)
            messages.success(request, _("Archived. Its people keep an applicant's rights."))
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    return redirect("vendor:partner", partner=partner)


def _page(request: HttpRequest, partner: UUID, key: str = "", wrong: str = "") -> HttpResponse:
    scope = scope_of(request)
    company = selectors.company(scope, partner)
    context: dict[str, Any] = {
        "company": company,
        "tree": selectors.tree(scope, partner),
        "most": selectors.MOST_IN_TREE,
        "key": key or (company.parent.key if company.parent else ""),
        "wrong": wrong,
    }
    return render(request, "vendor/partner_family.html", context)
