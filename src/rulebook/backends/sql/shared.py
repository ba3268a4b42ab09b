"""Measures together what can share a reading of the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

#: Many dates are asked for so many at a time: their windows are in memory together.
DATES = 64


class InArrays(Protocol):
    """Facts that lie in arrays beside the database, with codes for partners."""

    def totals(
        self,
        scans: Sequence[SharedScan],
        occasions: Mapping[Slot, Occasion],
        relations: Relations,
    ) -> list[list[Column] | None]:
        """Return for each scan its aggregates, by place; None where the database must be asked."""


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

    def on_many_dates(self, asks: Mapping[int, Ask]) -> dict[int, list[Figure]]:
        """Return the figures of asks that arrays answer on all occasions, some dates at a time."""
        found: dict[int, list[Figure]] = {number: [] for number in asks}
        longest = max((len(ask.occasions) for ask in asks.values()), default=0)
        for first in range(0, longest, DATES):
            flat = [
                (number, Ask(asks[number].plan, [occasion]))
                for number in found
                for occasion in asks[number].occasions[first : first + DATES]
            ]
            alone = [ask for _, ask in flat]
            shared = scans([(ask.plan, ask.occasions[0].as_of) for ask in alone])
            totals: list[dict[int, Column]] = [{} for _ in alone]
            for scan, columns in zip(shared, self._in_arrays(shared, alone), strict=True):
                for place, wanted in enumerate(scan.wanted):
                    if columns is None:
                        found.pop(flat[wanted.ask][0], None)
                    else:
                        totals[wanted.ask][wanted.place] = columns[place]
            for (number, ask), parts in zip(flat, totals, strict=True):
                if number in found:
                    found[number].append(_figure(ask, parts))
        return found

    def _in_arrays(
        self, scans: Sequence[SharedScan], asks: Sequence[Ask]
    ) -> list[list[Column] | None]:
        """Return what arrays answer of scans: None for one that the database must."""
        whole = [n for n, scan in enumerate(scans) if not self.tables.missing.get(scan.table)]
        found: list[list[Column] | None] = [None] * len(scans)
        if self.arrays is None or not whole:
            return found
        occasions = {
            each.slot: asks[each.ask].occasions[0] for n in whole for each in scans[n].wanted
        }
        answers = self.arrays.totals([scans[n] for n in whole], occasions, self.relations)
        for number, answer in zip(whole, answers, strict=True):
            found[number] = answer
        return found

    def _together(self, asks: Sequence[Ask]) -> list[Figure]:
        totals: list[dict[int, Column]] = [{} for _ in asks]
        shared = scans([(ask.plan, ask.occasions[0].as_of) for ask in asks])
        for scan, found in zip(shared, self._in_arrays(shared, asks), strict=True):
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
        return [_figure(ask, found) for ask, found in zip(asks, totals, strict=True)]


def _figure(ask: Ask, totals: Mapping[int, Column]) -> Figure:
    """Return a plan's figure from its aggregates by place."""
    return figure(ask.plan, ask.occasions[0], [totals[place] for place in sorted(totals)])


def _with_all_constants(occasions: Sequence[Occasion]) -> Occasion:
    """Return the first occasion with the constants of all: those that share have one date."""
    found = {ref: column for each in occasions for ref, column in each.constants.items()}
    return replace(occasions[0], constants=found)
