"""The days on which the demo's story turns, counted from its last one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta


def beginning(today: date) -> date:
    """Return the day on which the vendor's programs began: three years before."""
    return today.replace(day=1) - timedelta(days=3 * 365 + 30)


def quarter_ends(first: date, last: date) -> Iterator[date]:
    """Yield the last days of quarters in a span."""
    for year in range(first.year, last.year + 1):
        for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)):
            if first <= date(year, month, day) <= last:
                yield date(year, month, day)


def reviews(today: date) -> list[date]:
    """Return the days of two years on which partners were levelled, the last before today."""
    return list(quarter_ends(today - timedelta(days=740), today - timedelta(days=1)))


def lapse(today: date) -> date:
    """Return the day on which what lapses then is a demotion that was proposed last.

    It lies before the last review but one, so that by the last one grace is over.
    """
    return reviews(today)[-2] - timedelta(days=40)


def gain(today: date) -> date:
    """Return the day on which what is gained then is a promotion that was proposed last."""
    return reviews(today)[-1] - timedelta(days=20)
