"""polars: a lazy scan of the folder's Parquet files, run by its streaming engine.

By trial faster here than frames in memory, and in less of it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from benchmarks.answers import Answer
from benchmarks.generator import make_folder
from benchmarks.peers.small_tables import RATE_ONE, SmallTables, bars, windows
from benchmarks.peers.tiers import levelled
from benchmarks.sizes import AS_OF, Size
from benchmarks.timing import Measured, measured

_STRATEGIC = ["L00", "L01", "L02", "L03", "L04", "L05"]


class Scan:
    """A folder's sales as a lazy frame, its small tables as frames."""

    def __init__(self, tables: SmallTables) -> None:
        self.tables = tables
        self.sales = pl.scan_parquet(tables.sales)
        self.held = pl.scan_parquet(tables.certificates)
        ancestor, partner = tables.pairs
        spans = tables.spans(AS_OF)
        limits = ("low", "high", "previous_low", "previous_high")
        given = {name: _days(getattr(spans, name)[ancestor]) for name in limits}
        names = pl.Series(tables.partners).gather(partner)
        self.pairs = pl.DataFrame({"partner_id": names, "ancestor": ancestor, **given}).lazy()
        rates = pl.DataFrame(
            tables.daily_rates(), schema=["currency", "order_date", "rate"], orient="row"
        )
        self.rates = rates.with_columns(pl.col("order_date").cast(pl.Date)).lazy()

    def lines(self, statuses: list[str], low: int, high: int) -> pl.LazyFrame:
        """Return lines with their converted cents, once for each ancestor."""
        cents = (pl.col("amount") * 100).cast(pl.Int64)
        usd = (cents * pl.col("rate") + RATE_ONE // 2) // RATE_ONE
        first, last = _days(np.array([low, high]))
        within = pl.col("order_date").is_between(first, last)
        return (
            self.sales.filter(pl.col("status").is_in(statuses) & within)
            .join(self.rates, on=["currency", "order_date"])
            .with_columns(usd=usd)
            .drop("amount", "rate", "currency", "status", "line_id")
            .join(self.pairs, on="partner_id")
        )


def level(size: Size) -> Measured:
    """W1."""
    tables = SmallTables(make_folder(size))
    scan = Scan(tables)
    enrolled, asked = tables.spans(AS_OF).enrolled, bars()
    return measured(lambda: levelled(metrics(scan), enrolled, asked), lambda answer: answer)


def refilter(size: Size, statuses: list[str]) -> Measured:
    """W3."""
    scan = Scan(SmallTables(make_folder(size)))

    def again() -> Answer:
        (low, high), _ = windows(AS_OF)
        lines = scan.lines(statuses, low, high)
        lines = lines.filter(pl.col("order_date").is_between(pl.col("low"), pl.col("high")))
        sums = lines.group_by("ancestor").agg(revenue=pl.col("usd").sum())
        return _spread(scan, sums.collect(engine="streaming"))

    return measured(again, lambda answer: answer)


def metrics(scan: Scan) -> Answer:
    """Return the metrics of all partners."""
    (_, high), (low, _) = windows(AS_OF)
    here = pl.col("order_date") >= pl.col("low")
    within = pl.col("order_date").is_between(pl.col("low"), pl.col("high"))
    before = pl.col("order_date").is_between(pl.col("previous_low"), pl.col("previous_high"))
    lines = scan.lines(["won"], low, high).filter(within | before).with_columns(here=here)
    new, strategic = pl.col("deal_type") == "new", pl.col("product_line").is_in(_STRATEGIC)
    usd = pl.col("usd")
    # A filtered sum as a product: faster here than `filter` inside a group.
    sums = lines.group_by("ancestor").agg(
        revenue=(usd * pl.col("here")).sum(),
        new_revenue=(usd * (pl.col("here") & new)).sum(),
        strategic_revenue=(usd * (pl.col("here") & strategic)).sum(),
        previous_revenue=(usd * ~pl.col("here")).sum(),
        deals=pl.col("here").cast(pl.Int64).sum(),
    )
    current = lines.filter(pl.col("here"))
    parts = [
        sums,
        _distinct(current, "customer_id", "customers"),
        _distinct(current, "product_line", "product_lines"),
        _certificates(scan),
    ]
    answer: Answer = {}
    for frame in pl.collect_all(parts, engine="streaming"):
        answer |= _spread(scan, frame)
    return answer


def _distinct(lines: pl.LazyFrame, column: str, name: str) -> pl.LazyFrame:
    return lines.select("ancestor", column).unique().group_by("ancestor").agg(pl.len().alias(name))


def _certificates(scan: Scan) -> pl.LazyFrame:
    until = pl.col("valid_until")
    held = (pl.col("valid_from") <= AS_OF) & (until.is_null() | (until > AS_OF))
    return (
        scan.held.filter(held)
        .join(scan.pairs, on="partner_id")
        .group_by("ancestor")
        .agg(certificates=pl.len())
    )


def _days(numbers: np.ndarray) -> pl.Series:
    return pl.Series(numbers.astype(np.int32)).cast(pl.Date)


def _spread(scan: Scan, frame: pl.DataFrame) -> Answer:
    places = frame["ancestor"].to_numpy()
    answer = {}
    for name in frame.columns[1:]:
        answer[name] = np.zeros(len(scan.tables.partners), dtype=np.int64)
        answer[name][places] = frame[name].to_numpy()
    return answer
