"""pandas: frames in memory, texts as categories, a merge with the families, then groupby."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet

from benchmarks.answers import Answer
from benchmarks.generator import make_folder
from benchmarks.generator.chance import days
from benchmarks.peers.small_tables import FOREVER, RATE_ONE, SmallTables, bars, windows
from benchmarks.peers.tiers import levelled
from benchmarks.sizes import AS_OF, Size
from benchmarks.timing import Measured, measured

_TEXTS = ("customer_id", "product_line", "deal_type", "status", "currency")
_STRATEGIC = ["L00", "L01", "L02", "L03", "L04", "L05"]


class Frames:
    """A folder's tables as frames: partners as their numbers, days as numbers, money in cents."""

    def __init__(self, tables: SmallTables) -> None:
        self.tables = tables
        self.sales = _sales(tables)
        held = parquet.read_table(tables.certificates)
        self.held = pd.DataFrame(
            {
                "partner": [tables.number[name] for name in held["partner_id"].to_pylist()],
                "from_day": held["valid_from"].cast("int32").to_numpy(),
                "until_day": held["valid_until"].cast("int32").fill_null(FOREVER).to_numpy(),
            }
        )
        ancestor, partner = tables.pairs
        spans = tables.spans(AS_OF)
        limits = ("low", "high", "previous_low", "previous_high")
        given = {name: getattr(spans, name)[ancestor].astype("int32") for name in limits}
        self.pairs = pd.DataFrame({"partner": partner, "ancestor": ancestor, **given})
        currencies = self.sales["currency"].cat.categories
        by_day = {(currency, day): rate for currency, day, rate in tables.daily_rates()}
        self.first = min(day for _, day in by_day)
        last = max(day for _, day in by_day)
        span = range(self.first, last + 1)
        self.rates = np.array([[by_day[name, day] for day in span] for name in currencies])

    def converted(self, lines: pd.DataFrame) -> pd.Series:
        """Return lines' amounts in the program's currency, in cents."""
        rate = self.rates[lines["currency"].cat.codes, lines["day"] - self.first]
        return (lines["cents"] * rate + RATE_ONE // 2) // RATE_ONE


def _sales(tables: SmallTables) -> pd.DataFrame:
    columns = ["partner_id", "order_date", "amount", *_TEXTS]
    files = sorted((tables.folder / "sales").glob("*.parquet"))
    parts = [_frame(parquet.read_table(f, columns=columns, read_dictionary=["partner_id", *_TEXTS]),
                    tables) for f in files]  # fmt: skip
    for name in _TEXTS:
        every = sorted(set().union(*(part[name].cat.categories for part in parts)))
        for part in parts:
            part[name] = part[name].cat.set_categories(every)
    return pd.concat(parts, ignore_index=True)


def _frame(table: object, tables: SmallTables) -> pd.DataFrame:
    table = table.combine_chunks()
    amount = table["amount"].combine_chunks()
    frame = table.select(list(_TEXTS)).to_pandas()
    partner = table["partner_id"].combine_chunks()
    numbers = np.array([tables.number[name] for name in partner.dictionary.to_pylist()], "int32")
    frame["partner"] = numbers[partner.indices.to_numpy()]
    frame["day"] = table["order_date"].cast("int32").to_numpy()
    # The lower half of a 128-bit decimal: these amounts fit into 64 bits.
    frame["cents"] = np.frombuffer(amount.buffers()[1], "int64")[::2][: len(amount)].copy()
    return frame


def level(size: Size) -> Measured:
    """W1."""
    tables = SmallTables(make_folder(size))
    frames = Frames(tables)
    enrolled, asked = tables.spans(AS_OF).enrolled, bars()
    return measured(lambda: levelled(metrics(frames), enrolled, asked), lambda answer: answer)


def refilter(size: Size, statuses: list[str]) -> Measured:
    """W3."""
    frames = Frames(SmallTables(make_folder(size)))

    def again() -> Answer:
        lines = frames.sales[frames.sales["status"].isin(statuses)]
        (low, high), _ = windows(AS_OF)
        lines = lines[lines["day"].between(low, high)]
        lines = lines.assign(usd=frames.converted(lines))[["partner", "day", "usd"]]
        lines = lines.merge(frames.pairs, on="partner")
        lines = lines[(lines["day"] >= lines["low"]) & (lines["day"] <= lines["high"])]
        return {"revenue": _all(frames, lines.groupby("ancestor")["usd"].sum())}

    return measured(again, lambda answer: answer)


def metrics(frames: Frames) -> Answer:
    """Return the metrics of all partners."""
    (_, high), (low, _) = windows(AS_OF)
    lines = frames.sales[frames.sales["status"] == "won"]
    lines = lines[lines["day"].between(low, high)]
    lines = lines.assign(usd=frames.converted(lines)).drop(columns=["currency", "cents", "status"])
    lines = lines.merge(frames.pairs, on="partner")
    before = lines[lines["day"].between(lines["previous_low"], lines["previous_high"])]
    here = lines[lines["day"].between(lines["low"], lines["high"])]
    groups = here.groupby("ancestor")
    new = here[here["deal_type"] == "new"].groupby("ancestor")
    strategic = here[here["product_line"].isin(_STRATEGIC)].groupby("ancestor")
    return {
        "revenue": _all(frames, groups["usd"].sum()),
        "new_revenue": _all(frames, new["usd"].sum()),
        "strategic_revenue": _all(frames, strategic["usd"].sum()),
        "deals": _all(frames, groups.size()),
        "customers": _all(frames, _distinct(here, "customer_id")),
        "product_lines": _all(frames, _distinct(here, "product_line")),
        "certificates": _all(frames, _certificates(frames, days(AS_OF))),
        "previous_revenue": _all(frames, before.groupby("ancestor")["usd"].sum()),
    }


def _distinct(lines: pd.DataFrame, column: str) -> pd.Series:
    pairs = pd.DataFrame({"ancestor": lines["ancestor"], "value": lines[column].cat.codes})
    return pairs.drop_duplicates().groupby("ancestor").size()  # faster than nunique


def _certificates(frames: Frames, today: int) -> pd.Series:
    held = frames.held
    now = held[(held["from_day"] <= today) & (held["until_day"] > today)]
    return now[["partner"]].merge(frames.pairs, on="partner").groupby("ancestor").size()


def _all(frames: Frames, figures: pd.Series) -> np.ndarray:
    count = len(frames.tables.partners)
    return figures.reindex(range(count), fill_value=0).to_numpy(dtype=np.int64)
