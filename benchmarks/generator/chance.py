"""Streams of chance, one a table and month: any part can be made again alone."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

SEED = 20_260_630
STREAMS = ("partners", "enrollments", "certificates", "rates", "sales", "resent", "changes")
EPOCH = date(1970, 1, 1)


def stream(name: str, *parts: int) -> np.random.Generator:
    """Return the stream of a table, or of one of its parts."""
    return np.random.Generator(np.random.PCG64([SEED, STREAMS.index(name), *parts]))


def days(day: date) -> int:
    """Return a date as days since 1970, as Arrow and numpy count them."""
    return (day - EPOCH).days


def as_date(day: int) -> date:
    return EPOCH + timedelta(days=int(day))


def months_until(last: date, count: int) -> list[date]:
    """Return the first days of `count` months, the last of them the month of `last`."""
    end = last.year * 12 + last.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(end - count + 1, end + 1)]


def month_after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
