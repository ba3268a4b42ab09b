"""Typed expressions as SQL trees, only where the answer is the same to the last digit.

Each number carries how many digits it can have before and after the point. What needs
more than 38 in all, a quotient, or a function that databases disagree on, is `NotInSql`:
the plan is then walked fact by fact. Nothing that someone typed becomes SQL text:
constants are literals of the tree, names are quoted identifiers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlglot import exp

from rulebook.expressions.typed import Agg, Const, Op, Ref, Typed
from rulebook.values.numbers import SHOWN_DECIMALS

MAX_DIGITS = 38
MAX_TWICE, MAX_TIMES = 2_000, 50_000


class NotInSql(Exception):
    """The expression can't be said in SQL with the same answer."""


@dataclass(frozen=True)
class Part:
    """A piece of SQL. `whole` and `scale` bound a number's digits; None for other types."""

    sql: exp.Expression
    whole: int | None = None
    scale: int = 0

    @property
    def number(self) -> bool:
        """Whether it is a number."""
        return self.whole is not None


def decimal(whole: int, scale: int) -> exp.DataType:
    """Return the DECIMAL type that holds so many digits, or refuse."""
    if whole + scale > MAX_DIGITS:
        raise NotInSql
    return exp.DataType.build(f"DECIMAL({max(whole + scale, 1)}, {scale})")


def cast(sql: exp.Expression, type_: exp.DataType | str) -> exp.Expression:
    """Return a cast; that of sqlglot takes one decimal for another and leaves it out."""
    to = exp.DataType.build(type_)
    if isinstance(sql, exp.Cast) and sql.to == to:
        return sql
    return exp.Cast(this=sql.copy(), to=to)


def literal(value: Any) -> Part:
    """Return a constant."""
    if value is None:
        return Part(exp.null())
    if isinstance(value, bool):
        return Part(exp.true() if value else exp.false())
    if isinstance(value, Decimal):
        _, digits, exponent = value.as_tuple()
        assert isinstance(exponent, int)
        scale = max(0, -exponent)
        whole = max(len(digits) + exponent, 1)
        number = exp.Literal.number(format(abs(value), "f"))
        sql: exp.Expression = cast(number, decimal(whole, scale))
        return Part(exp.Neg(this=sql) if value < 0 else sql, whole, scale)
    if isinstance(value, date):
        return Part(cast(exp.Literal.string(value.isoformat()), "DATE"))
    return Part(exp.Literal.string(value))


Resolve = Callable[[Ref], Part]


def part(node: Typed, resolve: Resolve) -> Part:
    """Return a typed expression as SQL; `resolve` gives what references are."""
    match node:
        case Const(value):
            return literal(value)
        case Ref():
            return resolve(node)
        case Op(name, args):
            build = _BUILD.get(name)
            if build is None:
                raise NotInSql
            return build(*(part(arg, resolve) for arg in args))
    raise NotInSql


def seen(piece: Part) -> exp.Expression:
    """Return a number as comparisons see it: at 12 decimals."""
    if piece.number and piece.scale > SHOWN_DECIMALS:
        return exp.Round(this=piece.sql, decimals=exp.Literal.number(SHOWN_DECIMALS))
    return piece.sql


def _arithmetic(node: type[exp.Binary], left: Part, right: Part) -> Part:
    if left.whole is None or right.whole is None:
        raise NotInSql
    if node is exp.Mul:
        whole, scale = left.whole + right.whole, left.scale + right.scale
    else:
        whole, scale = max(left.whole, right.whole) + 1, max(left.scale, right.scale)
    decimal(whole, scale)
    first, second = left.sql, right.sql
    if whole + scale > 18:  # else DuckDB would stay within 18 digits and refuse more
        first = cast(first, decimal(MAX_DIGITS - left.scale, left.scale))
    if node is not exp.Mul:
        first, second = (cast(side, decimal(whole, scale)) for side in (first, second))
    return Part(exp.Paren(this=node(this=_wrap(first), expression=_wrap(second))), whole, scale)


