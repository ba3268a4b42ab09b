"""The reference for people: the OpenAPI document as a page of ours, without scripts of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from echelon.foundation.access.routes import public
from echelon.surfaces.api.problems import KINDS, Problem, answer
from echelon.surfaces.api.v1 import api


@dataclass(frozen=True)
class Field:
    """One value of a body, an answer or an address: `shape` names what it is made of."""

    name: str
    kind: str
    shape: str
    needed: bool
    text: SafeString


@dataclass(frozen=True)
class Operation:
    """One operation, as the page shows it."""

    name: str
    method: str
    address: str
    summary: SafeString
    text: SafeString
    fields: list[Field]
    body: str
    answer: str
    curl: str


@public("describes the API; no data")
@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """Show every operation by its room, what bodies and answers hold, and all problems."""
    home = request.build_absolute_uri("/").rstrip("/")
    return render(request, "api/reference.html", _context(home, get_language() or ""))


@lru_cache(8)
def _context(home: str, language: str) -> dict[str, Any]:  # noqa: ARG001 - it decides the words
    document = api.get_openapi_schema()
    rooms: dict[str, list[Operation]] = {}
    for address, methods in document["paths"].items():
        for method, said in methods.items():
            found = _operation(home, method.upper(), address, said)
            rooms.setdefault(said["tags"][0], []).append(found)
    shapes = {
        name: (_shown(schema.get("description", "")), list(_fields(schema)))
        for name, schema in sorted(document["components"]["schemas"].items())
        if schema.get("type") == "object"
    }
    about = _shown(document["info"]["description"])
    return {"about": about, "rooms": rooms, "shapes": shapes, "kinds": KINDS}


@public("says that there is nothing at an address, as of any object")
@csrf_exempt
def nothing(request: HttpRequest, elsewhere: str) -> HttpResponse:  # noqa: ARG001
    """Answer for an address that leads nowhere, as for an object that isn't there."""
    return answer(request, Problem("not-found"))


def _operation(home: str, method: str, address: str, said: dict[str, Any]) -> Operation:
    fields = [
        Field(
            each["name"],
            *_kind(each["schema"]),
            each["required"],
            _shown(each.get("description", "")),
        )
        for each in said["parameters"]
        if "$ref" not in each
    ]
    content = said.get("requestBody", {}).get("content", {})
    body = next(iter(content.values()), {})
    done = next(answer for status, answer in said["responses"].items() if int(status) < 300)
    answered = next(iter(done.get("content", {}).values()), {}).get("schema", {})
    text = said["description"] if said["description"] != said["summary"] else ""
    return Operation(
        said["operationId"], method, address, _shown(said["summary"]), _shown(text), fields,
        _kind(body.get("schema", {}))[1], _kind(answered)[1],
        _curl(home, method, address, body, "multipart/form-data" in content),
    )  # fmt: skip


def _shown(text: str) -> SafeString:
    """Return a text with what stands between backticks as code."""
    parts = enumerate(text.split("`"))
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", part) if at % 2 else part,) for at, part in parts),
    )


def _curl(home: str, method: str, address: str, body: dict[str, Any], is_file: bool) -> str:
    """Return a command that calls an operation; names in braces are for who runs it."""
    lines = [f"curl{'' if method == 'GET' else f' -X {method}'} '{home}{address}'"]
    lines.append('-H "Authorization: Bearer $ECHELON_KEY"')
    if method != "GET":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if is_file:
        lines.append("-F type=sales -F file=@sales.csv")
    elif body:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d '{json.dumps(body['example'], ensure_ascii=False)}'")
    return " \\\n  ".join(lines)


def _fields(schema: dict[str, Any]) -> Iterator[Field]:
    needed = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        yield Field(name, *_kind(each), name in needed, _shown(each.get("description", "")))


def _kind(schema: dict[str, Any]) -> tuple[str, str]:
    """Return what a schema is in words, and the name of the shape that it is made of."""
    if "$ref" in schema:
        return "", schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        kinds = [_kind(each) for each in schema["anyOf"]]
        shape = next((shape for _, shape in kinds if shape), "")
        return " | ".join(kind or shape for kind, shape in kinds), shape
    if schema.get("type") == "array":
        kind, shape = _kind(schema["items"])
        return f"[{kind or shape}]", shape
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"])), ""
    kind = schema.get("format") or schema.get("type", "")
    return (kind if isinstance(kind, str) else " | ".join(kind)), ""
