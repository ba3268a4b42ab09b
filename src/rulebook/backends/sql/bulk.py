"""Runs plans in bulk: queries for whatever database holds the tables.

What SQL can't say with the same answer, and what outgrows a database's digits on the way, is
walked fact by fact instead: one plan, several ways to run it, one answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
from sqlglot import exp

from rulebook.backends.backend import Ask, Figure, MissingRate, Occasion
from rulebook.backends.by_record import ByRecord
from rulebook.backends.families import Families
from rulebook.backends.sql.answers import figure, spread
from rulebook.backends.sql.engine import Engine, EngineError, TooWide
from rulebook.backends.sql.expressions import NotInSql
from rulebook.backends.sql.many_dates import ManyDates
from rulebook.backends.sql.query import Query
from rulebook.backends.sql.relations import Relations, last_days_of
from rulebook.backends.sql.series import windows_of
from rulebook.backends.sql.shared import Shared
from rulebook.backends.sql.tables import Tables
from rulebook.dataset.data import Data
from rulebook.errors import MeasureError, Problem
from rulebook.plan.passes import averaged
from rulebook.plan.steps import Exchanged, Plan
from rulebook.values.money import Exchange


class Bulk:
    """One program's plans over one database."""

    def __init__(
        self,
        data: Data,
        engine: Engine,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
        *,
        codes: pa.Array | None = None,
    ) -> None:
        """Put no relation yet. `codes` has the partner of each `_code`, where facts have codes."""
        self.exchange, self.at_window_end = exchange, at_window_end
        self.tables = Tables(data, engine, exchange, amounts, at_window_end)
        self.relations = Relations(engine, families, exchange, codes)
        self.shared = Shared(self.tables, self.relations)
        #: Looks at the tables again, where they can change under an open run.
        #: Returns by fact table where the rows lie that came, if nothing else changed there.
        self.lay_out_again: Callable[[], Mapping[str, str | None]] = dict
        self.many_dates = ManyDates(self.tables, self.relations)
        self.by_record: ByRecord = ByRecord(data, exchange, families, amounts, at_window_end)

    def facts_changed(self) -> None:
        """Look again at the facts: some were added, withdrawn or corrected."""
        self.tables.look_again(self.lay_out_again())

    def missing_rates(
        self, table: str, amounts: Sequence[Exchanged], day: str
    ) -> list[MissingRate]:
        """Return the facts of a table, not yet set aside, whose amounts have no rate."""
        lacking = any(self.tables.lacks_rate(table, amount, day) for amount in amounts)
        found = self.by_record.missing_rates(table, amounts, day) if lacking else []
        self.tables.missing[table] = frozenset(row.column for row in found)
        return found

    def unconverted(self, ask: Ask) -> list[MissingRate]:
        """Return the facts in a plan's windows whose amounts have no rate on the last day."""
        if not self.at_window_end:
            return []
        plan, days = ask.plan, last_days_of(ask.occasions)
        for amount in plan.convert.amounts:
            pairs = self.tables.pairs(plan.scan.table, amount, plan.convert.day)
            currencies = {currency for currency, _ in pairs}
            if any(self.exchange.rate(c, day) is None for c in currencies for day in days):
                return self.by_record.unconverted(ask)
        return []

    def measure(self, asks: Sequence[Ask]) -> list[list[Figure]]:
        """Return for each ask, for each occasion, the metric of every partner in order.

        Raises MeasureError that names the database where that fails.
        """
        try:
            return self._measured(asks)
        except EngineError as error:
            message = f"{self.tables.engine.name} failed: {error}"
            raise MeasureError([Problem(message)]) from error

    def _measured(self, asks: Sequence[Ask]) -> list[list[Figure]]:
        asks = [Ask(averaged(ask.plan), ask.occasions) for ask in asks]
        sharing = [index for index, ask in enumerate(asks) if _shares(ask)]
        found = self.shared.measure([asks[index] for index in sharing])
        shared = dict(zip(sharing, found, strict=True))
        answers = self.shared.on_many_dates(
            {n: ask for n, ask in enumerate(asks) if _ungrouped(ask) and len(ask.occasions) > 1}
        )
        answers |= self._on_many_dates({n: a for n, a in enumerate(asks) if n not in answers})
        answers |= self._date_by_date({n: a for n, a in enumerate(asks) if n not in answers})
        for index, ask in enumerate(asks):
            answer = shared.get(index)
            if answer is not None:
                answers[index] = [answer]
            elif index in shared:  # SQL can't say it
                answers[index] = self.by_record.measure([ask])[0]
            elif index not in answers:
                answers[index] = self._alone(ask)
        return [answers[index] for index in range(len(asks))]

    def _on_many_dates(self, asks: Mapping[int, Ask]) -> dict[int, list[Figure]]:
        """Measure what one query answers on all its occasions."""
        found = [(i, a, windows_of(a)) for i, a in asks.items() if len(a.occasions) > 2]
        fitting = [(index, (ask, days)) for index, ask, days in found if days is not None]
        answers = self.many_dates.measure([pair for _, pair in fitting]) if fitting else None
        return {} if answers is None else {i: a for (i, _), a in zip(fitting, answers, strict=True)}

    def _date_by_date(self, asks: Mapping[int, Ask]) -> dict[int, list[Figure]]:
        """Measure on each date what can share a scan there: windows that differ by partner."""
        fitting = {n: ask for n, ask in asks.items() if _ungrouped(ask) and len(ask.occasions) > 1}
        by_date: dict[date, list[tuple[int, int]]] = {}
        for number, ask in fitting.items():
            for index, occasion in enumerate(ask.occasions):
                by_date.setdefault(occasion.as_of, []).append((number, index))
        answers: dict[int, dict[int, Figure]] = {number: {} for number in fitting}
        for wanted in by_date.values():
            alone = [Ask(asks[n].plan, [asks[n].occasions[index]]) for n, index in wanted]
            found = self.shared.measure(alone)
            for (number, index), ask, answer in zip(wanted, alone, found, strict=True):
                if answer is None:  # SQL can't say it
                    answer = self.by_record.measure([ask])[0][0]
                answers[number][index] = answer
        return {n: [found[i] for i in sorted(found)] for n, found in answers.items()}

    def _alone(self, ask: Ask) -> list[Figure]:
        """Measure one metric by itself, fact by fact where SQL can't say it."""
        try:
            answer = self.tables.answer(self.query(*ask), f"the metric {ask.plan.metric}")
        except (NotInSql, TooWide):
            return self.by_record.measure([ask])[0]
        places, numbers = (answer.column(name).to_numpy() for name in ("place", "o"))
        figures: list[Figure] = []
        for number, occasion in enumerate(ask.occasions):
            here = np.flatnonzero(numbers == number)
            rows = answer.take(pa.array(here))
            totals = [
                spread(rows.column(2 + index), places[here], agg, occasion)
                for index, agg in enumerate(ask.plan.total.aggregates)
            ]
            figures.append(figure(ask.plan, occasion, totals))
        return figures

    def query(self, plan: Plan, occasions: Sequence[Occasion]) -> exp.Expression:
        """Return a plan's query, with the relations that it reads put in place, or NotInSql."""
        by_partner = any(len(occasion.spans) > 1 for occasion in occasions)
        self.relations.put_members(plan.reach.family, occasions[0].partners)
        self.relations.put_spans(occasions, by_partner)
        constants = self.relations.put_constants(plan.constants, occasions)
        days = last_days_of(occasions) if self.at_window_end else set()
        convert = plan.convert
        given = self.tables.given(
            plan.scan.table, self.relations, convert.day, days, constants, convert.amounts
        )
        return Query(plan, given, by_partner).sql()


def _ungrouped(ask: Ask) -> bool:
    """Whether a plan can share a scan."""
    return ask.plan.grouped is None


def _shares(ask: Ask) -> bool:
    """Whether a plan can share a scan, and is wanted on one occasion."""
    return _ungrouped(ask) and len(ask.occasions) == 1


__all__ = ["Bulk"]
