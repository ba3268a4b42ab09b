"""A partner's first page: where the company stands, in one sentence a program; what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.enrollments import selectors
from echelon.records.enrollments.states import COLOURS, LIVE, MOVES, State
from echelon.records.programs import selectors as programs
from echelon.surfaces.portal import stands
from echelon.surfaces.portal.stands import Stand

#: So long before its end an enrollment is something to think of.
SOON = timedelta(days=60)
MOST = 5


@dataclass(frozen=True)
class ToDo:
    """Something that waits for the company; `day` is when it is too late."""

    text: str
    link: str
    act: str
    day: date | None = None


@guarded(Right.PORTAL_ENTER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show where the reader's company stands in each program, and what waits for it."""
    scope, today = scope_of(request), timezone.localdate()
    standing = [each for own in scope.own for each in stands.of(scope, own)]
    rows = [
        each for each in selectors.enrollments(scope, states=LIVE) if each.partner_id in scope.own
    ]
    levelled = {each.current.program_id for each in standing}
    context = {
        "standings": standing,
        "periods": {each.program_id: each for each in rows if each.state == State.ACTIVE},
        "others": [
            (each, COLOURS[State(each.state)]) for each in rows if each.program_id not in levelled
        ],
        "to_do": _to_do(scope, rows, standing, today)[:MOST],
        "today": today,
        "greets": not standing and not rows,
    }
    return render(request, "portal/home.html", context)


def waits(state: str) -> bool:
    """Whether an enrollment waits for the company's yes."""
    return State(state) in MOVES["accept"].to


def _to_do(scope: Scope, rows: list[Any], standing: list[Stand], today: date) -> list[ToDo]:
    found = []
    for each in rows:
        link = reverse("portal:enrollment", args=[each.id])
        if waits(each.state) and scope.reaches(Right.ENROLLMENTS_APPLY, each.partner_id):
            said = _("{program}: accept your enrollment").format(program=each.program.name)
            found.append(ToDo(said, link, _("Read and accept"), each.start))
        ends = each.end is not None and each.state == State.ACTIVE and each.end - today <= SOON
        if ends and not any(other.renews_id == each.id for other in rows):
            said = _("{program}: your enrollment ends").format(program=each.program.name)
            found.append(ToDo(said, link, _("See the enrollment"), each.end))
    for stand in standing:
        if stand.lost_from is not None:
            said = _("{program}: keep {tier}").format(
                program=stand.track or stand.current.program.name, tier=stand.held
            )
            link = reverse("portal:program", args=[stand.current.program_id])
            found.append(ToDo(said, link, _("What is missing"), stand.lost_from))
    found += [
        ToDo(_("{program} is open to you").format(program=program.name),
             reverse("portal:program", args=[program.pk]), _("Have a look"))
        for program in _open(scope, {each.program_id for each in rows})
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.day is None, each.day or today))


def _open(scope: Scope, inside: set[UUID]) -> list[Any]:
    """Return the programs that the company may apply for, for who may do so."""
    if not scope.may(Right.ENROLLMENTS_APPLY):
        return []
    found = selectors.programs_to_apply_for(scope) - inside
    return list(programs.programs(scope, among=found)) if found else []
