"""Exchange: which rate counts on a day, and what an amount comes to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.reference.evaluator.numbers import EXACT, rounded
from tests.reference.evaluator.tables import Amount, Tables

#: Decimals of the currencies that don't have two.
MINOR = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "KWD": 3, "BHD": 3, "TND": 3}


class NoRate(Exception):
    """An amount that a metric reads has no rate on or before its day."""


def latest(entries: list[tuple[date | None, Decimal]], day: date) -> Decimal:
    """The rate of the day, or the latest before it."""
    begun = [entry for entry in entries if entry[0] is None or entry[0] <= day]
    if not begun:
        raise NoRate(str(day))
    return max(begun, key=lambda entry: entry[0] or date.min)[1]


def rate(program: Any, tables: Tables, currency: str, day: date) -> Decimal:
    """Program currency for one unit of `currency` on a day, to 10 decimals."""
    if currency == program.currency:
        return Decimal(1)
    if program.fx.use == "fixed":
        pinned = [
            (entry.start, entry.rates[currency])
            for entry in program.fx.rates
            if currency in entry.rates
        ]
        return rounded(latest(pinned, day), 10)
    legs = []
    for leg in (program.currency, currency):
        base = tables.spec.rates is not None and leg == tables.spec.rates.base
        legs.append(Decimal(1) if base else latest(tables.rates.get(leg, []), day))
    exact = EXACT.divide(legs[0], legs[1])
    return rounded(exact, 10)


def converted(program: Any, tables: Tables, amount: Amount, own: date, last: date) -> Decimal:
    """An amount in the program's currency, to the minor unit.

    `own` is the fact's date, `last` the last day of the metric's window.
    """
    assert amount.currency, "an amount without its currency"
    day = last if program.fx.use == "period_end" else own
    found = rate(program, tables, amount.currency, day)
    return rounded(EXACT.multiply(amount.number, found), MINOR.get(program.currency, 2))
