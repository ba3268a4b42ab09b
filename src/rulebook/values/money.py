"""Money: minor units, and the one place where amounts are converted and rounded.

The rate is program currency per unit of the amount's currency, rounded to 10 decimals;
with no rate that day, each leg takes the latest before it. The converted amount is
rounded to the program currency's minor unit, also at rate 1, half away from zero.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

import moneyed

from rulebook.values.numbers import divide, multiply, rounded

RATE_DECIMALS = 10
ONE = Decimal(1)

#: For each currency its values by day, sorted.
Dated = Mapping[str, Sequence[tuple[date, Decimal]]]


@cache
def minor_unit(currency: str) -> int:
    """Return how many decimals amounts of a currency have (ISO 4217): USD 2, JPY 0, KWD 3."""
    return len(str(moneyed.get_currency(currency).sub_unit)) - 1


class Exchange:
    """Rates into one currency, from dated rates against a base or from pinned ones.

    `market` gives units of a currency for one `base`; `pinned`, if given, program currency
    for one unit of a currency, and then the market plays no part.
    """

    def __init__(
        self, currency: str, base: str, market: Dated, pinned: Dated | None = None
    ) -> None:
        """Keep the rates; nothing is worked out before it is asked for."""
        self.currency, self.base = currency, base
        self.market, self.pinned = market, pinned
        self.places = minor_unit(currency)
        self._known: dict[tuple[str, date], Decimal | None] = {}

    def rate(self, currency: str, day: date) -> Decimal | None:
        """Return the rate of a day, or None where there is none on it or before."""
        if currency == self.currency:
            return ONE
        key = (currency, day)
        if key not in self._known:
            self._known[key] = self._work_out(currency, day)
        return self._known[key]

    def _work_out(self, currency: str, day: date) -> Decimal | None:
        if self.pinned is not None:
            pinned = _latest(self.pinned.get(currency, ()), day)
            return None if pinned is None else rounded(pinned, RATE_DECIMALS)
        ours, theirs = self._leg(self.currency, day), self._leg(currency, day)
        if ours is None or theirs is None:
            return None
        return divide(ours, theirs, RATE_DECIMALS)

    def _leg(self, currency: str, day: date) -> Decimal | None:
        if currency == self.base:
            return ONE
        return _latest(self.market.get(currency, ()), day)

    def convert(self, amount: Decimal, rate: Decimal) -> Decimal:
        """Return an amount at a rate, rounded to the minor unit."""
        return rounded(multiply(amount, rate), self.places)


def _latest(dated: Sequence[tuple[date, Decimal]], day: date) -> Decimal | None:
    place = bisect_right(dated, day, key=lambda pair: pair[0])
    return dated[place - 1][1] if place else None
