"""Levels partners and keeps what came of it: one transaction, each partner once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from time import perf_counter_ns
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from echelon.foundation.access import EVERY, Right, Scope, system
from echelon.foundation.access.walls import entered
from echelon.foundation.audit import services as audit
from echelon.outcomes.standings import rooms, told
from echelon.outcomes.standings.criteria import Asking
from echelon.outcomes.standings.errors import Overtaken, Refused
from echelon.outcomes.standings.models import Current, Due, Pace, Run
from echelon.outcomes.standings.opening import Asked, asked
from echelon.outcomes.standings.services.keeping import keep
from echelon.outcomes.standings.sources import Source
from echelon.outcomes.standings.states import Kind, Outcome
from echelon.records.partners import selectors as companies
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs
from rulebook import RulebookError

WALL = system("standings")
#: So often a levelling begins anew because somebody else wrote meanwhile.
TURNS = 5


def run(
    scope: Scope,
    *,
    program: UUID,
    at: datetime,
    as_of: date | None = None,
    partners: Collection[UUID] | None = None,
    kind: Kind = Kind.ASKED,
    source: Source | None = None,
    settled: Collection[int] = (),
    within: Callable[[], None] = lambda: None,
) -> Run:
    """Level a program's partners, or some of them, as of today or a day that was asked for.

    Everybody with the same version, day and data is levelled once: asked again, the run that
    stands is returned. `settled` are the ids of what was due and is done by this; `within` is
    called in the transaction of the results (a job ends there). What the engine refuses becomes
    a run that failed. Refused for a day to come, or before the last one that was levelled.
    """
    _demand(scope, partners)
    for turn in range(TURNS):
        try:
            with entered(WALL):  # figures may rest on partners whom the actor may not see
                return _once(scope, program, at, as_of, partners, kind, source, settled, within)
        except Overtaken:
            if turn == TURNS - 1:
                raise
    raise AssertionError("unreachable")


def _demand(scope: Scope, partners: Collection[UUID] | None) -> None:
    for partner in (EVERY,) if partners is None else partners:
        scope.demand(Right.STANDINGS_RUN, partner)


def _once(
    scope: Scope,
    program: UUID,
    at: datetime,
    as_of: date | None,
    partners: Collection[UUID] | None,
    kind: Kind,
    source: Source | None,
    settled: Collection[int],
    within: Callable[[], None],
) -> Run:
    begun = perf_counter_ns()
    pace, _made = Pace.objects.get_or_create(program_id=program)
    version, day = version_on(program, at, as_of)
    made = Run(
        program_id=program, version=version, as_of=day, kind=kind, whole=partners is None,
        asked_by=scope.actor.name, started_at=at, ended_at=at, outcome=Outcome.DONE,
    )  # fmt: skip
    try:
        with asked(source or rooms.Rooms(), version, day) as found:
            made.watermark = found.ready.watermark
            if made.whole and (stands := _same(made)) is not None:
                with transaction.atomic():
                    _settle(settled)
                    within()
                return stands
            rows = list(_told(found, made, partners))
    except RulebookError as error:
        made.outcome, made.problems = Outcome.FAILED, [str(each) for each in error.problems]
        rows = []
    ids = {key: partner for partner, key in companies.all_keys().items()}
    with transaction.atomic():
        locked = Pace.objects.select_for_update().get(program_id=program)
        if locked.turn != pace.turn:
            raise Overtaken
        Pace.objects.filter(program_id=program).update(turn=pace.turn + 1)
        made.ended_at = at + timedelta(microseconds=(perf_counter_ns() - begun) // 1000)
        made.save(force_insert=True)
        if made.outcome is Outcome.DONE:
            keep(made, rows, ids, at)
        _settle(settled)
        after = {"program": version.program.slug, "as_of": day, "levelled": made.levelled,
                 "digest": made.digest, "problems": made.problems[:3]}  # fmt: skip
        audit.record(scope, f"standings.run_{made.outcome}", "run", made.id, at=at, after=after)
        within()
    return made


def _told(found: Asked, made: Run, partners: Collection[UUID] | None) -> list[told.Told]:
    """Level, and fill in what the run says of itself."""
    ready, keys = found.ready, None
    if partners is not None:
        wanted = list(companies.keys_of(partners).values())
        everybody = ready.ranked  # the places of the others move too
        keys = None if everybody else ready.with_ancestors(wanted)
    known = ready.enrolled
    chosen = sorted(known if keys is None else known.intersection(keys))
    answer = ready.run.level(made.as_of, chosen)
    made.digest, made.levelled = answer.digest, len(chosen)
    made.set_aside = [
        {"table": each.table, "reason": each.reason, "count": each.count}
        for each in answer.set_aside
    ]
    for track, ladder in answer.partners.table.ladders.items():
        counts: dict[str, dict[str, int]] = {"qualified": {}, "held": {}}
        for word, places in (("qualified", ladder.qualified), ("held", ladder.held)):
            for name in ladder.names(places):
                counts[word][name or ""] = counts[word].get(name or "", 0) + 1
        made.counts[track] = counts
    asking = Asking(ready.run, answer.partners.table)
    made.ladders = asking.read
    begun = found.begun(made.as_of)
    return list(told.told(ready.run, answer, begun, found.rejected, asking))


def version_on(program: UUID, at: datetime, as_of: date | None) -> tuple[programs.Version, date]:
    """Return the version to level by and the day, today if none is asked for; or refuse it."""
    version = programs.version_at(program, as_of) if as_of else programs.version_now(program, at)
    if version is None:
        raise Refused(_("No version of this program is in force on that day."))
    today = documents.day_of(version, at)
    day = as_of or today
    _refuse_day(program, day, today)
    return version, day


def _refuse_day(program: UUID, day: date, today: date) -> None:
    if day > today:
        raise Refused(_("{day} is still to come.").format(day=day))
    last = Current.objects.filter(program=program).aggregate(last=Max("as_of"))["last"]
    if last is not None and day < last:
        raise Refused(
            _("Partners were levelled as of {last} already: tiers go on from there.").format(
                last=last
            )
        )


def _same(made: Run) -> Run | None:
    """Return a run of everybody on the same, if what stands is still of such runs alone.

    What a run rests on may come back to what it was after another run: then that one stands.
    """
    same = {"version": made.version, "as_of": made.as_of, "watermark": made.watermark}
    standing = Current.objects.filter(program=made.program_id)
    if standing.exclude(**{f"run__{name}": value for name, value in same.items()}).exists():
        return None
    runs = Run.objects.filter(program_id=made.program_id, whole=True, outcome=Outcome.DONE)
    return runs.filter(**same).order_by("-ended_at").first()


def _settle(settled: Collection[int]) -> None:
    Due.objects.filter(pk__in=list(settled)).delete()
