"""Comparisons of whole columns: numbers as rounded to 12 decimals, texts by code point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.columns.column import Booleans, Column, Days, Flags, Texts, both
from rulebook.columns.numbers import Beyond, Numbers, alike, wide
from rulebook.columns.rounding import comparable

Keys = list[tuple[NDArray[Any], NDArray[Any]]]

_TESTS: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def comparison(name: str) -> Callable[[Column, Column], Column]:
    """Return the comparison of that name; null where either side is."""

    def run(one: Column, other: Column) -> Column:
        return Booleans(one.length, both(one.valid, other.valid), compared(name, one, other))

    return run


def compared(name: str, one: Column, other: Column) -> Flags:
    """Return where one compares with the other; anything where there is no value."""
    test, keys = _TESTS[name], _keys(one, other)
    found: Flags = test(*keys[-1])
    for left, right in reversed(keys[:-1]):
        if name == "=":
            found &= left == right
        elif name == "<>":
            found |= left != right
        else:
            before = left < right if name[0] == "<" else left > right
            found = before | ((left == right) & found)
    return found


def _keys(one: Column, other: Column) -> Keys:
    """Return arrays that order as the values do, the weightiest first."""
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        first, second = alike(comparable(one), comparable(other))
        if first.high is None and second.high is None:
            return [(first.units, second.units)]
        (high, low), (other_high, other_low) = wide(first), wide(second)
        return [(high, other_high), (low, other_low)]
    if isinstance(one, Days) and isinstance(other, Days):
        return [(one.days, other.days)]
    if isinstance(one, Booleans) and isinstance(other, Booleans):
        return [(one.flags, other.flags)]
    if isinstance(one, Texts) and isinstance(other, Texts):
        order = {word: place for place, word in enumerate(sorted({*one.words, *other.words}))}
        return [(_ordered(one, order), _ordered(other, order))]
    raise Beyond


def _ordered(column: Texts, order: dict[str, int]) -> NDArray[Any]:
    return np.array([order[word] for word in column.words], np.int32)[column.codes]
