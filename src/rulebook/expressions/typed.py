"""The typed tree: what an expression means once its names are known.

Four nodes are enough: a constant, a reference to something named, an operation, an
aggregate. Every engine reads this tree; none reads the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

Value = str | Decimal | bool | date | None


class Type(Enum):
    """What a value is. UNKNOWN fits everything: a column that no table describes."""

    NUMBER = "a number"
    TEXT = "a text"
    BOOLEAN = "yes or no"
    DATE = "a date"
    MONTH = "a month"
    QUARTER = "a quarter"
    TIER = "a tier"
    LIST = "a list"
    NULL = "null"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Const:
    """A fixed value."""

    value: Value
    type: Type


@dataclass(frozen=True)
class Ref:
    """Something named, found by `kind` and `path`.

    Kinds: column (a fact's own, or through references), partner, enrollment, metric
    (track or "", name), parameter, as_of, branch, each, key (of a group), aggregate,
    tier (of a track), program (tier held elsewhere, then the order of its tiers).
    """

    kind: str
    path: tuple[str, ...]
    type: Type


@dataclass(frozen=True)
class Op:
    """An operation of `rulebook.expressions.functions` on values."""

    name: str
    args: tuple[Typed, ...]
    type: Type


@dataclass(frozen=True)
class Agg:
    """An aggregate over rows: sum, count, min, max, avg, median."""

    name: str
    arg: Typed | None
    distinct: bool
    where: Typed | None
    type: Type


Typed = Const | Ref | Op | Agg


def parts(node: Typed) -> tuple[Typed, ...]:
    """Return the nodes directly under a node."""
    match node:
        case Op(_, args):
            return args
        case Agg(_, arg, _, where):
            return tuple(part for part in (arg, where) if part is not None)
    return ()


def walk(node: Typed) -> Iterator[Typed]:
    """Yield the node and everything under it."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += reversed(parts(current))


def refs(node: Typed | None) -> list[Ref]:
    """Return every reference in a tree, each once, in order of appearance."""
    if node is None:
        return []
    return list(dict.fromkeys(part for part in walk(node) if isinstance(part, Ref)))


def replace(node: Typed, change: Callable[[Typed], Typed | None]) -> Typed:
    """Return the tree with every node for which `change` gives another replaced by it."""
    changed = change(node)
    if changed is not None:
        return changed
    match node:
        case Op(name, args, type_):
            return Op(name, tuple(replace(arg, change) for arg in args), type_)
        case Agg(name, arg, distinct, where, type_):
            return Agg(
                name,
                None if arg is None else replace(arg, change),
                distinct,
                None if where is None else replace(where, change),
                type_,
            )
    return node
