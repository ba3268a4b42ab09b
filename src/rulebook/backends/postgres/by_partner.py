"""Walks facts as they pass by: what SQL can't say is worked out partner by partner.

A server-side cursor gives the facts of each partner (and its family) in turn, so that memory
holds one family's and a batch. Evidence reads the partners that it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from rulebook.backends.backend import Ask, Figure, MissingRate
from rulebook.backends.by_record import ByRecord
from rulebook.backends.by_record.facts import Facts
from rulebook.backends.by_record.walk import Walk
from rulebook.backends.families import Families
from rulebook.backends.postgres.facts import PostgresFacts
from rulebook.dataset.data import NO_RATE, Data, Fact
from rulebook.plan.steps import Exchanged
from rulebook.values.money import Exchange

Reached = tuple[Fact, str, str]


class ByPartner(ByRecord):
    """Walks facts in the database; keeps none."""

    facts: PassingFacts

    def __init__(
        self,
        data: Data,
        source: PostgresFacts,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> None:
        """Take what every walk takes, and where the facts are."""
        super().__init__(data, exchange, families, amounts, at_window_end)
        self.facts = PassingFacts(data, source, exchange, families, amounts, at_window_end)

    def unconverted(self, ask: Ask) -> list[MissingRate]:
        """Return the facts in a plan's windows whose amounts have no rate on the last day."""
        with self.facts.passing(ask):
            return super().unconverted(ask)

    def measure(self, asks: Sequence[Ask]) -> list[list[Figure]]:
        """Return for each ask, for each occasion, the metric of every partner in order."""
        return [self._passed(ask) for ask in asks]

    def _passed(self, ask: Ask) -> list[Figure]:
        """Walk all occasions while the facts pass by once."""
        places = range(len(ask.occasions[0].partners))
        with self.facts.passing(ask):
            walks = [Walk(self.facts, ask.plan, occasion) for occasion in ask.occasions]
            rows = [[walk.trace(place).value for walk in walks] for place in places]
        return [[row[index] for row in rows] for index in range(len(walks))]


class PassingFacts(Facts):
    """Facts of the partner that is asked for: read for it alone, or taken as they pass by."""

    def __init__(
        self,
        data: Data,
        source: PostgresFacts,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> None:
        """Read nothing yet."""
        data = replace(data, facts=source)
        super().__init__(data, exchange, families, amounts, at_window_end)
        self.source = source
        self._passing: _Passing | None = None

    def missing_rates(
        self, table: str, amounts: Sequence[Exchanged], day: str
    ) -> list[MissingRate]:
        """Return the facts of a table, not yet set aside, whose amounts have no rate."""
        columns = list(self.source.columns(table))
        when, found = columns.index(day), []
        for _, fact in self.source.passing(table, None):
            for amount in amounts if fact.aside is None else ():
                if currency := self._lacks(fact, columns, amount, when):
                    on = fact.values[when]
                    place = (table, fact.file, fact.line, amount.column)
                    found.append(
                        MissingRate(*place, currency, on if isinstance(on, date) else None)
                    )
        return found

    @contextmanager
    def passing(self, ask: Ask) -> Iterator[None]:
        """Let the facts of all partners of an ask pass by, in the partners' order."""
        plan = ask.plan
        self._passing = _Passing(
            self, plan.scan.table, ask.occasions[0].partners, plan.reach.family
        )
        try:
            yield
        finally:
            self._passing.close()
            self._passing = None

    def reached(
        self, table: str, partner: str, family: bool, day: str
    ) -> Iterator[tuple[Fact, str, str]]:
        """Yield a partner's facts (or its family's), those set aside too, with owner and branch."""
        lacks = self._lacking_rate(table, day)
        if self._passing is not None:
            found = iter(self._passing.of(partner))
        else:
            found = self._read_for(table, self.members(partner, family))
        for fact, owner, branch in found:
            yield fact._replace(aside=NO_RATE) if lacks(fact) else fact, owner, branch

    def members(self, partner: str, family: bool) -> list[tuple[str, str]]:
        """Return whose facts count for a partner, each with its branch."""
        return self.families.members(partner) if family else [(partner, partner)]

    def _read_for(self, table: str, members: list[tuple[str, str]]) -> Iterator[Reached]:
        owner = list(self.source.columns(table)).index(self.data.spec.facts[table].partner)
        by_owner: dict[str, list[Fact]] = {}
        for fact in self.source.rows(table, [each for each, _ in members]):
            by_owner.setdefault(str(fact.values[owner]), []).append(fact)
        for each, branch in members:
            yield from ((fact, each, branch) for fact in by_owner.get(each, ()))

    def _lacking_rate(self, table: str, day: str) -> Callable[[Fact], bool]:
        """Return what says whether an amount of a fact has no rate on its day."""
        columns = list(self.source.columns(table))
        when = columns.index(day)
        amounts = () if self.at_window_end else self.amounts.get(table, ())
        return lambda fact: (
            fact.aside is None
            and any(self._lacks(fact, columns, amount, when) for amount in amounts)
        )


class _Passing:
    """A table's facts on their way past, for partners in their order."""

    def __init__(
        self, facts: PassingFacts, table: str, partners: Sequence[str], family: bool
    ) -> None:
        self.facts, self.table = facts, table
        self.places = {partner: place for place, partner in enumerate(partners)}
        self.members = [
            (place, owner, branch)
            for place, partner in enumerate(partners)
            for owner, branch in facts.members(partner, family)
        ]
        self.place = -1
        self.here: list[Reached] = []
        self.ahead: tuple[int, Fact] | None = None
        self.coming: Generator[tuple[int, Fact]] | None = None

    def of(self, partner: str) -> list[Reached]:
        """Return the facts of a partner; going back begins anew."""
        place = self.places[partner]
        if place != self.place:
            if self.place < 0 or place < self.place:
                self._begin()
            self.here, self.place = self._until(place), place
        return self.here

    def _begin(self) -> None:
        self.close()
        self.ahead = None
        self.coming = self.facts.source.passing(self.table, [each for _, each, _ in self.members])

    def _until(self, wanted: int) -> list[Reached]:
        """Take what belongs to a place, past what comes before; leave what comes after."""
        found: list[Reached] = []
        while True:
            self.ahead = self.ahead or next(self.coming or iter(()), None)
            if self.ahead is None:
                return found
            member, fact = self.ahead
            place, owner, branch = self.members[member]
            if place > wanted:
                return found
            if place == wanted:
                found.append((fact, owner, branch))
            self.ahead = None

    def close(self) -> None:
        """Let the rest go."""
        if self.coming is not None:
            self.coming.close()
