"""What-if: the same partners, facts and date under two documents, side by side.

A pure function of two runs and a date: it writes nothing, and the same in gives the same out.
The tier held is worked out from the same standing before under each document's movement, so a
what-if answers "what would be held at this date, had this been the document".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rulebook.standing.costs import Cost, costs, total
from rulebook.standing.digest import digest_of
from rulebook.standing.run import Run
from rulebook.standing.side import Side, side_of
from rulebook.standing.turned import Turned, Turning

Tier = str | None


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
class Tally:
    """How many partners have each tier (None: no tier), and how many go from which to which."""

    before: Mapping[Tier, int]
    after: Mapping[Tier, int]
    matrix: Mapping[tuple[Tier, Tier], int]


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
    """Everything that differs between two documents at a date; movers in the partners' order."""

    as_of: date
    before: Version
    after: Version
    ladders: tuple[LadderChange, ...]
    movers: tuple[Mover, ...]
    costs: tuple[Cost, ...]
    cost_before: Decimal
    cost_after: Decimal


def simulate(before: Run, after: Run, as_of: date) -> WhatIf:
    """Return what changes for all partners when one run's document takes the other's place."""
    first = side_of(before, as_of)
    return compare(first, side_of(after, as_of, first))


def compare(before: Side, after: Side) -> WhatIf:
    """Return what differs between two sides; one side can be compared with many others."""
    if list(before.partners) != list(after.partners):
        raise ValueError("a what-if compares the same partners")
    tracks = list(dict.fromkeys((*before.decisions, *after.decisions)))
    tracks = [track for track in tracks if before.tiers(track) or after.tiers(track)]
    spent = costs(before, after)
    return WhatIf(
        before.as_of,
        _version(before),
        _version(after),
        tuple(_ladder(before, after, track) for track in tracks),
        tuple(_movers(before, after, tracks)),
        spent,
        total(cost.before for cost in spent),
        total(cost.after for cost in spent),
    )


def _version(side: Side) -> Version:
    program, run = side.run.program, side.run
    digest = digest_of(run.document.content, side.as_of, run.data.digest)
    return Version(program.program, program.version, digest, program.currency)


def _ladder(before: Side, after: Side, track: str) -> LadderChange:
    places = range(len(before.partners))
    return LadderChange(
        track,
        before.tiers(track),
        after.tiers(track),
        _tally([(before.qualifies(track, p), after.qualifies(track, p)) for p in places]),
        _tally([(before.held(track, p), after.held(track, p)) for p in places]),
    )


def _tally(moves: Sequence[tuple[Tier, Tier]]) -> Tally:
    return Tally(Counter(one for one, _ in moves), Counter(two for _, two in moves), Counter(moves))


def _movers(before: Side, after: Side, tracks: Sequence[str]) -> Iterator[Mover]:
    work = _Why(before, after)
    for place, partner in enumerate(before.partners):
        for track in tracks:
            qualified = (before.qualifies(track, place), after.qualifies(track, place))
            held = (before.held(track, place), after.held(track, place))
            if qualified[0] != qualified[1] or held[0] != held[1]:
                move = work.qualified(track, place, *qualified)
                yield Mover(partner, track, move, work.held(track, place, *held, move))


class _Why:
    """Explains movers."""

    def __init__(self, before: Side, after: Side) -> None:
        self.before, self.after = before, after
        self.turning = Turning(before, after)
        self.enrolled = [s.run.figures.enrolled_on(s.as_of) for s in (before, after)]

    def qualified(self, track: str, place: int, before: Tier, after: Tier) -> Move:
        if before == after:
            return Move(before, after)
        was, is_now = (column[place] for column in self.enrolled)
        if was != is_now:
            return Move(before, after, (), "enrolled" if is_now else "not enrolled")
        why = self._why(track, place, before, after, "requires")
        return Move(before, after, why, "" if why else self._structure(track, before, after))

    def held(self, track: str, place: int, before: Tier, after: Tier, qualified: Move) -> Move:
        why: tuple[Turned, ...] = ()
        if (before, after) == (qualified.before, qualified.after):
            why = qualified.why
        elif before != after:
            why = self._why(track, place, before, after, "keep")
            why = why or self._why(track, place, before, after, "requires")
        reasons = [self._reason(side, track, place) for side in (self.after, self.before)]
        return Move(before, after, why, *reasons)

    def _reason(self, side: Side, track: str, place: int) -> str:
        return str(side.decisions[track][place].reason) if track in side.decisions else ""

    def _why(
        self, track: str, place: int, before: Tier, after: Tier, bar: str
    ) -> tuple[Turned, ...]:
        """Name what made a partner lose the old tier, or reach the new one."""
        up = self._goes_up(track, before, after)
        found: tuple[Turned, ...] = ()
        if up is not True and before in self.after.tiers(track):
            found += self.turning.lost(track, str(before), place, bar)
        if up is not False and after in self.before.tiers(track):
            found += self.turning.gained(track, str(after), place)
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
