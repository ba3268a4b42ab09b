"""Numbers in arrays, exact: whole units × 10^-scale, in one limb or in two.

One limb is an int64. Two limbs are `high` × 10^18 + `units`, with `units` from 0 to 10^18 - 1,
so that a negative number has a negative `high`. `bound` is known to be at least the magnitude
of every number in units, also where there is no value; each operation looks at it first, so
nothing can overflow unseen. What two limbs can't hold raises `Beyond`.
"""

from __future__ import annotations

import decimal
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from rulebook.columns.column import Column, Flags, Objects, Places, Whole, taken
from rulebook.values.numbers import WHOLE_DIGITS

LIMB_DIGITS = 18
LIMB = 10**LIMB_DIGITS
#: The largest magnitude in units of one limb, and of two.
ONE, TWO = 2**63 - 1, LIMB * 2**61

_EXACT = decimal.Context(prec=400, Emax=9999, Emin=-9999)


class Beyond(Exception):
    """The arrays can't do this: the values are worked out one by one instead."""


@dataclass(eq=False)
class Numbers(Column):
    """Decimal numbers of one scale."""

    units: Whole
    scale: int
    bound: int
    high: Whole | None = None
    #: Kept by `rulebook.columns.rounding`: the numbers as comparisons see them.
    seen: Numbers | None = field(default=None, init=False, repr=False)

    @property
    def stored(self) -> int:
        """How many entries there are."""
        return len(self.units)

    def values(self) -> list[Any]:
        """Return the entries as Decimals."""
        units = self.whole()
        if self.scale == 0:
            return list(map(Decimal, units))
        scale, scaleb = -self.scale, _EXACT.scaleb
        return [scaleb(unit, scale) for unit in map(Decimal, units)]

    def whole(self) -> list[int]:
        """Return the entries as Python integers, in units."""
        units: list[int] = self.units.tolist()
        if self.high is None:
            return units
        return [high * LIMB + low for high, low in zip(self.high.tolist(), units, strict=True)]

    def at(self, index: int) -> Any:
        """Return one entry as a Decimal."""
        unit: int = self.units.item(index)
        if self.high is not None:
            unit += self.high.item(index) * LIMB
        return _EXACT.scaleb(Decimal(unit), -self.scale)

    def take(self, places: Places) -> Numbers:
        """Return the values at some places."""
        units, high = taken(self.units, places), taken(self.high, places)
        valid = taken(self.valid, places)
        return Numbers(len(places), valid, units, self.scale, self.bound, high)

    @property
    def negative(self) -> Flags:
        """Where the entry is below zero."""
        return self.units < 0 if self.high is None else self.high < 0


def beyond_limit(column: Column) -> bool:
    """Whether some number has more digits before the point than a figure may have."""
    limit = 10**WHOLE_DIGITS
    if isinstance(column, Numbers):
        units = limit * 10**column.scale
        if column.bound < units or tightened(column).bound < units:
            return False
    elif not isinstance(column, Objects):
        return False
    return any(isinstance(value, Decimal) and abs(value) >= limit for value in column)


def tightened(column: Numbers) -> Numbers:
    """Return the column with the bound that its entries have, in one limb where they fit.

    Entries without a value become 0 first: they bound nothing.
    """
    units, high, valid = column.units, column.high, column.valid
    if valid is not None:
        units = np.where(valid, units, 0)
        high = None if high is None else np.where(valid, high, 0)
    if high is not None and (not len(high) or (high.min() >= -9 and high.max() <= 8)):
        units, high = high * LIMB + units, None
    of = units if high is None else high
    bound = max(int(of.max()), -int(of.min())) if len(of) else 0
    if high is not None:
        bound = (bound + 1) * LIMB
    elif bound > ONE:  # the lowest int64 has no opposite
        high = units // LIMB
        units = units - high * LIMB
    return Numbers(column.length, valid, units, column.scale, bound, high)


def wide(column: Numbers) -> tuple[Whole, Whole]:
    """Return the two limbs of a column: high and low."""
    if column.high is not None:
        return column.high, column.units
    high = column.units // LIMB
    return high, column.units - high * LIMB


def scaled(column: Numbers, scale: int) -> Numbers:
    """Return the same numbers at a scale that is not smaller."""
    more = scale - column.scale
    if more == 0:
        return column
    bound = column.bound * 10**more
    if bound > ONE or column.high is not None:
        column = tightened(column)
        bound = column.bound * 10**more
    if bound <= ONE:
        units = column.units * (10**more if bound else 0)
        return Numbers(column.length, column.valid, units, scale, bound, None)
    if bound > TWO:
        raise Beyond
    high, low = wide(column)
    for step in range(0, more, LIMB_DIGITS):
        high, low = shifted(high, low, min(LIMB_DIGITS, more - step))
    return Numbers(column.length, column.valid, low, scale, bound, high)


def shifted(high: Whole, low: Whole, digits: int) -> tuple[Whole, Whole]:
    """Return two limbs × 10^digits, digits from 1 to 18; the caller knows that they fit."""
    rest = 10 ** (LIMB_DIGITS - digits)
    over = low // rest
    return high * 10**digits + over, (low - over * rest) * 10**digits


def negated(high: Whole, low: Whole) -> tuple[Whole, Whole]:
    """Return two limbs with the other sign."""
    borrow = low != 0
    return -high - borrow, np.where(borrow, LIMB - low, 0)


def alike(one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """Return both at the larger scale."""
    scale = max(one.scale, other.scale)
    return scaled(one, scale), scaled(other, scale)
