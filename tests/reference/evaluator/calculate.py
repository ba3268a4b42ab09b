"""What an expression's tree comes to for one row, one group or one partner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rulebook.expressions import tree
from tests.reference.evaluator import numbers
from tests.reference.evaluator.days import later
from tests.reference.evaluator.numbers import EXACT

AGGREGATES = ("sum", "count", "min", "max", "avg", "median")


@dataclass(frozen=True)
class Part:
    """A month or quarter of a date, which knows its year."""

    kind: str
    year: int
    number: int


@dataclass(frozen=True)
class Written:
    """A parameter's value as written; its use says what it is."""

    text: str


@dataclass
class Scope:
    """Where names get their values; `rows` are the rows that an aggregate runs over."""

    name: Callable[[tuple[str, ...]], Any]
    call: Callable[[tree.Call], Any] | None = None
    rows: list[Scope] | None = None


def number(value: Any) -> Decimal | None:
    if isinstance(value, Part):
        return Decimal(value.number)
    if isinstance(value, Written):
        return Decimal(value.text)
    assert value is None or isinstance(value, Decimal), value
    return value


def truth(value: Any) -> bool | None:
    if isinstance(value, Written):
        return yes_no(value.text)
    assert value is None or isinstance(value, bool), value
    return value


def yes_no(text: str) -> bool:
    return {"yes": True, "true": True, "no": False, "false": False}[text.lower()]


def settled(value: Any) -> Any:
    """A value that nothing else gives a type: a parameter or a bare month."""
    if isinstance(value, Part):
        return Decimal(value.number)
    if isinstance(value, Written):
        try:
            return Decimal(value.text)
        except ArithmeticError:
            return value.text
    return value


def like(value: Any, other: Any) -> Any:
    """A parameter read as the type of what it stands beside."""
    if not isinstance(value, Written):
        return value
    if isinstance(other, Decimal | Part):
        return Decimal(value.text)
    if isinstance(other, bool):
        return yes_no(value.text)
    if isinstance(other, date):
        return date.fromisoformat(value.text)
    return value.text if isinstance(other, str) else settled(value)


