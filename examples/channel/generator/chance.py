"""Seeded chance and a few words about days and amounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")
Row = tuple[str, ...]


class Chance:
    """A seeded stream of whole numbers, the same on every Python version."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def below(self, n: int) -> int:
        """A whole number from 0 to n - 1."""
        return int(self._random.random() * n)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both possible."""
        return low + self.below(high - low + 1)

    def one_in(self, n: int) -> bool:
        """True once in n times."""
        return self.below(n) == 0

    def percent(self, share: int) -> bool:
        """True in that share of a hundred times."""
        return self.below(100) < share

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.below(len(items))]

    def weighted(self, weights: Sequence[int]) -> int:
        """An index, in proportion to its weight."""
        left = self.below(sum(weights))
        for index, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return index
        raise AssertionError("weights are all zero")

    def day(self, first: date, last: date) -> date:
        """A day from first to last, both possible."""
        return first + timedelta(days=self.below((last - first).days + 1))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in items]


def cents(amount: int) -> str:
    """An amount in cents, as text."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def month_start(day: date, months: int = 0) -> date:
    """The first day of the day's month, some months on."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def month_end(day: date, months: int = 0) -> date:
    """The last day of the day's month, some months on."""
    return month_start(day, months + 1) - timedelta(days=1)
