"""Exchange rates and what facts point to: tables that all partners share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import EVERY, Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.facts import selectors
from echelon.records.facts.errors import Refused
from echelon.records.facts.services import rates, references
from echelon.surfaces.shell.paging import page

#: Files are read in memory: larger ones are no such tables.
LARGEST = 64 << 20


class File(forms.Form):
    """A file to load at once."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        error_messages={
            "empty": gettext_lazy("The file is empty."),
            "required": gettext_lazy("Choose a file."),
        },
    )

    def clean_file(self) -> Any:
        """Refuse what is far too large for such a table."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB.") % {"most": LARGEST >> 20}
            )
        return file


class OneRate(forms.Form):
    """What one euro was on a day."""

    date = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        help_text=gettext_lazy("Three letters, such as USD."),
    )
    rate = forms.CharField(
        label=gettext_lazy("Units for one euro"),
        max_length=40,
        help_text=gettext_lazy("Such as 1.0837."),
    )


@guarded(Right.FACTS_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show the newest rate of each currency."""
    return _rates(request, File(), OneRate())


@guarded(Right.FACTS_LOAD)
@require_POST
def loaded(request: HttpRequest) -> HttpResponse:
    """Take the rates of a file of the European Central Bank."""
    form = File(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data["file"].read()
        try:
            counts = rates.import_ecb(scope_of(request), data=data, at=timezone.now())
        except Refused as refused:
            form.add_error("file", refused.problems)
        else:
            messages.success(request, _told(counts, "corrected"))
            return redirect("vendor:rates")
    return _rates(request, form, OneRate())


@guarded(Right.FACTS_LOAD)
@require_POST
def added(request: HttpRequest) -> HttpResponse:
    """Take one rate that somebody typed."""
    form = OneRate(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        one = {(given["date"], given["currency"].upper()): given["rate"]}
        try:
            counts = rates.add(scope_of(request), rates=one, at=timezone.now())
        except Refused as refused:
            form.add_error(None, refused.problems)
        else:
            messages.success(request, _told(counts, "corrected"))
            return redirect("vendor:rates")
    return _rates(request, File(), form)


@guarded(Right.FACTS_READ)
@require_GET
def things(request: HttpRequest) -> HttpResponse:
    """Show what facts point to, such as products."""
    return _things(request, File())


@guarded(Right.FACTS_LOAD)
@require_POST
def things_loaded(request: HttpRequest) -> HttpResponse:
    """Take a file of products or the like."""
    form, scope = File(request.POST, request.FILES), scope_of(request)
    kind = request.GET.get("type", "")
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            counts = references.load_file(
                scope, type=kind, name=file.name, content=file.read(), at=timezone.now()
            )
        except Refused as refused:
            form.add_error("file", refused.problems)
        else:
            messages.success(request, _told(counts, "changed"))
            return redirect(f"{reverse('vendor:references')}?type={kind}")
    return _things(request, form)


def _rates(request: HttpRequest, file: File, one: OneRate) -> HttpResponse:
    scope = scope_of(request)
    context = {
        "rates": selectors.newest_rates(scope),
        "file": file,
        "one": one,
        "may_load": _may_load(scope),
    }
    return render(request, "vendor/rates.html", context)


def _things(request: HttpRequest, file: File) -> HttpResponse:
    scope = scope_of(request)
    kinds = selectors.reference_kinds(scope)
    asked = request.GET.get("type", "")
    kind = next((one for one in kinds if one.slug == asked), kinds[0])
    after = request.GET.get("after", "")
    columns = [str(name) for name in kind.spec.get("columns", {})]
    found = page(selectors.references(scope, type=kind.slug), after)
    context = {
        "kinds": kinds,
        "kind": kind,
        "columns": columns,
        "page": found,
        "rows": [(row, [row.payload.get(name, "") for name in columns]) for row in found.rows],
        "begun": bool(after),
        "file": file,
        "may_load": _may_load(scope),
        "filter_query": f"type={kind.slug}",
    }
    return render(request, "vendor/references.html", context)


def _may_load(scope: Scope) -> bool:
    """Whether somebody loads for all partners: these tables are everybody's."""
    return scope.partners(Right.FACTS_LOAD) is EVERY


def _told(counts: dict[str, int], changed: str) -> str:
    return _("Loaded: %(new)s new, %(changed)s changed, %(same)s as they were.") % {
        "new": counts["new"],
        "changed": counts[changed],
        "same": counts["unchanged"],
    }
