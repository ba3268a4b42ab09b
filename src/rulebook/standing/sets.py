"""Sets of partners in bits, sixty-four to a word, and who compares how with many values.

A thousand scenarios ask the same few questions of the same columns again and again. What is asked
with one value is a set; scenarios put sets together and count, which costs a bit a partner.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from rulebook.columns import Beyond, Column, Numbers, from_values
from rulebook.columns.column import Flags
from rulebook.columns.numbers import alike
from rulebook.columns.rounding import comparable

#: Sets, a row each; one row may stand for many alike.
Bits = NDArray[np.uint64]
WORD = 64


def bits_of(flags: Flags) -> Bits:
    """Return rows of flags, one a partner, as sets."""
    packed = np.packbits(flags, axis=-1, bitorder="little")
    rest = -packed.shape[-1] % (WORD // 8)
    if rest:
        packed = np.pad(packed, [(0, 0)] * (packed.ndim - 1) + [(0, rest)])
    found: Bits = np.ascontiguousarray(packed).view(np.uint64)
    return found


def flags_of(bits: Bits, length: int) -> Flags:
    """Return for each of `length` partners whether it is in a set, for each set."""
    single = np.unpackbits(bits.view(np.uint8), axis=-1, count=length, bitorder="little")
    return single.astype(np.bool_)


def sizes(bits: Bits) -> NDArray[np.int64]:
    """Return how many partners are in each set."""
    found: NDArray[np.int64] = np.bitwise_count(bits).sum(axis=-1, dtype=np.int64)
    return found


def at_least(need: int, sets: Sequence[Bits]) -> Bits:
    """Return who is in `need` of some sets or more, `need` from 1 to their number."""
    shape = np.broadcast_shapes(*(each.shape for each in sets))
    found = [np.zeros(shape, np.uint64) for _ in range(need)]  # in one or more, two or more …
    for each in sets:
        for more in range(need - 1, 0, -1):
            found[more] |= found[more - 1] & each
        found[0] |= each
    return found[-1]


class Ranks:
    """Numbers as their ranks among the values that they are compared with.

    Raises Beyond where numbers or values fit no single limb.
    """

    def __init__(self, column: Column, values: Sequence[Decimal]) -> None:
        """Rank once: then each comparison is one of small whole numbers."""
        bars = from_values(list(values))
        if not isinstance(column, Numbers) or not isinstance(bars, Numbers):
            raise Beyond
        numbers, asked = alike(comparable(column), comparable(bars))
        if numbers.high is not None or asked.high is not None:
            raise Beyond
        order = np.unique(asked.units)
        self.place = np.searchsorted(order, asked.units)
        upto = np.searchsorted(order, numbers.units, "right")
        equal = (upto > 0) & (order[np.maximum(upto, 1) - 1] == numbers.units)
        self.count, self.length = len(order), column.length
        self.upto = np.broadcast_to(upto, self.length)  # so many values are not above the number
        self.below = np.broadcast_to(upto - equal, self.length)
        self.there = np.broadcast_to(column.there, self.length)

    def meets(self, op: str, part: slice) -> Bits:
        """Return for each value, by its `place`, which numbers of a part compare so with it.

        What isn't there doesn't.
        """
        there = bits_of(self.there[None, part])
        if op in (">", "<="):
            above = self._more(self.below, part)
            return above if op == ">" else there & ~above
        at_least = self._more(self.upto, part)
        if op in (">=", "<"):
            return at_least if op == ">=" else there & ~at_least
        equal = at_least & ~self._more(self.below, part)
        return equal if op == "=" else there & ~equal

    def _more(self, ranks: NDArray[np.intp], part: slice) -> Bits:
        """Return for each place who ranks above it: who ranks just there, and at any place above.

        So a number is put into one set, and into those below along with all others.
        """
        ranks, there = ranks[part], self.there[part]
        width = -(-len(ranks) // WORD) * (WORD // 8)
        at = np.flatnonzero(there & (ranks > 0))
        single = np.zeros(self.count * width, np.uint8)
        np.bitwise_or.at(
            single, (ranks[at] - 1) * width + (at >> 3), (1 << (at & 7)).astype(np.uint8)
        )
        found: Bits = single.view(np.uint64).reshape(self.count, -1)
        for place in range(self.count - 2, -1, -1):
            found[place] |= found[place + 1]
        return found
