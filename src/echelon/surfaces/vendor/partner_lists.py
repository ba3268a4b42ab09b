"""Saved lists of partners: whose they are, whom they are shared with, which is opened first."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.access.rows import identity
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.services import views
from echelon.surfaces.vendor.partner_filters import query, words


@guarded(Right.COMPANY_READ)
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Show the reader's saved lists and those shared with them; rename, share or remove one."""
    scope, wrong, at = scope_of(request), "", ""
    if request.method == "POST":
        at = request.POST.get("view", "")
        view = selectors.view(scope, identity(at))
        try:
            if request.POST.get("act") == "remove":
                views.remove(scope, view=view.pk, at=timezone.now())
                messages.success(request, _("The list “%(name)s” is gone.") % {"name": view.name})
            else:
                views.save(
                    scope, view=view.pk, name=request.POST.get("name", ""), filter=view.filter,
                    columns=view.columns, order=view.order,
                    shared=request.POST.get("shared") == "on",
                    default=request.POST.get("default") == "on", at=timezone.now(),
                )  # fmt: skip
                messages.success(request, _("Saved."))
        except Refused as refused:
            wrong = " ".join(refused.problems)
        else:
            return redirect("vendor:partner-lists")
    rows = [
        {
            "view": view,
            "mine": str(view.owner_id) == scope.actor.id,
            "query": query(view.filter, view.order),
            "words": words(view.filter),
            "wrong": wrong if str(view.pk) == at else "",
        }
        for view in selectors.views(scope)
    ]
    return render(request, "vendor/partner_lists.html", {"rows": rows})
