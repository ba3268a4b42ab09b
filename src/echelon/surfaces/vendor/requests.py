"""Requests: what people ask for and another decides, of all kinds in one queue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.approvals import selectors, services
from echelon.foundation.approvals.errors import Refused
from echelon.foundation.approvals.kinds import KINDS, Words
from echelon.foundation.approvals.states import COLOURS, RequestState
from echelon.outcomes.standings import selectors as standings
from echelon.records.partners import selectors as partners
from echelon.surfaces.shell.paging import page


@dataclass(frozen=True)
class Shown:
    """A request in the words of its kind."""

    row: Any
    kind: str
    words: Words
    partner: str
    tone: str
    own: bool


@guarded(Right.REQUESTS_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show the requests that wait, the oldest first; or all, the newest first."""
    scope, now = scope_of(request), timezone.now()
    every = request.GET.get("show") == "all"
    waiting = selectors.queue(scope)
    found = page(selectors.requests(scope) if every else waiting, request.GET.get("after", ""))
    context = {
        "page": found,
        "requests": list(shown(scope, found.rows, now)),
        "tab": "requests",
        "every": every,
        "filter_query": "show=all" if every else "",
        "begun": bool(request.GET.get("after")),
        "waiting_count": standings.queue(scope).count(),
        "requests_count": waiting.count(),
    }
    return render(request, "vendor/requests.html", context)


@guarded(Right.REQUESTS_READ)
@require_GET
def detail(request: HttpRequest, approval: UUID) -> HttpResponse:
    """Show one request: what is asked, by whom and why, and what became of it."""
    return _detail(request, approval)


@guarded(Right.REQUESTS_READ)
@require_POST
def decided(request: HttpRequest, approval: UUID) -> HttpResponse:
    """Say yes, and have it done; or no, and why."""
    scope, given, at = scope_of(request), request.POST, timezone.now()
    reason = given.get("reason", "")
    try:
        if given.get("answer") == "approve":
            services.approve(scope, approval=approval, reason=reason, at=at)
            messages.success(request, _("Approved, and done."))
        else:
            services.refuse(scope, approval=approval, reason=reason, at=at)
            messages.success(request, _("Refused. Who asked sees why."))
    except Refused as refused:
        return _detail(request, approval, refused, reason)
    return redirect("vendor:requests")


@guarded(Right.REQUESTS_READ)
@require_POST
def withdrawn(request: HttpRequest, approval: UUID) -> HttpResponse:
    """Take a request back."""
    try:
        services.withdraw(scope_of(request), approval=approval, at=timezone.now())
    except Refused as refused:
        return _detail(request, approval, refused)
    messages.success(request, _("Withdrawn: it no longer waits."))
    return redirect("vendor:request", approval=approval)


def shown(scope: Scope, rows: Iterable[Any], at: datetime) -> Iterator[Shown]:
    """Yield requests as pages show them."""
    rows = list(rows)
    words = selectors.words(rows, at)
    named = partners.names(scope, {row.partner for row in rows if row.partner})
    for row in rows:
        yield Shown(
            row,
            str(KINDS[row.kind].label),
            words[row.id],
            named.get(row.partner, ""),
            COLOURS[RequestState(row.state)],
            row.asked_by == scope.actor.id,
        )


def _detail(
    request: HttpRequest, approval: UUID, refused: Refused | None = None, reason: str = ""
) -> HttpResponse:
    scope, now = scope_of(request), timezone.now()
    found = selectors.request(scope, approval)
    [each] = shown(scope, [found], now)
    context = {
        "each": each,
        "waits": found.state == RequestState.WAITING,
        "may_decide": selectors.may_decide(scope, found, now),
        "may_withdraw": selectors.may_withdraw(scope, found),
        "problems": [] if refused is None or "reason" in refused.fields else refused.problems,
        "reason_problem": refused.fields.get("reason", "") if refused else "",
        "reason": reason,
    }
    return render(request, "vendor/request.html", context)
