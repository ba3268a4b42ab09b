"""A route that says nothing about who may come in doesn't start, also one of the API's."""

from types import ModuleType
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path
from ninja import NinjaAPI

from echelon.foundation.access import Right
from echelon.foundation.access.routes import every_route_is_declared, guarded, public


def found(*patterns):
    site = ModuleType("site")
    site.urlpatterns = list(patterns)
    with override_settings(ROOT_URLCONF=site):
        return [error.msg for error in every_route_is_declared()]


def answer(request):
    return HttpResponse()


def answered(request, partner: UUID):
    return HttpResponse()


def test_a_page_that_says_nothing_is_refused():
    assert found(
        path("open/", public("for the test")(lambda request: answer(request))),
        path("closed/", guarded(Right.COMPANY_READ)(answer)),
        path("silent/", answer),
    ) == ["the route 'silent/' says nothing about who may come in"]


@pytest.mark.parametrize("silent", [False, True])
def test_each_operation_of_the_api_says_it(silent):
    api = NinjaAPI(urls_namespace=f"test-{silent}")
    api.get("/partners/{uuid:partner}")(guarded(Right.COMPANY_READ)(answered))
    api.put("/partners/{uuid:partner}")(
        answered if silent else guarded(Right.COMPANY_EDIT)(answered)
    )
    said = "the route 'api/partners/<uuidstr:partner>' says nothing about who may come in"
    assert set(found(path("api/", api.urls))) == ({said} if silent else set())
