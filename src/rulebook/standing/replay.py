"""Replay: decisions over a series of dates, each from the standing that the last one left.

Partners who are alike on a date, in what they come with and in what they reached, are decided
together.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.columns.column import Flags
from rulebook.standing.deciding import Decided, kinds_of
from rulebook.standing.decision import Standing
from rulebook.standing.level import Leveller

_NOBODY = -1


class Replay:
    """Everybody's way on one ladder; dates are asked for in their order.

    On the first date on which an enrollment is in force it starts from its own standing
    before: a partner that comes back doesn't get its old tier by itself. Where several are
    in force, the one that began last counts. A track's standing before stands in rows of its
    own; one that comes into force later is started from too.
    """

    def __init__(self, leveller: Leveller, track: str) -> None:
        """Begin before the first date: nobody has come with anything yet."""
        self.leveller, self.track = leveller, track
        length = len(leveller.figures.partners)
        self._enrollment = np.full(length, _NOBODY, np.int64)
        self._carrier = np.full(length, _NOBODY, np.int64)
        self._numbers: dict[Standing, int] = {Standing(): 0}
        self._standing = np.zeros(length, np.int64)

    def decided(self, day: date) -> Decided:
        """Return what movement makes of everybody on the next date."""
        begins = self._begin(day)
        carried = np.where(begins, _NOBODY, self._standing)
        asked = self.leveller.asked(self.track, day)
        which, at = kinds_of([carried, *asked], len(carried))
        standings = list(self._numbers)
        decisions = []
        for place in at.tolist():
            number = carried[place]
            before = None if number == _NOBODY else standings[number]
            decisions.append(self.leveller.decide(self.track, place, day, before))
        after = [self._numbers.setdefault(each.standing, len(self._numbers)) for each in decisions]
        self._standing = np.array(after, np.int64)[which]
        return Decided(which, decisions)

    def _begin(self, day: date) -> Flags:
        """Return who begins with a standing that a row carries, and remember the row."""
        enrolled, length = self.leveller.figures.enrolled, len(self._standing)
        enrollment: NDArray[Any] = np.zeros(length, np.int64)
        if not enrolled.open:
            enrollment = enrolled.sorted.in_force(day)
        row = enrolled.of_track(self.track).in_force(day) if self.track else enrollment
        comes = (row != _NOBODY) & (row != self._carrier)
        begins: Flags = (enrollment != _NOBODY) & ((enrollment != self._enrollment) | comes)
        self._enrollment = np.where(begins, enrollment, self._enrollment)
        self._carrier = np.where(begins, row, self._carrier)
        return begins
