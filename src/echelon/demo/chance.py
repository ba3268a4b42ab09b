"""Seeded chance: the same seed, the same draws, on every machine and Python version.

Only `Random.random()` is drawn from, and it is only multiplied and truncated.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A stream of whole numbers; `about` names it, so that no stream moves another."""

    def __init__(self, seed: int, *about: str) -> None:
        """Begin the stream of a seed and a subject."""
        self._random = Random(":".join([str(seed), *about]))

    def below(self, n: int) -> int:
        """Return a whole number from 0 to n - 1."""
        return int(self._random.random() * n)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both possible."""
        return low + self.below(high - low + 1)

    def percent(self, share: int) -> bool:
        """Return True in that share of a hundred times."""
        return self.below(100) < share

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[T], weights: Sequence[int]) -> T:
        """Return one of the items, in proportion to its weight."""
        left = self.below(sum(weights))
        for item, weight in zip(items, weights, strict=True):
            left -= weight
            if left < 0:
                return item
        raise ValueError("the weights are all zero")

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """Return so many of the items, each at most once, in any order."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]

    def day(self, first: date, last: date) -> date:
        """Return a day from first to last, both possible."""
        return first + timedelta(days=self.below(max((last - first).days, 0) + 1))
