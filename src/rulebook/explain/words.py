"""Numbers, money and days as people read them, through a catalogue of translations.

The catalogue is anything that `gettext` makes; without one the words are English.
"""

from __future__ import annotations

import decimal
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from gettext import NullTranslations
from typing import Any

from rulebook.explain.units import PLAIN, Unit
from rulebook.values.money import minor_unit
from rulebook.values.numbers import SHOWN_DECIMALS, comparable, multiply, rounded

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UP = decimal.Context(prec=60, rounding=decimal.ROUND_CEILING)
_HUNDRED = Decimal(100)
_PLACES = 2


class Words:
    """How figures of one program are written in one language."""

    def __init__(self, currency: str, catalogue: NullTranslations | None = None) -> None:
        """Take the program's currency, and the catalogue."""
        self.catalogue = catalogue or NullTranslations()
        self.currency = currency
        self.minor = minor_unit(currency)

    def say(self, text: str, /, **values: object) -> str:
        """Return a sentence of the catalogue with its values."""
        return self.catalogue.gettext(text).format(**values)

    def say_many(self, one: str, many: str, count: Decimal, /, **values: object) -> str:
        """Return the form of a sentence that fits a count; a part of one counts as many."""
        whole = int(count) if count == int(count) else 2
        return self.catalogue.ngettext(one, many, whole).format(**values)

    def number(self, value: Decimal, places: int = _PLACES) -> str:
        """Return a number with thousands separators, and decimals where it has any."""
        text = f"{rounded(comparable(value), places):,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text

    def money(self, value: Decimal, places: int | None = None) -> str:
        """Return an amount with its currency; a whole one has no decimals."""
        shown = rounded(comparable(value), self.minor if places is None else places)
        whole = shown == int(shown)
        text = f"{int(shown):,d}" if whole else f"{shown:,.{places or self.minor}f}"
        return f"{self.currency} {text}"

    def percent(self, value: Decimal, places: int = 1) -> str:
        """Return a number in percent."""
        return self.say("{number} %", number=self.number(value, places))

    def yes_no(self, value: bool) -> str:
        """Return yes or no."""
        return self.say("yes") if value else self.say("no")

    def figure(self, value: Any, unit: Unit = PLAIN, more: int = 0) -> str:
        """Return a value in its unit; `more` decimals than usual where it takes them."""
        if value is None:
            return self.say("no value yet")
        if isinstance(value, bool):
            return self.yes_no(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, tuple):
            return ", ".join(self.figure(item, unit) for item in value)
        if not isinstance(value, Decimal):
            return str(value)
        if unit.kind == "money":
            return self.money(value, self.minor + more if more else None)
        if unit.kind == "percent":
            return self.percent(multiply(value, _HUNDRED) if unit.hundredfold else value, 1 + more)
        number = self.number(value, _PLACES + more)
        return f"{number} {unit.kind}" if unit.kind else number

    def pair(self, have: Any, need: Any, unit: Unit) -> tuple[str, str]:
        """Return two values with as many decimals as it takes to tell them apart."""
        for more in range(SHOWN_DECIMALS + 1):
            shown = self.figure(have, unit, more), self.figure(need, unit, more)
            if shown[0] != shown[1] or have == need:
                return shown
        return shown

    def missing(self, short: Decimal, unit: Unit) -> tuple[Decimal, str]:
        """Return what is missing, rounded up so that adding it is enough, and as text."""
        places = self.minor if unit.kind == "money" else _PLACES
        step = Decimal(1).scaleb(-places)
        amount = comparable(short).quantize(step, context=_UP)
        return amount, self.money(amount) if unit.kind == "money" else self.number(amount)

    def day(self, day: date, seen_from: date | None = None) -> str:
        """Return a day; without its year where that is the year it is seen from."""
        month = self.say(_MONTHS[day.month - 1])
        if seen_from is not None and seen_from.year == day.year:
            return self.say("{day} {month}", day=day.day, month=month)
        return self.say("{day} {month} {year}", day=day.day, month=month, year=day.year)

    def listed(self, items: Sequence[str], last: str = "{first} and {last}") -> str:
        """Return things as a person lists them."""
        if len(items) < 2:
            return "".join(items)
        return self.say(last, first=", ".join(items[:-1]), last=items[-1])
