"""Partners: the list with its filters and saved lists, and the pages of one company."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.access.rows import identity
from echelon.foundation.accounts import selectors as accounts
from echelon.outcomes.standings import names
from echelon.outcomes.standings import selectors as standings
from echelon.records.partners import search, selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.kinds import Kind
from echelon.records.partners.services import companies, views
from echelon.records.partners.services.exporting import export
from echelon.surfaces.shell.tables import attached
from echelon.surfaces.vendor.company_form import CompanyForm
from echelon.surfaces.vendor.partner_filters import asked, query


@guarded(Right.COMPANY_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show the companies that the filter in the address lets through."""
    scope, given, problems = scope_of(request), request.GET, []
    first = None if given else selectors.default_view(scope)
    if first and (opened := query(first.filter, first.order)):
        return redirect(f"{reverse('vendor:partners')}?{opened}")
    kept, order, after = asked(given), given.get("order", "name"), given.get("after", "")
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
        "tiers": _tiers(scope, [row.pk for row in page.rows]),
        "views": [(view, query(view.filter, view.order)) for view in selectors.views(scope)],
        "problems": problems,
        "begun": bool(after),
        "filter_query": query(kept, order),
        "filter_pairs": parse_qsl(query(kept, order)),
        "may_change": scope.may(Right.COMPANY_MANAGE),
        "may_enroll": scope.may(Right.ENROLLMENTS_MANAGE),
    }
    return render(request, "vendor/partners.html", context)


@guarded(Right.EXPORT_MANY)
@require_POST
def exported(request: HttpRequest) -> HttpResponse:
    """Give the companies of the filter in the address as a file."""
    at = timezone.now()
    form = "xlsx" if request.POST.get("form") == "xlsx" else "csv"
    try:
        which = search.filter_of(asked(request.GET))
        content = export(scope_of(request), kind=form, at=at, which=which)
    except Refused as refused:
        return _back(request, refused, "vendor:partners")
    return attached(content, form, "partners", at=at)


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
    family = selectors.family(scope, partner)
    context = {
        "company": family.company,
        "managers": accounts.managers(scope),
        "family": family,
        "fields": selectors.fields(scope),
        "kinds": dict(Kind.choices),
        "standings": _held(scope, partner),
    }
    return render(request, "vendor/partner.html", context)


@guarded(Right.COMPANY_CREATE)
@require_POST
def assigned(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Give a company an account manager, or none."""
    given = request.POST.get("manager", "")
    try:
        companies.assign(
            scope_of(request),
            partners=[partner],
            manager=identity(given) if given else None,
            at=timezone.now(),
        )
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    else:
        messages.success(request, _("Saved."))
    return redirect("vendor:partner", partner=partner)


@guarded(Right.COMPANY_MANAGE)
@require_http_methods(["GET", "POST"])
def edited(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Change what is said of a company."""
    scope = scope_of(request)
    company = selectors.company(scope, partner)
    scope.demand(Right.COMPANY_MANAGE, partner)
    form = CompanyForm.of(company, request.POST or None, selectors.fields(scope))
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
    form = CompanyForm(request.POST or None, selectors.fields(scope_of(request)))
    if request.method == "POST" and form.is_valid():
        try:
            company = companies.create(scope_of(request), at=timezone.now(), **form.values())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s is added.") % {"name": company.name})
            return redirect("vendor:partner", partner=company.id)
    return render(request, "vendor/partner_edit.html", {"form": form, "company": None})


def _held(scope: Scope, partner: UUID) -> list[tuple[Any, str]]:
    """Return where a company stands, each with what its program calls the tier held."""
    rows, words = standings.of_partner(scope, partner), names.names(timezone.now())
    rows.sort(key=lambda row: (row.program.name, row.track))
    return [(row, words.tier(row.program_id, row.track, row.standing.held)) for row in rows]


def _tiers(scope: Scope, shown: list[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    """Return the tiers that the companies of a page hold on their programs' own ladders."""
    rows, words = standings.tiers(scope), names.names(timezone.now())
    found: dict[UUID, list[tuple[str, str]]] = {}
    row: dict[str, Any]
    rows = rows.filter(partner__in=shown, track="").exclude(standing__held=None)
    for row in rows.order_by("program__name", "program"):
        said = words.tier(row["program"], "", row["standing__held"])
        found.setdefault(row["partner"], []).append((row["standing__held"], said))
    return found


def _sees(scope: Scope, parent: UUID | None) -> bool:
    """Whether the company above is one that the reader may see: its name alone tells a family."""
    return parent is not None and scope.reaches(Right.COMPANY_READ, parent)


def _back(request: HttpRequest, refused: Refused, route: str) -> HttpResponse:
    for problem in refused.problems:
        messages.error(request, problem)
    return redirect(f"{reverse(route)}?{request.GET.urlencode()}")
