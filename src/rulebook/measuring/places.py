"""Ranks and percentiles: a partner among the enrolled ones that have a value."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.columns import Beyond, Column, Numbers, column_of, from_units
from rulebook.columns.arithmetic import divide as quotients
from rulebook.columns.grouping import grouped
from rulebook.columns.rounding import comparable as rounded
from rulebook.expressions.functions.comparison import seen
from rulebook.values.numbers import comparable, divide

Enrolled = Sequence[bool] | NDArray[np.bool_]

_HUNDRED = Decimal(100)
Counts = NDArray[np.int64]


def ranks(values: Sequence[Any], within: Sequence[Any] | None, enrolled: Enrolled) -> Column:
    """Return each partner's rank: 1 is the highest, ties share it and the next is skipped."""

    def rank(_lower: Counts, higher: Counts, _others: Counts) -> Numbers:
        return from_units(higher + 1)

    try:
        return _placed_in_arrays(values, within, enrolled, rank)
    except Beyond:
        return column_of(
            _placed(
                values,
                within,
                enrolled,
                lambda ordered, value: Decimal(len(ordered) - bisect_right(ordered, value) + 1),
            )
        )


def percentiles(values: Sequence[Any], within: Sequence[Any] | None, enrolled: Enrolled) -> Column:
    """Return the share of the others that are lower, in percent; null with no others."""

    def share(lower: Counts, _higher: Counts, others: Counts) -> Numbers:
        return quotients(from_units(lower * 100), from_units(others))

    def one(ordered: list[Decimal], value: Decimal) -> Decimal | None:
        return divide(bisect_left(ordered, value) * _HUNDRED, Decimal(len(ordered) - 1))

    try:
        return _placed_in_arrays(values, within, enrolled, share)
    except Beyond:
        return column_of(_placed(values, within, enrolled, one))


def _placed_in_arrays(
    values: Sequence[Any],
    within: Sequence[Any] | None,
    enrolled: Enrolled,
    place: Callable[[Counts, Counts, Counts], Numbers],
) -> Column:
    """Place each among its group, from how many there are lower and higher, and how many others."""
    column = column_of(values)
    if not isinstance(column, Numbers):
        raise Beyond
    number = rounded(column)
    if number.high is not None:
        raise Beyond
    counts = np.asarray(enrolled, np.bool_) & number.there
    groups = np.zeros(len(values), np.int64)
    if within is not None:
        groups, _ = grouped(column_of(within))
        counts = counts & (groups >= 0)
    at = np.flatnonzero(counts)
    group, value = groups[at], np.broadcast_to(number.units, len(values))[at]
    order = np.lexsort((value, group))
    group, value = group[order], value[order]
    group_low, group_high = _runs(np.diff(group) != 0, len(at))
    low, high = _runs((np.diff(group) != 0) | (np.diff(value) != 0), len(at))
    placed = place(low - group_low, group_high - high, group_high - group_low - 1)
    back = np.zeros(len(values), np.int64)
    back[at[order]] = np.arange(len(at))
    if not len(at):
        return column_of([None] * len(values))
    found = placed.take(back)
    found.valid = counts if found.valid is None else counts & found.valid
    return found


def _runs(breaks: NDArray[np.bool_], length: int) -> tuple[Counts, Counts]:
    """Return for each entry where its run of equal ones begins, and where the next one does."""
    firsts = np.concatenate(([0], np.flatnonzero(breaks) + 1)).astype(np.int64)
    sizes = np.diff(np.append(firsts, length))
    starts = np.repeat(firsts, sizes)
    return starts, starts + np.repeat(sizes, sizes)


def _placed(
    values: Sequence[Any], within: Sequence[Any] | None, enrolled: Enrolled, place: Any
) -> list[Any]:
    groups: dict[Any, list[Decimal]] = {}
    mine: list[Any] = []
    for index, value in enumerate(values):
        group = () if within is None else seen(within[index])
        counts = enrolled[index] and value is not None and group is not None
        mine.append(group if counts else None)
        if counts:
            groups.setdefault(group, []).append(comparable(value))
    for ordered in groups.values():
        ordered.sort()
    return [
        None if group is None else place(groups[group], comparable(values[index]))
        for index, group in enumerate(mine)
    ]
