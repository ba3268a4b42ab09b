"""Facts one by one: found by kind, partner, days or import, and what became of each."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.access.rows import identity
from echelon.records.facts import browsing, selectors
from echelon.records.facts.browsing import Became
from echelon.records.facts.errors import Refused
from echelon.records.facts.services.recording import withdraw
from echelon.records.partners import search
from echelon.surfaces.shell.paging import page

TONES = {
    Became.COUNTS: "green",
    Became.CORRECTED: "secondary",
    Became.WITHDRAWN: "orange",
    Became.WITHDRAWS: "orange",
    Became.UNDONE: "orange",
}
_PARTS = ("type", "who", "since", "until", "batch")


@guarded(Right.FACTS_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show the facts that count and fit the filter in the address."""
    scope, query, problems = scope_of(request), request.GET, list[str]()
    kinds = selectors.types(scope)
    kind = query.get("type", "") if query.get("type") in {one.slug for one in kinds} else ""
    which = browsing.Filter(
        type=kind,
        partners=_partners(scope, query.get("who", "").strip()),
        since=_day(query.get("since", ""), problems),
        until=_day(query.get("until", ""), problems),
        batch=_batch(query.get("batch", "")),
    )
    kept = {name: query[name] for name in _PARTS if query.get(name)} if not problems else {}
    after = query.get("after", "")
    found = page(browsing.found(scope, which), after)
    context: dict[str, Any] = {
        "page": found,
        "rows": [(row, browsing.columns(row, brief=True)) for row in found.rows],
        "begun": bool(after),
        "kinds": kinds,
        "kept": {name: query.get(name, "") for name in _PARTS},
        "problems": problems,
        "batch": _shown_batch(scope, which.batch),
        "filter_query": urlencode(kept),
    }
    return render(request, "vendor/facts.html", context)


@guarded(Right.FACTS_READ)
@require_GET
def detail(request: HttpRequest, fact: int) -> HttpResponse:
    """Show a fact, and every row of its key: what it was, who brought it, what became of it."""
    scope = scope_of(request)
    row = browsing.fact(scope, fact)
    past = browsing.past(scope, row)
    head = next((one for one in past if one.became is Became.COUNTS), None)
    context = {
        "fact": row,
        "columns": browsing.columns(row),
        "past": [(one, TONES[one.became], browsing.columns(one.fact)) for one in past],
        "became": next(one.became for one in past if one.fact.pk == row.pk),
        "tones": TONES,
        "may_withdraw": head is not None and scope.reaches(Right.FACTS_LOAD, row.partner_id),
    }
    context["tone"] = TONES[context["became"]]
    return render(request, "vendor/fact.html", context)


@guarded(Right.FACTS_LOAD)
@require_POST
def withdrawn(request: HttpRequest, fact: int) -> HttpResponse:
    """Say of a fact that it didn't happen."""
    scope = scope_of(request)
    row = browsing.fact(scope, fact)
    scope.demand(Right.FACTS_LOAD, row.partner_id)
    try:
        source = _("withdrawn by hand")
        withdraw(scope, type=row.type_id, keys=[row.key], at=timezone.now(), source=source)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    else:
        messages.success(request, _("It does not count any more."))
    return redirect("vendor:fact", fact=fact)


def _partners(scope: Scope, text: str) -> list[UUID] | None:
    """Return the companies that a text means: one by its key, else those that a search finds."""
    if not text:
        return None
    found = search.search(scope, search.Filter(text=text, archived=None), limit=search.MOST).rows
    exact = [each.id for each in found if text == each.key]
    return exact or [each.id for each in found]


def _day(text: str, problems: list[str]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        problems.append(_("%(text)s is not a date such as 2026-01-31") % {"text": text[:40]})
        return None


def _batch(text: str) -> UUID | None:
    """Return the id of an import; what is no id is one that nothing came by."""
    try:
        return identity(text) if text else None
    except Hidden:
        return UUID(int=0)


def _shown_batch(scope: Scope, which: UUID | None) -> Any:
    try:
        return selectors.batch(scope, which) if which else None
    except Hidden:
        return None
