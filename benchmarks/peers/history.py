"""W5: tiers at many dates, from one pass over the sales or from a full run for each.

One pass: the days are cut at both ends of every window, and each line belongs to one of the pieces.
A window is then a run of pieces: sums come from running totals, product lines from bits. A customer
counts from the first date that sees a visit until the last that does, or until the next visit takes
over: each visit adds one where its dates begin and takes it away behind their end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.answers import Answer
from benchmarks.generator import make_history
from benchmarks.generator.chance import days
from benchmarks.generator.sales import dates as as_dates
from benchmarks.peers import duckdb_sql as sql
from benchmarks.peers.duckdb_by_hand import by_partner
from benchmarks.peers.duckdb_tables import add_rates, add_spans, open_sorted, reach
from benchmarks.peers.small_tables import SmallTables, bars, windows
from benchmarks.peers.tiers import criteria, tiers_of
from benchmarks.sizes import Size
from benchmarks.timing import Measured, clocked, repeated

#: So many of the dates are run one by one; the time is told for all of them.
SOME = 4
SUMS = ("revenue", "new_revenue", "strategic_revenue", "deals")

_LINES = f"""
FROM sales JOIN rate ON rate.currency = sales.currency AND rate.day = order_date
           JOIN product USING (product_line)
           JOIN piece ON piece.day = order_date
           JOIN family USING (partner_id)
WHERE {sql.WON} AND order_date BETWEEN enrolled_from AND enrolled_until
"""
_SUMS = f"""
SELECT ancestor, piece, sum({sql.CONVERTED})::BIGINT AS revenue,
       coalesce(sum({sql.CONVERTED}) FILTER (deal_type = 'new'), 0)::BIGINT AS new_revenue,
       coalesce(sum({sql.CONVERTED}) FILTER ({sql.STRATEGIC}), 0)::BIGINT AS strategic_revenue,
       count(*) AS deals, bit_or(1::INTEGER << bit::INTEGER) AS bits
{_LINES} GROUP BY ancestor, piece
"""
#: A visit as one number, so that sorting numbers brings a customer's visits together.
_VISITS = """
SELECT (ancestor::BIGINT * customers + customer_id) * pieces + piece AS visit
FROM sales JOIN piece ON piece.day = order_date JOIN family USING (partner_id),
     (SELECT max(customer_id)::BIGINT + 1 AS customers FROM sales),
     (SELECT max(piece) + 1 AS pieces FROM piece)
