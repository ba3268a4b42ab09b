"""Sets of partners in bits, sixty-four to a word, and which partners meet a bar at many values.

A thousand scenarios ask the same few questions of the same columns again and again. What is asked
with one value is a set; scenarios put sets together and count, which costs a bit a partner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.columns import Beyond, Column, Numbers, from_values
from rulebook.columns.column import Flags
from rulebook.columns.numbers import alike
from rulebook.columns.rounding import comparable

Bits = NDArray[np.uint64]
_WORD = 64
#: So many bytes of sets are kept at most; then all are made anew as they are asked for.
KEPT = 2**27


def bits_of(flags: Flags) -> Bits:
    """Return the partners at which a flag is set."""
    words = -(-len(flags) // _WORD)
    packed = np.zeros(words * 8, np.uint8)
    packed[: -(-len(flags) // 8)] = np.packbits(flags, bitorder="little")
    found: Bits = packed.view(np.uint64)
    return found


def flags_of(bits: Bits, length: int) -> Flags:
    """Return for each of `length` partners whether it is in a set."""
    bytes_ = np.unpackbits(bits.view(np.uint8), count=length, bitorder="little")
    return bytes_.astype(np.bool_)


def size(bits: Bits) -> int:
    """Return how many partners are in a set."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def at_least(need: int, sets: Sequence[Bits]) -> Bits:
    """Return who is in `need` of some sets or more, `need` from 1 to their number."""
    found = [np.zeros_like(sets[0]) for _ in range(need)]  # in one or more, two or more …
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
        self.place = np.searchsorted(order, asked.units).tolist()
        small, shape = ("u2" if len(order) < 2**16 else "u4"), column.length
        upto: NDArray[Any] = np.searchsorted(order, numbers.units, "right").astype(small)
        equal = (upto > 0) & (order[np.maximum(upto, 1) - 1] == numbers.units)
        self.upto = np.broadcast_to(upto, shape)  # how many values are not above the number
        self.below = np.broadcast_to(upto - equal.astype(small), shape)
        self.valid = None if column.valid is None else np.broadcast_to(column.valid, shape)

    def meets(self, op: str, number: int) -> Flags:
        """Return which numbers compare so with a value; what isn't there doesn't."""
        found = self._compared(op, self.upto.dtype.type(self.place[number]))
        return found if self.valid is None else found & self.valid

    def _compared(self, op: str, place: Any) -> Flags:
        at_least: Flags = self.upto > place
        if op in (">=", "<"):
            return at_least if op == ">=" else ~at_least
        above: Flags = self.below > place
        if op in (">", "<="):
            return above if op == ">" else ~above
        equal = at_least & ~above
        return equal if op == "=" else ~equal


class Kept:
    """Sets by what they are sets of, each made once as long as there is room."""

    def __init__(self) -> None:
        """Nothing is made yet."""
        self._sets: dict[tuple[int, int], Bits] = {}
        self._bytes = 0

    def get(self, kind: int, place: int, make: Callable[[int, int], Flags]) -> Bits:
        """Return the set of a kind at a place, made by `make(kind, place)` if it isn't there."""
        found = self._sets.get((kind, place))
        if found is None:
            if self._bytes > KEPT:
                self._sets.clear()
                self._bytes = 0
            found = self._sets[kind, place] = bits_of(make(kind, place))
            self._bytes += found.nbytes
        return found
