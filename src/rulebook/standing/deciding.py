"""Decides once for all partners of whom movement is asked the same.

A decision is a function of what it is given: the standing before, the enrollment's days, what
was reached, the overrides. Partners who are alike in these are decided together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rulebook.program.movement import Movement
from rulebook.standing.decision import Decision

Numbers = NDArray[np.int64]


class Decided(NamedTuple):
    """Decisions, and for each partner the number of its own."""

    which: Numbers
    decisions: Sequence[Decision]

    def at(self, place: int) -> Decision:
        """Return the decision on the partner at a place."""
        return self.decisions[int(self.which[place])]

    def all(self) -> list[Decision]:
        """Return the decision on every partner."""
        return [self.decisions[number] for number in self.which.tolist()]


def by_start(policy: Movement | None) -> bool:
    """Whether a decision depends on the day on which the enrollment began, beyond being in force.

    Anniversaries are counted from it, and how long a newcomer is protected.
    """
    if policy is None:
        return False
    anniversary = any(each.kind == "anniversary" for each in (policy.promote, policy.demote))
    return anniversary or isinstance(policy.hold, str) or policy.newcomers.hold is not None


def kinds_of(columns: Sequence[NDArray[Any]], length: int) -> tuple[Numbers, Numbers]:
    """Return for each place the number of its kind, and a place of each kind.

    Places are of a kind where they are the same in all columns of whole numbers.
    """
    key, size = np.zeros(length, np.int64), 1
    for column in columns:
        low = int(column.min()) if length else 0
        wide = (int(column.max()) if length else 0) - low + 1
        if size * wide > 2**62:
            found, key = np.unique(key, return_inverse=True)
            size = len(found)
        key = key * wide + (column.astype(np.int64) - low)
        size *= wide
    if size <= 4 * length + 1024:  # few enough to count in a table
        first = np.full(size, -1, np.int64)
        first[key[::-1]] = np.arange(length - 1, -1, -1)
        used = np.flatnonzero(first >= 0)
        number = np.zeros(size, np.int64)
        number[used] = np.arange(len(used))
        return number[key], first[used]
    _, at, which = np.unique(key, return_index=True, return_inverse=True)
    return which.astype(np.int64), at
