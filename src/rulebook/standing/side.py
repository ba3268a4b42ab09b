"""One side of a what-if: what every partner qualifies for and holds under one document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rulebook.columns.column import Flags
from rulebook.measuring.qualify import names_at
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
    for track, tiers in run.meaning.ladders.items():
        places = run.figures.qualifying.tiers(track, as_of)
        qualified[track] = names_at([tier.name for tier in tiers], places)
        decisions[track] = _decisions(run, track, as_of, like)
    return Side(run, as_of, qualified, decisions)


def _decisions(run: Run, track: str, as_of: date, like: Side | None) -> Sequence[Decision]:
    if like is None or not _moves_alike(run, like.run, track):
        return run.leveller.decided(track, as_of).all()
    alike, decided = _reached_alike(run, like.run, track, as_of), like.decisions[track]
    if alike.all():
        return decided
    return run.leveller.decided(
        track, as_of, lambda place: decided[place] if alike[place] else None
    ).all()


def _reached_alike(one: Run, other: Run, track: str, as_of: date) -> Flags:
    """Return which partners reached the same on a ladder of two runs with the same tiers."""
    first, second = (run.figures.qualifying for run in (one, other))
    alike: Flags = first.tiers(track, as_of) == second.tiers(track, as_of)
    for a, b in zip(first.reached(track, as_of), second.reached(track, as_of), strict=True):
        alike &= a == b
    return alike


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
