"""The answer of a levelling: for each partner its figures, its tier, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rulebook.dataset.data import Value
from rulebook.standing.gaps import Gap
from rulebook.standing.movement import Decision


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
    partners: Sequence[PartnerStanding]
