"""What each function takes and gives; aggregates, `if`, `track()` and the like are typed apart."""

from __future__ import annotations

from dataclasses import dataclass

from rulebook.expressions.typed import Type

MANY = 100
N, D, T = Type.NUMBER, Type.DATE, Type.TEXT


@dataclass(frozen=True)
class Signature:
    """`same`: any number of arguments of one common type, which is also what it gives."""

    name: str
    usage: str
    takes: tuple[Type, ...] = ()
    gives: Type = Type.NUMBER
    same: bool = False
    least: int = 1
    most: int = 1


_ALL = (
    Signature("coalesce", "coalesce(a, b, …)", same=True, least=1, most=MANY),
    Signature("least", "least(a, b, …)", same=True, least=1, most=MANY),
    Signature("greatest", "greatest(a, b, …)", same=True, least=1, most=MANY),
    Signature("clamp", "clamp(x, low, high)", same=True, least=3, most=3),
    Signature("abs", "abs(x)", (N,)),
    Signature("round", "round(x, decimals)", (N, N), least=1, most=2),
    Signature("lower", "lower(text)", (T,), T),
    Signature("year", "year(date)", (D,)),
    Signature("month", "month(date)", (D,), Type.MONTH),
    Signature("quarter", "quarter(date)", (D,), Type.QUARTER),
    Signature("day", "day(date)", (D,)),
    Signature("date_add", "date_add(date, n, unit)", (D, N, T), D, least=3, most=3),
    Signature("days_between", "days_between(first, second)", (D, D), least=2, most=2),
)

SIGNATURES = {signature.name: signature for signature in _ALL}
