"""Runs a plan fact by fact in Python: exact for every program, and able to say why.

It is the engine of examples and of evidence, and takes over where a bulk engine's numbers
are too narrow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rulebook.backends.backend import Ask, Figure, MissingRate, Occasion
from rulebook.backends.by_record.facts import Facts
from rulebook.backends.by_record.trace import Counted, Kept, Trace
from rulebook.backends.by_record.walk import Walk
from rulebook.backends.families import Families
from rulebook.dataset.data import NO_RATE, Data
from rulebook.plan.steps import Exchanged, Plan
from rulebook.values.money import Exchange

__all__ = ["ByRecord", "Counted", "Kept", "Trace"]


class ByRecord:
    """Walks facts; keeps them by partner once read."""

    def __init__(
        self,
        data: Data,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> None:
        """Take the data, the rates, and for each table the amounts that the program reads."""
        self.data, self.exchange = data, exchange
        self.facts = Facts(data, exchange, families, amounts, at_window_end)

    @property
    def by_record(self) -> ByRecord:
        """Itself: what walks the same facts one by one."""
        return self

    def missing_rates(
        self, table: str, amounts: Sequence[Exchanged], day: str
    ) -> list[MissingRate]:
        """Return the facts of a table, not yet set aside, whose amounts have no rate."""
        return self.facts.missing_rates(table, amounts, day)

    def unconverted(self, ask: Ask) -> list[MissingRate]:
        """Return the facts in a plan's windows whose amounts have no rate on the last day."""
        plan = ask.plan
        if not (self.facts.at_window_end and plan.convert.amounts):
            return []
        found: dict[MissingRate, None] = {}
        for occasion in ask.occasions:
            walk = Walk(self.facts, plan, occasion)
            for place in range(len(occasion.partners)):
                for row, reason in walk.trace(place).others:
                    if reason == NO_RATE:
                        found |= dict.fromkeys(self.facts.lacking(plan, row))
        return list(found)

    def measure(self, asks: Sequence[Ask]) -> list[list[Figure]]:
        """Return for each ask, for each occasion, the metric of every partner in order."""
        return [[self._figure(ask.plan, each) for each in ask.occasions] for ask in asks]

    def _figure(self, plan: Plan, occasion: Occasion) -> Figure:
        walk = Walk(self.facts, plan, occasion)
        return [walk.trace(place).value for place in range(len(occasion.partners))]

    def trace(self, plan: Plan, occasion: Occasion, place: int) -> Trace:
        """Return what the figure of the partner at a place is made of."""
        return Walk(self.facts, plan, occasion).trace(place)
