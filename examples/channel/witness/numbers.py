"""Decimals as the language has them: 20 places in quotients, 12 in comparisons and output."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, getcontext

getcontext().prec = 100  # so that only the roundings written here ever happen

Value = Decimal | bool | None
ZERO = Decimal(0)


def rounded(number: Decimal, places: int) -> Decimal:
    """Half away from zero (which is what Decimal calls half up)."""
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def quotient(top: Decimal | None, bottom: Decimal | None) -> Decimal | None:
    """A quotient with 20 decimals; null with a null, or by zero."""
    if top is None or bottom is None or bottom == 0:
        return None
    return rounded(top / bottom, 20)


def average(numbers: list[Decimal]) -> Decimal | None:
    """The mean, null of nothing."""
    return quotient(sum(numbers, ZERO), Decimal(len(numbers)))


def median(numbers: list[Decimal]) -> Decimal | None:
    """The middle one, or the mean of the middle two; null of nothing."""
    if not numbers:
        return None
    ordered = sorted(numbers)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return quotient(low + high, Decimal(2))


def at_least(left: Value, right: Value) -> bool:
    """`left >= right` at 12 decimals; a comparison with null is not met."""
    if left is None or right is None:
        return False
    return rounded(Decimal(left), 12) >= rounded(Decimal(right), 12)


def at_most(left: Value, right: Value) -> bool:
    """`left <= right`, likewise."""
    return at_least(right, left)


def shown(value: Value | str) -> str:
    """A cell of the result: plain, no exponent, no trailing zeros, null empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f"{rounded(value, 12):f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
