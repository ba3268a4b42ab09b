"""Partners: the list with its filters and saved lists, and the pages of one company."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.audit.services import record
from echelon.records.partners import search, selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.kinds import Kind
from echelon.records.partners.services import companies, views
from echelon.surfaces.shell.tables import file_of
from echelon.surfaces.vendor.company_form import CompanyForm

_LISTS = ("kinds", "countries", "regions", "segments", "tags")
_COLUMNS = ("key", "name", "kind", "country", "region", "segment", "parent", "manager", "tags")


def asked(query: QueryDict) -> dict[str, Any]:
    """Return the filter that an address says, as a saved list keeps it."""
    kept: dict[str, Any] = {
        name: [value for value in query.getlist(name) if value]
        for name in _LISTS
        if any(query.getlist(name))
    }
    if text := query.get("text", "").strip():
        kept["text"] = text
    if query.get("archived") == "yes":
        kept["archived"] = True
    return kept


@guarded(Right.COMPANY_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show the companies that the filter in the address lets through."""
    scope, query, problems = scope_of(request), request.GET, []
    kept, order, after = asked(query), query.get("order", "name"), query.get("after", "")
    try:
        page = search.search(scope, search.filter_of(kept), order=order, after=after)
    except Refused as refused:
        problems, kept, order = refused.problems, {}, "name"
        page = search.search(scope)
    context = {
        "page": page,
        "parents": {each.parent_id for each in page.rows if _sees(scope, each.parent_id)},
        "kept": kept,
        "order": order,
        "kinds": Kind.choices,
        "words": search.words(scope),
        "views": [(view, _query(view.filter, view.order)) for view in selectors.views(scope)],
        "problems": problems,
        "begun": bool(after),
        "filter_query": _query(kept, order),
    }
    return render(request, "vendor/partners.html", context)


@guarded(Right.EXPORT_MANY)
@require_POST
def exported(request: HttpRequest) -> HttpResponse:
    """Give the companies of the filter in the address as a file."""
    scope, at = scope_of(request), timezone.now()
    form = request.POST.get("form", "csv")
    try:
        which = search.filter_of(asked(request.GET))
        rows = list(_all(scope, which, request.GET.get("order", "name")))
    except Refused as refused:
        return _back(request, refused, "vendor:partners")
    with transaction.atomic():
        said = {"filter": search.filter_kept(which), "rows": len(rows), "form": form}
        record(scope, "partners.exported", "partners", "", at=at, after=said)
    lines = [[_cell(scope, company, name) for name in _COLUMNS] for company in rows]
    about = [("filter", request.GET.urlencode()), ("rows", str(len(lines)))]
    return file_of(form, "partners", _COLUMNS, lines, about=about, at=at)


@guarded(Right.COMPANY_READ)
@require_POST
def saved(request: HttpRequest) -> HttpResponse:
    """Keep the filter in the address under a name."""
    try:
        made = views.save(
            scope_of(request),
            name=request.POST.get("name", ""),
            filter=asked(request.GET),
            order=request.GET.get("order", "name"),
            shared=request.POST.get("shared") == "on",
            at=timezone.now(),
        )
    except Refused as refused:
        return _back(request, refused, "vendor:partners")
    messages.success(request, _("The list “%(name)s” is saved.") % {"name": made.name})
    return redirect(f"{reverse('vendor:partners')}?{request.GET.urlencode()}")


@guarded(Right.COMPANY_READ)
@require_GET
def detail(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Show one company: what it is, its family, who looks after it."""
    scope = scope_of(request)
    context = {
        "company": selectors.company(scope, partner),
        "family": selectors.family(scope, partner),
        "fields": selectors.fields(scope),
        "kinds": dict(Kind.choices),
    }
    return render(request, "vendor/partner.html", context)


@guarded(Right.COMPANY_MANAGE)
@require_http_methods(["GET", "POST"])
def edited(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Change what is said of a company."""
    scope = scope_of(request)
    company = selectors.company(scope, partner)
    scope.demand(Right.COMPANY_MANAGE, partner)
    form = CompanyForm.of(company, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            companies.edit(scope, partner=partner, at=timezone.now(), **form.values())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("vendor:partner", partner=partner)
    return render(request, "vendor/partner_edit.html", {"form": form, "company": company})


@guarded(Right.COMPANY_CREATE)
@require_http_methods(["GET", "POST"])
def added(request: HttpRequest) -> HttpResponse:
    """Add a company."""
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            company = companies.create(scope_of(request), at=timezone.now(), **form.values())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s is added.") % {"name": company.name})
            return redirect("vendor:partner", partner=company.id)
    return render(request, "vendor/partner_edit.html", {"form": form, "company": None})


def _all(scope: Scope, which: search.Filter, order: str) -> Iterator[Any]:
    after = ""
    while True:
        page = search.search(scope, which, order=order, after=after, limit=search.MOST)
        yield from (each for each in page.rows if scope.reaches(Right.EXPORT_MANY, each.id))
        after = page.next
        if not after:
            return


def _query(kept: dict[str, Any], order: str) -> str:
    found = QueryDict(mutable=True)
    for name, value in kept.items():
        if isinstance(value, list):
            found.setlist(name, value)
        else:
            found[name] = "yes" if value is True else value
    if order != "name":
        found["order"] = order
    return found.urlencode()


def _sees(scope: Scope, parent: UUID | None) -> bool:
    """Whether the company above is one that the reader may see: its name alone tells a family."""
    return parent is not None and scope.reaches(Right.COMPANY_READ, parent)


def _cell(scope: Scope, company: Any, name: str) -> str:
    value = getattr(company, name)
    if name == "parent":
        return value.key if _sees(scope, company.parent_id) else ""
    if name == "manager":
        return value.name if value else ""
    return ", ".join(value) if isinstance(value, list) else str(value)


def _back(request: HttpRequest, refused: Refused, route: str) -> HttpResponse:
    for problem in refused.problems:
        messages.error(request, problem)
    return redirect(f"{reverse(route)}?{request.GET.urlencode()}")
