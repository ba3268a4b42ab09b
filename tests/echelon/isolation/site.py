"""A small site with the faults that real ones have: the matrix must find each, and nothing else.

`SOUND` is right. Each of `FAULTS` replaces one view by one that forgets something.
"""

from __future__ import annotations

from types import ModuleType
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.access.rows import identity, one, visible
from echelon.foundation.audit.services import record
from echelon.records.partners.models import Partner, Person
from tests.echelon.isolation.lines import Line, Lines
from tests.factories.partners import NOW

R = Right
LINES: Lines = {
    ("portal/companies/", "GET"): Line("company: read", query={"partner": "{partner}"}),
    ("portal/companies/<uuid:partner>/", "GET"): Line("company: read"),
    ("portal/companies/<uuid:partner>/people/<uuid:person>/", "GET"): Line("people: read"),
    ("portal/companies/<uuid:partner>/edit/", "POST"): Line(
        "company: edit", form={"name": "New", "person": "{person}"}
    ),
    ("vendor/companies/<uuid:partner>/", "GET"): Line("company: read"),
}


@guarded(R.COMPANY_READ)
@require_GET
def companies(request: HttpRequest) -> HttpResponse:
    rows = visible(Partner.objects.all(), scope_of(request), R.COMPANY_READ)
    if asked := request.GET.get("partner"):
        rows = rows.filter(pk=identity(asked))
    return HttpResponse(", ".join(row.name for row in rows))


@guarded(R.COMPANY_READ)
@require_GET
def company(request: HttpRequest, partner: UUID) -> HttpResponse:
    return HttpResponse(
        one(Partner.objects.all(), scope_of(request), R.COMPANY_READ, pk=partner).name
    )


@guarded(R.PEOPLE_READ)
@require_GET
def person(request: HttpRequest, partner: UUID, person: UUID) -> HttpResponse:
    found = one(Person.objects.all(), scope_of(request), R.PEOPLE_READ, pk=person, partner=partner)
    return HttpResponse(found.name)


@guarded(R.COMPANY_EDIT)
@require_POST
def edit(request: HttpRequest, partner: UUID) -> HttpResponse:
    scope = scope_of(request)
    scope.demand(R.COMPANY_EDIT, partner)
    found = one(Partner.objects.all(), scope, R.COMPANY_EDIT, pk=partner)
    one(
        Person.objects.all(),
        scope,
        R.PEOPLE_READ,
        pk=identity(request.POST["person"]),
        partner=partner,
    )
    found.name = request.POST["name"]
    found.save()
    record(scope, "site.edited", "partner", partner, at=NOW, partner=partner)
    return redirect("/portal/companies/")


# The faults. Each is one that a named product has had, or that a tired person writes.


@guarded(R.COMPANY_READ)
@require_GET
def all_companies(request: HttpRequest) -> HttpResponse:
    return HttpResponse(", ".join(row.name for row in Partner.objects.all()))


@guarded(R.COMPANY_READ)
@require_GET
def filter_beats_scope(request: HttpRequest) -> HttpResponse:
    rows = visible(Partner.objects.all(), scope_of(request), R.COMPANY_READ)
    if asked := request.GET.get("partner"):
        rows = Partner.objects.filter(pk=identity(asked))
    return HttpResponse(", ".join(row.name for row in rows))


@guarded(R.COMPANY_READ)
@require_GET
def hidden_filter(request: HttpRequest) -> HttpResponse:
    rows = visible(Partner.objects.all(), scope_of(request), R.COMPANY_READ)
    if asked := request.GET.get("person"):
        rows = Partner.objects.filter(people=identity(asked))
    return HttpResponse(", ".join(row.name for row in rows))


@guarded(R.COMPANY_READ)
@require_GET
def any_company(request: HttpRequest, partner: UUID) -> HttpResponse:
    found = Partner.objects.filter(pk=partner).first()
    if found is None:
        raise Http404
    return HttpResponse(found.name)


@guarded(R.COMPANY_READ)
@require_GET
def forbidden_tells(request: HttpRequest, partner: UUID) -> HttpResponse:
    if not Partner.objects.filter(pk=partner).exists():
        raise Http404
    if not scope_of(request).reaches(R.COMPANY_READ, partner):
        return HttpResponse("This company isn't yours.", status=403)
    return HttpResponse(Partner.objects.get(pk=partner).name)


@guarded(R.COMPANY_READ)
@require_GET
def names_the_parent(request: HttpRequest, partner: UUID) -> HttpResponse:
    found = one(Partner.objects.all(), scope_of(request), R.COMPANY_READ, pk=partner)
    return HttpResponse(f"{found.name}, a company of {found.parent}")


