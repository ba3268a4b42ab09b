"""Which places of a column have the same value, as comparisons see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.columns.column import Booleans, Column, Days, Nulls, Texts
from rulebook.columns.making import from_values
from rulebook.columns.numbers import Numbers
from rulebook.columns.rounding import comparable
from rulebook.expressions.functions.comparison import seen

Codes = NDArray[np.int64]


def grouped(column: Column) -> tuple[Codes, Column]:
    """Return for each place the number of its group, -1 where there is no value; and the groups.

    The groups are a column of their values; a group that no place has may be among them.
    """
    if isinstance(column, Nulls):
        return np.full(column.length, -1, np.int64), Nulls(0, None)
    codes, groups = _codes(column)
    codes = np.broadcast_to(codes, column.length)
    if column.valid is not None:
        codes = np.where(column.valid, codes, -1)
    return codes, groups


def _codes(column: Column) -> tuple[NDArray[Any], Column]:
    match column:
        case Texts():
            return column.codes.astype(np.int64), from_values(column.words)
        case Booleans():
            return column.flags.astype(np.int64), from_values([False, True])
        case Days():
            days, codes = np.unique(column.days, return_inverse=True)
            return codes, Days(len(days), None, days)
        case Numbers():
            number = comparable(column)
            if number.high is None:
                units, codes = np.unique(number.units, return_inverse=True)
                return codes, Numbers(len(units), None, units, number.scale, number.bound)
    return _one_by_one(column.values())


def _one_by_one(values: Sequence[Any]) -> tuple[NDArray[Any], Column]:
    found: dict[Any, int] = {}
    codes = [found.setdefault(seen(value), len(found)) for value in values]
    return np.array(codes, np.int64), from_values(list(found))
