"""The API as OpenAPI describes it: what ninja knows of its operations, and what all share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from echelon.surfaces.api import idempotency, problems
from echelon.surfaces.api.calls import SAFE, conducted
from echelon.surfaces.api.parsing import Exact
from echelon.surfaces.api.problems import KINDS, MEDIA

#: What any operation may answer; one that takes no id can't miss it, but rights may hide it.
ALWAYS = (
    "malformed", "unauthenticated", "second-factor", "not-found", "invalid", "too-many", "failed",
    "busy",
)  # fmt: skip
#: And one that changes something.
UNSAFE = ("forged", "conflict", "outdated", "too-large")
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "request"],
    "properties": {
        "type": {"type": "string", "description": "Which kind of problem, as an address."},
        "title": {"type": "string", "description": "The kind in words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened, or what to do about it."},
        "request": {"type": "string", "description": "The name of this call in the logs."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "pointer": {"type": "string", "description": "Where in the body (RFC 6901)."},
                    "parameter": {"type": "string", "description": "Which query or header."},
                    "line": {"type": "integer", "description": "Which line of a document."},
                },
            },
        },
    },
}
_CSRF = "the cookie of somebody who has signed in; unsafe calls also send X-CSRFToken"


class Api(NinjaAPI):
    """One version of the API: each operation is conducted alike and described in full."""

    def __init__(self, **more: Any) -> None:
        """Make an API without operations; routers are added."""
        super().__init__(parser=Exact(), docs_url=None, **more)
        self._described: dict[str, OpenAPISchema] = {}
        self.add_decorator(conducted, mode="view")
        problems.installed(self)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return a name that callers' tools make a function of: `partners_create`."""
        module = operation.view_func.__module__.rpartition(".")[2]
        return f"{module}_{operation.view_func.__name__}"

    def get_openapi_schema(self, **more: Any) -> OpenAPISchema:
        """Return the document, with what all operations share; made once for each language."""
        language = get_language() or ""
        if language not in self._described:
            self._described[language] = self._document(**more)
        return self._described[language]

    def _document(self, **more: Any) -> OpenAPISchema:
        found = super().get_openapi_schema(**more)
        shared = found["components"]
        shared["schemas"]["Problem"] = _PROBLEM
        shared["securitySchemes"] = {
            "key": {"type": "http", "scheme": "bearer", "description": "a key such as ech_…"},
            "session": {
                "type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME,
                "description": _CSRF,
            },
        }  # fmt: skip
        shared["parameters"] = {"IdempotencyKey": _key_parameter()}
        shared["responses"] = {str(status): said for status, said in _responses().items()}
        found["security"] = [{"key": []}, {"session": []}]
        for methods in found["paths"].values():
            for method, said in methods.items():
                _completed(method.upper(), said, shared["schemas"])
        return found


def _completed(method: str, said: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Add to an operation what all have: its first line as summary, an example, its problems."""
    first, _, rest = said.get("description", "").partition("\n")
    said["summary"] = first
    said["description"] = rest.strip() or first
    body = said.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        body["example"] = example(body["schema"], schemas)
    safe = method in SAFE
    for kind in ALWAYS if safe else (*ALWAYS, *UNSAFE):
        status = KINDS[kind].status
        said["responses"][status] = {"$ref": f"#/components/responses/{status}"}
    if not safe:
        said["parameters"].append({"$ref": "#/components/parameters/IdempotencyKey"})


def example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """Return an example of what a schema describes: what must be there, and what has examples."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "examples" in schema:
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    if "anyOf" in schema:
        return example(schema["anyOf"][0], schemas)
    if schema.get("type") == "array":
        return [example(schema["items"], schemas)]
    if schema.get("type") == "object":
        must = schema.get("required", ())
        return {
            name: example(each, schemas)
            for name, each in schema.get("properties", {}).items()
            if name in must or "examples" in each
        }
    formats = {"uuid": "3f2b8c1e-5a7d-4e90-b6c4-d1a2e3f40516", "date": "2026-12-01"}
    kinds = {"boolean": True, "integer": 1}
    return formats.get(schema.get("format", "")) or kinds.get(schema.get("type", ""), "text")


def _key_parameter() -> dict[str, Any]:
    hours = settings.API_ANSWERS_KEPT_HOURS
    return {
        "name": idempotency.HEADER,
        "in": "header",
        "required": False,
        "schema": {"type": "string", "pattern": f"^{idempotency.KEY.pattern}$"},
        "description": "Names this call: sent again with the same key, it is answered as before "
        f"and not done again. Kept for {hours} hours.",
        "example": "9f0c2a4e-7d1b-4f6e-8a35-1c2d3e4f5a6b",
    }


def _responses() -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for name, kind in KINDS.items():
        example = {
            "type": f"/api/v1/reference#{name}",
            "title": str(kind.title),
            "status": kind.status,
            "detail": str(kind.advice),
            "request": "5f3a9c0e8b7d4f21a6c3d2e1f0b9a8c7",
        }
        said = found.setdefault(
            kind.status,
            {
                "description": str(kind.title),
                "content": {
                    MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}
                },
            },
        )
        said["content"][MEDIA]["examples"][name] = {"value": example}
    for status in (429, 503):
        header = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        found[status]["headers"] = {"Retry-After": header}
    return found
