"""Asks an address as somebody, and makes two answers comparable byte by byte."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from echelon.foundation.access.routes import mounted
from echelon.foundation.audit.models import AuditEvent
from tests.echelon.isolation.lines import Line
from tests.echelon.isolation.world import World

#: What a path has in a place for an id: `<uuid:partner>`, `{partner}` once it is taken from ninja.
PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: Differs between two answers that say the same.
_MASKS = (
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*'), r"\1"),
    (re.compile(r'((?:nonce|csrf-token"? content|data-key)=")[^"]*'), r"\1"),
    (re.compile(r'("(?:request_id|request|instance|trace)": ?")[^"]*'), r"\1"),
    (re.compile(r"([?&]next=)\S*"), r"\1"),
    (re.compile(r"(csrfToken[\"']?: ?[\"'])[^\"']*"), r"\1"),
)
_SEEN_HEADERS = ("Content-Type", "Location", "Allow", "Retry-After", "ETag", "Content-Disposition")


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers that tell something, and the text, masked."""

    status: int
    headers: tuple[str, ...]
    text: str
    #: As it came, for the search for canaries.
    whole: str = ""
    #: Audit events that it left.
    events: int = 0

    @property
    def said(self) -> tuple[int, tuple[str, ...], str]:
        """What must be the same where nothing may be told."""
        return self.status, self.headers, self.text


def difference(one: Answer, other: Answer) -> str:
    """Where two answers that should be one begin to differ."""
    mine, theirs = (f"{a.status} {a.headers} {a.text}" for a in (one, other))
    place = next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), 0)
    return f"{mine[max(place - 60, 0) : place + 60]!r}, not {theirs[place : place + 60]!r}"


def addresses(entry: URLResolver | None = None, prefix: str = "") -> dict[str, Any]:
    """All addresses that are ours, with their views; what is mounted is tested where it lives."""
    found: dict[str, Any] = {}
    for part in (entry or get_resolver()).url_patterns:
        address = f"{prefix}{part.pattern}".replace("<uuidstr:", "<uuid:")  # as ninja has it
        if isinstance(part, URLResolver):
            found |= addresses(part, address)
        elif isinstance(part, URLPattern) and mounted(part.callback) is None:
            found[address] = part.callback
    return found


def places(address: str) -> list[str]:
    """The names of an address's places, in order."""
    return [name for _, name in PLACE.findall(address)]


def ask(
    world: World,
    role: str,
    address: str,
    method: str,
    line: Line,
    whose: dict[str, str],
    stage: str,
) -> Answer:
    """Ask as a role, each id being the one of `whose[noun]`; nothing is kept.

    `stage` is the company whose rows are made ready first.
    """
    ids = {noun: str(world.id(noun.rstrip("_"), relation)) for noun, relation in whose.items()}
    client, headers = world.clients[role], {**world.headers[role], **line.headers}
    with transaction.atomic():
        made = (line.before(world.made[stage]) if line.before else None) or {}
        ids |= {noun: str(made[noun]) for noun in made if whose.get(noun) == stage}
        known = {**line.names, **ids}
        path = "/" + PLACE.sub(lambda found: known.get(found[2], "1"), address)
        query = {name: _filled(value, ids) for name, value in line.query.items()}
        before = AuditEvent.objects.count()
        send = getattr(client, method.lower())
        sent = {} if method == "GET" else _body(line, ids, method)
        response = send(path, query_params=query, headers=headers, **sent)
        answer = replace(_answer(response, ids), events=AuditEvent.objects.count() - before)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(world.cookies[role])  # what an answer left in the browser
    return answer


def _body(line: Line, ids: dict[str, str], method: str) -> dict[str, Any]:
    """What a request carries: a form with its files, or JSON."""
    if line.json is not None or method != "POST":
        return {"data": _filled(line.json or {}, ids), "content_type": "application/json"}
    data = dict(_filled(line.form or {}, ids))
    for name, (title, text) in line.files.items():
        data[name] = SimpleUploadedFile(title, _filled(text, ids).encode())
    return {"data": data}


def _filled(value: Any, ids: dict[str, str]) -> Any:
    """Put ids where a value names them in braces."""
    match value:
        case str():
            return re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], found[0]), value)
        case dict():
            return {key: _filled(inner, ids) for key, inner in value.items()}
        case list() | tuple():
            return [_filled(inner, ids) for inner in value]
        case _:
            return value


def _answer(response: Any, ids: dict[str, str]) -> Answer:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    whole = content.decode("utf-8", "replace")
    if content.startswith(b"PK"):  # a sheet: what it shows is packed
        with ZipFile(BytesIO(content)) as packed:
            whole = "\n".join(
                packed.read(name).decode("utf-8", "replace") for name in packed.namelist()
            )
    for mask, instead in _MASKS:  # random letters may look like a canary
        whole = mask.sub(instead, whole)
    headers = "\n".join(f"{name}: {response.headers.get(name, '')}" for name in _SEEN_HEADERS)
    text, said = whole, headers
    for value in sorted(set(ids.values()), key=len, reverse=True):
        if len(value) > 6:
            text, said = text.replace(value, "(id)"), said.replace(value, "(id)")
    for mask, instead in _MASKS:
        said = mask.sub(instead, said)
    return Answer(response.status_code, tuple(said.split("\n")), text, f"{headers}\n{whole}")
