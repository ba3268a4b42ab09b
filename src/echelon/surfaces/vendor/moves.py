"""Moves between tiers: those that wait for a person, answered one by one or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.access.rows import identity
from echelon.foundation.approvals import selectors as approvals
from echelon.outcomes.standings import names, selectors
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.services import deciding
from echelon.outcomes.standings.states import COLOURS, Answer, Direction
from echelon.records.programs import selectors as programs
from echelon.surfaces.shell.paging import page

_ANSWERS = {"approve": Answer.APPROVED, "reject": Answer.REJECTED}


@dataclass(frozen=True)
class Move:
    """A proposal in the words of its program. `refusal` is what its answer was refused for."""

    row: Any
    before: str
    after: str
    track: str
    why: str
    counts_from: date
    tone: str
    undoable: bool
    refusal: str = ""

    @property
    def up(self) -> bool:
        """Whether it leads up."""
        return bool(self.row.direction == Direction.PROMOTION)


@guarded(Right.MOVES_PROPOSE)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Show the moves that wait, of the filter in the address."""
    return _queue(request)


@guarded(Right.MOVES_PROPOSE)
@require_GET
def decided(request: HttpRequest) -> HttpResponse:
    """Show what was answered, by whom, when and why."""
    scope, now = scope_of(request), timezone.now()
    chosen = Chosen.of(scope, request.GET)
    found = page(selectors.decided(scope, **chosen.which), request.GET.get("after", ""))
    context = {
        "page": found,
        "moves": list(_moves(found.rows, now)),
        "tab": "decided",
        "begun": bool(request.GET.get("after")),
        "waiting_count": selectors.queue(scope, **chosen.which).count(),
        "requests_count": approvals.queue(scope).count(),
        **chosen.context,
    }
    return render(request, "vendor/moves_decided.html", context)


@guarded(Right.MOVES_PROPOSE)
@require_GET
def detail(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Show one move with the figures on which it was proposed."""
    scope, now = scope_of(request), timezone.now()
    found = selectors.proposal(scope, proposal)
    words = names.names(now)
    at = (found.program_id, found.track)
    figures = [
        (name, words.metric(*at, name), words.figure(*at, name, value))
        for name, value in found.standing.metrics.items()
        if words.is_metric(*at, name)
    ]
    [move] = _moves([found], now)
    context = {
        "move": move,
        "figures": figures,
        "waits": found.answer == Answer.WAITING,
        "may_decide": scope.reaches(Right.MOVES_DECIDE, found.partner_id),
    }
    return render(request, "vendor/move.html", context)


@guarded(Right.MOVES_DECIDE)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Answer the moves that were chosen; what is refused is shown beside its row."""
    scope, given = scope_of(request), request.POST
    one = given.get("approve_one", "")
    ids = [identity(each) for each in ([one] if one else given.getlist("proposals"))]
    answer = Answer.APPROVED if one else _ANSWERS.get(given.get("answer", ""))
    reason = given.get("reason", "").strip()
    if answer is None or not ids:
        return _queue(request, problem=_("Choose the moves first, then a button."), chosen=ids)
    if answer is Answer.REJECTED and not reason:
        said = _("Say why: the partner's people may ask.")
        return _queue(request, reason_problem=said, chosen=ids)
    found = deciding.decide_many(
        scope, proposals=ids, answer=answer, reason=reason, at=timezone.now()
    )
    refused = {each.proposal: each.refusal for each in found if each.refusal}
    done = len(found) - len(refused)
    if done:
        messages.success(request, _said(answer, done))
    if refused:
        return _queue(request, refused=refused, chosen=list(refused))
    return redirect(f"{reverse('vendor:moves')}?{Chosen.of(scope, request.GET).query}")


@guarded(Right.MOVES_DECIDE)
@require_POST
def undone(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Take an answer back."""
    try:
        found = deciding.undo(scope_of(request), proposal=proposal, at=timezone.now())
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
        return redirect("vendor:moves-decided")
    said = _("The answer is taken back: the move of %(name)s waits again.")
    messages.success(request, said % {"name": found.partner.name})
    return redirect("vendor:moves")


@dataclass(frozen=True)
class Chosen:
    """The filter in an address: what of it was understood, and what there is to choose."""

    program: UUID | None
    direction: Direction | None
    manager: UUID | None
    programs: list[Any]
    managers: list[tuple[UUID, str]]

    @classmethod
    def of(cls, scope: Scope, query: QueryDict) -> Chosen:
        """Read an address; what names nothing that there is, is left out."""
        there = list(programs.programs(scope))
        people = selectors.managers(scope, Right.MOVES_PROPOSE)
        way = query.get("direction", "")
        return cls(
            next((one.id for one in there if str(one.id) == query.get("program")), None),
            Direction(way) if way in Direction.values else None,
            next((one for one, _name in people if str(one) == query.get("manager")), None),
            there,
            people,
        )

    @property
    def which(self) -> dict[str, Any]:
        """What selectors take."""
        return {"program": self.program, "direction": self.direction, "manager": self.manager}

    @property
    def query(self) -> str:
        """The filter as an address says it."""
        return urlencode({name: str(value) for name, value in self.which.items() if value})

    @property
    def context(self) -> dict[str, Any]:
        """What the form of the filter shows."""
        return {"chosen": self, "directions": Direction.choices, "filter_query": self.query}


def _queue(
    request: HttpRequest,
    *,
    problem: str = "",
    reason_problem: str = "",
    refused: Mapping[UUID, str] | None = None,
    chosen: Iterable[UUID] = (),
) -> HttpResponse:
    """Show what waits, with what was chosen and typed, and why some of it was refused."""
    scope, now, refused = scope_of(request), timezone.now(), dict(refused or {})
    asked = Chosen.of(scope, request.GET)
    rows = selectors.queue(scope, **asked.which)
    found = page(rows, request.GET.get("after", ""))
    here = {row.id for row in found.rows}
    gone = selectors.proposals(scope).filter(id__in=set(refused) - here) if refused else []
    context = {
        "page": found,
        "moves": list(_moves(found.rows, now, refused)),
        "gone": list(_moves(gone, now, refused)),
        "tab": "waiting",
        "begun": bool(request.GET.get("after")),
        "waiting_count": rows.count(),
        "requests_count": approvals.queue(scope).count(),
        "may_decide": scope.may(Right.MOVES_DECIDE),
        "ticked": set(chosen),
        "problem": problem,
        "reason_problem": reason_problem,
        "reason": request.POST.get("reason", ""),
        **asked.context,
    }
    return render(request, "vendor/moves.html", context)


def _moves(
    rows: Iterable[Any], now: datetime, refused: Mapping[UUID, str] | None = None
) -> Iterator[Move]:
    words, today = names.names(now), now.date()
    for row in rows:
        at = (row.program_id, row.track)
        yield Move(
            row,
            words.tier(*at, row.before),
            words.tier(*at, row.tier),
            words.track(*at),
            names.why(words, row),
            words.counts_from(row, today),
            COLOURS[Answer(row.answer)],
            row.decided_at is not None and now - row.decided_at <= deciding.UNDO,
            (refused or {}).get(row.id, ""),
        )


def _said(answer: Answer, count: int) -> str:
    if answer is Answer.APPROVED:
        said = ngettext(
            "%(count)d move is approved. It can be taken back for ten minutes.",
            "%(count)d moves are approved. They can be taken back for ten minutes.",
            count,
        )
    else:
        said = ngettext(
            "%(count)d move is rejected. It can be taken back for ten minutes.",
            "%(count)d moves are rejected. They can be taken back for ten minutes.",
            count,
        )
    return said % {"count": count}
