"""Whose facts count for whom, on which days; and the part of it that one piece serves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.backends.by_column.pieces import Piece, Places

#: So many entries of a column are looked at to find the usual one.
_SAMPLE = 64


@dataclass(eq=False)
class Scope:
    """Whose facts count for whom: the place levelled and the member's code, sorted by code."""

    places: Places
    codes: Places
    count: int  # of places

    @classmethod
    def of(cls, places: NDArray[Any], codes: NDArray[Any], count: int) -> Scope:
        """Sort members by code; those without facts (code below 0) are left out."""
        there = codes >= 0
        places, codes = places[there].astype(np.int64), codes[there].astype(np.int64)
        order = np.argsort(codes, kind="stable")
        return cls(places[order], codes[order], count)

    @cached_property
    def several(self) -> NDArray[np.bool_]:
        """Which places have more than one member."""
        return np.bincount(self.places, minlength=self.count) > 1


@dataclass(eq=False)
class Bounds:
    """The days of a slot by place, and the day on which facts must hold."""

    low: NDArray[np.int32]
    high: NDArray[np.int32]
    holds: date | None

    @cached_property
    def usual(self) -> tuple[int, int]:
        """The first day, and the day after the last, that most places have, to go by samples."""
        return _usual(self.low), _usual(self.high) + 1


def _usual(days: NDArray[np.int32]) -> int:
    found, counts = np.unique(days[:: max(len(days) // _SAMPLE, 1)], return_counts=True)
    return int(found[counts.argmax()]) if len(found) else 0


class Part:
    """The members whose rows are in a piece; what is found of it is by place, each once."""

    def __init__(self, piece: Piece, scope: Scope, rows: slice) -> None:
        """Take the part of the scope between two places of it."""
        self.piece, self.scope = piece, scope
        self.places, self.codes = scope.places[rows], scope.codes[rows]
        order = np.argsort(self.places, kind="stable")
        ordered = self.places[order]
        firsts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
        #: The places, ascending.
        self.own = ordered[firsts]
        self._order, self._firsts = order, firsts
        self._slices: dict[Bounds, tuple[Places, Places]] = {}

    def slices(self, days: Bounds) -> tuple[Places, Places]:
        """Return where each member's rows between its place's days begin and end."""
        if days not in self._slices:
            (usual, after), low, high = days.usual, days.low[self.places], days.high[self.places]
            there = low <= high
            begin = self.piece.firsts(self.codes, low, usual, there)
            end = self.piece.firsts(self.codes, high + np.int32(1), after, there)
            self._slices[days] = begin, np.where(there, end, begin)
        return self._slices[days]

    def summed(self, of_members: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the sums of `own` places from those of members."""
        ordered = of_members[self._order]
        if len(self.own) == len(ordered):
            return ordered
        return np.add.reduceat(ordered, self._firsts)
