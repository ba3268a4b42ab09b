"""One side of a what-if: what every partner qualifies for and holds under one document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rulebook.standing.decision import Decision
from rulebook.standing.run import Run


@dataclass(frozen=True)
class Side:
    """A run at a date; columns are by ladder ("" is the program's own), in the partners' order."""

    run: Run
    as_of: date
    qualified: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    decisions: Mapping[str, Sequence[Decision]] = field(default_factory=dict)

    @property
    def partners(self) -> Sequence[str]:
        """The partners, in the order of their keys."""
        return self.run.figures.partners

    def tiers(self, track: str) -> tuple[str, ...]:
        """Return a ladder's tiers, lowest first; none where the document lacks it."""
        return tuple(tier.name for tier in self.run.meaning.ladders.get(track, ()))

    def qualifies(self, track: str, place: int) -> str | None:
        """Return the tier that the partner at a place qualifies for."""
        return self.qualified[track][place] if track in self.qualified else None

    def held(self, track: str, place: int) -> str | None:
        """Return the tier that the partner at a place holds."""
        return self.decisions[track][place].held if track in self.decisions else None


def side_of(run: Run, as_of: date, like: Side | None = None) -> Side:
    """Return how all partners stand.

    Where the policy and what a partner reached are as they are for `like`, so is the decision:
    movement is pure, and it isn't asked twice.
    """
    qualified: dict[str, Sequence[str | None]] = {}
    decisions: dict[str, Sequence[Decision]] = {}
    for track in run.meaning.ladders:
        qualified[track] = _qualified(run, track, as_of)
        decisions[track] = _decisions(run, track, as_of, like)
    return Side(run, as_of, qualified, decisions)


def _qualified(run: Run, track: str, as_of: date) -> list[str | None]:
    tiers = [tier.name for tier in run.meaning.ladders[track]]
    column = run.figures.qualifying.tiers(track, as_of)
    return [None if index is None else tiers[int(index)] for index in column]


def _decisions(run: Run, track: str, as_of: date, like: Side | None) -> list[Decision]:
    asked = [run.leveller.reached(track, p, as_of) for p in range(len(run.figures.partners))]
    known: Sequence[Decision | None] = [None] * len(asked)
    if like is not None and _moves_alike(run, like.run, track):
        known = [
            decision if like.run.leveller.reached(track, place, as_of) == asked[place] else None
            for place, decision in enumerate(like.decisions[track])
        ]
    return [
        run.leveller.decide(track, place, as_of) if decision is None else decision
        for place, decision in enumerate(known)
    ]


def _moves_alike(one: Run, other: Run, track: str) -> bool:
    """Whether movement makes the same of the same on a ladder of two runs."""
    if track not in other.meaning.ladders or one.data is not other.data:
        return False
    first, second = ((run.program.tracks[track] if track else run.program) for run in (one, other))
    return (
        first.movement == second.movement
        and list(first.tiers) == list(second.tiers)
        and one.program.calendar == other.program.calendar
        and one.program.program == other.program.program
    )
