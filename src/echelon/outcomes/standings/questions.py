"""Questions to the engine that write nothing: what a figure rests on, what a draft would change."""

from __future__ import annotations

from copy import copy
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from echelon.foundation.access import EVERY, Hidden, Right, Scope, system
from echelon.foundation.access.walls import entered
from echelon.outcomes.standings import engine, rooms
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.opening import asked
from echelon.outcomes.standings.sources import Source
from echelon.records.partners import selectors as companies
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs
from rulebook import RulebookError, Run
from rulebook.backends.by_record import ByRecord
from rulebook.explain import Evidence
from rulebook.explain.written import figure_json
from rulebook.standing.simulate import simulate as simulated
from rulebook.standing.whatif_written import whatif_json

#: Figures may rest on partners whom the asker may not see: ranks, families.
WALL = system("standings")


def evidence(
    scope: Scope,
    *,
    partner: UUID,
    program: UUID,
    metric: str,
    as_of: date,
    limit: int = 0,
    source: Source | None = None,
) -> dict[str, Any]:
    """Return what a figure of a partner is made of: records counted and not, each with its reason.

    As `echelon explain --metric` writes it; `limit` cuts the records listed, never their counts.
    A distributor sees its own only: of the companies below it the tier is shared, not this.
    """
    scope.demand(Right.STANDINGS_READ, partner if partner in scope.own else EVERY)
    version, keys = programs.version_at(program, as_of), companies.keys_of([partner])
    if version is None or not keys:
        raise Hidden
    try:
        opened = asked(source or rooms.Rooms(), version, as_of, moves=False)
        with entered(WALL), opened as found:
            run = copy(found.ready.run)
            run.by_record = _near(run, keys[partner])
            figures = Evidence(run)
            return figure_json(figures.open(figures.key(metric), keys[partner], as_of), limit)
    except RulebookError as error:
        raise Refused([str(problem) for problem in error.problems]) from None


def _near(run: Run, partner: str) -> ByRecord:
    """Return what walks the facts of a partner's family: no others are in its records.

    What measures goes on to read those of all: a rank compares.
    """
    at_end = run.program.fx.use == "period_end"
    walks = ByRecord(run.data, run.exchange, run.families, run.amounts, at_end)
    walks.facts.partners = [member for member, _branch in run.families.members(partner)]
    return walks


def simulate(
    scope: Scope, *, version: UUID, at: datetime, as_of: date | None = None,
    source: Source | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what changes today if a draft took the place of the version in force.

    Tiers before and after, who moves from which to which and why, what benefits cost: as
    `echelon whatif --against` writes it; `not_enrolled` counts those among "no tier" who are in
    the program on neither side. Nothing is written.
    """
    scope.demand(Right.PROGRAMS_DRAFT)
    draft = programs.version(scope, version)
    of = draft.program_id
    now = programs.version_at(of, as_of) if as_of else programs.version_now(of, at)
    if now is None:
        raise Refused(_("No version of this program is in force yet: there is nothing to compare."))
    day = as_of or documents.day_of(now, at)
    try:
        rules, document = documents.read(draft.text)
        more = engine.tables(rules)
        with entered(WALL), asked(source or rooms.Rooms(), now, day, also=more) as found:
            if rules.time_zone != found.ready.run.program.time_zone:
                raise Refused(_("The draft counts its days in another time zone."))
            other = found.ready.run.beside(rules, document)
            told = whatif_json(simulated(found.ready.run, other, day))
            enrolled = found.ready.run.figures.enrolled_on(day)
            return told | {"not_enrolled": len(enrolled) - int(enrolled.sum())}
    except RulebookError as error:
        raise Refused([str(problem) for problem in error.problems]) from None
