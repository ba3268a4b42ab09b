"""The syntax tree of an expression, as parsed: names are not yet resolved, nothing is typed.

Every node knows `at`, its offset in the text, so that an error can point at it; offsets
play no part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ARITHMETIC = ("+", "-", "*", "/")
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")


@dataclass(frozen=True)
class Node:
    """Any part of an expression."""

    at: int = field(default=0, kw_only=True, compare=False)


@dataclass(frozen=True)
class Literal(Node):
    """`'text'`, `12.5`, `true`, `date '2026-01-31'` or `null`."""

    value: Decimal | str | bool | date | None


@dataclass(frozen=True)
class Name(Node):
    """A name, with its path: `amount`, `product.category`."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The name as written."""
        return ".".join(self.parts)


@dataclass(frozen=True)
class Negative(Node):
    """`-x`."""

    operand: Node


@dataclass(frozen=True)
class Not(Node):
    """`not x`."""

    operand: Node


@dataclass(frozen=True)
class Binary(Node):
    """Arithmetic, a comparison, `and`, `or`."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class In(Node):
    """`x in ('a', 'b')` or `x in a_list_parameter`; the latter has one `Name` in `items`."""

    operand: Node
    items: tuple[Node, ...]
    negated: bool = False
    bare: bool = False


@dataclass(frozen=True)
class Between(Node):
    """`x between low and high`, both inclusive."""

    operand: Node
    low: Node
    high: Node
    negated: bool = False


@dataclass(frozen=True)
class IsNull(Node):
    """`x is null`."""

    operand: Node
    negated: bool = False


@dataclass(frozen=True)
class Case(Node):
    """`case [x] when a then b … [else c] end`."""

    operand: Node | None
    whens: tuple[tuple[Node, Node], ...]
    otherwise: Node | None


@dataclass(frozen=True)
class Call(Node):
    """`f(a, b)`, with `distinct` and `filter` for aggregates; `count()` has no argument."""

    function: str
    arguments: tuple[Node, ...]
    distinct: bool = False
    where: Node | None = None


@dataclass(frozen=True)
class Test(Node):
    """A comparison without its left side, as in `count(>= 90)` and `count_tracks(>= silver)`."""

    op: str
    right: Node


@dataclass(frozen=True)
class Expression:
    """An expression of a document: the text as written and its tree."""

    text: str
    tree: Node

    def __str__(self) -> str:
        return self.text


def children(node: Node) -> tuple[Node, ...]:
    """Return the parts directly under a node, in the order written."""
    match node:
        case Negative(operand) | Not(operand) | IsNull(operand):
            return (operand,)
        case Binary(_, left, right):
            return (left, right)
        case In(operand, items):
            return (operand, *items)
        case Between(operand, low, high):
            return (operand, low, high)
        case Case(operand, whens, otherwise):
            flat = [part for pair in whens for part in pair]
            ends = [part for part in (operand, *flat, otherwise) if part is not None]
            return tuple(ends)
        case Call(_, arguments, _, where):
            return arguments if where is None else (*arguments, where)
        case Test(_, right):
            return (right,)
    return ()


def names(node: Node) -> list[Name]:
    """Return every name in the tree, in the order written."""
    found, waiting = [], [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Name):
            found.append(current)
        waiting += reversed(children(current))
    return found
