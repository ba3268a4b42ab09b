"""The reader's own company, what it may edit of it, and the companies below it in its family."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.outcomes.standings import selectors as standings
from echelon.records.enrollments import selectors as enrollments
from echelon.records.enrollments.states import COLOURS, State
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.kinds import Kind
from echelon.records.partners.search import Filter, search
from echelon.records.partners.services import companies
from echelon.surfaces.shell.templatetags.shell import words

#: So many companies are offered to switch to beside the one that is open.
BESIDE = 8
#: So many times that the vendor has looked are told.
LOOKED = 20


class Profile(forms.Form):
    """What the company says of itself."""

    website = forms.CharField(label=gettext_lazy("Website"), max_length=200, required=False)
    email = forms.CharField(label=gettext_lazy("Mail"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=60, required=False)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    description = forms.CharField(
        label=gettext_lazy("About the company"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


@guarded(Right.COMPANY_READ)
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """Show the reader's own company."""
    scope = scope_of(request)
    (mine,) = scope.own
    return _shown(request, scope, mine)


@guarded(Right.COMPANY_EDIT)
@require_http_methods(["GET", "POST"])
def edited(request: HttpRequest) -> HttpResponse:
    """Edit the profile; what the vendor keeps is shown beside it."""
    scope = scope_of(request)
    (mine,) = scope.own
    company = selectors.company(scope, mine)
    initial = {name: getattr(company, name) for name in Profile.base_fields}
    form = Profile(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            companies.edit(scope, partner=mine, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            for name, said in refused.fields.items():
                form.add_error(name if name in form.fields else None, said)
        else:
            messages.success(request, _("Saved."))
            return redirect("portal:company")
    return render(request, "portal/company_edit.html", {"company": company, "form": form})


@guarded(Right.COMPANY_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show the companies below the reader's, with the tiers that they hold."""
    scope, text = scope_of(request), request.GET.get("q", "").strip()[:100]
    page = search(scope, Filter(text=text), after=request.GET.get("after", ""))
    names = _program_names(scope)
    tiers: dict[UUID, list[tuple[str, str, str]]] = {}
    shown = {row.pk for row in page.rows}
    for row in standings.tiers(scope).filter(partner__in=shown):
        if row["standing__held"]:
            tiers.setdefault(row["partner"], []).append(_tier(names, row))
    context = {
        "rows": [(row, tiers.get(row.pk, []), row.pk in scope.own) for row in page.rows],
        "total": page.total,
        "next": page.next,
        "text": text,
        "filter_query": urlencode({"q": text}) if text else "",
    }
    return render(request, "portal/companies.html", context)


@guarded(Right.COMPANY_READ)
@require_GET
def detail(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Show a company of the reader's family: its profile, its programs, its tiers."""
    return _shown(request, scope_of(request), partner)


def _shown(request: HttpRequest, scope: Scope, partner: UUID) -> HttpResponse:
    company, names = selectors.company(scope, partner), _program_names(scope)
    rows = enrollments.enrollments(scope, partner=partner)
    held = [
        (*_tier(names, row), row["standing__since"])
        for row in standings.tiers(scope).filter(partner=partner)
        if row["standing__held"]
    ]
    beside = search(scope, limit=BESIDE) if scope.below else None
    tells = scope.reaches(Right.PEOPLE_MANAGE, partner) and partner in scope.own
    looked = selectors.viewings(scope, partner, LOOKED) if tells else []
    context = {
        "company": company,
        "kind": dict(Kind.choices).get(company.kind, words(company.kind)),
        "own": partner in scope.own,
        "edits": scope.reaches(Right.COMPANY_EDIT, partner),
        "enrollments": [
            (each, names.get(each.program_id, _("Another program")), COLOURS[State(each.state)])
            for each in rows
        ],
        "tiers": held,
        "tells": tells,
        "looked": [(row, *_lasted(row, timezone.now())) for row in looked],
        "beside": beside.rows if beside else [],
        "more": beside is not None and beside.total > len(beside.rows),
        "total": beside.total if beside else 0,
        "mine": scope.own,
    }
    return render(request, "portal/company.html", context)


def _lasted(row: Any, now: datetime) -> tuple[bool, int]:
    """Return whether a viewing goes on, and how many minutes it has taken, begun ones counted."""
    end = min(row.until, now)
    return row.until > now, max(1, ceil((end - row.begun_at).total_seconds() / 60))


def _program_names(scope: Scope) -> dict[UUID, str]:
    """Return the names of the programs that the own company is or was in; others stay unnamed."""
    rows = (row for mine in scope.own for row in enrollments.enrollments(scope, partner=mine))
    return {row.program_id: row.program.name for row in rows if row.state != State.REJECTED}


def _tier(names: dict[UUID, str], row: dict[str, Any]) -> tuple[str, str, str]:
    """Return a tier's program, key and name: labels stand in documents that may be others'."""
    program = names.get(row["program"], _("Another program"))
    if row["track"] and row["program"] in names:
        program = f"{program} · {words(row['track'])}"
    return program, row["standing__held"], words(row["standing__held"])
