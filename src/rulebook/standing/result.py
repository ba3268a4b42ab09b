"""The answer of a levelling: for each partner its figures, its tier, and what is missing.

Everybody's stand in a table of columns; a partner's own are put together when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rulebook.dataset.data import Value
from rulebook.standing.gaps import Gap
from rulebook.standing.movement import Decision
from rulebook.standing.table import Table


@dataclass(frozen=True)
class Keeping:
    """What a partner lacks to keep the tier it holds, and the first day it may be lost."""

    tier: str
    gaps: tuple[Gap, ...]
    lost_from: date | None


@dataclass(frozen=True)
class LadderStanding:
    """One partner on one ladder. `next_tier` None: it is at the top, or not enrolled."""

    qualified: str | None
    held: str | None
    next_tier: str | None
    gaps: tuple[Gap, ...]
    decision: Decision
    keep: Keeping | None = None


@dataclass(frozen=True)
class TrackStanding:
    """One partner on a track."""

    metrics: Mapping[str, Value]
    ladder: LadderStanding


@dataclass(frozen=True)
class PartnerStanding:
    """One partner: metrics of the program, its ladder, its tracks."""

    partner: str
    enrolled: bool
    metrics: Mapping[str, Value]
    ladder: LadderStanding
    tracks: Mapping[str, TrackStanding] = field(default_factory=dict)


class Standings(Sequence[PartnerStanding]):
    """The partners of a table, each put together when it is asked for."""

    def __init__(self, table: Table, make: Callable[[int], PartnerStanding]) -> None:
        """Nobody is put together yet."""
        self.table, self._make = table, make
        self._made: dict[int, PartnerStanding] = {}

    def __len__(self) -> int:
        return len(self.table.partners)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        place = range(len(self))[place]
        if place not in self._made:
            self._made[place] = self._make(place)
        return self._made[place]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))


@dataclass(frozen=True)
class SetAside:
    """How many facts of a table were set aside for one reason."""

    table: str
    reason: str
    count: int


@dataclass(frozen=True)
class Levelling:
    """All partners, in the order of their keys."""

    program: str
    version: date
    as_of: date
    digest: str
    set_aside: Sequence[SetAside]
    partners: Standings
