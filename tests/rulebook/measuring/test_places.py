"""Ranks and percentiles of all at once are those worked out one by one."""

from bisect import bisect_left, bisect_right
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from rulebook.measuring.places import _placed, percentiles, ranks
from rulebook.values.numbers import divide

D = Decimal


def rank(ordered: list[Decimal], value: Decimal) -> Decimal:
    return D(len(ordered) - bisect_right(ordered, value) + 1)


def share(ordered: list[Decimal], value: Decimal) -> Decimal | None:
    return divide(bisect_left(ordered, value) * D(100), D(len(ordered) - 1))


@pytest.mark.parametrize("seed", range(40))
def test_all_at_once_is_one_by_one(seed: int) -> None:
    random = Random(seed)
    size = random.choice((0, 1, 2, 30))
    numbers = [None, D(1), D("1.0000000000001"), D("1.000000000001"), D(-3), D(7), D(10) ** 30]
    if seed % 2:
        numbers.pop()
    values = [random.choice(numbers) for _ in range(size)]
    groups: list[Any] = [None, D(1), D("1.0000000000001"), D(2)]
    if seed % 3 == 1:
        groups = [None, "a", "b"]
    elif seed % 3 == 2:
        groups = [True, False, None]
    within = None if seed % 5 == 0 else [random.choice(groups) for _ in range(size)]
    enrolled = [random.random() < 0.8 for _ in range(size)]
    assert list(ranks(values, within, enrolled)) == _placed(values, within, enrolled, rank)
    assert list(percentiles(values, within, enrolled)) == _placed(values, within, enrolled, share)


def test_by_hand() -> None:
    values = [D(10), D(20), D(20), D(5), None]
    assert list(ranks(values, None, [True] * 5)) == [D(3), D(1), D(1), D(4), None]
    wanted = [D("33.33333333333333333333"), D("66.66666666666666666667")]
    found = list(percentiles(values, None, [True] * 5))
    assert found == [wanted[0], wanted[1], wanted[1], D(0), None]
    assert list(percentiles([D(1)], None, [True])) == [None]
