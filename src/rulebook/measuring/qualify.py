"""Which tier every partner qualifies for: the highest whose requirements are met."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, DecimalException
from typing import Any, Protocol

from rulebook.errors import MeasureError
from rulebook.expressions.typed import Typed
from rulebook.meaning import Meaning
from rulebook.meaning.model import Asked, Criterion
from rulebook.program import Program
from rulebook.reading.document import undotted
from rulebook.values.numbers import BEYOND, TooLarge

#: For each partner whether something is met; None is "no value yet", which is not met.
Met = Sequence[bool | None]


class Columns(Protocol):
    """The figures that requirements are worked out from."""

    meaning: Meaning
    program: Program
    partners: list[str]

    def evaluate(self, tree: Typed, day: date) -> Sequence[Any]:
        """Return an expression for every partner on a date."""

    def enrolled_on(self, day: date) -> list[bool]:
        """Return for every partner whether an enrollment is in force on a date."""


class Qualifying:
    """Requirements of all ladders, worked out once for each date."""

    def __init__(self, figures: Columns) -> None:
        """Nothing is worked out before it is asked for."""
        self.figures = figures
        self._tests: dict[tuple[str, date], Met] = {}
        self._tiers: dict[tuple[str, date], list[Decimal | None]] = {}
        self._reached: dict[tuple[str, date], list[frozenset[str]]] = {}

    def criterion(self, criterion: Criterion, day: date) -> Met:
        """Return whether a criterion is met, for every partner."""
        key = (criterion.path, day)
        if key not in self._tests:
            try:
                self._tests[key] = self.figures.evaluate(criterion.test, day)
            except (TooLarge, DecimalException):
                message = f"{criterion.text!r} comes to {BEYOND}"
                path = undotted(criterion.path)
                problem = self.figures.meaning.document.problem(path, message)
                raise MeasureError([problem]) from None
        return self._tests[key]

    def met(self, asked: Asked | None, day: date) -> list[bool]:
        """Return whether a requirement is met, for every partner; none is always met."""
        if asked is None:
            return [True] * len(self.figures.partners)
        if isinstance(asked, Criterion):
            return [value is True for value in self.criterion(asked, day)]
        below = [self.met(part, day) for part in asked.parts]
        need = asked.need
        return [
            sum(column[place] for column in below) >= need
            for place in range(len(self.figures.partners))
        ]

    def tiers(self, track: str, day: date) -> list[Decimal | None]:
        """Return the place (0 is the lowest) of the tier qualified for, or None."""
        if (track, day) not in self._tiers:
            self._tiers[track, day] = self._qualify(track, day)
        return self._tiers[track, day]

    def _qualify(self, track: str, day: date) -> list[Decimal | None]:
        program = self.figures.program
        ladder = program.tracks[track] if track else program
        enrolled = self.figures.enrolled_on(day)
        answers: list[Decimal | None] = [None] * len(enrolled)
        reachable = list(enrolled)
        for place, tier in enumerate(self.figures.meaning.ladders[track]):
            met = self.met(tier.requires, day)
            for index, ok in enumerate(met):
                if ok and reachable[index]:
                    answers[index] = Decimal(place)
                elif ladder.sequential:
                    reachable[index] = False
        return answers

    def reached(self, track: str, day: date) -> list[frozenset[str]]:
        """Return the tiers for which `requires` or `keep` is met, one by one, as movement asks."""
        if (track, day) not in self._reached:
            self._reached[track, day] = self._reach(track, day)
        return self._reached[track, day]

    def _reach(self, track: str, day: date) -> list[frozenset[str]]:
        nobody = [False] * len(self.figures.partners)
        columns = [
            (
                tier.name,
                self.met(tier.requires, day),
                nobody if tier.keep is None else self.met(tier.keep, day),
            )
            for tier in self.figures.meaning.ladders[track]
        ]
        return [
            frozenset(name for name, requires, keep in columns if requires[place] or keep[place])
            for place in range(len(self.figures.partners))
        ]
