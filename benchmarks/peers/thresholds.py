"""W2: other thresholds on metrics that are there, with what people would reach for.

Metrics lie ready in the peer's own form, the tier before the change beside them. Asked for is how
many partners have each tier then (first those with none), and how many have another than before.
"""

from __future__ import annotations

import numpy as np

from benchmarks.answers import CRITERIA, TIERS, Answer
from benchmarks.peers import duckdb_by_hand
from benchmarks.peers.small_tables import bars
from benchmarks.peers.tiers import criteria, tiers_of
from benchmarks.sizes import AS_OF, Size
from benchmarks.timing import Measured, measured

Change = tuple[int, int, int]
#: Stands for a growth without a value: below every bar.
_NOTHING = -(2**62)


class Ready:
    """Criteria by partner, who is enrolled, and the tier before."""

    def __init__(self, size: Size) -> None:
        metrics, tables = duckdb_by_hand.metrics(size)
        self.values, self.nothing = criteria(metrics)
        self.enrolled = tables.spans(AS_OF).enrolled
        self.tier = tiers_of(self.values, self.nothing, self.enrolled, bars())

    def columns(self) -> dict[str, np.ndarray]:
        """Return everything as named columns."""
        named = dict(zip(CRITERIA, self.values, strict=True))
        named["growth"] = np.where(self.nothing, _NOTHING, named["growth"])
        return {**named, "enrolled": self.enrolled, "tier": self.tier}


def _changed(tier: int, criterion: int, bar: int) -> np.ndarray:
    asked = bars()
    asked[tier, criterion] = bar
    return asked


def _counts(tier: np.ndarray) -> np.ndarray:
    return np.bincount(tier + 1, minlength=len(TIERS) + 1)


def numpy_whatif(size: Size, change: Change) -> Measured:
    """All tiers anew in numpy."""
    ready, asked = Ready(size), _changed(*change)

    def again() -> Answer:
        tier = tiers_of(ready.values, ready.nothing, ready.enrolled, asked)
        return {"tiers": _counts(tier), "movers": np.array([(tier != ready.tier).sum()])}

    return measured(again, lambda answer: answer)


def pandas_whatif(size: Size, change: Change) -> Measured:
    """All tiers anew in pandas, a frame comparison for each tier."""
    import pandas as pd

    frame, asked = pd.DataFrame(Ready(size).columns()), _changed(*change)

    def again() -> Answer:
        tier = pd.Series(-1, index=frame.index)
        for place, row in enumerate(asked):
            met = (frame[list(CRITERIA)] >= row).all(axis=1) & frame["enrolled"]
            tier = tier.mask(met, place)
        moved = int((tier != frame["tier"]).sum())
        return {"tiers": _counts(tier.to_numpy()), "movers": np.array([moved])}

    return measured(again, lambda answer: answer)


def polars_whatif(size: Size, change: Change) -> Measured:
    """All tiers anew in polars, in one expression."""
    import polars as pl

    frame, asked = pl.DataFrame(Ready(size).columns()), _changed(*change)
    tier = pl.lit(-1)
    for place, row in enumerate(asked):
        tests = [pl.col(name) >= int(bar) for name, bar in zip(CRITERIA, row, strict=True)]
        met = pl.all_horizontal(*tests, "enrolled")
        tier = pl.when(met).then(place).otherwise(tier)

    def again() -> Answer:
        after = frame.select("tier", after=tier)
        moved = after.select((pl.col("after") != pl.col("tier")).sum()).item()
        return {"tiers": _counts(after["after"].to_numpy()), "movers": np.array([moved])}

    return measured(again, lambda answer: answer)


def duckdb_whatif(size: Size, change: Change) -> Measured:
    """All tiers anew in DuckDB, from a table in memory."""
    connection, asked = _database(Ready(size)), _changed(*change)
    met = [
        " AND ".join(f"{name} >= {bar}" for name, bar in zip(CRITERIA, row, strict=True))
        for row in asked
    ]
    tier = " ".join(f"WHEN {test} THEN {place}" for place, test in reversed([*enumerate(met)]))
    statement = (
        "SELECT after, count(*), count(*) FILTER (after <> tier) FROM (SELECT tier, CASE WHEN NOT "
        f"enrolled THEN -1 {tier} ELSE -1 END AS after FROM metric) GROUP BY after"
    )

    def again() -> Answer:
        counts, moved = np.zeros(len(TIERS) + 1, dtype=np.int64), 0
        for place, count, movers in connection.execute(statement).fetchall():
            counts[place + 1] = count
            moved += movers
        return {"tiers": counts, "movers": np.array([moved])}

    return measured(again, lambda answer: answer)


def numpy_scenarios(size: Size, scenarios: np.ndarray) -> Measured:
    """Every scenario's tiers in numpy, one after the other."""
    ready = Ready(size)

    def again() -> Answer:
        counts, movers = [], []
        for asked in scenarios:
            tier = tiers_of(ready.values, ready.nothing, ready.enrolled, asked)
            counts.append(_counts(tier))
            movers.append((tier != ready.tier).sum())
        return {"tiers": np.array(counts), "movers": np.array(movers)}

    return measured(again, lambda answer: answer)


def duckdb_scenarios(size: Size, scenarios: np.ndarray) -> Measured:
    """Every scenario with every partner, in one statement."""
    import pyarrow as pa

    connection = _database(Ready(size))
    count = len(scenarios)
    names = [f"{tier}_{name}" for tier in TIERS for name in CRITERIA]
    given = dict(zip(names, scenarios.reshape(count, -1).T, strict=True))
    connection.register("given", pa.table({"scenario": np.arange(count), **given}))
    connection.execute("CREATE TABLE scenario AS SELECT * FROM given")
    tests = reversed([(i, [f"{n} >= {t}_{n}" for n in CRITERIA]) for i, t in enumerate(TIERS)])
    tier = " ".join(f"WHEN {' AND '.join(test)} THEN {place}" for place, test in tests)
    places = ", ".join(f"count(*) FILTER (after = {place})" for place in range(-1, len(TIERS)))
    statement = (
        f"SELECT scenario, count(*) FILTER (after <> tier), {places} FROM (SELECT scenario, tier, "
        f"CASE WHEN NOT enrolled THEN -1 {tier} ELSE -1 END AS after FROM metric, scenario) "
        "GROUP BY scenario ORDER BY scenario"
    )

    def again() -> Answer:
        rows = np.array(connection.execute(statement).fetchall(), dtype=np.int64)
        return {"tiers": rows[:, 2:], "movers": rows[:, 1]}

    return measured(again, lambda answer: answer)


def _database(ready: Ready) -> object:
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect()
    connection.register("given", pa.table(ready.columns()))
    connection.execute("CREATE TABLE metric AS SELECT * FROM given")
    return connection
