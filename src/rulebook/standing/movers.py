"""Who moves between two sides of a what-if: found in columns, put into words when asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from rulebook.columns.column import Places
from rulebook.measuring.qualify import NO_TIER, TierPlaces
from rulebook.standing.side import Side

Tier = str | None
T = TypeVar("T")


class Later(Sequence[T]):
    """A tuple that is put together when it is first looked at, however often it is then."""

    def __init__(self, make: Callable[[], tuple[T, ...]]) -> None:
        """Keep how it is made."""
        self._make = make

    @cached_property
    def made(self) -> tuple[T, ...]:
        """The tuple."""
        return self._make()

    def __len__(self) -> int:
        return len(self.made)

    def __getitem__(self, place: Any) -> Any:
        return self.made[place]

    def __eq__(self, other: object) -> bool:
        return self.made == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __repr__(self) -> str:
        return repr(self.made)


@dataclass(frozen=True)
class Tally:
    """How many partners have each tier (None: no tier), and how many go from which to which."""

    before: Mapping[Tier, int]
    after: Mapping[Tier, int]
    matrix: Mapping[tuple[Tier, Tier], int]

    @property
    def moved(self) -> int:
        """How many have another tier after."""
        return sum(count for (one, two), count in self.matrix.items() if one != two)


class Tiers:
    """The tiers of one ladder under two documents, in one numbering; -1 is none."""

    def __init__(self, before: Side, after: Side, track: str) -> None:
        """Compare what is qualified for and what is held, of every partner."""
        self.track = track
        self.of_each = before.tiers(track), after.tiers(track)
        self.names = list(dict.fromkeys((*self.of_each[0], *self.of_each[1])))
        self.qualified = self._both(before.qualifies(track), after.qualifies(track))
        self.held = self._both(before.held(track), after.held(track))

    def _both(self, one: TierPlaces, two: TierPlaces) -> tuple[TierPlaces, TierPlaces]:
        first, second = self.of_each
        if first != second:  # the tiers before come first: they have their places
            order = [*(self.names.index(tier) for tier in second), NO_TIER]
            two = np.array(order, np.int16)[two]
        return one, two

    @cached_property
    def moved(self) -> Places:
        """The places of the partners that qualify for or hold another tier than before."""
        return np.flatnonzero(
            (self.qualified[0] != self.qualified[1]) | (self.held[0] != self.held[1])
        )

    def tally(self, columns: tuple[TierPlaces, TierPlaces]) -> Tally:
        """Return how many have each of two columns' tiers, and go from which to which."""
        size = len(self.names) + 1
        had = [np.count_nonzero(columns[0] == place) for place in range(NO_TIER, size - 1)]
        matrix = np.diag(had)
        one, two = (column[self.moved].astype(np.int64) + 1 for column in columns)
        went = np.bincount(one * size + two, minlength=size * size).reshape(size, size)
        matrix = matrix - np.diag(went.sum(axis=1)) + went
        names: list[Tier] = [None, *self.names]
        return Tally(
            _counts(names, matrix.sum(axis=1)),
            _counts(names, matrix.sum(axis=0)),
            Counter(
                {
                    (names[one], names[two]): int(matrix[one, two])
                    for one, two in np.argwhere(matrix).tolist()
                }
            ),
        )

    def name(self, place: int) -> Tier:
        """Return the name of a tier in this numbering."""
        return None if place < 0 else self.names[place]


def _counts(names: Sequence[Tier], counts: Any) -> Counter[Tier]:
    pairs = zip(names, counts.tolist(), strict=True)
    return Counter({name: count for name, count in pairs if count})
