"""Facts by partner, read once, with the rates that convert their amounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from rulebook.backends.backend import MissingRate
from rulebook.backends.by_record.trace import Counted
from rulebook.backends.families import Families
from rulebook.dataset.data import NO_RATE, Data, Fact
from rulebook.plan.steps import Exchanged, Plan
from rulebook.values.money import Exchange


class Facts:
    """The facts of one set of data, as one program's money sees them."""

    def __init__(
        self,
        data: Data,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> None:
        """Read nothing yet."""
        self.data, self.exchange, self.families = data, exchange, families
        self.amounts, self.at_window_end = amounts, at_window_end
        self.partners = list(data.partners)
        self._by_partner: dict[str, dict[str, list[Fact]]] = {}

    def reached(
        self, table: str, partner: str, family: bool, day: str
    ) -> Iterator[tuple[Fact, str, str]]:
        """Yield a partner's facts (or its family's), those set aside too, with owner and branch.

        `day` is the column of the day whose rate converts amounts.
        """
        if table not in self._by_partner:
            self._by_partner[table] = self._read(table, day)
        by_partner = self._by_partner[table]
        members = self.families.members(partner) if family else [(partner, partner)]
        for owner, branch in members:
            for fact in by_partner.get(owner, ()):
                yield fact, owner, branch

    def _read(self, table: str, day: str) -> dict[str, list[Fact]]:
        columns = list(self.data.facts.columns(table))
        owner, when = columns.index(self.data.spec.facts[table].partner), columns.index(day)
        amounts = () if self.at_window_end else self.amounts.get(table, ())
        found: dict[str, list[Fact]] = {}
        for fact in self.data.facts.rows(table, self.partners):
            kept = fact
            if fact.aside is None and any(self._lacks(fact, columns, a, when) for a in amounts):
                kept = fact._replace(aside=NO_RATE)
            found.setdefault(str(fact.values[owner]), []).append(kept)
        return found

    def missing_rates(
        self, table: str, amounts: Sequence[Exchanged], day: str
    ) -> list[MissingRate]:
        """Return the facts of a table, not yet set aside, whose amounts have no rate."""
        columns = list(self.data.facts.columns(table))
        when = columns.index(day)
        found = []
        for fact in self.data.facts.rows(table, None):
            for amount in amounts if fact.aside is None else ():
                currency = self._lacks(fact, columns, amount, when)
                if currency:
                    place = (table, fact.file, fact.line, amount.column)
                    found.append(MissingRate(*place, currency, _day(fact.values[when])))
        return found

    def lacking(self, plan: Plan, row: Counted) -> Iterator[MissingRate]:
        """Yield the amounts of a fact that have no rate on the last day of a plan's window."""
        columns = list(self.data.facts.columns(plan.scan.table))
        for amount in plan.convert.amounts:
            currency = self.currency(amount, columns)(row.fact)
            filled = row.fact.values[columns.index(amount.column)] is not None
            if filled and self.exchange.rate(currency, row.last_day) is None:
                place = (plan.scan.table, row.fact.file, row.fact.line, amount.column)
                yield MissingRate(*place, currency, row.last_day)

    def _lacks(self, fact: Fact, columns: list[str], amount: Exchanged, day: int) -> str | None:
        """Return the currency for which there is no rate on the fact's day, or None."""
        if fact.values[columns.index(amount.column)] is None:
            return None
        currency = self.currency(amount, columns)(fact)
        return None if self.exchange.rate(currency, _day(fact.values[day])) else currency

    def currency(self, amount: Exchanged, columns: list[str]) -> Callable[[Fact], str]:
        """Return what gives the currency of a fact's amount."""
        if amount.constant:
            return lambda _: amount.currency or self.exchange.currency
        place = columns.index(amount.currency)
        return lambda fact: str(fact.values[place])

    def converted(
        self, amount: Exchanged, columns: list[str], day: str
    ) -> Callable[[Fact, date], Decimal | None]:
        """Return what converts a fact's amount; the date is the window's last day."""
        index, when = columns.index(amount.column), columns.index(day)
        currency, exchange = self.currency(amount, columns), self.exchange

        def convert(fact: Fact, last_day: date) -> Decimal | None:
            value: Any = fact.values[index]
            if value is None:
                return None
            rate_day = last_day if self.at_window_end else _day(fact.values[when])
            rate = exchange.rate(currency(fact), rate_day)
            return None if rate is None else exchange.convert(value, rate)

        return convert


def _day(value: Any) -> date:
    assert isinstance(value, date)
    return value
