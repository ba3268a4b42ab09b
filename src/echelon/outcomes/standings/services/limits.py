"""The limit above which nobody decides alone: by program, from which tier on, and for overrides.

It is about what people want and the rules don't: a move by hand, an override. What the rules
propose one person approves, since the rules are the other one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.audit import services as audit
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.models import Limit
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs
from rulebook.explain.labels import ladder_of


def of(program: UUID) -> Limit:
    """Return a program's limit; one that says nothing where none was set."""
    return Limit.objects.filter(program=program).first() or Limit(program_id=program)


def set_limit(
    scope: Scope, *, program: UUID, tiers: Mapping[str, str], overrides: bool, at: datetime
) -> Limit:
    """Say from which tier on, by track, and whether for every override, a second person decides.

    A track that isn't named has no limit.
    """
    scope.demand(Right.PROGRAMS_PUBLISH)
    if not programs.programs(scope).filter(id=program).exists():
        raise Hidden
    for track, tier in tiers.items():
        if tier not in _ladder(program, track, at):
            said = _("There is no tier {tier} on this ladder.").format(tier=tier)
            raise Refused(said, {track: said})
    with transaction.atomic():
        limit, _made = Limit.objects.select_for_update().get_or_create(program_id=program)
        before = {"tiers": limit.tiers, "overrides": limit.overrides}
        limit.tiers, limit.overrides = dict(tiers), overrides
        limit.save()
        audit.record(
            scope, "standings.limit_set", "program", program, at=at,
            before=before, after={"tiers": limit.tiers, "overrides": overrides},
        )  # fmt: skip
        return limit


def reached(program: UUID, track: str, tiers: Collection[str | None], at: datetime) -> bool:
    """Whether one of some tiers is at a ladder's limit or above it.

    A limit at a tier that the version in force no longer has holds for all of them: what was meant
    to be guarded isn't let go by an edit.
    """
    lowest = of(program).tiers.get(track)
    if lowest is None:
        return False
    ladder = _ladder(program, track, at)
    if lowest not in ladder:
        return True
    return any(tier not in ladder[: ladder.index(lowest)] for tier in tiers if tier is not None)


def _ladder(program: UUID, track: str, at: datetime) -> list[str]:
    """Return the tiers of a ladder as it is in force, the lowest first."""
    version = programs.version_now(program, at)
    if version is None:
        return []
    rules = documents.read(version.text)[0]
    if track and track not in rules.tracks:
        return []
    return list(ladder_of(rules, track).tiers)
