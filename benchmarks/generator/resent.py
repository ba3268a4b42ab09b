"""The CSV file that the ingest workload reads: 2 % of its lines sent again, 1 % not usable.

A line is sent again within the two months in which it was sent first, exactly as it was. A line is
not usable for one of four reasons, none of them sent again: an amount or a date that can't be read,
no partner, a partner that isn't there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv

from benchmarks.generator.chance import months_until, stream
from benchmarks.generator.channel import make_channel
from benchmarks.generator.folder import DATASET, MONTHS, RATES, Tell, begin
from benchmarks.generator.sales import Month, as_table, customer_names, sales_months
from benchmarks.generator.small import write_partners, write_rates
from benchmarks.sizes import AS_OF, Size

_BAD = {"amount": "n/a", "order_date": "2025-02-30", "partner_id": None, "unknown": "X999999"}


def make_resent(size: Size, tell: Tell = lambda _: None) -> Path:
    """Return the folder with `sales.csv`, and in `expected.json` what is right of it."""
    folder = size.folder / "ingest"
    if not begin(folder):
        return folder
    channel, months = make_channel(size), months_until(AS_OF, MONTHS)
    partners, customers = channel.names, customer_names(size)
    expected = {"accepted": 0, "duplicates": 0, "rejected": 0}
    before = pa.table({})
    with (folder / "sales.csv").open("wb") as file:
        for first, month in sales_months(size, size.ingest_lines, months, channel):
            tell(f"a CSV file of {size.ingest_lines:,} lines: {first:%Y-%m}")
            part, before, counts = _with_faults(month, before, partners, customers)
            options = pyarrow.csv.WriteOptions(
                include_header=first == months[0], quoting_style="none"
            )
            pyarrow.csv.write_csv(part, file, options)
            expected = {name: expected[name] + counts[name] for name in expected}
    write_partners(folder / "partners.csv", channel)
    write_rates(folder / "rates.csv", months)
    (folder / "expected.json").write_text(json.dumps(expected), encoding="utf-8")
    text = DATASET.replace("SALES", "sales.csv") + RATES
    (folder / "dataset.yaml").write_text(text, encoding="utf-8")
    return folder


def _with_faults(
    month: Month, before: pa.Table, partners: list[str], customers: list[str]
) -> tuple[pa.Table, pa.Table, dict[str, int]]:
    """Return a month's lines as texts with the month's faults, its good lines, and the counts."""
    chance = stream("resent", int(month.line[0] % 1_000_000_007))
    count = len(month.line)
    fault = chance.integers(0, 100 * len(_BAD), count)  # the first few numbers are faults
    whole = as_table(month, partners, customers)
    texts: dict[str, Any] = {name: whole[name].cast(pa.string()) for name in whole.column_names}
    for number, (name, text) in enumerate(_BAD.items()):
        column = "partner_id" if name == "unknown" else name
        mask = pa.array(fault == number)
        texts[column] = pa.compute.if_else(mask, pa.scalar(text, pa.string()), texts[column])
    table = pa.table(texts)
    good = table.filter(pa.array(fault >= len(_BAD)))
    known = pa.concat_tables([before, good]) if before.num_rows else good
    again = known.take(pa.array(np.sort(chance.integers(0, known.num_rows, count // 50))))
    counts = {
        "accepted": good.num_rows,
        "duplicates": again.num_rows,
        "rejected": count - good.num_rows,
    }
    return pa.concat_tables([table, again]), good, counts