def _wrap(sql: exp.Expression) -> exp.Expression:
    loose = exp.Binary | exp.Case | exp.Neg | exp.Not
    return exp.Paren(this=sql) if isinstance(sql, loose) else sql


def _compare(node: type[exp.Binary]) -> Callable[[Part, Part], Part]:
    def build(left: Part, right: Part) -> Part:
        return Part(exp.Paren(this=node(this=_wrap(seen(left)), expression=_wrap(seen(right)))))

    return build


def _logic(node: type[exp.Connector]) -> Callable[[Part, Part], Part]:
    def build(left: Part, right: Part) -> Part:
        return Part(exp.Paren(this=node(this=left.sql, expression=right.sql)))

    return build


def _in(operand: Part, *items: Part) -> Part:
    if len(items) * _nodes((operand,)) > MAX_TIMES:
        raise NotInSql
    tests = [exp.EQ(this=_wrap(seen(operand)), expression=_wrap(seen(item))) for item in items]
    return Part(exp.Paren(this=exp.or_(*tests)))


def _alike(parts: Sequence[Part]) -> tuple[list[exp.Expression], int | None, int]:
    """Return values in one shape with room for every digit of each, and that shape.

    Databases that are given two shapes with no room for both drop decimals of one.
    """
    numbers = [piece for piece in parts if piece.whole is not None]
    if not numbers:
        return [piece.sql for piece in parts], None, 0
    whole, scale = max(p.whole or 0 for p in numbers), max(p.scale for p in numbers)
    shape = decimal(whole, scale)
    return [cast(piece.sql, shape) for piece in parts], whole, scale


def _case(*parts: Part) -> Part:
    (*values, otherwise), whole, scale = _alike([*parts[1::2], parts[-1]])
    case = exp.Case()
    for condition, value in zip(parts[:-1:2], values, strict=True):
        case = case.when(condition.sql, value)
    return Part(case.else_(otherwise), whole, scale)


def _coalesce(*parts: Part) -> Part:
    values, whole, scale = _alike(parts)
    return Part(exp.Coalesce(this=values[0], expressions=values[1:]), whole, scale)


def _extreme(node: type[exp.Func]) -> Callable[..., Part]:
    def build(*parts: Part) -> Part:
        values, whole, scale = _alike(parts)
        if scale > SHOWN_DECIMALS or _nodes(parts) > MAX_TWICE:
            raise NotInSql
        anything_null = exp.or_(*(exp.Is(this=_wrap(p.sql), expression=exp.null()) for p in parts))
        pick = node(this=values[0], expressions=values[1:])
        return Part(exp.Case().when(anything_null, exp.null()).else_(pick), whole, scale)

    return build


def _nodes(parts: Sequence[Part]) -> int:
    """Return how large pieces of SQL are: what is written twice doubles at every level."""
    return sum(1 for piece in parts for _ in piece.sql.walk())


def _clamp(value: Part, low: Part, high: Part) -> Part:
    return _extreme(exp.Least)(_extreme(exp.Greatest)(value, low), high)


def _negative(piece: Part) -> Part:
    return Part(exp.Neg(this=_wrap(piece.sql)), piece.whole, piece.scale)


def _round(piece: Part, places: Part) -> Part:
    unwrapped = places.sql.find(exp.Literal)
    if piece.whole is None or unwrapped is None or not isinstance(places.sql, exp.Cast):
        raise NotInSql
    count = int(Decimal(str(unwrapped.this)))
    if count >= piece.scale:
        return piece
    rounded = exp.Round(this=piece.sql, decimals=exp.Literal.number(count))
    return Part(cast(rounded, decimal(piece.whole + 1, count)), piece.whole + 1, count)


def _extract(unit: str) -> Callable[[Part], Part]:
    def build(day: Part) -> Part:
        return Part(
            cast(exp.Extract(this=exp.var(unit), expression=day.sql), "DECIMAL(6, 0)"), 6, 0
        )

    return build


