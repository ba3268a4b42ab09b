"""What happened: tiers held and moves, enrollments, what the vendor decided, new versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.access.rows import identity
from echelon.outcomes.standings import selectors
from echelon.outcomes.standings.models import Standing
from echelon.outcomes.standings.states import Protection
from echelon.records.enrollments import selectors as enrollments
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.states import State
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs
from echelon.records.programs.states import State as VersionState
from echelon.surfaces.portal import stands
from echelon.surfaces.portal.stands import Stand

MOST = 100
#: So many standings are looked at, the latest.
LOOKED_AT = 1_000


@dataclass(frozen=True)
class Happening:
    """One thing that happened on a day, in a program; `why` where the partner is told."""

    day: date
    text: str
    program: UUID
    symbol: str
    tone: str = "secondary"
    why: str = ""
    #: The tier that is held from then on.
    tier: str = ""


@guarded(Right.STANDINGS_READ)
@require_GET
def shown(request: HttpRequest) -> HttpResponse:
    """Show what happened to the company in its programs, the latest first."""
    scope = scope_of(request)
    among = enrollments.programs_open_to(scope)
    names = {each.pk: each.name for each in programs.programs(scope, among=among)}
    asked = request.GET.get("program", "")
    chosen = identity(asked) if asked else None
    if chosen is not None and chosen not in names:
        raise Hidden
    (own,) = scope.own
    found = [
        *_moves(scope, own),
        *_agreed(scope, own),
        *_decided(scope, own),
        *_versions(scope, among),
    ]
    found = [each for each in found if each.program in names and chosen in (None, each.program)]
    found.sort(key=lambda each: each.day, reverse=True)
    context = {
        "found": [(each, names[each.program]) for each in found[:MOST]],
        "names": names,
        "chosen": chosen,
        "cut": len(found) > MOST,
    }
    return render(request, "portal/timeline.html", context)


def _moves(scope: Scope, own: UUID) -> Iterator[Happening]:
    """Yield what differs from one standing to the next, as a partner would tell it."""
    ladders = {(each.current.program_id, each.current.track): each for each in
               stands.of(scope, own, since=False)}  # fmt: skip
    before: dict[tuple[UUID, str], Standing] = {}
    for row in reversed(selectors.changes(scope, own, LOOKED_AT)):
        key = (row.program_id, row.track)
        if (stand := ladders.get(key)) is not None:
            yield from _between(stand, before.get(key), row)
        before[key] = row


def _between(stand: Stand, was: Standing | None, now: Standing) -> Iterator[Happening]:
    where = f"{stand.track}: " if stand.track else ""

    def told(text: str, symbol: str, tone: str = "secondary", tier: str = "") -> Happening:
        return Happening(now.as_of, where + text, now.program_id, symbol, tone, tier=tier)

    held, before = stand.label(now.held), stand.label(was.held) if was else ""
    if was is None or was.held != now.held:
        names = [rung.tier for rung in stand.ladder.rungs]
        up = _place(names, now.held) > _place(names, was.held if was else None)
        if now.held and not (was and was.held):
            yield told(_("{tier} reached").format(tier=held), "trophy", "green", now.held)
        elif now.held and was:
            said = _("Up from {before} to {tier}") if up else _("Down from {before} to {tier}")
            said = said.format(before=before, tier=held)
            symbol, tone = ("arrow-up", "green") if up else ("arrow-down", "orange")
            yield told(said, symbol, tone, now.held)
        elif was and was.held:
            yield told(_("{tier} no longer held").format(tier=before), "arrow-down", "orange")
    if now.at_risk_from and not (was and was.at_risk_from):
        day = date_format(now.at_risk_from)
        yield told(_("{tier} at risk from {day}").format(tier=held, day=day),
                   "alert-triangle", "orange")  # fmt: skip
    if was and was.at_risk_from and not now.at_risk_from and was.held == now.held and now.held:
        yield told(_("{tier} no longer at risk").format(tier=held), "shield-check", "green")


def _place(names: list[str], tier: str | None) -> int:
    return names.index(tier) if tier in names else -1


def _agreed(scope: Scope, own: UUID) -> Iterator[Happening]:
    for row in enrollments.enrollments(scope, partner=own):
        yield from _of_enrollment(row)


def _of_enrollment(row: Enrollment) -> Iterator[Happening]:
    def told(
        day: date, text: str, symbol: str, tone: str = "secondary", why: str = ""
    ) -> Happening:
        return Happening(day, text, row.program_id, symbol, tone, why)

    if row.applied:
        yield told(_local(row.made_at), _("Your company applied"), "file-text")
    if row.approved_at:
        yield told(_local(row.approved_at), _("Your vendor approved the enrollment"), "check")
    if row.accepted_at:
        said = _("{name} accepted the enrollment").format(name=row.accepted_by)
        yield told(_local(row.accepted_at), said, "check")
    if row.counts and row.start <= timezone.localdate():
        yield told(row.start, _("Enrollment began"), "id-badge-2", "green")
    if row.state == State.REJECTED:
        said = _("The enrollment was declined")
        yield told(_local(row.changed_at), said, "x", "red", row.reason)
    elif row.state == State.TERMINATED:
        said = _("The enrollment was ended")
        yield told(_local(row.ended_at or row.changed_at), said, "x", "red", row.reason)
    elif row.state == State.EXPIRED and row.end:
        yield told(row.end, _("The enrollment ran out"), "hourglass", "orange")


def _decided(scope: Scope, own: UUID) -> Iterator[Happening]:
    """Yield what the vendor decided above the rules; its reasons are the vendor's own."""
    today = timezone.localdate()
    for row in selectors.protections(scope, own):
        if row.start > today or row.until <= row.start:
            continue
        until = date_format(row.until - timedelta(days=1))  # kept exclusive, told inclusive
        said = {
            Protection.LOCK: _("Your tier doesn't move until {day}"),
            Protection.FLOOR: _("{tier} is guaranteed until {day}"),
            Protection.SUSPEND: _("Benefits are suspended until {day}"),
        }[Protection(row.kind)]
        tier = (row.tier or "").replace("_", " ").capitalize()
        tone = "red" if row.kind == Protection.SUSPEND else "azure"
        yield Happening(row.start, said.format(tier=tier, day=until), row.program_id, "lock", tone)


def _versions(scope: Scope, among: frozenset[UUID]) -> Iterator[Happening]:
    at = timezone.now()
    for row in programs.versions(scope, among=among):
        if row.state == VersionState.PUBLISHED and row.effective and documents.has_begun(row, at):
            yield Happening(
                row.effective, _("A version of the program came into force"), row.program_id,
                "file-text",
            )  # fmt: skip


def _local(moment: datetime) -> date:
    return timezone.localtime(moment).date()
