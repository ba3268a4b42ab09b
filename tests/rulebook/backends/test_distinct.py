"""Distinct values that a piece sees: what has no number there is refused, never miscounted."""

from __future__ import annotations

import numpy as np
import pytest

from rulebook.backends.by_column.distinct import Distinct
from rulebook.columns import Numbers
from rulebook.columns.column import Nulls
from rulebook.columns.numbers import Beyond
from rulebook.expressions.typed import Ref, Type

TREE = Ref("column", ("amount",), Type.NUMBER)
PLACES, BEGIN, END = np.array([0, 1]), np.array([0, 2]), np.array([2, 3])


def numbers(units: list[int], scale: int, bound: int) -> Numbers:
    return Numbers(len(units), None, np.array(units, np.int64), scale, bound)


@pytest.mark.parametrize("bound", [3, 1_000])  # as bits, and as numbers
def test_values_are_counted_once_a_place(bound: int):
    distinct = Distinct(TREE, numbers([], 2, bound), 0)
    seen = distinct.seen(numbers([3, 3, -3], 2, bound), None, PLACES, BEGIN, END)
    more = distinct.seen(numbers([1, 3, 2], 2, bound), None, PLACES, BEGIN, END)
    assert distinct.counted([seen, more], 2).tolist() == [2, 2]


@pytest.mark.parametrize("bound", [3, 1_000])
def test_a_piece_without_values_adds_nothing(bound: int):
    distinct = Distinct(TREE, numbers([], 2, bound), 0)
    seen = distinct.seen(numbers([1, 2, 3], 2, bound), None, PLACES, BEGIN, END)
    none = distinct.seen(Nulls(3, None), None, PLACES, BEGIN, END)
    assert distinct.counted([seen, none], 2).tolist() == [2, 1]


@pytest.mark.parametrize("value", [numbers([1, 2, 3], 3, 3), numbers([1, 2, 4], 2, 4)])
def test_a_piece_of_another_scale_or_beyond_the_bound_is_refused(value: Numbers):
    distinct = Distinct(TREE, numbers([], 2, 3), 0)
    with pytest.raises(Beyond):
        distinct.seen(value, None, PLACES, BEGIN, END)