def comparable(left: Any, right: Any) -> tuple[Any, Any]:
    left, right = like(left, right), like(right, left)
    both = isinstance(left, Part) and isinstance(right, Part)
    if both and left.kind == right.kind:
        return (left.year, left.number), (right.year, right.number)
    left, right = settled(left), settled(right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return numbers.shown(left), numbers.shown(right)
    return left, right


def compare(op: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    a, b = comparable(left, right)
    match op:
        case "=":
            return a == b
        case "<>":
            return a != b
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
        case ">=":
            return a >= b
    raise AssertionError(op)


def identity(value: Any) -> Any:
    """What makes two values the same when they are counted or grouped."""
    if isinstance(value, Part):
        return ("part", value.kind, value.year, value.number)
    value = settled(value)
    if isinstance(value, Decimal):
        return ("number", numbers.shown(value))
    return (type(value).__name__, value)


def value_of(node: tree.Node, scope: Scope) -> Any:
    match node:
        case tree.Literal(value):
            return value
        case tree.Name(parts):
            return scope.name(parts)
        case tree.Negative(operand):
            found = number(value_of(operand, scope))
            return None if found is None else EXACT.minus(found)
        case tree.Not(operand):
            held = truth(value_of(operand, scope))
            return None if held is None else not held
        case tree.Binary(("and" | "or") as op, left, right):
            return _logic(op, truth(value_of(left, scope)), truth(value_of(right, scope)))
        case tree.Binary(op, left, right) if op in tree.COMPARISONS:
            return compare(op, value_of(left, scope), value_of(right, scope))
        case tree.Binary(op, left, right):
            return _arithmetic(op, number(value_of(left, scope)), number(value_of(right, scope)))
        case tree.In():
            return _in(node, scope)
        case tree.Between(operand, low, high, negated):
            value = value_of(operand, scope)
            held = _logic(
                "and",
                compare(">=", value, value_of(low, scope)),
                compare("<=", value, value_of(high, scope)),
            )
            return held if held is None else held != negated
        case tree.IsNull(operand, negated):
            return (value_of(operand, scope) is None) != negated
        case tree.Case(operand, whens, otherwise):
            for condition, value in whens:
                if operand is None:
                    held = truth(value_of(condition, scope))
                else:
                    held = compare("=", value_of(operand, scope), value_of(condition, scope))
                if held:
                    return value_of(value, scope)
            return None if otherwise is None else value_of(otherwise, scope)
        case tree.Call(function) if function in AGGREGATES:
            return _aggregate(node, scope)
        case tree.Call("track" | "count_tracks" | "program"):
            assert scope.call is not None
            return scope.call(node)
        case tree.Call(function, arguments):
            return _function(function, arguments, scope)
    raise AssertionError(node)


def _logic(op: str, left: bool | None, right: bool | None) -> bool | None:
    decisive = op == "or"
    if left is decisive or right is decisive:
        return decisive
    return None if left is None or right is None else not decisive


def _arithmetic(op: str, left: Decimal | None, right: Decimal | None) -> Decimal | None:
    if left is None or right is None:
        return None
    match op:
        case "+":
            return EXACT.add(left, right)
        case "-":
            return EXACT.subtract(left, right)
        case "*":
            return EXACT.multiply(left, right)
        case "/":
            return numbers.quotient(left, right)
    raise AssertionError(op)


def _in(node: tree.In, scope: Scope) -> bool | None:
    value = value_of(node.operand, scope)
    if isinstance(value, Part):
        value = Decimal(value.number)
    items: list[Any] = []
    for item in node.items:
        found = value_of(item, scope)
        items += found if isinstance(found, list) else [settled_part(found)]
    if value is None:
        return None
    answers = [compare("=", value, item) for item in items]
    if any(answers):
        return not node.negated
    return None if None in answers else node.negated


def settled_part(value: Any) -> Any:
    return Decimal(value.number) if isinstance(value, Part) else value


def _aggregate(node: tree.Call, scope: Scope) -> Any:
    assert scope.rows is not None, "an aggregate needs rows"
    rows = scope.rows
    if node.where is not None:
        rows = [row for row in rows if truth(value_of(node.where, row))]
    if not node.arguments:
        return Decimal(len(rows))
    values = [value_of(node.arguments[0], row) for row in rows]
    values = [value for value in values if value is not None]
    if node.function == "count":
        kept = {identity(value) for value in values} if node.distinct else values
        return Decimal(len(kept))
    if node.function in ("min", "max"):
        pick = min if node.function == "min" else max
        return pick(map(settled, values)) if values else None
    if node.distinct:
        values = list({identity(value): value for value in values}.values())
    figures = [number(value) for value in values]
    match node.function:
        case "sum":
            return numbers.total(figures)
        case "avg":
            return numbers.average(figures)
    return numbers.median(figures)


def _function(name: str, arguments: tuple[tree.Node, ...], scope: Scope) -> Any:
    if name == "if":
        chosen = 1 if truth(value_of(arguments[0], scope)) else 2
        return value_of(arguments[chosen], scope)
    if name == "coalesce":
        found = (value_of(argument, scope) for argument in arguments)
        return next((value for value in found if value is not None), None)
    values = [value_of(argument, scope) for argument in arguments]
    if None in values:
        return None
    if name in ("least", "greatest", "clamp"):
        return _among(name, values)
    match name:
        case "abs":
            return abs(EXACT.plus(number(values[0])))
        case "round":
            return numbers.rounded(number(values[0]), int(number((*values, Decimal(0))[1])))
        case "lower":
            return (values[0].text if isinstance(values[0], Written) else values[0]).lower()
        case "days_between":
            first, second = (_day(value) for value in values)
            return Decimal((second - first).days)
        case "date_add":
            return _date_add(_day(values[0]), int(number(values[1])), values[2])
    day = _day(values[0])
    match name:
        case "year":
            return Decimal(day.year)
        case "month":
            return Part("month", day.year, day.month)
        case "quarter":
            return Part("quarter", day.year, (day.month + 2) // 3)
        case "day":
            return Decimal(day.day)
    raise AssertionError(name)


def _day(value: Any) -> date:
    return date.fromisoformat(value.text) if isinstance(value, Written) else value


def _date_add(day: date, count: int, unit: str) -> date:
    if unit == "day":
        return day + timedelta(days=count)
    return later(day, count * {"month": 1, "year": 12}[unit])


def _among(name: str, values: list[Any]) -> Any:
    typical = next((value for value in values if not isinstance(value, Written)), None)
    values = [settled(like(value, typical)) for value in values]
    if name == "clamp":
        return min(max(values[0], values[1]), values[2])
    return min(values) if name == "least" else max(values)
