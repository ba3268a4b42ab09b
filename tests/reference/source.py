"""Where a random case takes its choices from: a seed, one whole number at a time."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Source:
    """Choices that are always the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def whole(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def chance(self, percent: int) -> bool:
        return self.whole(0, 99) >= 100 - percent

    def pick(self, items: Sequence[T]) -> T:
        return items[self.whole(0, len(items) - 1)]

    def some(self, items: Sequence[T], least: int, most: int) -> list[T]:
        """Different items, in their order."""
        count = self.whole(least, min(most, len(items)))
        left = list(range(len(items)))
        chosen = [left.pop(self.whole(0, len(left) - 1)) for _ in range(count)]
        return [items[index] for index in sorted(chosen)]
