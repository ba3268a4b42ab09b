"""The forms of a draft, beside its text: tiers, what they ask for, what they give, moves.

A form writes what differs into the text that is kept; the rest of it stays as its author typed it.
What was typed is kept whatever is wrong. Where somebody else has kept the draft meanwhile, both
are shown: their value beside the one that was typed, which a second click keeps.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.programs import documents, selectors
from echelon.records.programs.editing import Unwritable, benefits, grid, ladders, movement
from echelon.records.programs.errors import Outdated, Refused
from echelon.records.programs.services import versions as services
from echelon.records.programs.states import State
from echelon.surfaces.vendor import draft_fields
from echelon.surfaces.vendor.draft_fields import Page
from rulebook import ProgramError
from rulebook.reading import read_document
from rulebook.reading.document import Document

Fields = dict[str, str]
_SENT_BESIDE = {"csrfmiddlewaretoken", "sha", "was", "track", "row", "act", "add_metric", "add_op"}


@dataclass(frozen=True)
class Part:
    """A form of a draft: how it is shown, what its fields are, what it makes of a text."""

    name: str
    page: Callable[[Document, str, list[str]], Page]
    fields: Callable[[Document, str, list[str]], Fields]
    applied: Callable[[str, str, Fields, list[str]], tuple[str, Fields]]


TIERS = Part(
    "tiers", draft_fields.tiers,
    lambda document, track, _more: ladders.fields(document, track),
    lambda text, track, typed, _more: ladders.applied(text, track, typed),
)  # fmt: skip
BARS = Part("bars", draft_fields.bars, grid.fields, grid.applied)
BENEFITS = Part(
    "benefits", draft_fields.gifts,
    lambda document, track, _more: benefits.fields(document, track),
    lambda text, track, typed, _more: benefits.applied(text, track, typed),
)  # fmt: skip
MOVES = Part(
    "moves", draft_fields.moves,
    lambda document, track, _more: movement.fields(document, track),
    lambda text, track, typed, _more: movement.applied(text, track, typed),
)  # fmt: skip


@guarded(Right.PROGRAMS_DRAFT)
@require_http_methods(["GET", "POST"])
def tiers(request: HttpRequest, version: UUID) -> HttpResponse:
    """Show and write a draft's tiers: their order and names, one more, one less."""
    return _form(request, version, TIERS)


@guarded(Right.PROGRAMS_DRAFT)
@require_http_methods(["GET", "POST"])
def bars(request: HttpRequest, version: UUID) -> HttpResponse:
    """Show and write what a draft's tiers ask for."""
    return _form(request, version, BARS)


@guarded(Right.PROGRAMS_DRAFT)
@require_http_methods(["GET", "POST"])
def gifts(request: HttpRequest, version: UUID) -> HttpResponse:
    """Show and write what a draft's tiers give."""
    return _form(request, version, BENEFITS)


@guarded(Right.PROGRAMS_DRAFT)
@require_http_methods(["GET", "POST"])
def moves(request: HttpRequest, version: UUID) -> HttpResponse:
    """Show and write how partners move between a draft's tiers."""
    return _form(request, version, MOVES)


@dataclass
class Sent:
    """What a form sent: what somebody changed of it, and from which text they saw."""

    changes: Fields
    was: Fields
    sha: str

    @classmethod
    def of(cls, given: QueryDict) -> Sent:
        """Read a form; what was there before stands in it too."""
        try:
            was = {str(k): str(v) for k, v in json.loads(given.get("was", "{}")).items()}
        except (ValueError, AttributeError):
            was = {}
        typed = {name: value for name, value in given.items() if name not in _SENT_BESIDE}
        names = dict.fromkeys([*was, *typed])
        changes = {
            name: typed.get(name, "") for name in names if typed.get(name, "") != was.get(name, "")
        }
        return cls(changes, was, given.get("sha", ""))


