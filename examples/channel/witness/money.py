"""Amounts in the program's currency: by the day's market rate, or by pinned rates."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from decimal import Decimal
from pathlib import Path

from .numbers import rounded
from .reading import read_rows


class MarketRates:
    """rates.csv: units of a currency for one euro; on a day without one, the latest before."""

    def __init__(self, folder: Path, currency: str) -> None:
        self.currency = currency
        self.days: dict[str, list[date]] = {}
        self.per_eur: dict[str, list[Decimal]] = {}
        for row in sorted(read_rows(folder, "rates"), key=lambda row: row["date"]):
            self.days.setdefault(row["currency"], []).append(date.fromisoformat(row["date"]))
            self.per_eur.setdefault(row["currency"], []).append(Decimal(row["per_eur"]))

    def _leg(self, currency: str, day: date) -> Decimal:
        if currency == "EUR":
            return Decimal(1)
        place = bisect_right(self.days[currency], day)
        if place == 0:
            raise ValueError(f"no rate for {currency} on {day} or before")
        return self.per_eur[currency][place - 1]

    def rate(self, currency: str, day: date) -> Decimal:
        """Program currency for one unit of the currency, at 10 decimals."""
        if currency == self.currency:
            return Decimal(1)
        return rounded(self._leg(self.currency, day) / self._leg(currency, day), 10)

    def converted(self, amount: Decimal | None, currency: str, day: date) -> Decimal | None:
        """The amount in the program's currency, to the cent; a null amount stays null."""
        return None if amount is None else rounded(amount * self.rate(currency, day), 2)


class PinnedRates(MarketRates):
    """Rates fixed in the program, each from a day on."""

    def __init__(self, currency: str, pinned: list[tuple[date, dict[str, str]]]) -> None:
        self.currency = currency
        self.pinned = pinned

    def rate(self, currency: str, day: date) -> Decimal:
        """The rate pinned last on the day or before."""
        if currency == self.currency:
            return Decimal(1)
        return Decimal([rates[currency] for start, rates in self.pinned if start <= day][-1])
