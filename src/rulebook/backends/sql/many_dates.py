"""Measures on many dates with one reading of the facts, where windows move on alike for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from rulebook.backends.backend import Ask, Figure
from rulebook.backends.sql.answers import figure
from rulebook.backends.sql.engine import TooWide
from rulebook.backends.sql.expressions import NotInSql
from rulebook.backends.sql.relations import Relations
from rulebook.backends.sql.series import SeriesScan, Stretches, Windows, sightings
from rulebook.backends.sql.source import aliased, column
from rulebook.backends.sql.tables import Tables
from rulebook.columns import Column, Numbers, from_arrow, from_units
from rulebook.plan.passes import scans
from rulebook.plan.scans import SharedScan, Wanted

#: The most that a running sum may come to: one limb.
_LIMIT = 2**62
#: For each aggregate of each ask, its values by occasion.
Totals = list[dict[int, list[Column]]]


class ManyDates:
    """Plans on several occasions, over one database."""

    def __init__(self, tables: Tables, relations: Relations) -> None:
        """Put nothing yet."""
        self.tables, self.relations = tables, relations

    def measure(self, asks: Sequence[tuple[Ask, Windows]]) -> list[list[Figure]] | None:
        """Return the figures on all occasions; None where SQL can't say it, or it is too wide."""
        totals: Totals = [{} for _ in asks]
        try:
            for scan in scans([(ask.plan, date.min) for ask, _ in asks]):
                self._scan(scan, asks, totals)
        except (NotInSql, TooWide):
            return None
        return [
            [
                figure(ask.plan, occasion, [found[place][index] for place in sorted(found)])
                for index, occasion in enumerate(ask.occasions)
            ]
            for (ask, _), found in zip(asks, totals, strict=True)
        ]

    def _scan(self, scan: SharedScan, asks: Sequence[tuple[Ask, Windows]], totals: Totals) -> None:
        partners = asks[scan.wanted[0].ask][0].occasions[0].partners
        self.relations.put_scope(scan.family, partners, [])
        given = self.tables.given(
            scan.table, self.relations, scan.rate_day, set(), {}, scan.amounts
        )
        query = SeriesScan(scan, given, {}, None)
        days = self._days(scan)
        count = len(partners)
        if scan.distinct is None:
            windows = [asks[each.ask][1] for each in scan.wanted]
            for wanted, found in zip(
                scan.wanted, self._added(query, windows, days, count), strict=True
            ):
                totals[wanted.ask][wanted.place] = found
            return
        for wanted in scan.wanted:
            found = self._seen(query, wanted, asks[wanted.ask][1], days, count)
            totals[wanted.ask][wanted.place] = found

    def _days(self, scan: SharedScan) -> tuple[date, date] | None:
        """Return the first and the last day of a table's facts; None where there is none."""
        day = column(scan.slots[0].during.day, "f")
        fact = aliased(self.tables.engine.table(f"fact_{scan.table}"), "f")
        query = exp.select(exp.Min(this=day).as_("low"), exp.Max(this=day.copy()).as_("high"))
        aside = exp.Is(this=column("_aside", "f"), expression=exp.null())
        found = self.tables.answer(query.from_(fact).where(aside), f"the days of {scan.table}")
        low, high = (each[0].as_py() for each in found.columns)
        return None if low is None else (low, high)

    def _added(
        self,
        query: SeriesScan,
        windows: Sequence[Windows],
        days: tuple[date, date] | None,
        count: int,
    ) -> list[list[Column]]:
        """Return each aggregate by occasion, from its running sums by stretch."""
        stretches = Stretches.of(windows)
        width = len(stretches.borders)
        if days is None:
            return [_nothing(len(each.days), count) for each in windows]
        self.relations.engine.put("calendar", stretches.columns(*days))
        metrics = ", ".join(dict.fromkeys(str(each.agg.name) for each in query.scan.wanted))
        answer = self.tables.answer(query.added(), f"{metrics} of {query.scan.table}")
        places, numbers = (answer.column(word).to_numpy() for word in ("place", "stretch"))
        found: list[list[Column]] = []
        for index, each in enumerate(windows, 2):
            sums = from_arrow(answer.column(index))
            if not isinstance(sums, Numbers) or sums.high is not None:
                raise TooWide
            if sums.bound * width >= _LIMIT:
                raise TooWide
            grid = np.zeros((count, width + 1), np.int64)
            grid[places, numbers + 1] = sums.units
            np.cumsum(grid, axis=1, out=grid)
            found.append(self._between(grid, stretches, each, sums.scale))
        return found

    def _between(
        self, grid: NDArray[np.int64], stretches: Stretches, windows: Windows, scale: int
    ) -> list[Column]:
        columns: list[Column] = []
        for pair in windows.days:
            low, high = (0, 0) if pair is None else stretches.of_window(*pair)
            columns.append(from_units(grid[:, high] - grid[:, low], scale))
        return columns

    def _seen(
        self,
        query: SeriesScan,
        wanted: Wanted,
        windows: Windows,
        days: tuple[date, date] | None,
        count: int,
    ) -> list[Column]:
        """Return a distinct count by occasion."""
        value = query.scan.distinct
        assert value is not None
        if days is None:
            return _nothing(len(windows.days), count)
        self.relations.engine.put("calendar", sightings(windows, *days))
        answer = self.tables.answer(
            query.seen(wanted, value), f"distinct values of {query.scan.table}"
        )
        places, begins, ends, counts = (each.to_numpy() for each in answer.columns)
        there = [index for index, pair in enumerate(windows.days) if pair is not None]
        grid = np.zeros((count, len(there) + 1), np.int64)
        np.add.at(grid, (places, begins), counts)
        np.subtract.at(grid, (places, ends + 1), counts)
        np.cumsum(grid, axis=1, out=grid)
        columns = _nothing(len(windows.days), count)
        for number, index in enumerate(there):
            columns[index] = from_units(grid[:, number].copy())
        return columns


def _nothing(occasions: int, count: int) -> list[Column]:
    return [from_units(np.zeros(count, np.int64)) for _ in range(occasions)]
