"""The small tables of a folder: partners, enrollments, rates as CSV, certificates as Parquet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.generator.chance import as_date, days, stream
from benchmarks.generator.channel import CURRENCIES, Channel
from benchmarks.generator.sales import dates, words
from benchmarks.sizes import AS_OF, Size

PROGRAM = "bench"
EXAMS = tuple(f"E-{number}" for number in range(100, 108))
#: Ten-thousandths of a currency for one euro, about which rates move.
_PER_EUR = {
    "USD": 10_900, "GBP": 8_600, "JPY": 1_610_000, "CHF": 9_500,
    "CAD": 14_900, "AUD": 16_500, "SEK": 113_000,
}  # fmt: skip


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_partners(path: Path, channel: Channel) -> None:
    names = channel.names
    rows = (
        (name, names[p] if p >= 0 else "") for name, p in zip(names, channel.parent, strict=True)
    )
    write_csv(path, ("partner_id", "parent_id"), rows)


def write_enrollments(path: Path, channel: Channel) -> None:
    rows = (
        (name, PROGRAM, as_date(start), as_date(end) if end >= 0 else "")
        for name, start, end in zip(channel.names, channel.start, channel.end, strict=True)
    )
    write_csv(path, ("partner", "program", "start", "end"), rows)


def write_rates(path: Path, months: Sequence[date]) -> None:
    """One rate a month and currency, on the month's first day: units for one euro."""
    chance = stream("rates")
    rows = []
    for first in months:
        for currency in CURRENCIES:
            if currency == "EUR":
                continue
            moved = _PER_EUR[currency] * int(chance.integers(9_300, 10_700)) // 10_000
            rows.append((first, currency, f"{moved // 10_000}.{moved % 10_000:04d}"))
    write_csv(path, ("date", "currency", "per_eur"), rows)


def certificates(size: Size, channel: Channel) -> pa.Table:
    """People's certificates: valid for one to three years, one in ten without an end."""
    chance, count = stream("certificates"), size.certificates
    partner = np.searchsorted(
        channel.heap, chance.integers(0, channel.heap[-1], count), side="right"
    )
    spread = chance.integers(0, size.partners, count)
    partner = np.where(chance.integers(0, 2, count) == 0, partner, spread)
    start = days(AS_OF) - chance.integers(-60, 6 * 365, count)
    endless = chance.integers(0, 10, count) == 0
    until = start + 365 * chance.integers(1, 4, count)
    return pa.table(
        {
            "certificate_id": pa.array(np.arange(1, count + 1)),
            "partner_id": words(channel.names, partner),
            "exam": words(EXAMS, chance.integers(0, len(EXAMS), count)),
            "valid_from": dates(start),
            "valid_until": pa.array(until.astype(np.int32), mask=endless).cast(pa.date32()),
        }
    )
