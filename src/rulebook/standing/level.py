"""Levels every partner on a date: figures, tiers, gaps, and what is held after movement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.columns.column import Places
from rulebook.dataset.data import Enrollment, Override, Value
from rulebook.errors import DataError, Problem, nearest
from rulebook.measuring import Figures
from rulebook.measuring.enrolled import SortedRows, taken
from rulebook.standing.deciding import Decided, by_start, kinds_of
from rulebook.standing.decision import Direction, Pending, Proposal
from rulebook.standing.gaps import Gaps
from rulebook.standing.movement import Decision, Reached, Standing, move
from rulebook.standing.result import (
    Keeping,
    LadderStanding,
    PartnerStanding,
    Standings,
    TrackStanding,
)
from rulebook.standing.table import LadderTable, Table


class Leveller:
    """Levels partners from figures: of everybody, or of some by figures that are about them."""

    def __init__(self, figures: Figures) -> None:
        """Sort the overrides by ladder, refusing tiers that no ladder has."""
        self.figures = figures
        self.program = figures.program
        self.overrides: dict[tuple[str, str], list[Override]] = {}
        self._refuse_unknown_tiers()
        for row in figures.data.overrides:
            if row.program in (None, self.program.program):
                self.overrides.setdefault((row.partner, row.track or ""), []).append(row)
        self._decided: dict[tuple[str, date], Decided] = {}

    def of(self, figures: Figures) -> Leveller:
        """Return what levels the partners of other figures of the same data and program."""
        found = Leveller.__new__(Leveller)
        found.figures, found.program, found.overrides = figures, self.program, self.overrides
        found._decided = {}
        return found

    def level(self, day: date) -> Standings:
        """Return the standing of every partner, in their order.

        Everything is measured, and all requirements are looked at, before this returns.
        """
        table = self.table(day)
        gaps = Gaps(self.figures, day)
        return Standings(table, lambda place: self._standing(table, place, gaps))

    def table(self, day: date) -> Table:
        """Return metrics and ladders as columns."""
        table = Table(self.figures, day, lambda track: partial(self.decided, track, day))
        for track in table.ladders:
            self.figures.qualifying.reached(track, day)
        return table

    def _standing(self, table: Table, place: int, gaps: Gaps) -> PartnerStanding:
        """Return one partner's standing."""

        def metrics(track: str) -> dict[str, Value]:
            return {name: column[place] for name, column in table.of(track).items()}

        return PartnerStanding(
            table.partners[place],
            bool(table.enrolled[place]),
            metrics(""),
            self._ladder(table.ladders[""], place, gaps),
            {
                track: TrackStanding(
                    metrics(track), self._ladder(table.ladders[track], place, gaps)
                )
                for track in self.program.tracks
            },
        )

    def _ladder(self, ladder: LadderTable, place: int, gaps: Gaps) -> LadderStanding:
        """Return a partner's standing on the program's ladder or a track's."""
        decision = ladder.decided.at(place)
        held = decision.standing.tier
        index, above = int(ladder.qualified[place]), int(ladder.following[place])
        qualified, following = (None if at < 0 else ladder.tiers[at] for at in (index, above))
        missing = () if above < 0 else gaps.of(ladder.meanings[above].requires, place)
        keep = None
        if held is not None and ladder.tiers.index(held) > index:
            tier = ladder.meanings[ladder.tiers.index(held)]
            bar = tier.keep or tier.requires
            keep = Keeping(held, gaps.of(bar, place), decision.at_risk_from)
        return LadderStanding(qualified, held, following, missing, decision, keep)

    def decided(
        self,
        track: str,
        day: date,
        known: Callable[[int], Decision | None] = lambda _: None,
    ) -> Decided:
        """Return what movement makes of everybody; partners who are alike are decided once.

        `known` gives a decision made elsewhere on the partner at a place, if it is the same.
        """
        if (track, day) not in self._decided:
            which, at = kinds_of(self.asked(track, day), len(self.figures.partners))
            decisions = [known(place) or self.decide(track, place, day) for place in at.tolist()]
            self._decided[track, day] = Decided(which, decisions)
        return self._decided[track, day]

    def asked(self, track: str, day: date) -> list[NDArray[Any]]:
        """Return in numbers what movement is asked of each partner."""
        figures, enrolled = self.figures, self.figures.enrolled
        policy = (self.program.tracks[track] if track else self.program).movement
        carriers = [] if enrolled.open else [(enrolled.sorted, by_start(policy))]
        carriers += [(enrolled.of_track(track), False)] if track else []
        carried = [_kinds(rows, day, figures.places, start) for rows, start in carriers]
        overridden = np.zeros(len(figures.partners), np.int64)
        for number, (partner, of) in enumerate(self.overrides):
            if of == track and partner in figures.order:
                overridden[figures.order[partner]] = number + 1
        qualifying = figures.qualifying
        reached = (qualifying.tiers(track, day), *qualifying.reached(track, day))
        return [*reached, *carried, overridden]

    def before(self, track: str, place: int, day: date) -> Standing:
        """Return the standing before, as the enrollment carries it."""
        row = self.figures.enrolled.standing_before(self.figures.partners[place], track, day)
        return Standing() if row is None else _standing_of(row)

    def reached(self, track: str, place: int, day: date) -> Reached:
        """Return what the facts say of a partner on a date."""
        tiers = [tier.name for tier in self.figures.meaning.ladders[track]]
        index = int(self.figures.qualifying.tiers(track, day)[place])
        met = zip(tiers, self.figures.qualifying.reached(track, day), strict=True)
        names = frozenset(name for name, flags in met if flags[place])
        return Reached(None if index < 0 else tiers[index], names)

    def decide(self, track: str, place: int, day: date, before: Standing | None = None) -> Decision:
        """Return what movement makes of a partner on a date."""
        ladder = self.program.tracks[track] if track else self.program
        partner = self.figures.partners[place]
        return move(
            [tier.name for tier in self.figures.meaning.ladders[track]],
            ladder.movement,
            self.program.calendar,
            self.before(track, place, day) if before is None else before,
            self.reached(track, place, day),
            day,
            enrollment=self.figures.enrolled.in_force(partner, day),
            overrides=self.overrides.get((partner, track), ()),
        )

    def _refuse_unknown_tiers(self) -> None:
        """Refuse standings before and overrides that name a tier or track which isn't there."""
        problems: list[Problem] = []
        ladders = {track or "": list(ladder.tiers) for track, ladder in self.program.ladders()}
        data = self.figures.data
        rows: list[tuple[str, Enrollment | Override]] = []
        named = {(row.program, row.track, row.tier) for row in data.enrollments or ()}
        if any(self._is_unknown(*each, ladders) for each in named):  # then look for the rows
            rows += [("enrollments", row) for row in data.enrollments or ()]
        rows += [("overrides", row) for row in data.overrides]
        for table, row in rows:
            if row.program not in (None, self.program.program):
                continue
            track, tier = row.track or "", row.tier
            if track not in ladders:
                problems.append(
                    Problem(
                        f"{row.partner}: unknown track {track!r}",
                        table,
                        column="track",
                        hint=nearest(track, ladders),
                    )
                )
            elif tier is not None and tier not in ladders[track]:
                problems.append(
                    Problem(
                        f"{row.partner}: unknown tier {tier!r}",
                        table,
                        column="tier",
                        hint=nearest(tier, ladders[track]),
                    )
                )
        if problems:
            raise DataError(problems[:100], len(problems))

    def _is_unknown(
        self,
        program: str | None,
        track: str | None,
        tier: str | None,
        ladders: Mapping[str, Collection[str]],
    ) -> bool:
        if program not in (None, self.program.program):
            return False
        of = track or ""
        return of not in ladders or (tier is not None and tier not in ladders[of])


def _standing_of(row: Enrollment) -> Standing:
    """Return the standing that an enrollment carries."""
    pending, proposal = row.pending, row.proposal
    return Standing(
        row.tier,
        row.since,
        row.below_since,
        row.reviewed,
        None if pending is None else Pending(*pending),
        None if proposal is None else Proposal(Direction(proposal[0]), *proposal[1:]),
    )


def _kinds(rows: SortedRows, day: date, places: Places | None, start: bool) -> NDArray[Any]:
    """Return for each partner the kind of its row in force; -1 without one."""
    found = taken(rows.in_force(day), places)
    kinds = rows.kinds(by_start=start)
    return np.where(found < 0, -1, kinds[found] if len(kinds) else -1)