def _ordinal(unit: str, count: int) -> Callable[[Part], Part]:
    """Return a month or quarter as that of its year."""

    def build(day: Part) -> Part:
        year, inside = (
            exp.Extract(this=exp.var(word), expression=day.sql.copy()) for word in ("YEAR", unit)
        )
        number = exp.Literal.number
        total = exp.Add(
            this=exp.Mul(this=year, expression=number(count)),
            expression=exp.Paren(this=exp.Sub(this=inside, expression=number(1))),
        )
        return Part(cast(exp.Paren(this=total), "DECIMAL(6, 0)"), 6, 0)

    return build


def _bare(count: int) -> Callable[[Part], Part]:
    def build(ordinal: Part) -> Part:
        number = exp.Literal.number
        rest = exp.Mod(this=_wrap(ordinal.sql), expression=number(count))
        total = exp.Add(this=exp.Paren(this=rest), expression=number(1))
        return Part(cast(exp.Paren(this=total), "DECIMAL(6, 0)"), 6, 0)

    return build


def _days_between(first: Part, second: Part) -> Part:
    days = exp.DateDiff(this=second.sql, expression=first.sql, unit=exp.var("DAY"))
    return Part(cast(days, "DECIMAL(8, 0)"), 8, 0)


_BUILD: dict[str, Callable[..., Part]] = {
    "+": lambda left, right: _arithmetic(exp.Add, left, right),
    "-": lambda left, right: _arithmetic(exp.Sub, left, right),
    "*": lambda left, right: _arithmetic(exp.Mul, left, right),
    "negative": _negative,
    "=": _compare(exp.EQ),
    "<>": _compare(exp.NEQ),
    "<": _compare(exp.LT),
    "<=": _compare(exp.LTE),
    ">": _compare(exp.GT),
    ">=": _compare(exp.GTE),
    "and": _logic(exp.And),
    "or": _logic(exp.Or),
    "not": lambda piece: Part(exp.Not(this=_wrap(piece.sql))),
    "in": _in,
    "is_null": lambda piece: Part(
        exp.Paren(this=exp.Is(this=_wrap(piece.sql), expression=exp.null()))
    ),
    "case": _case,
    "coalesce": _coalesce,
    "least": _extreme(exp.Least),
    "greatest": _extreme(exp.Greatest),
    "clamp": _clamp,
    "abs": lambda piece: Part(exp.Abs(this=piece.sql), piece.whole, piece.scale),
    "round": _round,
    "year": _extract("YEAR"),
    "day": _extract("DAY"),
    "month": _ordinal("MONTH", 12),
    "quarter": _ordinal("QUARTER", 4),
    "bare_month": _bare(12),
    "bare_quarter": _bare(4),
    "days_between": _days_between,
}


def total(agg: Agg, resolve: Resolve, conditions: Sequence[exp.Expression] = ()) -> Part:
    """Return an aggregate over rows that fulfil all conditions, its own and these.

    The caller divides for averages, and medians are not in SQL.
    """
    tests = list(conditions)
    if agg.where is not None:
        tests.append(part(agg.where, resolve).sql)
    inside = None if agg.arg is None else part(agg.arg, resolve)
    found = _over_all(agg, inside)
    sql = found.sql
    if tests:
        sql = exp.Filter(this=sql, expression=exp.Where(this=exp.and_(*tests)))
    if agg.name == "sum":
        sql = exp.Coalesce(this=sql, expressions=[exp.Literal.number(0)])
    return Part(sql, found.whole, found.scale)


def _over_all(agg: Agg, inside: Part | None) -> Part:
    """Return an aggregate over all rows."""
    if agg.name == "count":
        if inside is None:
            return Part(exp.Count(this=exp.Star()), 19)
        if agg.distinct:
            return Part(exp.Count(this=exp.Distinct(expressions=[seen(inside)])), 19)
        return Part(exp.Count(this=inside.sql), 19)
    if inside is not None and agg.name == "sum" and inside.whole is not None:
        return Part(exp.Sum(this=inside.sql), MAX_DIGITS - inside.scale, inside.scale)
    if inside is not None and agg.name in ("min", "max") and inside.scale <= SHOWN_DECIMALS:
        node = exp.Min if agg.name == "min" else exp.Max
        return Part(node(this=inside.sql), inside.whole, inside.scale)
    raise NotInSql