def _form(request: HttpRequest, version: UUID, part: Part) -> HttpResponse:
    scope = scope_of(request)
    found = selectors.version(scope, version)
    if found.state != State.DRAFT:
        messages.error(request, _("Only a draft can be edited; make a new version."))
        return redirect("vendor:version", version=version)
    given = request.POST if request.method == "POST" else request.GET
    try:
        document = read_document(found.text)
    except ProgramError:
        return render(request, "vendor/draft_unread.html", {"version": found, "part": part.name})
    tracks = ladders.tracks(document.content)
    track = given.get("track", "") if given.get("track", "") in tracks else tracks[0]
    more = _rows(given)
    sent = Sent.of(request.POST) if request.method == "POST" else Sent({}, {}, found.sha)
    wrong: Fields = {}
    conflict = sent.sha != found.sha
    if request.method == "POST" and given.get("act") != "add":
        if conflict:
            said = _("Somebody else has kept this draft since you opened it. Nothing is lost.")
            messages.error(request, said)
        else:
            wrong = _kept(request, found, part, track, sent, more)
            if not wrong:
                again = urlencode({"track": track}) if track else ""
                return redirect(f"{reverse(f'vendor:draft-{part.name}', args=[version])}?{again}")
    return _page(request, found, document, part, track, more, sent, wrong, conflict)


def _kept(
    request: HttpRequest, version: Any, part: Part, track: str, sent: Sent, more: list[str]
) -> Fields:
    """Write what was typed into the draft; return what is wrong by field, nothing if it is kept."""
    try:
        text, wrong = part.applied(version.text, track, sent.changes, more)
        if wrong:
            messages.error(request, _("Nothing was kept yet: mend what is marked."))
            return wrong
        if text == version.text:
            messages.success(request, _("Nothing was changed."))
            return {}
        services.edit(
            scope_of(request), version=version.id, text=text, sha=sent.sha, at=timezone.now()
        )
    except (Unwritable, ProgramError) as error:
        messages.error(request, str(error))
    except (Outdated, Refused) as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    else:
        messages.success(request, _("Kept and checked."))
        return {}
    return {"": ""}


def _page(
    request: HttpRequest, version: Any, document: Document, part: Part, track: str,
    more: list[str], sent: Sent, wrong: Fields, conflict: bool,
) -> HttpResponse:  # fmt: skip
    page = part.page(document, track, more)
    now = part.fields(document, track, more)
    page.values({**now, **sent.changes})
    checked = documents.check(version.text, version.program.slug)
    rest = page.place(checked.problems)
    for name, said in wrong.items():
        if name in page.fields:
            page.fields[name].error = said
    theirs = [
        name
        for name, mine in sent.changes.items()
        if conflict
        and name in page.fields
        and now.get(name, "") not in (mine, sent.was.get(name, ""))
    ]
    for name in theirs:
        page.fields[name].theirs = now.get(name, "")
    context = {
        "version": version,
        "part": part.name,
        "page": page,
        "layout": page.layout,
        "track": track,
        "tracks": [
            (each, each and ladders.said(None, each)) for each in ladders.tracks(document.content)
        ],
        "sha": version.sha,
        "was": json.dumps(now, sort_keys=True),
        "checked": checked,
        "rest": rest,
        "conflict": conflict,
        "theirs": theirs,
        "unsaved": bool(sent.changes),
    }
    return render(request, f"vendor/draft_{part.name}.html", context)


def _rows(given: QueryDict) -> list[str]:
    """Return the criteria that a form shows before any tier asks for them."""
    rows = [row for row in given.getlist("row") if row.count("|") >= 2]
    metric, compares = given.get("add_metric", ""), given.get("add_op", "")
    act = given.get("act", "")
    if act.startswith("add") and metric and compares:
        rows.append(f"{given.get('add_bar') or 'requires'}|{metric}|{compares}")
    return list(dict.fromkeys(rows))
