"""Which tier every partner qualifies for: the highest whose requirements are met."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import DecimalException
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rulebook.columns import Beyond, Booleans, Column, column_of, from_units
from rulebook.columns.column import Flags
from rulebook.columns.comparing import comparison
from rulebook.columns.numbers import Numbers
from rulebook.errors import MeasureError
from rulebook.expressions.typed import Typed
from rulebook.meaning import Meaning
from rulebook.meaning.model import Asked, Criterion
from rulebook.program import Program
from rulebook.reading.document import undotted
from rulebook.values.numbers import BEYOND, TooLarge

#: For each partner whether something is met; None is "no value yet", which is not met.
Met = Sequence[bool | None]
#: For each partner the place of a tier, 0 the lowest; -1 is no tier.
TierPlaces = NDArray[np.int16]
NO_TIER = -1


class Columns(Protocol):
    """The figures that requirements are worked out from."""

    meaning: Meaning
    program: Program
    partners: list[str]

    def evaluate(self, tree: Typed, day: date) -> Column:
        """Return an expression for every partner on a date."""

    def enrolled_on(self, day: date) -> Flags:
        """Return for every partner whether an enrollment is in force on a date."""


class Qualifying:
    """Requirements of all ladders, worked out once for each date."""

    def __init__(self, figures: Columns) -> None:
        """Nothing is worked out before it is asked for; gaps keep theirs here too."""
        self.figures = figures
        self._tests: dict[tuple[str, date], Met] = {}
        self._sides: dict[tuple[str, date], tuple[Column, Column]] = {}
        self._met: dict[tuple[int, date], tuple[Asked, Flags]] = {}
        self.shorts: dict[tuple[str, date], Column] = {}
        self.gains: dict[tuple[Typed, date], dict[str, Column]] = {}
        self.shown: dict[tuple[Typed, date], Column] = {}
        self._tiers: dict[tuple[str, date], TierPlaces] = {}
        self._reached: dict[tuple[str, date], list[Flags]] = {}

    def criterion(self, criterion: Criterion, day: date) -> Met:
        """Return whether a criterion is met, for every partner."""
        key = (criterion.path, day)
        if key not in self._tests:
            try:
                self._tests[key] = self._test(criterion, day)
            except (TooLarge, DecimalException):
                message = f"{criterion.text!r} comes to {BEYOND}"
                path = undotted(criterion.path)
                problem = self.figures.meaning.document.problem(path, message)
                raise MeasureError([problem]) from None
        return self._tests[key]

    def _test(self, criterion: Criterion, day: date) -> Column:
        """Return a criterion's test, from its sides where both are numbers: gaps show them too."""
        if criterion.op is not None:
            try:
                left, right = self.sides(criterion, day)
                if isinstance(left, Numbers) and isinstance(right, Numbers):
                    return comparison(criterion.op)(left, right)
            except (Beyond, TooLarge, DecimalException):
                pass  # a side may be asked for more than the test looks at
        return self.figures.evaluate(criterion.test, day)

    def sides(self, criterion: Criterion, day: date) -> tuple[Column, Column]:
        """Return both sides of a comparison for every partner, worked out once."""
        key = (criterion.path, day)
        if key not in self._sides:
            assert criterion.left is not None
            assert criterion.right is not None
            left = self.figures.evaluate(criterion.left, day)
            self._sides[key] = left, self.figures.evaluate(criterion.right, day)
        return self._sides[key]

    def met(self, asked: Asked | None, day: date) -> Flags:
        """Return whether a requirement is met, for every partner; none is always met."""
        if asked is None:
            return np.ones(len(self.figures.partners), np.bool_)
        key = (id(asked), day)
        if key not in self._met:
            found = self._meets(asked, day)
            self._met[key] = (asked, found)  # kept, so that no other takes its id
        return self._met[key][1]

    def _meets(self, asked: Asked, day: date) -> Flags:
        length = len(self.figures.partners)
        if isinstance(asked, Criterion):
            column = column_of(self.criterion(asked, day))
            return column.true if isinstance(column, Booleans) else np.zeros(length, np.bool_)
        below = [self.met(part, day) for part in asked.parts]
        if len(below) == asked.need:
            found = np.ones(length, np.bool_)
            for part in below:
                found &= part
            return found
        count = np.zeros(length, np.int16)
        for part in below:
            count += part
        enough: Flags = count >= asked.need
        return enough

    def tiers(self, track: str, day: date) -> TierPlaces:
        """Return the place (0 is the lowest) of the tier qualified for, or -1."""
        if (track, day) not in self._tiers:
            self._tiers[track, day] = self._qualify(track, day)
        return self._tiers[track, day]

    def tier_places(self, track: str, day: date) -> Column:
        """Return the tiers qualified for as formulas see them: no tier is below every tier."""
        return from_units(self.tiers(track, day))

    def _qualify(self, track: str, day: date) -> TierPlaces:
        program = self.figures.program
        ladder = program.tracks[track] if track else program
        reachable = self.figures.enrolled_on(day)
        answers = np.full(len(reachable), NO_TIER, np.int16)
        for place, tier in enumerate(self.figures.meaning.ladders[track]):
            met = self.met(tier.requires, day) & reachable
            answers[met] = place
            if ladder.sequential:
                reachable = met
        return answers

    def reached(self, track: str, day: date) -> list[Flags]:
        """Return for each tier who meets its `requires` or `keep`, one by one, as movement asks."""
        if (track, day) not in self._reached:
            self._reached[track, day] = [
                self.met(tier.requires, day) | self.met(tier.keep, day)
                if tier.keep is not None
                else self.met(tier.requires, day)
                for tier in self.figures.meaning.ladders[track]
            ]
        return self._reached[track, day]


def names_at(tiers: Sequence[str], places: Any) -> list[str | None]:
    """Return the names of tiers at places; None for no tier."""
    names: list[str | None] = [*tiers, None]
    return [names[place] for place in places.tolist()]
