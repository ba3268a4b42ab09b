"""Overrides: what a person decided above the rules, why, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.rows import one
from echelon.foundation.audit import services as audit
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.models import Override
from echelon.outcomes.standings.services import limits
from echelon.outcomes.standings.services.due import mark
from echelon.outcomes.standings.states import Protection
from echelon.records.partners import selectors as companies
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs


@dataclass(frozen=True)
class Wanted:
    """An override as it is wanted: what it does on which ladder, from a day until another."""

    program: UUID
    partner: UUID
    kind: Protection
    start: date
    until: date
    reason: str
    tier: str | None = None
    track: str = ""


def grant(scope: Scope, *, at: datetime, **values: Any) -> Override:
    """Grant a lock, a floor or a suspension from a day until another (exclusive), for a reason.

    Values by their names in `Wanted`. Refused where the program asks for a second person: then it
    is asked for, and granted by whoever approves.
    """
    wanted = Wanted(**values)
    scope.demand(Right.OVERRIDES_GRANT, wanted.partner)
    check(wanted, at)
    if takes_two(wanted, at):
        raise Refused(_("In this program another person must agree: ask for it."))
    return agreed(scope, wanted, at)


def agreed(scope: Scope, wanted: Wanted, at: datetime) -> Override:
    """Grant what nobody else need agree to, or what somebody else has asked for."""
    scope.demand(Right.OVERRIDES_GRANT, wanted.partner)
    check(wanted, at)
    with transaction.atomic():
        made = Override.objects.create(
            program_id=wanted.program, partner_id=wanted.partner, track=wanted.track,
            kind=wanted.kind, tier=wanted.tier, start=wanted.start, until=wanted.until,
            reason=wanted.reason.strip(), approver=scope.actor.id,
            approver_name=scope.actor.name, made_at=at,
        )  # fmt: skip
        after = {"kind": wanted.kind, "tier": wanted.tier, "from": wanted.start,
                 "until": wanted.until, "reason": wanted.reason}  # fmt: skip
        audit.record(
            scope, "standings.override_granted", "override", made.pk, at=at,
            partner=wanted.partner, after=after,
        )  # fmt: skip
        mark(wanted.program, [wanted.partner], at=at)
        return made


def check(wanted: Wanted, at: datetime) -> None:
    """Refuse an override that can't be, with a sentence for each value that is wrong."""
    version = programs.version_now(wanted.program, at)
    if version is None or wanted.start > documents.day_of(version, at):
        version = programs.version_at(wanted.program, wanted.start)
    if version is None or not companies.keys_of([wanted.partner]):
        raise Hidden
    rules, track = documents.read(version.text)[0], wanted.track
    if track and track not in rules.tracks:
        said = _("This program has no track {track}.").format(track=track)
        raise Refused(said, {"ladder": said})
    tiers = (rules.tracks[track] if track else rules).tiers
    wrong: dict[str, str] = {}
    if wanted.kind is Protection.FLOOR and wanted.tier not in tiers:
        known = ", ".join(tiers)
        wrong["tier"] = _("A floor names a tier: {tiers}.").format(tiers=known)
    if wanted.kind is not Protection.FLOOR and wanted.tier is not None:
        wrong["tier"] = _("Only a floor names a tier.")
    if wanted.until <= wanted.start:
        wrong["until"] = _("It ends after it begins: choose a later day.")
    if wanted.start < documents.day_of(version, at):
        wrong["start"] = _("It begins today or later: tiers of the past stand.")
    if not wanted.reason.strip():
        wrong["reason"] = _("Say why: whoever reads the audit will ask.")
    if wrong:
        raise Refused(wrong.values(), wrong)


def takes_two(wanted: Wanted, at: datetime) -> bool:
    """Whether nobody grants this alone: a floor gives its tier as a move by hand does."""
    if limits.of(wanted.program).overrides:
        return True
    return wanted.tier is not None and limits.reached(
        wanted.program, wanted.track, (wanted.tier,), at
    )


def end(scope: Scope, *, override: UUID, at: datetime) -> Override:
    """End an override today; one that hasn't begun never does."""
    with transaction.atomic():
        found = one(Override.objects.select_for_update(), scope, Right.OVERRIDES_GRANT, id=override)
        version = programs.version_now(found.program_id, at)
        today = at.date() if version is None else documents.day_of(version, at)
        if found.until <= today:
            raise Refused(_("This has ended already."))
        before = found.until
        found.until = max(today, found.start)
        found.ended_at, found.ended_by = at, scope.actor.name
        found.save()
        audit.record(
            scope, "standings.override_ended", "override", found.pk, at=at,
            partner=found.partner_id, before={"until": before}, after={"until": found.until},
        )  # fmt: skip
        mark(found.program_id, [found.partner_id], at=at)
        return found
