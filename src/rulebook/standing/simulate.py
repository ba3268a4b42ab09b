"""What-if: the same partners, facts and date under two documents, side by side.

A pure function of two runs and a date: it writes nothing, and the same in gives the same out.
The tier held is worked out from the same standing before under each document's movement, so a
what-if answers "what would be held at this date, had this been the document".

How many move is found at once, in columns. Why each does, and what benefits cost, is worked out
when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rulebook.standing.costs import Cost, costs, total
from rulebook.standing.digest import digest_of
from rulebook.standing.movers import Later, Tally, Tier, Tiers
from rulebook.standing.run import Run
from rulebook.standing.side import Side, side_of
from rulebook.standing.turned import Turned, Turning

__all__ = ["LadderChange", "Move", "Mover", "Tally", "Tier", "WhatIf", "compare", "simulate"]


@dataclass(frozen=True)
class Version:
    """Which document one side is."""

    program: str
    version: date
    digest: str
    currency: str


@dataclass(frozen=True)
class Move:
    """What a partner has before and after, and why; `reason` is a word where criteria say nothing.

    Of what is held, they are movement's words for how it stands after, and before.
    """

    before: Tier
    after: Tier
    why: tuple[Turned, ...] = ()
    reason: str = ""
    reason_before: str = ""

    @property
    def moved(self) -> bool:
        """Whether it differs."""
        return self.before != self.after


@dataclass(frozen=True)
class Mover:
    """A partner that qualifies for or holds another tier of a ladder than before."""

    partner: str
    track: str
    qualified: Move
    held: Move


@dataclass(frozen=True)
class LadderChange:
    """A ladder's tiers, lowest first, and its counts; `track` "" is the program's own."""

    track: str
    tiers_before: tuple[str, ...]
    tiers_after: tuple[str, ...]
    qualified: Tally
    held: Tally


@dataclass(frozen=True)
class WhatIf:
    """Everything that differs between two documents at a date.

    `movers` are in the partners' order; they and `costs` are put together when looked at.
    """

    as_of: date
    before: Version
    after: Version
    ladders: tuple[LadderChange, ...]
    movers: Sequence[Mover]
    costs: Sequence[Cost]

    @property
    def cost_before(self) -> Decimal:
        """What all benefits cost before."""
        return total(cost.before for cost in self.costs)

    @property
    def cost_after(self) -> Decimal:
        """What all benefits cost after."""
        return total(cost.after for cost in self.costs)


def simulate(before: Run, after: Run, as_of: date) -> WhatIf:
    """Return what changes for all partners when one run's document takes the other's place."""
    first = side_of(before, as_of)
    return compare(first, side_of(after, as_of, first))


def compare(before: Side, after: Side) -> WhatIf:
    """Return what differs between two sides; one side can be compared with many others."""
    if before.partners is not after.partners and before.partners != after.partners:
        raise ValueError("a what-if compares the same partners")
    tracks = list(dict.fromkeys((*before.decided, *after.decided)))
    tracks = [track for track in tracks if before.tiers(track) or after.tiers(track)]
    ladders = [Tiers(before, after, track) for track in tracks]
    return WhatIf(
        before.as_of,
        _version(before),
        _version(after),
        tuple(
            LadderChange(
                each.track, *each.of_each, each.tally(each.qualified), each.tally(each.held)
            )
            for each in ladders
        ),
        Later(lambda: _movers(before, after, ladders)),
        Later(lambda: costs(before, after)),
    )


def _version(side: Side) -> Version:
    program, run = side.run.program, side.run
    digest = digest_of(run.document.content, side.as_of, run.data.digest)
    return Version(program.program, program.version, digest, program.currency)


def _movers(before: Side, after: Side, ladders: Sequence[Tiers]) -> tuple[Mover, ...]:
    """Return the movers, each with its reasons, in the partners' order and then the ladders'."""
    moved = sorted(
        (place, number) for number, each in enumerate(ladders) for place in each.moved.tolist()
    )
    places = list(dict.fromkeys(place for place, _ in moved))
    work = _Why(before, after, places)
    found: list[Mover] = []
    for place, number in moved:
        ladder = ladders[number]
        was, is_now, had, has = (
            ladder.name(int(column[place])) for column in (*ladder.qualified, *ladder.held)
        )
        move = work.qualified(ladder.track, place, was, is_now)
        kept = work.held(ladder.track, place, had, has, move)
        found.append(Mover(before.partners[place], ladder.track, move, kept))
    return tuple(found)


class _Why:
    """Explains movers."""

    def __init__(self, before: Side, after: Side, places: Sequence[int]) -> None:
        """Take the sides, and the places of the partners that will be asked for."""
        self.before, self.after = before, after
        self.turning = Turning(before, after, [before.partners[place] for place in places])
        self.at = {place: number for number, place in enumerate(places)}
        self.enrolled = [s.run.figures.enrolled_on(s.as_of) for s in (before, after)]

    def qualified(self, track: str, place: int, before: Tier, after: Tier) -> Move:
        """Return the move of what is qualified for."""
        if before == after:
            return Move(before, after)
        was, is_now = (column[place] for column in self.enrolled)
        if was != is_now:
            return Move(before, after, (), "enrolled" if is_now else "not enrolled")
        why = self._why(track, place, before, after, "requires")
        return Move(before, after, why, "" if why else self._structure(track, before, after))

    def held(self, track: str, place: int, before: Tier, after: Tier, qualified: Move) -> Move:
        """Return the move of what is held."""
        why: tuple[Turned, ...] = ()
        if (before, after) == (qualified.before, qualified.after):
            why = qualified.why
        elif before != after:
            why = self._why(track, place, before, after, "keep")
            why = why or self._why(track, place, before, after, "requires")
        decisions = [side.decision(track, place) for side in (self.after, self.before)]
        reasons = ["" if decision is None else str(decision.reason) for decision in decisions]
        return Move(before, after, why, *reasons)

    def _why(
        self, track: str, place: int, before: Tier, after: Tier, bar: str
    ) -> tuple[Turned, ...]:
        """Name what made a partner lose the old tier, or reach the new one."""
        up = self._goes_up(track, before, after)
        found: tuple[Turned, ...] = ()
        if up is not True and before in self.after.tiers(track):
            found += self.turning.lost(track, str(before), self.at[place], bar)
        if up is not False and after in self.before.tiers(track):
            found += self.turning.gained(track, str(after), self.at[place])
        return found

    def _goes_up(self, track: str, before: Tier, after: Tier) -> bool | None:
        """Whether a move goes up; None where no ladder has both tiers."""
        if before is None or after is None:
            return before is None
        for tiers in (self.after.tiers(track), self.before.tiers(track)):
            if before in tiers and after in tiers:
                return tiers.index(after) > tiers.index(before)
        return None

    def _structure(self, track: str, before: Tier, after: Tier) -> str:
        """Say what else made the difference, where no criterion did."""
        if before is not None and before not in self.after.tiers(track):
            return f"{before} is no more"
        if after is not None and after not in self.before.tiers(track):
            return f"{after} is new"
        first, second = (
            (side.run.program.tracks[track] if track else side.run.program).sequential
            for side in (self.before, self.after)
        )
        if first == second:
            return "what is required is put together differently"
        return "all tiers below are needed too" if second else "tiers below are no longer needed"
