"""What a walk through facts leaves behind: a figure, and every fact with what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rulebook.dataset.data import Fact, Value


@dataclass(slots=True)
class Counted:
    """A fact on its way to one partner: whose it is, through which branch it came."""

    fact: Fact
    owner: str
    branch: str
    place: int
    last_day: date


@dataclass(slots=True)
class Kept:
    """A group on its way to the total, or the totals on their way to the value."""

    place: int
    keys: tuple[Any, ...]
    totals: tuple[Any, ...] = ()
    each: Any = None


@dataclass
class Trace:
    """What one partner's figure is made of: the facts that count, the others with reasons."""

    value: Value
    counted: list[Counted] = field(default_factory=list)
    others: list[tuple[Counted, str]] = field(default_factory=list)
    groups: list[Kept] = field(default_factory=list)
