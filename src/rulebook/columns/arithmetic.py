"""Sums, differences and products of whole columns, exact; quotients to 20 decimals.

A quotient is divided as on paper, some digits at a time: a remainder is below the divisor, so
remainder × 10^digits fits one limb as long as divisor × 10^digits does. What is cut off is
known by the last remainder, and the rounding, half away from zero, is that of the exact
quotient.
"""

from __future__ import annotations

import numpy as np

from rulebook.columns.column import Flags, Whole, both
from rulebook.columns.numbers import (
    LIMB,
    LIMB_DIGITS,
    ONE,
    TWO,
    Beyond,
    Numbers,
    alike,
    negated,
    tightened,
    wide,
)
from rulebook.values.numbers import QUOTIENT_DECIMALS

_HALF = 10**9  # half a limb's digits
_DIGITS_OF_ABS = 10**28  # Python's abs() of a Decimal keeps 28 digits: from there it decides


def add(one: Numbers, other: Numbers) -> Numbers:
    """Return the sums."""
    one, other = alike(one, other)
    bound, valid = one.bound + other.bound, both(one.valid, other.valid)
    if bound > ONE or one.high is not None or other.high is not None:
        one, other = tightened(one), tightened(other)
        bound = one.bound + other.bound
    if bound <= ONE and one.high is None and other.high is None:
        return Numbers(one.length, valid, one.units + other.units, one.scale, bound)
    if bound > TWO:
        raise Beyond
    high, low = _sum(*wide(one), *wide(other))
    return Numbers(one.length, valid, low, one.scale, bound, high)


def _sum(high: Whole, low: Whole, more_high: Whole, more_low: Whole) -> tuple[Whole, Whole]:
    low = low + more_low
    over = low >= LIMB
    return high + more_high + over, np.where(over, low - LIMB, low)


def negate(column: Numbers) -> Numbers:
    """Return the numbers with the other sign."""
    if column.high is None:
        units, high = -column.units, None
    else:
        high, units = negated(column.high, column.units)
    return Numbers(column.length, column.valid, units, column.scale, column.bound, high)


def subtract(one: Numbers, other: Numbers) -> Numbers:
    """Return the differences."""
    if one.high is None and other.high is None:
        one, other = alike(one, other)
        bound = one.bound + other.bound
        if bound <= ONE and one.high is None and other.high is None:
            valid = both(one.valid, other.valid)
            return Numbers(one.length, valid, one.units - other.units, one.scale, bound)
    return add(one, negate(other))


def absolute(column: Numbers) -> Numbers:
    """Return the magnitudes."""
    if column.high is not None and tightened(column).bound >= _DIGITS_OF_ABS:
        raise Beyond
    return _magnitude(column)


def _magnitude(column: Numbers) -> Numbers:
    if column.high is None:
        units = np.abs(column.units)
        return Numbers(column.length, column.valid, units, column.scale, column.bound)
    high, low = _signed(*wide(column), column.negative)
    return Numbers(column.length, column.valid, low, column.scale, column.bound, high)


def _signed(high: Whole, low: Whole, turn: Flags) -> tuple[Whole, Whole]:
    """Return two limbs with the other sign where `turn` says so."""
    if not turn.any():
        return high, low
    back, rest = negated(high, low)
    return np.where(turn, back, high), np.where(turn, rest, low)


def multiply(one: Numbers, other: Numbers) -> Numbers:
    """Return the products."""
    valid, scale = both(one.valid, other.valid), one.scale + other.scale
    if one.bound * other.bound > ONE or one.high is not None or other.high is not None:
        one, other = tightened(one), tightened(other)
    bound = one.bound * other.bound
    if one.high is None and other.high is None and bound <= ONE:
        return Numbers(one.length, valid, one.units * other.units, scale, bound)
    if one.bound < other.bound:
        one, other = other, one
    if bound > TWO or other.high is not None or other.bound >= LIMB:
        raise Beyond
    size, factor = _magnitude(one), np.abs(other.units)
    high, low = wide(size)
    over, low = _product(low, factor)
    high = high * factor + over
    high, low = _signed(high, low, one.negative != other.negative)
    return Numbers(one.length, valid, low, scale, bound, high)