@guarded(R.PEOPLE_READ)
@require_GET
def person_by_id_alone(request: HttpRequest, partner: UUID, person: UUID) -> HttpResponse:
    one(Partner.objects.all(), scope_of(request), R.COMPANY_READ, pk=partner)
    found = Person.objects.filter(pk=person).first()
    if found is None:
        raise Http404
    return HttpResponse(found.name)


@guarded(R.COMPANY_READ)
@require_GET
def person_by_wrong_right(request: HttpRequest, partner: UUID, person: UUID) -> HttpResponse:
    found = one(Person.objects.all(), scope_of(request), R.COMPANY_READ, pk=person, partner=partner)
    return HttpResponse(found.name)


@guarded(R.COMPANY_READ)
@require_POST
def edit_by_reader(request: HttpRequest, partner: UUID) -> HttpResponse:
    one(Partner.objects.all(), scope_of(request), R.COMPANY_READ, pk=partner)
    Partner.objects.filter(pk=partner).update(name=request.POST["name"])
    record(scope_of(request), "site.edited", "partner", partner, at=NOW)
    return redirect("/portal/companies/")


@guarded(R.COMPANY_EDIT)
@require_POST
def body_is_believed(request: HttpRequest, partner: UUID) -> HttpResponse:
    one(Partner.objects.all(), scope_of(request), R.COMPANY_EDIT, pk=partner)
    if not Person.objects.filter(pk=identity(request.POST["person"])).exists():
        raise Http404
    record(scope_of(request), "site.edited", "partner", partner, at=NOW)
    return redirect("/portal/companies/")


@guarded(R.COMPANY_EDIT)
@require_POST
def no_trail(request: HttpRequest, partner: UUID) -> HttpResponse:
    scope = scope_of(request)
    one(Partner.objects.all(), scope, R.COMPANY_EDIT, pk=partner)
    who = identity(request.POST["person"])
    one(Person.objects.all(), scope, R.PEOPLE_READ, pk=who, partner=partner)
    return redirect("/portal/companies/")


@guarded(R.COMPANY_READ)
@require_POST
def refused_after_the_deed(request: HttpRequest, partner: UUID) -> HttpResponse:
    record(scope_of(request), "site.edited", "partner", partner, at=NOW)
    try:
        return edit(request, partner)
    except Http404:
        return HttpResponse("Not found", status=404)


@guarded(R.COMPANY_READ)
def any_method(request: HttpRequest, partner: UUID) -> HttpResponse:
    return HttpResponse(
        one(Partner.objects.all(), scope_of(request), R.COMPANY_READ, pk=partner).name
    )


def open_door(request: HttpRequest, partner: UUID) -> HttpResponse:
    return JsonResponse({"there": Partner.objects.filter(pk=partner).exists()})


_SOUND = {
    "portal/companies/": companies,
    "portal/companies/<uuid:partner>/": company,
    "portal/companies/<uuid:partner>/people/<uuid:person>/": person,
    "portal/companies/<uuid:partner>/edit/": edit,
    "vendor/companies/<uuid:partner>/": company,
}
_LIST, _ONE, _PERSON, _EDIT, _ = _SOUND
FAULTS = {
    "all rows in a list": (_LIST, all_companies),
    "a filter that forgets the scope": (_LIST, filter_beats_scope),
    "a filter that nobody wrote down": (_LIST, hidden_filter),
    "an object by its id alone": (_ONE, any_company),
    "another answer for what is there": (_ONE, forbidden_tells),
    "the name of the company above": (_ONE, names_the_parent),
    "a person of another company": (_PERSON, person_by_id_alone),
    "people by the right to companies": (_PERSON, person_by_wrong_right),
    "a change by who may read": (_EDIT, edit_by_reader),
    "an id in the body, unasked": (_EDIT, body_is_believed),
    "a change without a trail": (_EDIT, no_trail),
    "a refusal after the deed": (_EDIT, refused_after_the_deed),
    "methods that nobody listed": (_ONE, any_method),
    "a door without a guard": (_ONE, open_door),
}


def site(fault: str = "") -> ModuleType:
    """A URL configuration: sound, or with one fault."""
    views = dict(_SOUND)
    if fault:
        address, view = FAULTS[fault]
        views[address] = view
    made = ModuleType("site")
    made.urlpatterns = [path(address, view) for address, view in views.items()]  # type: ignore[attr-defined]
    return made
