"""What the OpenAPI document says of the operations; none is there without its right."""

from types import ModuleType

from django.test import override_settings
from django.urls import path
from ninja import Router
from ninja.openapi.schema import OpenAPISchema

from echelon.foundation.access.routes import declared, every_route_is_declared, routes
from echelon.surfaces.api.document import Api
from echelon.surfaces.api.problems import KINDS
from echelon.surfaces.api.v1 import api
from tests.echelon.surfaces.api.operations import DOCUMENT, operations


def described():
    return [said for methods in DOCUMENT["paths"].values() for said in methods.values()]


def test_an_operation_that_declares_no_right_stops_the_start():
    router = Router()

    @router.get("/silent")
    def silent(request):
        return {}

    other = Api(urls_namespace="silent")
    other.add_router("", router)
    site = ModuleType("site")
    site.urlpatterns = [path("api/", other.urls)]
    with override_settings(ROOT_URLCONF=site):
        said = [error.msg for error in every_route_is_declared()]
    assert said == ["the route 'api/silent' says nothing about who may come in"]


def test_every_operation_declares_its_right_and_one_alone_needs_none():
    ours = [view for address, view in routes() if address.startswith("api/v1/")]
    assert len(ours) >= 50
    assert all(declared(view) is not None for view in ours)
    free = [
        operation.view_func.__module__.rpartition(".")[2]
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
        if operation.view_func.access.right is None
    ]
    assert free == ["me"]


def test_every_operation_has_a_name_of_its_own_a_sentence_and_its_problems():
    names = [said["operationId"] for said in described()]
    assert len(names) == len(set(names)) == len(operations()) >= 70
    for said in described():
        assert said["summary"].endswith("."), said["operationId"]
        assert {400, 401, 404, 422, 429, 500, 503} <= set(said["responses"])


def test_every_operation_that_changes_something_takes_a_key_and_may_conflict():
    for methods in DOCUMENT["paths"].values():
        for method, said in methods.items():
            keys = [each for each in said["parameters"] if "IdempotencyKey" in each.get("$ref", "")]
            assert len(keys) == (method != "get")
            assert ({403, 409, 412, 413} <= set(said["responses"])) == (method != "get")


def test_every_body_has_an_example():
    bodies = [said["requestBody"]["content"] for said in described() if "requestBody" in said]
    assert len(bodies) >= 20
    for content in bodies:
        assert "multipart/form-data" in content or content["application/json"]["example"] != {}


def test_two_things_never_share_a_name(monkeypatch):
    """Ninja lets the last of a name win, and the others would be described as what they are not."""
    found, clashes = {}, []

    def added(self, definitions):
        for name, said in definitions.items():
            clashes.extend([name] if found.setdefault(name, said) != said else [])
        self.schemas.update(definitions)

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", added)
    api._document(path_prefix="/api/v1/")
    assert len(found) >= 50
    assert clashes == []


def test_every_kind_of_problem_has_an_example():
    shown = {
        name
        for said in DOCUMENT["components"]["responses"].values()
        for name in said["content"]["application/problem+json"]["examples"]
    }
    assert shown == set(KINDS)
