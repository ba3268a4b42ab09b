"""Sales lines, one month at a time and in the order of their dates, as exports deliver them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from benchmarks.generator.chance import days, month_after, stream
from benchmarks.generator.channel import CURRENCIES, WORTH, Channel
from benchmarks.sizes import Size

PRODUCT_LINES = tuple(f"L{number:02d}" for number in range(24))
DEAL_TYPES = ("new", "renewal", "expansion", "services")
STATUSES = ("won", "invoiced", "cancelled", "returned")
_DEALS = np.array([30, 40, 20, 10]).cumsum()
_STATUS = np.array([70, 15, 10, 5]).cumsum()
_FACTORS = np.array([1, 1, 1, 2, 2, 5, 20], dtype=np.int64)
FIRST_LINE = 1_000_000_000


@dataclass(frozen=True)
class Month:
    """The lines of a month, column by column; texts as numbers into their words."""

    line: np.ndarray
    day: np.ndarray
    partner: np.ndarray
    customer: np.ndarray
    product_line: np.ndarray
    deal_type: np.ndarray
    status: np.ndarray
    currency: np.ndarray
    cents: np.ndarray

    def take(self, places: np.ndarray) -> Month:
        """Return the lines at some places."""
        return Month(*(column[places] for column in vars(self).values()))


def sales_months(
    size: Size, lines: int, months: list[date], channel: Channel
) -> Iterator[tuple[date, Month]]:
    """Yield all sales, month by month; each month has its share of the lines."""
    for index, first in enumerate(months):
        low, high = (lines * bound // len(months) for bound in (index, index + 1))
        yield first, _month(size, first, low, high - low, channel)


def _month(size: Size, first: date, low: int, count: int, channel: Channel) -> Month:
    chance = stream("sales", first.year, first.month)
    whole = chance.integers
    partner = np.searchsorted(channel.heap, whole(0, channel.heap[-1], count), side="right")
    skewed = whole(0, 64, count) * whole(0, 64, count)  # few customers buy often
    customer = (channel.root[partner] * 5 + (skewed >> 5)) % size.customers
    favourite = whole(0, 24, count) * whole(0, 24, count) // 24
    currency = np.where(whole(0, 5, count) == 0, 0, channel.home[partner])
    cents = whole(500, 60_000, count) * _FACTORS[whole(0, len(_FACTORS), count)]
    return Month(
        FIRST_LINE + low + np.arange(count),
        days(first) + np.sort(whole(0, (month_after(first) - first).days, count)),
        partner,
        customer,
        (partner + favourite) % len(PRODUCT_LINES),
        np.searchsorted(_DEALS, whole(0, 100, count), side="right"),
        np.searchsorted(_STATUS, whole(0, 100, count), side="right"),
        currency,
        cents * WORTH[currency] // 10,
    )


def customer_names(size: Size) -> list[str]:
    return [f"C{number:07d}" for number in range(size.customers)]


def words(names: list[str] | tuple[str, ...], numbers: np.ndarray) -> pa.Array:
    """Return texts by their numbers, stored once each."""
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32)), pa.array(names))


def money(cents: np.ndarray) -> pa.Array:
    """Return cents as decimals with two places."""
    pairs = np.empty((len(cents), 2), dtype=np.int64)
    pairs[:, 0], pairs[:, 1] = cents, cents >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [None, pa.py_buffer(pairs)])


def dates(numbers: np.ndarray) -> pa.Array:
    return pa.array(numbers.astype(np.int32)).cast(pa.date32())


def as_table(month: Month, partners: list[str], customers: list[str]) -> pa.Table:
    """Return a month's lines as the table that a folder holds."""
    return pa.table(
        {
            "line_id": pa.array(month.line),
            "order_date": dates(month.day),
            "partner_id": words(partners, month.partner),
            "customer_id": words(customers, month.customer),
            "product_line": words(PRODUCT_LINES, month.product_line),
            "deal_type": words(DEAL_TYPES, month.deal_type),
            "status": words(STATUSES, month.status),
            "amount": money(month.cents),
            "currency": words(CURRENCIES, month.currency),
        }
    )
