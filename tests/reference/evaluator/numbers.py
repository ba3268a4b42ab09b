"""Decimal arithmetic as the contract says it: exact, half away from zero, 20 and 12 decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

EXACT = Context(prec=600, rounding=ROUND_HALF_UP)
LIMIT = Decimal(10) ** 26


class Overflow(Exception):
    """A metric has more than 26 digits before the point; `metric` is its name."""

    def __init__(self, metric: str) -> None:
        super().__init__(metric)
        self.metric = metric


def rounded(number: Decimal, places: int) -> Decimal:
    """Half away from zero; negative places round before the point."""
    result = EXACT.quantize(number, Decimal(1).scaleb(-places))
    return EXACT.plus(result) if result else Decimal(0)


def quotient(left: Decimal, right: Decimal) -> Decimal | None:
    """20 decimals; by zero there is no value."""
    if right == 0:
        return None
    with localcontext(EXACT):
        shift = Decimal(10) ** 20
        whole, rest = divmod(abs(left) * shift, abs(right))
        if rest * 2 >= abs(right):
            whole += 1
        return (whole if (left < 0) == (right < 0) else -whole) / shift


def shown(number: Decimal) -> Decimal:
    """What comparisons, ties and output use."""
    return rounded(number, 12)


def total(numbers: list[Decimal]) -> Decimal:
    result = Decimal(0)
    for number in numbers:
        result = EXACT.add(result, number)
    return result


def average(numbers: list[Decimal]) -> Decimal | None:
    return quotient(total(numbers), Decimal(len(numbers))) if numbers else None


def median(numbers: list[Decimal]) -> Decimal | None:
    if not numbers:
        return None
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return rounded(ordered[middle], 20)
    return quotient(EXACT.add(ordered[middle - 1], ordered[middle]), Decimal(2))
