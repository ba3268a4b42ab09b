"""Who is in the channel: partners in families, their weight in sales, currency, enrollment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.generator.chance import days, stream
from benchmarks.sizes import AS_OF, Size

CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "SEK")
#: Cents of an ordinary amount, in tenths of a dollar's worth of each currency.
WORTH = np.array([10, 9, 8, 1500, 9, 14, 15, 105], dtype=np.int64)
_HOME = np.array([40, 25, 10, 8, 5, 5, 4, 3]).cumsum()
#: Pareto's 20/80: weights fall with a partner's place among all (0 to 1), this steeply, from this
#: far behind the front, so that a fifth has four fifths and no one partner has more than 2 %.
_STEEP, _FRONT = 1.0545, 0.001
#: Of a hundred partners, how many stand at each depth of their family: 1.4 ancestors on average.
_DEPTHS = (69, 23, 7, 1)


@dataclass(frozen=True)
class Channel:
    """Partners by number; `parent` is -1 at a family's head, `heap` sums up weights in sales."""

    parent: np.ndarray
    root: np.ndarray
    heap: np.ndarray
    home: np.ndarray
    start: np.ndarray
    end: np.ndarray

    @property
    def names(self) -> list[str]:
        """The partners' keys, which sort by number."""
        return [f"P{number:06d}" for number in range(len(self.parent))]


def make_channel(size: Size) -> Channel:
    """Return the partners of a size."""
    chance, count = stream("partners"), size.partners
    parent, root = _families(chance, count)
    weight = ((np.arange(count) + 0.5) / count + _FRONT) ** -_STEEP
    weight = chance.permutation((weight * 1_000).astype(np.int64))
    home = np.searchsorted(_HOME, chance.integers(0, 100, count), side="right")
    return Channel(parent, root, weight.cumsum(), home, *_enrollments(count))


def _families(chance: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each partner's parent and family head; parents stand one depth higher."""
    bounds = [count * total // 100 for total in np.cumsum((0, *_DEPTHS))]
    order = chance.permutation(count)
    parent = np.full(count, -1, dtype=np.int64)
    root = np.arange(count, dtype=np.int64)
    for depth in range(1, len(_DEPTHS)):
        above = order[bounds[depth - 1] : bounds[depth]]
        here = order[bounds[depth] : bounds[depth + 1]]
        parent[here] = above[chance.integers(0, len(above), len(here))]
        root[here] = root[parent[here]]
    return parent, root


def _enrollments(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the days from which and until which partners are enrolled; -1 is without an end.

    Four in ten began within the last three years, some will only begin, one in fifty has ended.
    """
    chance, today = stream("enrollments"), days(AS_OF)
    early = chance.integers(today - 8 * 365, today - 6 * 365, count)
    late = chance.integers(today - 3 * 365, today + 20, count)
    start = np.where(chance.integers(0, 10, count) < 6, early, late)
    end = np.where(chance.integers(0, 50, count) == 0, start + chance.integers(1, 900, count), -1)
    return start, end