WHERE status = 'won' AND order_date BETWEEN enrolled_from AND enrolled_until
"""
_HELD = "SELECT ancestor, valid_from, valid_until FROM certificate JOIN family USING (partner_id)"


class OnePass:
    """Sixty dates over an open file."""

    def __init__(self, tables: SmallTables, dates: Sequence[date]) -> None:
        self.tables, self.dates, self.count = tables, dates, len(tables.partners)
        self.connection = open_sorted(tables)
        add_rates(self.connection, tables)
        spans = np.array([windows(day) for day in dates])
        spans[:, :, 1] += 1  # the day behind the end
        self.cuts = np.unique(spans)
        self.pieces = np.searchsorted(self.cuts, spans)
        day = np.arange(self.cuts[0], self.cuts[-1])
        piece = np.searchsorted(self.cuts, day, side="right") - 1
        self._make("piece", {"day": as_dates(day), "piece": piece})
        ancestor, partner = tables.pairs
        start = np.maximum(tables.start, self.cuts[0])[ancestor]
        end = np.minimum(tables.end, self.cuts[-1] - 1)[ancestor]
        limits = {"enrolled_from": start.clip(max=self.cuts[-1]), "enrolled_until": end}
        pairs = {"ancestor": ancestor, "partner_id": partner}
        self._make("family", pairs | {name: as_dates(column) for name, column in limits.items()})
        self.asked = bars()

    def _make(self, name: str, columns: dict[str, object]) -> None:
        self.connection.register("given", pa.table(columns))
        self.connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM given")

    def _fetch(self, statement: str) -> dict[str, np.ndarray]:
        table = self.connection.sql(statement).to_arrow_table()
        return {name: table[name].to_numpy() for name in table.column_names}

    def run(self) -> np.ndarray:
        """Return the tier of every partner, a row for each date."""
        sums = self._fetch(_SUMS)
        where = sums["piece"], sums["ancestor"]
        totals = {name: self._running(where, sums[name]) for name in SUMS}
        bits = np.zeros((len(self.cuts), self.count), dtype=np.int32)
        bits[where] = sums["bits"]
        customers, certificates = self._customers(), self._certificates()
        tiers = np.empty((len(self.dates), self.count), dtype=np.int64)
        for place, day in enumerate(self.dates):
            (low, high), (before_low, before_high) = self.pieces[place]
            metrics = {name: total[high] - total[low] for name, total in totals.items()}
            revenue = totals["revenue"]
            metrics["previous_revenue"] = revenue[before_high] - revenue[before_low]
            lines = np.bitwise_or.reduce(bits[low:high], axis=0)
            metrics["product_lines"] = np.bitwise_count(lines)
            metrics["customers"] = customers[place]
            metrics["certificates"] = certificates[place]
            enrolled = (self.tables.start <= days(day)) & (days(day) <= self.tables.end)
            tiers[place] = tiers_of(*criteria(metrics), enrolled, self.asked)
        return tiers

    def _running(self, where: tuple[np.ndarray, ...], values: np.ndarray) -> np.ndarray:
        """Return totals of all pieces before each cut, by cut and partner."""
        total = np.zeros((len(self.cuts) + 1, self.count), dtype=np.int64)
        total[1:][where] = values
        return total.cumsum(axis=0, out=total)

    def _customers(self) -> np.ndarray:
        visit = np.sort(self._fetch(_VISITS)["visit"])
        visit = visit[np.diff(visit, prepend=-1) > 0]
        count = len(self.cuts) - 1
        low, high = self.pieces[:, 0, 0], self.pieces[:, 0, 1]
        pair, piece = np.divmod(visit, count)
        sees = np.searchsorted(high, np.arange(count), side="right")
        behind = np.searchsorted(low, np.arange(count), side="right")
        first, end = sees[piece], behind[piece]
        same = pair[1:] == pair[:-1]
        end[:-1][same] = np.minimum(end[:-1], first[1:])[same]
        customers = int(self.connection.sql(
            "SELECT max(customer_id) + 1 FROM sales").fetchall()[0][0])  # fmt: skip
        ancestor = pair // customers
        counts = first < end
        return self._between(ancestor[counts], first[counts], end[counts])

    def _certificates(self) -> np.ndarray:
        held = self.connection.sql(_HELD).to_arrow_table()
        dates = np.array([days(day) for day in self.dates])
        start = held["valid_from"].cast("int32").to_numpy()
        until = held["valid_until"].cast("int32").fill_null(2**31 - 1).to_numpy()
        first, end = np.searchsorted(dates, start), np.searchsorted(dates, until)
        return self._between(held["ancestor"].to_numpy(), first, end)

    def _between(self, ancestor: np.ndarray, first: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Return for each date how many are between their first date and their end."""
        size = (len(self.dates) + 1) * self.count
        begun = np.bincount(first * self.count + ancestor, minlength=size)
        ended = np.bincount(end * self.count + ancestor, minlength=size)
        return (begun - ended).reshape(-1, self.count).cumsum(axis=0)


def one_pass(size: Size, dates: Sequence[date]) -> Measured:
    """Everything from one scan for sums and one for customers, put together in numpy."""
    work = OnePass(SmallTables(make_history(size)), dates)
    times, tiers = repeated(work.run)
    return Measured(named(dates, tiers), {"run": times})


def run_each(size: Size, dates: Sequence[date]) -> Measured:
    """The full run of W1, date by date: four of them, told for all."""
    tables = SmallTables(make_history(size))
    connection = open_sorted(tables)
    add_rates(connection, tables)
    some = dates[13 :: len(dates) // SOME]  # among them 2025-02-28, a year after a leap day
    tiers, seconds = [], 0.0
    for day in some:
        add_spans(connection, tables, day)
        taken, tier = clocked(lambda day=day: _tier(connection, day))
        seconds += taken
        tiers.append(tier)
    note = f"≈: {len(some)} of {len(dates)} dates were run"
    return Measured(named(some, tiers), {"run": [seconds * len(dates) / len(some)]}, [note])


def _tier(connection: duckdb.DuckDBPyConnection, day: date) -> np.ndarray:
    table = connection.sql(sql.full_run(*reach(day))).to_arrow_table()
    return by_partner(table)["tier"]


def named(dates: Sequence[date], tiers: Sequence[np.ndarray]) -> Answer:
    """Return tiers as one column a date."""
    return {f"tier {day}": tier for day, tier in zip(dates, tiers, strict=True)}
