"""Distinct counts over slices of sorted facts.

Every value is a number. Where few can be, the values that a partner saw are bits of one number;
else they are seen as numbers together with the place, each once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from rulebook.backends.by_column.pieces import Places
from rulebook.columns import Booleans, Column, Numbers, Texts
from rulebook.columns.column import Days, Flags, Nulls
from rulebook.columns.numbers import Beyond
from rulebook.columns.spans import day_number
from rulebook.expressions.typed import Ref, Typed

#: Distinct values up to so many are bits of one number.
BITS = 62
#: The largest number, in units, that a distinct value worked out of columns may be.
_WORKED_OUT = 2**40
_NONE = np.zeros(0, np.int64)


class Distinct:
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

    def seen(
        self, value: Column, mask: Flags | None, places: Places, begin: Places, end: Places
    ) -> NDArray[np.int64]:
        """Return the values that each place saw in its rows: as bits, or as numbers with the place.

        Raises Beyond where a value has no number.
        """
        if isinstance(value, Nulls):
            return np.zeros((2, 0), np.int64) if self.width <= BITS else _NONE
        if isinstance(value, Numbers) and (value.bound > self.offset or value.scale != self.scale):
            raise Beyond
        if value.valid is not None:
            mask = value.valid if mask is None else mask & value.valid
        numbers = np.broadcast_to(_numbered(value) + self.offset, len(value))
        if self.width <= BITS:
            return _bits(numbers, mask, places, begin, end)
        counts = end - begin
        rows = np.repeat(begin - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        of = np.repeat(places, counts)
        if mask is not None:
            kept = mask[rows]
            rows, of = rows[kept], of[kept]
        return once(of * np.int64(self.width) + numbers[rows])

    def counted(self, parts: Sequence[NDArray[np.int64]], count: int) -> NDArray[np.int64]:
        """Return how many values each place saw, over all pieces."""
        if self.width <= BITS:
            bits = np.zeros(count, np.int64)
            for part in parts:
                np.bitwise_or.at(bits, part[0], part[1])
            return np.bitwise_count(bits).astype(np.int64)
        every = parts[0] if len(parts) == 1 else once(np.concatenate([*parts, _NONE]))
        return np.bincount(every // self.width, minlength=count).astype(np.int64)


def _bits(
    numbers: NDArray[np.int64], mask: Flags | None, places: Places, begin: Places, end: Places
) -> NDArray[np.int64]:
    bits = np.left_shift(np.int64(1), numbers.astype(np.int64))
    if mask is not None:
        bits = bits * mask
    some = end > begin
    edges = np.column_stack((begin[some], end[some])).ravel()
    either = np.bitwise_or.reduceat(np.append(bits, 0), edges)[::2] if some.any() else bits[:0]
    return np.stack((places[some], either))


def once(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each number once, in order: sorting is quicker here than hashing."""
    return sorted_once(np.sort(numbers))


def sorted_once(ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each number of sorted ones once."""
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    found: NDArray[np.int64] = ordered[first]
    return found


def _numbered(value: Column) -> NDArray[np.int64]:
    """Return the number of each distinct value."""
    match value:
        case Texts():
            return value.codes.astype(np.int64)
        case Booleans():
            return value.flags.astype(np.int64)
        case Days():
            return value.days.astype(np.int64)
        case Numbers() if value.high is None:
            return value.units
    raise Beyond
