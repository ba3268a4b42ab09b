"""Decimal numbers: how they are read, rounded, compared and written.

Decimal from end to end: no binary floating point touches an amount. Sums, differences
and products are exact; quotients, averages, medians and percentiles carry 20 decimals;
comparisons and output use values rounded to 12. Rounding is half away from zero.
"""

from __future__ import annotations

import decimal
import re
from decimal import Decimal

QUOTIENT_DECIMALS = 20
SHOWN_DECIMALS = 12
WHOLE_DIGITS = 26

_NUMBER = re.compile(r"[+-]?(\d{1,26}(\.\d{0,12})?|\.\d{1,12})", re.ASCII)
_EXACT = decimal.Context(prec=400, rounding=decimal.ROUND_HALF_UP, Emax=9999, Emin=-9999)
_CUT = decimal.Context(prec=200, rounding=decimal.ROUND_DOWN, Emax=9999, Emin=-9999)
_LIMIT = Decimal(10) ** WHOLE_DIGITS
_STEPS = {places: Decimal(1).scaleb(-places) for places in range(-30, 61)}

add = _EXACT.add
subtract = _EXACT.subtract
multiply = _EXACT.multiply
negate = _EXACT.minus


#: What a figure must not come to, in the words of a refusal.
BEYOND = "more than 26 digits before the point, or to a date beyond the calendar"


class TooLarge(ArithmeticError):
    """A number has more than 26 digits before the point."""


def read_number(text: str) -> Decimal:
    """Read a number as data and documents write it, or raise ValueError.

    A number is an optional sign, digits and at most one point, with at most 26 digits
    before it and 12 after. Leading zeros do not count as digits.
    """
    if not _NUMBER.fullmatch(text):
        stripped = re.fullmatch(r"([+-]?)0+(\d.*)", text, re.ASCII)
        if not (stripped and _NUMBER.fullmatch(stripped[1] + stripped[2])):
            raise ValueError(
                f"{shorten(text)} is not a number (digits and at most one point, no "
                "exponent, no thousands separator)"
            )
    return Decimal(text)


def shorten(text: str, limit: int = 40) -> str:
    """Return the text in quotes, cut so that an error stays readable."""
    return repr(text) if len(text) <= limit else repr(text[:limit]) + "…"


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half away from zero to `places` decimals; a negative count rounds tens, hundreds …"""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return value
    step = _STEPS.get(places)
    return _EXACT.quantize(value, Decimal(1).scaleb(-places) if step is None else step)


def divide(left: Decimal, right: Decimal, places: int = QUOTIENT_DECIMALS) -> Decimal | None:
    """Return the quotient rounded to `places` decimals, or None for a division by zero.

    The quotient is cut at 200 digits first: no tie can arise or vanish there.
    """
    return rounded(_CUT.divide(left, right), places) if right else None


def comparable(value: Decimal) -> Decimal:
    """Return the value as comparisons see it: rounded to 12 decimals."""
    return rounded(value, SHOWN_DECIMALS)


def bounded(value: Decimal) -> Decimal:
    """Return the value, or raise TooLarge above 26 digits before the point."""
    if abs(value) >= _LIMIT:
        raise TooLarge
    return value


def plain(value: Decimal) -> str:
    """Write a number as output does: 12 decimals at most, no exponent, no trailing zeros."""
    text = format(comparable(value), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
