"""Ranks and percentiles: a partner among the enrolled ones that have a value."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rulebook.expressions.functions.comparison import seen
from rulebook.values.numbers import comparable, divide

_HUNDRED = Decimal(100)


def ranks(
    values: Sequence[Any], within: Sequence[Any] | None, enrolled: Sequence[bool]
) -> list[Any]:
    """Return each partner's rank: 1 is the highest, ties share it and the next is skipped."""
    return _placed(
        values,
        within,
        enrolled,
        lambda ordered, value: Decimal(len(ordered) - bisect_right(ordered, value) + 1),
    )


def percentiles(
    values: Sequence[Any], within: Sequence[Any] | None, enrolled: Sequence[bool]
) -> list[Any]:
    """Return the share of the others that are lower, in percent; null with no others."""

    def share(ordered: list[Decimal], value: Decimal) -> Decimal | None:
        return divide(bisect_left(ordered, value) * _HUNDRED, Decimal(len(ordered) - 1))

    return _placed(values, within, enrolled, share)


def _placed(
    values: Sequence[Any], within: Sequence[Any] | None, enrolled: Sequence[bool], place: Any
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
