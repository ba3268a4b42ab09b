"""Exchange rates by banking day: units of the currency for one euro."""

from __future__ import annotations

from datetime import date, timedelta

from .chance import Chance, Row

# Each currency has its own holidays: the two legs of a cross rate may come from different days.
HOLIDAYS = {
    "USD": {(1, 1), (7, 4), (11, 27), (12, 25)},
    "GBP": {(1, 1), (5, 5), (8, 25), (12, 25), (12, 26)},
}
BOUNDS = {"USD": (10300, 11900), "GBP": (8300, 8900)}


def rates() -> list[Row]:
    """A slow random walk, in steps of 0.0001, without weekends."""
    chance = Chance(20240102)
    now = {"USD": 11050, "GBP": 8650}
    rows: list[Row] = [("date", "currency", "per_eur")]
    day = date(2023, 12, 28)
    while day <= date(2026, 7, 10):
        for currency in ("GBP", "USD"):
            low, high = BOUNDS[currency]
            now[currency] = min(high, max(low, now[currency] + chance.between(-45, 45)))
            if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS[currency]:
                rows.append(
                    (
                        day.isoformat(),
                        currency,
                        f"{now[currency] // 10000}.{now[currency] % 10000:04d}",
                    )
                )
        day += timedelta(days=1)
    return rows
