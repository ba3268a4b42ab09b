"""Overrides: what a person decided above the rules, why, and until when."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.rows import one
from echelon.foundation.audit import services as audit
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.models import Override
from echelon.outcomes.standings.services.due import mark
from echelon.outcomes.standings.states import Protection
from echelon.records.partners import selectors as companies
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs


def grant(
    scope: Scope,
    *,
    program: UUID,
    partner: UUID,
    kind: Protection,
    start: date,
    until: date,
    reason: str,
    at: datetime,
    tier: str | None = None,
    track: str = "",
) -> Override:
    """Grant a lock, a floor or a suspension from a day until another (exclusive), for a reason."""
    scope.demand(Right.OVERRIDES_GRANT, partner)
    version = programs.version_at(program, max(start, at.date()))
    if version is None or not companies.keys_of([partner]):
        raise Hidden
    rules = documents.read(version.text)[0]
    if track and track not in rules.tracks:
        raise Refused(_("This program has no track {track}.").format(track=track))
    tiers = (rules.tracks[track] if track else rules).tiers
    problems = []
    if kind is Protection.FLOOR and tier not in tiers:
        known = ", ".join(tiers)
        problems.append(_("A floor names a tier: {tiers}.").format(tiers=known))
    if kind is not Protection.FLOOR and tier is not None:
        problems.append(_("Only a floor names a tier."))
    if until <= start:
        problems.append(_("It ends after it begins: choose a later day."))
    if start < documents.day_of(version, at):
        problems.append(_("It begins today or later: tiers of the past stand."))
    if not reason.strip():
        problems.append(_("Say why: whoever reads the audit will ask."))
    if problems:
        raise Refused(problems)
    with transaction.atomic():
        made = Override.objects.create(
            program_id=program, partner_id=partner, track=track, kind=kind, tier=tier,
            start=start, until=until, reason=reason.strip(),
            approver=scope.actor.id, approver_name=scope.actor.name, made_at=at,
        )  # fmt: skip
        after = {"kind": kind, "tier": tier, "from": start, "until": until, "reason": reason}
        audit.record(
            scope, "standings.override_granted", "override", made.pk, at=at, partner=partner,
            after=after,
        )  # fmt: skip
        mark(program, [partner], at=at)
        return made


def end(scope: Scope, *, override: UUID, at: datetime) -> Override:
    """End an override today; one that hasn't begun never does."""
    with transaction.atomic():
        found = one(Override.objects.select_for_update(), scope, Right.OVERRIDES_GRANT, id=override)
        version = programs.version_at(found.program_id, at.date())
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
