"""Measures together what can share a reading of the facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from rulebook.backends.backend import Ask, Figure, Occasion
from rulebook.backends.sql.answers import figure, spread
from rulebook.backends.sql.engine import TooWide
from rulebook.backends.sql.expressions import NotInSql
from rulebook.backends.sql.relations import Relations, last_days_of
from rulebook.backends.sql.scan import NotSayable, Scan, days_of
from rulebook.backends.sql.tables import Tables
from rulebook.columns import Column
from rulebook.plan.passes import scans
from rulebook.plan.scans import SharedScan, Slot


class InArrays(Protocol):
    """Facts that lie in arrays beside the database, with codes for partners."""

    def keep(self, keeps: bool) -> None:
        """Keep what doesn't depend on the date, as many are asked for now; or let it go."""

    def totals(
        self, scan: SharedScan, occasions: Mapping[Slot, Occasion], relations: Relations
    ) -> list[Column] | None:
        """Return each aggregate wanted, by place; None where the database must be asked."""


class Shared:
    """Plans without groups, each on one occasion."""

    def __init__(self, tables: Tables, relations: Relations) -> None:
        """Put nothing yet."""
        self.tables, self.relations = tables, relations
        self.arrays: InArrays | None = None

    def measure(self, asks: Sequence[Ask]) -> list[Figure | None]:
        """Return the figures asked for, None where SQL can't say one or it outgrows digits.

        What fails is left out, and the rest is shared without it.
        """
        left = dict(enumerate(asks))
        answers: list[Figure | None] = [None] * len(asks)
        while left:
            order = list(left)
            try:
                found = self._together([left[index] for index in order])
            except NotSayable as error:
                del left[order[error.ask]]
                continue
            except (NotInSql, TooWide):
                if len(left) > 1:  # somebody's: each by itself will tell whose
                    return [self.measure([ask])[0] for ask in asks]
                return answers
            for index, answer in zip(order, found, strict=True):
                answers[index] = answer
            return answers
        return answers

    def query(self, scan: SharedScan, asks: Sequence[Ask]) -> Scan:
        """Return a scan's query, with the relations that it reads put in place, or NotInSql."""
        by_slot = {each.slot: asks[each.ask].occasions[0] for each in scan.wanted}
        occasion = _with_all_constants([asks[each.ask].occasions[0] for each in scan.wanted])
        days, spans = days_of(by_slot)
        self.relations.put_scope(scan.family, occasion.partners, spans)
        constants = self.relations.put_constants(scan.constants, [occasion])
        last_days = last_days_of(by_slot.values()) if self.tables.at_window_end else set()
        given = self.tables.given(
            scan.table, self.relations, scan.rate_day, last_days, constants, scan.amounts
        )
        return Scan(scan, given, days, self._one(scan, occasion))

    def _one(self, scan: SharedScan, occasion: Occasion) -> tuple[str, int | None] | None:
        """Return whose facts alone count, if it is one partner's: others' need not be read."""
        if len(occasion.partners) != 1:
            return None
        members = self.relations.members(scan.family, occasion.partners)
        return (members[0], self.relations.code_of(members[0])) if len(members) == 1 else None

    @contextmanager
    def many_dates(self) -> Iterator[None]:
        """Many dates are asked for meanwhile, one after the other."""
        if self.arrays is not None:
            self.arrays.keep(True)
        try:
            yield
        finally:
            if self.arrays is not None:
                self.arrays.keep(False)

    def _in_arrays(self, scan: SharedScan, asks: Sequence[Ask]) -> list[Column] | None:
        if self.arrays is None or self.tables.missing.get(scan.table):
            return None
        occasions = {each.slot: asks[each.ask].occasions[0] for each in scan.wanted}
        return self.arrays.totals(scan, occasions, self.relations)

    def _together(self, asks: Sequence[Ask]) -> list[Figure]:
        totals: list[dict[int, Column]] = [{} for _ in asks]
        for scan in scans([(ask.plan, ask.occasions[0].as_of) for ask in asks]):
            found = self._in_arrays(scan, asks)
            if found is not None:
                for wanted, column in zip(scan.wanted, found, strict=True):
                    totals[wanted.ask][wanted.place] = column
                continue
            query = self.query(scan, asks).sql()
            metrics = dict.fromkeys(asks[each.ask].plan.metric for each in scan.wanted)
            answer = self.tables.answer(query, f"the metrics {', '.join(metrics)}")
            places = answer.column(0).to_numpy()
            for number, wanted in enumerate(scan.wanted, 1):
                occasion = asks[wanted.ask].occasions[0]
                column = spread(answer.column(number), places, wanted.agg, occasion)
                totals[wanted.ask][wanted.place] = column
        return [
            figure(ask.plan, ask.occasions[0], [found[place] for place in sorted(found)])
            for ask, found in zip(asks, totals, strict=True)
        ]


def _with_all_constants(occasions: Sequence[Occasion]) -> Occasion:
    """Return the first occasion with the constants of all: those that share have one date."""
    found = {ref: column for each in occasions for ref, column in each.constants.items()}
    return replace(occasions[0], constants=found)
