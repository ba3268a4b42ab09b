"""Programs as a partner reads them: tiers and benefits side by side, the rules, what is coming."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.outcomes.standings import selectors as standings
from echelon.outcomes.standings.ladders import Choice, Criterion, Ladder, Rung
from echelon.records.enrollments import selectors as enrollments
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.services import making
from echelon.records.enrollments.states import COLOURS, LIVE, State
from echelon.records.programs import documents, selectors
from echelon.records.programs.states import State as VersionState
from echelon.surfaces.portal import movement, stands
from echelon.surfaces.portal.stands import Stand
from echelon.surfaces.portal.templatetags.figures import amount
from rulebook.explain.labels import ladder_of, metric_label, spoken
from rulebook.program import Benefit
from rulebook.program import Program as Rules

#: Of a coming version these parts are told line by line; how figures are counted, in one.
TOLD = ("tiers", "benefits", "movement", "tracks")


@dataclass(frozen=True)
class Column:
    """A tier beside the others: what it asks for and gives."""

    rung: Rung
    place: str
    gives: tuple[Cell, ...]

    @property
    def asks(self) -> tuple[Choice | Criterion, ...]:
        """What it asks for: all of it."""
        tree = self.rung.requires
        if isinstance(tree, Choice) and tree.kind == "all":
            return tree.parts
        return (tree,) if tree is not None else ()


@dataclass(frozen=True)
class Cell:
    """What a tier gives of a benefit; `gain` where it is more than the tier held gives."""

    label: str
    text: str
    yes: bool
    gain: bool


@dataclass(frozen=True)
class Side:
    """A ladder of a program with its tiers side by side."""

    label: str
    stand: Stand | None
    columns: list[Column]
    benefits: list[tuple[str, str]]
    rules: list[str]


@guarded(Right.PROGRAMS_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show the programs that the company is in, and those that it may apply for."""
    scope = scope_of(request)
    among = enrollments.programs_open_to(scope)
    rows = [each for each in enrollments.enrollments(scope) if each.partner_id in scope.own]
    tiers: dict[UUID, tuple[str, str]] = {}
    for each in standings.standings(scope).filter(partner__in=scope.own, track=""):
        ladder = standings.ladder_of(each)
        rung = ladder.rung(each.standing.held)
        if rung:
            tiers[each.program_id] = (rung.tier, rung.label)
    found = []
    for program in selectors.programs(scope, among=among):
        mine = next((each for each in rows if each.program_id == program.pk), None)
        tone = COLOURS[State(mine.state)] if mine else ""
        found.append((program, mine, tone, tiers.get(program.pk)))
    return render(request, "portal/programs.html", {"found": found})


@guarded(Right.PROGRAMS_READ)
@require_GET
def detail(request: HttpRequest, program: UUID) -> HttpResponse:
    """Show a program as it is in force: tiers, benefits, movement, and what is coming."""
    scope, among = scope_of(request), enrollments.programs_open_to(scope_of(request))
    found = selectors.program(scope, program, among=among)
    published = [
        each
        for each in selectors.versions(scope, program, among=among)
        if each.state == VersionState.PUBLISHED
    ]
    at = timezone.now()
    dated = sorted(published, key=lambda each: str(each.effective))
    begun = [each for each in dated if documents.has_begun(each, at)]
    coming = dated[len(begun) :]
    now = begun[-1] if begun else (coming[0] if coming else None)
    rows = enrollments.enrollments(scope, program=program)
    mine = next((each for each in rows if each.partner_id in scope.own), None)
    context = {
        "program": found,
        "version": now,
        "sides": _sides(scope, program, now) if now else [],
        "coming": [
            _coming(scope, before, after, among)
            for before, after in pairwise(dated)
            if after in coming
        ],
        "enrollment": mine,
        "tone": COLOURS[State(mine.state)] if mine else "",
        "apply": _application(scope, program, mine),
        "tab": "tiers",
    }
    return render(request, "portal/program.html", context)


