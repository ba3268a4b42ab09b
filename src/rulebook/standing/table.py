"""The standing of everybody as columns: metrics, tiers, what is short."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from rulebook.columns import Column
from rulebook.columns.column import Flags
from rulebook.meaning.model import Criterion, asked_criteria
from rulebook.measuring import Figures
from rulebook.measuring.qualify import TierPlaces, names_at
from rulebook.standing.deciding import Decided
from rulebook.standing.gaps import Gaps


@dataclass(frozen=True)
class Lack:
    """One criterion for all partners: who meets it, and how much is short where it isn't met.

    `short` is the number of `Gap.short`, also where the criterion is met; null where no number
    closes the gap.
    """

    criterion: Criterion
    met: Flags
    short: Column


class LadderTable:
    """One ladder. Tiers are places in `tiers`, 0 the lowest; -1 is none."""

    def __init__(
        self, figures: Figures, track: str, day: date, decide: Callable[[], Decided]
    ) -> None:
        """Qualify everybody; nothing is decided or missing before it is asked for."""
        self.figures, self.track, self.day = figures, track, day
        self._decide = decide
        self.meanings = figures.meaning.ladders[track]
        self.tiers = [tier.name for tier in self.meanings]
        self.qualified: TierPlaces = figures.qualifying.tiers(track, day)

    @cached_property
    def following(self) -> TierPlaces:
        """The tier above the one qualified for; none at the top and for who isn't enrolled."""
        above = self.qualified + np.int16(1)
        there = self.figures.enrolled_on(self.day) & (above < len(self.tiers))
        return np.where(there, above, np.int16(-1))

    @cached_property
    def decided(self) -> Decided:
        """What movement makes of everybody."""
        return self._decide()

    @cached_property
    def held(self) -> TierPlaces:
        """The tier held after movement."""
        order: dict[str | None, int] = {None: -1}
        order |= {tier: place for place, tier in enumerate(self.tiers)}
        held = [order[decision.held] for decision in self.decided.decisions]
        return np.array(held, np.int16)[self.decided.which]

    def lacks(self, place: int) -> list[Lack]:
        """Return the criteria of a tier's requirement, whatever their tree, in document order."""
        gaps, qualifying = Gaps(self.figures, self.day), self.figures.qualifying
        return [
            Lack(each, qualifying.met(each, self.day), gaps.shorts(each))
            for each in asked_criteria(self.meanings[place].requires)
        ]

    def names(self, places: Any) -> list[str | None]:
        """Return the names of tiers; None for none."""
        return names_at(self.tiers, places)


class Table:
    """Metrics and ladders of all partners on a date, each a column in the partners' order."""

    def __init__(
        self, figures: Figures, as_of: date, decide: Callable[[str], Callable[[], Decided]]
    ) -> None:
        """Measure and qualify; `decide(track)` gives what decides when asked."""
        self.figures, self.as_of = figures, as_of
        self.partners = figures.partners
        program = figures.program
        names = [("", name) for name in program.metrics]
        names += [(track, name) for track, each in program.tracks.items() for name in each.metrics]
        figures.measure({key: [as_of] for key in names})
        self.metrics: Mapping[tuple[str, str], Column] = {
            key: figures.metric(key, as_of) for key in names
        }
        self.enrolled: Flags = figures.enrolled_on(as_of)
        self.ladders = {
            track or "": LadderTable(figures, track or "", as_of, decide(track or ""))
            for track, _ in program.ladders()
        }

    def of(self, track: str) -> dict[str, Column]:
        """Return the metrics of the program ("") or of a track, by name."""
        return {name: column for (of, name), column in self.metrics.items() if of == track}
