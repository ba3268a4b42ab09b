"""Prints a syntax tree back as text that parses to the same tree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rulebook.expressions.tree import (
    Between,
    Binary,
    Call,
    Case,
    In,
    IsNull,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Test,
)

_TIGHTNESS = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6}
_NOT, _COMPARISON, _UNARY, _VALUE = 3, 4, 7, 8


def show(node: Node) -> str:
    """Return the expression as text, with no more brackets than its meaning needs."""
    return _show(node)[0]


def _show(node: Node) -> tuple[str, int]:
    """Return the text and how tightly it binds."""
    match node:
        case Literal(value):
            return _literal(value), _VALUE
        case Name():
            return node.text, _VALUE
        case Negative(operand):
            return "-" + _at_least(operand, _UNARY), _UNARY
        case Not(operand):
            return "not " + _at_least(operand, _NOT), _NOT
        case Binary(op, left, right):
            tightness = _TIGHTNESS.get(op, _COMPARISON)
            near = tightness + 1 if tightness == _COMPARISON else tightness
            return f"{_at_least(left, near)} {op} {_at_least(right, tightness + 1)}", tightness
        case In() | Between() | IsNull():
            return _membership(node), _COMPARISON
        case Case(operand, whens, otherwise):
            words = ["case", *([show(operand)] if operand else [])]
            for condition, then in whens:
                words += ["when", show(condition), "then", show(then)]
            words += ["else", show(otherwise)] if otherwise else []
            return " ".join([*words, "end"]), _VALUE
        case Call(function, arguments, distinct, where):
            inside = ", ".join(map(show, arguments))
            text = f"{function}({'distinct ' if distinct else ''}{inside})"
            return text + (f" filter (where {show(where)})" if where else ""), _VALUE
        case Test(op, right):
            return f"{op} {_at_least(right, _COMPARISON + 1)}", _VALUE
    raise TypeError(node)


def _membership(node: In | Between | IsNull) -> str:
    left = _at_least(node.operand, _COMPARISON + 1)
    no = "not " if node.negated else ""
    match node:
        case IsNull():
            return f"{left} is {no}null"
        case Between(_, low, high):
            low_text, high_text = (_at_least(end, _COMPARISON + 1) for end in (low, high))
            return f"{left} {no}between {low_text} and {high_text}"
        case In(_, items, _, bare):
            inside = ", ".join(map(show, items))
            return f"{left} {no}in {inside if bare else f'({inside})'}"


def _at_least(node: Node, tightness: int) -> str:
    text, own = _show(node)
    return text if own >= tightness else f"({text})"


def _literal(value: Decimal | str | bool | date | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'"
