"""Scans: one reading of a table for everything that can share it.

What plans want is taken apart into aggregates, each with its own days (a slot) and conditions;
those of one table go together. A distinct count has a scan by what it counts, in two phases:
each value once, then how many; only so does the second phase stay small.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rulebook.expressions.typed import Agg, Ref, Typed, refs
from rulebook.plan.steps import During, Exchanged


@dataclass(frozen=True)
class Slot:
    """A window at a date: two days for each partner."""

    during: During
    as_of: date


@dataclass(frozen=True)
class Wanted:
    """One aggregate of one ask (both by their place), over facts in a slot that fulfil all."""

    ask: int
    place: int
    agg: Agg  # without its filter, which is among the conditions
    conditions: tuple[Typed, ...]
    slot: Slot


@dataclass(frozen=True)
class SharedScan:
    """One reading of a table: what all wanted share, and what each asks beside."""

    table: str
    partner: str
    family: bool
    amounts: tuple[Exchanged, ...]
    rate_day: str
    wanted: tuple[Wanted, ...]
    conditions: tuple[Typed, ...]  # of all wanted
    distinct: Typed | None = None  # counted in two phases: the values themselves

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The windows, each once."""
        return tuple(dict.fromkeys(each.slot for each in self.wanted))

    @property
    def constants(self) -> tuple[Ref, ...]:
        """The references that are one value per partner levelled."""
        trees: list[Typed | None] = [*self.conditions, self.distinct]
        for each in self.wanted:
            trees += [*each.conditions, each.agg]
        found = dict.fromkeys(ref for tree in trees for ref in refs(tree))
        return tuple(ref for ref in found if ref.kind in ("parameter", "enrollment", "as_of"))