@guarded(Right.ENROLLMENTS_APPLY)
@require_POST
def applied(request: HttpRequest, program: UUID) -> HttpResponse:
    """Apply for a program with the company, by the terms that the page has shown."""
    scope = scope_of(request)
    (own,) = scope.own
    try:
        made = making.apply(
            scope, partner=own, program=program, terms=terms_in(request), at=timezone.now()
        )
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
        return redirect("portal:program", program=program)
    active = made.enrollment.state == State.ACTIVE
    said = _("Welcome to the program.") if active else _("Applied. Your vendor decides next.")
    messages.success(request, said)
    return redirect("portal:enrollment", enrollment=made.enrollment.pk)


def terms_in(request: HttpRequest) -> int | None:
    """Return the version of the terms that a form carries."""
    text = request.POST.get("terms", "")
    return int(text) if text.isdecimal() and len(text) < 9 else None


def _application(scope: Scope, program: UUID, mine: Any) -> dict[str, Any] | None:
    """Return what the form of an application shows; None where nobody may apply now."""
    if not scope.may(Right.ENROLLMENTS_APPLY) or (mine and State(mine.state) in LIVE):
        return None
    if program not in enrollments.programs_to_apply_for(scope):
        return None
    policy = enrollments.policy_of(program)
    terms = enrollments.terms_of(program) if policy.needs_acceptance else None
    return {"terms": terms, "approved": policy.needs_approval, "months": policy.months}


def _coming(scope: Scope, before: Any, after: Any, among: frozenset[UUID]) -> dict[str, Any]:
    """Return what a coming version changes, in words; how figures are counted only in one."""
    differences = selectors.compare(scope, after.pk, before.pk, among=among)
    return {
        "version": after,
        "told": [each.words for each in differences if each.part in TOLD],
        "counted": any(each.part not in TOLD for each in differences),
    }


def _sides(scope: Scope, program: UUID, version: Any) -> list[Side]:
    rules = documents.read(version.text)[0]
    ladders: list[tuple[str, Ladder, Stand | None]] = [
        (each.current.track, each.ladder, each)
        for own in scope.own
        for each in stands.of(scope, own, program)
    ]
    if not ladders:
        kept = standings.ladders(scope, program)
        ladders = [(track, ladder, None) for track, ladder in kept.items() if ladder.rungs]
    return [
        _side(rules, track, ladder, stand)
        for track, ladder, stand in ladders
        if not track or track in rules.tracks
    ]


def _side(rules: Rules, track: str, ladder: Ladder, stand: Stand | None) -> Side:
    of = ladder_of(rules, track)
    given = of.benefits
    held = stand.now.held if stand else None
    goal = stand.goal.rung.tier if stand and stand.goal and not stand.goal.keep else None
    columns = []
    for rung in ladder.rungs:
        gives = tuple(
            _cell(rules, track, name, each, rung.tier, held, rung.tier == goal)
            for name, each in given.items()
        )
        place = "held" if rung.tier == held else "next" if rung.tier == goal else ""
        columns.append(Column(rung, place, gives))
    return Side(
        ladder.label if track else "",
        stand,
        columns,
        [
            (each.label or spoken(name), each.description or "")
            for name, each in of.benefits.items()
        ],
        movement.in_words(of.movement) if of.tiers else [],
    )


def _cell(
    rules: Rules, track: str, name: str, benefit: Benefit, tier: str, held: str | None, ahead: bool
) -> Cell:
    value, now = benefit.value_for(tier), benefit.value_for(held)
    nothing = value is None or value is False
    text = "" if nothing or value is True else _worth(rules, track, benefit, value)
    gain = ahead and not nothing and value != now
    return Cell(benefit.label or spoken(name), text, value is True, gain)


def _worth(rules: Rules, track: str, benefit: Benefit, value: Any) -> str:
    """Return what a benefit gives, in its type's words."""
    if benefit.type == "amount":
        return amount(value, "money", rules.currency)
    if benefit.type != "percent":
        return amount(value)
    text = amount(value, "percent")
    if benefit.of is not None:
        of, _dot, metric = benefit.of.rpartition(".")
        own = track if metric in ladder_of(rules, track).metrics else ""
        label = metric_label(rules, (of or own, metric))
        text = _("{percent} of {label}").format(percent=text, label=label)
    if benefit.cap is not None:
        most = amount(benefit.cap, "money", rules.currency)
        text = _("{worth}, at most {most}").format(worth=text, most=most)
    return text
