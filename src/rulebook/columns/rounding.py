"""Rounding whole columns, half away from zero."""

from __future__ import annotations

import numpy as np

from rulebook.columns.numbers import (
    LIMB_DIGITS,
    ONE,
    Beyond,
    Numbers,
    negated,
    tightened,
    wide,
)
from rulebook.values.numbers import SHOWN_DECIMALS


def comparable(column: Numbers) -> Numbers:
    """Return the numbers rounded to the decimals that comparisons see; worked out once."""
    if column.seen is None:
        column.seen = rounded(column, SHOWN_DECIMALS)
    return column.seen


def rounded(column: Numbers, places: int) -> Numbers:
    """Return the numbers rounded to `places` decimals, below zero to tens, hundreds …"""
    drop = column.scale - places
    if drop <= 0:
        return column
    if column.high is not None or column.bound > ONE - 5 * 10 ** (drop - 1):
        column = tightened(column)
    found = _one_limb(column, drop) if column.high is None else _two_limbs(column, drop)
    found.scale = places
    if places < 0:  # columns have no scale below zero
        if found.high is not None or found.bound * 10**-places > ONE:
            raise Beyond
        found.units, found.scale = found.units * 10**-places, 0
        found.bound *= 10**-places
    return found


def _one_limb(column: Numbers, drop: int) -> Numbers:
    half = 5 * 10 ** (drop - 1)
    if drop > LIMB_DIGITS or column.bound + half > ONE:
        if column.bound + half > ONE and column.bound >= half:
            raise Beyond
        units = np.zeros_like(column.units)
    else:
        size = (np.abs(column.units) + half) // 10**drop
        units = np.where(column.units < 0, -size, size)
    bound = column.bound // 10**drop + 1
    return Numbers(column.length, column.valid, units, column.scale, bound)


def _two_limbs(column: Numbers, drop: int) -> Numbers:
    if drop > LIMB_DIGITS:
        raise Beyond
    below = column.negative
    high, low = wide(column)
    if below.any():
        back, rest = negated(high, low)
        high, low = np.where(below, back, high), np.where(below, rest, low)
    kept = low // 10**drop
    up = (low - kept * 10**drop) * 2 >= 10**drop
    bound = column.bound // 10**drop + 1
    if bound <= ONE:
        units = high * 10 ** (LIMB_DIGITS - drop) + kept + up
        units = np.where(below, -units, units)
        return Numbers(column.length, column.valid, units, column.scale, bound)
    top = high // 10**drop
    kept += (high - top * 10**drop) * 10 ** (LIMB_DIGITS - drop) + up
    carry = kept >= 10**LIMB_DIGITS
    top, kept = top + carry, np.where(carry, kept - 10**LIMB_DIGITS, kept)
    if below.any():
        back, rest = negated(top, kept)
        top, kept = np.where(below, back, top), np.where(below, rest, kept)
    return Numbers(column.length, column.valid, kept, column.scale, bound, top)