def _product(one: Whole, other: Whole) -> tuple[Whole, Whole]:
    """Return the two limbs of products of numbers from 0 to 10^18 - 1."""
    a, c = one // _HALF, other // _HALF
    b, d = one - a * _HALF, other - c * _HALF
    cross = a * d + b * c
    over = cross // _HALF
    low = (cross - over * _HALF) * _HALF + b * d
    carry = low >= LIMB
    return a * c + over + carry, np.where(carry, low - LIMB, low)


def divide(one: Numbers, other: Numbers) -> Numbers:
    """Return the quotients rounded to 20 decimals; null where the divisor is 0."""
    valid = both(one.valid, other.valid)
    zero = (other.units == 0) if other.high is None else (other.units == 0) & (other.high == 0)
    if zero.any():
        valid = ~zero if valid is None else valid & ~zero
    one, other = tightened(one), _shortened(tightened(other))
    if other.high is not None:
        raise Beyond
    divisor = np.abs(other.units)
    divisor = np.where(divisor == 0, 1, divisor)
    at_once = len(str(ONE // max(other.bound, 1))) - 1  # digits that fit beside any divisor
    decimals = QUOTIENT_DECIMALS + other.scale - one.scale
    if at_once < 1 or decimals < 0:
        raise Beyond
    found = _long_division(_magnitude(one), divisor, min(at_once, LIMB_DIGITS), decimals)
    found.valid = valid
    below = one.negative != other.negative
    if found.high is None:
        found.units = np.where(below, -found.units, found.units)
    else:
        found.high, found.units = _signed(found.high, found.units, below)
    return found


class _Digits:
    """A division under way: the quotient of what has come down so far, and the rest."""

    def __init__(self, top: Whole, divisor: Whole, at_once: int) -> None:
        """Divide the top; then zeros come down, unless `coming` holds 18 digits to come first."""
        self.divisor, self.at_once = divisor, at_once
        self.quotient = top // divisor
        self.rest = top - self.quotient * divisor
        self.coming: Whole | None = None
        self.to_come = LIMB_DIGITS

    def down(self, found: Whole, count: int) -> Whole:
        """Return `found` with so many digits of the quotient more."""
        while count:
            digits = min(self.at_once, count)
            if self.coming is not None:
                digits = min(digits, self.to_come)
            rest = self.rest * 10**digits
            if self.coming is not None:
                self.to_come -= digits
                chunk = self.coming // 10**self.to_come
                rest += chunk
                self.coming = self.coming - chunk * 10**self.to_come if self.to_come else None
            more = rest // self.divisor
            self.rest = rest - more * self.divisor
            found = found * 10**digits + more
            count -= digits
        return found


def _long_division(dividend: Numbers, divisor: Whole, at_once: int, decimals: int) -> Numbers:
    """Return dividend ÷ divisor, rounded to so many decimals more than the dividend has."""
    top = dividend.units if dividend.high is None else dividend.high
    digits = _Digits(top, divisor, at_once)
    more = decimals
    if dividend.high is not None:  # the digits of the lower limb come down first
        digits.coming, more = dividend.units, decimals + LIMB_DIGITS
    most = (int(digits.quotient.max()) if len(top) else 0) + 1
    bound = most * 10**more
    if bound > TWO:
        raise Beyond
    high = digits.down(digits.quotient, max(more - LIMB_DIGITS, 0))
    low = digits.down(np.zeros_like(divisor), min(more, LIMB_DIGITS))
    if more < LIMB_DIGITS:
        over = high // 10 ** (LIMB_DIGITS - more)
        low = (high - over * 10 ** (LIMB_DIGITS - more)) * 10**more + low
        high = over
    low = low + (digits.rest >= divisor - digits.rest)
    full = low >= LIMB
    if full.any():
        high, low = high + full, np.where(full, low - LIMB, low)
    bound += 1
    if bound <= ONE:
        return Numbers(dividend.length, None, high * LIMB + low, QUOTIENT_DECIMALS, bound)
    return Numbers(dividend.length, None, low, QUOTIENT_DECIMALS, bound, high)


def _shortened(column: Numbers) -> Numbers:
    """Return the numbers without decimals that none of them uses, where there is little room."""
    while column.high is None and column.scale > 0 and column.bound > ONE // 10**6:
        units = column.units // 10
        if (units * 10 != column.units).any():
            break
        bound = column.bound // 10
        column = Numbers(column.length, column.valid, units, column.scale - 1, bound)
    return column
