"""Distinct counts over slices of sorted facts.

Every value is a number. Where few can be, the values that a partner saw are bits of one number;
else they are seen as numbers together with the place, each once. On many dates a value is seen
once, with the windows that it counts in: see `sightings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.backends.by_column.kernel import Work, both
from rulebook.backends.by_column.pieces import Piece, Places, once
from rulebook.backends.by_column.scope import Bounds, Part, Scope
from rulebook.backends.by_column.sightings import Sightings
from rulebook.columns import Booleans, Column, Numbers, Texts, from_units
from rulebook.columns.column import Days, Flags, Nulls
from rulebook.columns.numbers import Beyond
from rulebook.columns.spans import day_number
from rulebook.expressions.typed import Ref, Typed
from rulebook.plan.scans import SharedScan, Slot

#: Distinct values up to so many are bits of one number.
BITS = 62
#: From so many windows on a value is seen once for all of them.
MANY = 3
#: The largest number, in units, that a distinct value worked out of columns may be.
_WORKED_OUT = 2**40
_LIMIT = 2**62
_NONE = np.zeros(0, np.int64)
_Numbers = NDArray[np.int64]


class Numbering:
    """Numbers for the values of one tree: `width` is how many there can be, from -`offset` on."""

    def __init__(self, tree: Typed, value: Column, later: int) -> None:
        """Look at no row: `value` tells of what kind the tree's values are.

        `later` is how many rows came after the table was laid out, with texts of their own. How
        large what is worked out can get only its rows tell. Raises Beyond.
        """
        self.offset, self.scale = 0, 0
        if isinstance(value, Texts):
            self.width = max(len(value.words), 1) + later
        elif isinstance(value, Booleans | Nulls):
            self.width = 2
        elif isinstance(value, Days):
            self.offset, self.width = -day_number(date.min), 2**22
        elif isinstance(value, Numbers) and value.high is None and value.scale <= 12:
            bound = value.bound if isinstance(tree, Ref) else _WORKED_OUT
            self.offset, self.width, self.scale = bound, 2 * bound + 1, value.scale
        else:
            raise Beyond

    def stored(self, value: Column) -> NDArray[Any]:
        """Return what a value's number is, less the offset. Raises Beyond where it has none."""
        if isinstance(value, Numbers) and (value.bound > self.offset or value.scale != self.scale):
            raise Beyond
        match value:
            case Texts():
                return value.codes
            case Booleans():
                return value.flags
            case Days():
                return value.days
            case Numbers() if value.high is None:
                return value.units
        raise Beyond

    def numbered(self, stored: NDArray[Any]) -> _Numbers:
        """Return the numbers of stored values, from 0 on."""
        return stored.astype(np.int64) + self.offset


class Seen(Work):
    """Distinct counts of one value."""

    def __init__(
        self,
        scan: SharedScan,
        scope: Scope,
        bounds: Mapping[Slot, Bounds],
        nothing: Piece,
        later: int,
    ) -> None:
        """Refuse what can't be done before anything is; `later` as in `Numbering`."""
        super().__init__(scan, scope, bounds, nothing)
        assert scan.distinct is not None
        self.tree: Typed = scan.distinct
        self.numbering = Numbering(self.tree, nothing.value(self.tree), later)
        self.width = self.numbering.width
        if max(scope.count, 1) * self.width >= _LIMIT:
            raise Beyond
        self.seen: list[list[NDArray[Any]]] = [[] for _ in scan.wanted]
        #: By the first of those alike.
        self.series: dict[int, Sightings] = {}
        for places in self.alike:
            if len(places) >= MANY and self.width > BITS:
                days = [self.days[place] for place in places]
                self.series[places[0]] = Sightings(days, scope, self.width)

    def piece(self, part: Part) -> list[Any]:
        """Return what each of those alike saw in a part."""
        piece, value = part.piece, part.piece.value(self.tree)
        if isinstance(value, Nulls):
            return []
        stored = np.broadcast_to(self.numbering.stored(value), len(value))
        found: list[Any] = []
        for places in self.alike:
            mask = both(self.mask(piece, self.scan.wanted[places[0]]), value.valid)
            if self.width <= BITS:
                bits = _bits(self.numbering.numbered(stored), mask)
                found.append([_either(bits, part, self.days[place]) for place in places])
            elif places[0] in self.series:
                found.append(self.series[places[0]].piece(part, stored, mask, self.numbering))
            else:
                found.append([self._once(stored, mask, part, self.days[place]) for place in places])
        return found

    def _once(self, stored: NDArray[Any], mask: Flags | None, part: Part, days: Bounds) -> _Numbers:
        begin, end = part.slices(days)
        counts = end - begin
        rows = np.repeat(begin - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        of = np.repeat(part.places * self.width, counts)
        if mask is not None:
            kept = mask[rows]
            rows, of = rows[kept], of[kept]
        of += self.numbering.numbered(stored[rows])
        return once(of)

    def take(self, found: Sequence[Any]) -> None:
        """Add what a part gave."""
        for places, each in zip(self.alike, found, strict=False):
            if places[0] in self.series:
                self.series[places[0]].take(each)
                continue
            for place, numbers in zip(places, each, strict=True):
                self.seen[place].append(numbers)

    def columns(self) -> list[Column]:
        """Return how many values each place saw, over all parts."""
        counts: list[_Numbers] = [_NONE] * len(self.days)
        for places in self.alike:
            series = self.series.get(places[0])
            found = map(self._counted, places) if series is None else series.counts()
            for place, each in zip(places, found, strict=True):
                counts[place] = each
        return [from_units(each) for each in counts]

    def _counted(self, place: int) -> _Numbers:
        parts, count = self.seen[place], self.scope.count
        if self.width <= BITS:
            bits = np.zeros(count, np.int64)
            for places, numbers in parts:
                np.bitwise_or.at(bits, places, numbers)
            return np.bitwise_count(bits).astype(np.int64)
        every = parts[0] if len(parts) == 1 else once(np.concatenate([*parts, _NONE]))
        return np.bincount(every // self.width, minlength=count).astype(np.int64)


def _bits(numbers: _Numbers, mask: Flags | None) -> _Numbers:
    """Return each row's value as a bit, and a row more; none where a row doesn't count."""
    bits = np.zeros(len(numbers) + 1, np.int64)
    np.left_shift(np.int64(1), numbers, out=bits[:-1])
    if mask is not None:
        bits[:-1] *= mask
    return bits


def _either(bits: _Numbers, part: Part, days: Bounds) -> tuple[Places, _Numbers]:
    """Return the bits that each member saw in its slice, with its place."""
    begin, end = part.slices(days)
    some = end > begin
    edges = np.column_stack((begin[some], end[some])).ravel()
    found = np.bitwise_or.reduceat(bits, edges)[::2] if len(edges) else bits[:0]
    return part.places[some], found
