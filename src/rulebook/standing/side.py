"""One side of a what-if: what every partner qualifies for and holds under one document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from rulebook.columns.column import Flags
from rulebook.measuring.qualify import NO_TIER, TierPlaces
from rulebook.standing.deciding import Decided
from rulebook.standing.decision import Decision
from rulebook.standing.run import Run


@dataclass(frozen=True)
class Side:
    """A run at a date: tiers qualified for, by their places, and decisions, of all partners.

    Both are by ladder ("" is the program's own).
    """

    run: Run
    as_of: date
    qualified: Mapping[str, TierPlaces] = field(default_factory=dict)
    decided: Mapping[str, Decided] = field(default_factory=dict)

    @property
    def partners(self) -> list[str]:
        """The partners, in the order of their keys."""
        return self.run.figures.partners

    def tiers(self, track: str) -> tuple[str, ...]:
        """Return a ladder's tiers, lowest first; none where the document lacks it."""
        return tuple(tier.name for tier in self.run.meaning.ladders.get(track, ()))

    def qualifies(self, track: str) -> TierPlaces:
        """Return the place of the tier that each partner qualifies for; -1 is none."""
        return self.qualified[track] if track in self.qualified else self._nobody()

    def held(self, track: str) -> TierPlaces:
        """Return the place of the tier that each partner holds; -1 is none."""
        if track not in self.decided:
            return self._nobody()
        which, decisions = self.decided[track]
        order: dict[str | None, int] = {None: NO_TIER}
        order |= {tier: place for place, tier in enumerate(self.tiers(track))}
        return np.array([order[each.held] for each in decisions], np.int16)[which]

    def decision(self, track: str, place: int) -> Decision | None:
        """Return what movement makes of the partner at a place; None without such a ladder."""
        return self.decided[track].at(place) if track in self.decided else None

    def _nobody(self) -> TierPlaces:
        return np.full(len(self.partners), NO_TIER, np.int16)


def side_of(run: Run, as_of: date, like: Side | None = None) -> Side:
    """Return how all partners stand.

    Where the policy and what a partner reached are as they are for `like`, so is the decision:
    movement is pure, and it isn't asked twice.
    """
    ladders = run.meaning.ladders
    qualified = {track: run.figures.qualifying.tiers(track, as_of) for track in ladders}
    decided = {track: _decided(run, track, as_of, like) for track in ladders}
    return Side(run, as_of, qualified, decided)


def _decided(run: Run, track: str, as_of: date, like: Side | None) -> Decided:
    if like is None or not _moves_alike(run, like.run, track):
        return run.leveller.decided(track, as_of)
    others = np.flatnonzero(~_reached_alike(run, like.run, track, as_of))
    which, decisions = like.decided[track]
    if not len(others):
        return like.decided[track]
    partners = run.figures.partners
    some = run.figures.about([partners[place] for place in others.tolist()])
    new = run.leveller.of(some).decided(track, as_of)
    which = which.copy()
    which[others] = new.which + len(decisions)
    return Decided(which, [*decisions, *new.decisions])


def _reached_alike(one: Run, other: Run, track: str, as_of: date) -> Flags:
    """Return which partners reached the same on a ladder of two runs with the same tiers."""
    first, second = (run.figures.qualifying for run in (one, other))
    alike: Flags = first.tiers(track, as_of) == second.tiers(track, as_of)
    for a, b in zip(first.reached(track, as_of), second.reached(track, as_of), strict=True):
        if a is not b:
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
