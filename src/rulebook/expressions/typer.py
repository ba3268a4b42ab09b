"""Types an expression: resolves its names in a scope and checks that types fit.

Parameters and columns that no table describes have no type of their own: they take the
one that their place asks for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal

from rulebook.errors import nearest
from rulebook.expressions.scope import Scope
from rulebook.expressions.signatures import SIGNATURES, Signature
from rulebook.expressions.tokens import ExpressionError
from rulebook.expressions.tree import (
    COMPARISONS,
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
from rulebook.expressions.typed import Agg, Const, Op, Ref, Type, Typed, walk

MAX_STEPS = 20_000
TOO_DEEP = "the expression nests too deep"
SPLIT = "split it into several metrics"
AGGREGATES = ("sum", "count", "min", "max", "avg", "median")
_BARE = {Type.MONTH: "bare_month", Type.QUARTER: "bare_quarter"}
_OPEN = (Type.UNKNOWN, Type.NULL)


def type_expression(tree: Node, scope: Scope, wanted: Type | None = None) -> Typed:
    """Return the typed tree, or raise ExpressionError at the first thing that doesn't fit.

    With `wanted`, the whole must be of that type.
    """
    try:
        typed = _Typer(scope).node(tree)
        return typed if wanted is None else _Typer(scope).as_type(typed, wanted, tree)
    except RecursionError:
        raise ExpressionError(TOO_DEEP, tree.at, SPLIT) from None


class _Typer:
    """One walk through a tree in one scope."""

    def __init__(self, scope: Scope, steps: Iterator[int] | None = None) -> None:
        self.scope = scope
        self.steps = itertools.count(1) if steps is None else steps

    def node(self, node: Node) -> Typed:
        if next(self.steps) > MAX_STEPS:  # what stands twice in a meaning doubles at every level
            raise ExpressionError(
                f"the expression comes to more than {MAX_STEPS:,} steps", node.at, SPLIT
            )
        match node:
            case Literal(value):
                return Const(value, _literal_type(value))
            case Name():
                return self.scope.name(node)
            case Negative(operand):
                return Op("negative", (self.number(operand),), Type.NUMBER)
            case Not(operand):
                return Op("not", (self.boolean(operand),), Type.BOOLEAN)
            case Binary(op, left, right) if op in ("and", "or"):
                return Op(op, (self.boolean(left), self.boolean(right)), Type.BOOLEAN)
            case Binary(op, left, right) if op in COMPARISONS:
                return self.comparison(op, self.node(left), right, node)
            case Binary(op, left, right):
                return Op(op, (self.number(left), self.number(right)), Type.NUMBER)
            case In():
                return self.membership(node)
            case Between(operand, low, high, negated):
                whole = Op(
                    "and",
                    (
                        self.comparison(">=", self.node(operand), low, node),
                        self.comparison("<=", self.node(operand), high, node),
                    ),
                    Type.BOOLEAN,
                )
                return self.negated(whole, negated)
            case IsNull(operand, negated):
                return self.negated(Op("is_null", (self.node(operand),), Type.BOOLEAN), negated)
            case Case():
                return self.case(node)
            case Call():
                return self.call(node)
            case Test():
                raise ExpressionError("a comparison needs its left side here", node.at)
        raise TypeError(node)

    def negated(self, node: Typed, negated: bool) -> Typed:
        return Op("not", (node,), Type.BOOLEAN) if negated else node

    def number(self, node: Node) -> Typed:
        return self.as_type(self.node(node), Type.NUMBER, node)

    def boolean(self, node: Node) -> Typed:
        return self.as_type(self.node(node), Type.BOOLEAN, node)

    def as_type(self, typed: Typed, wanted: Type, node: Node) -> Typed:
        """Return the node as `wanted`, taking the bare number of a month where it must."""
        if wanted is Type.NUMBER and typed.type in _BARE:
            return Op(_BARE[typed.type], (typed,), Type.NUMBER)
        if typed.type is wanted or typed.type is Type.NULL or wanted is Type.UNKNOWN:
            return typed
        if typed.type is Type.UNKNOWN:
            self.infer(typed, wanted, node.at)
            return typed
        hint = ""
        if wanted is Type.DATE and typed.type is Type.TEXT:
            hint = "a date is written date '2026-01-31'"
        raise ExpressionError(f"{wanted.value} expected, {typed.type.value} found", node.at, hint)

    def infer(self, typed: Typed, wanted: Type, at: int) -> None:
        for part in _results(typed):
            if isinstance(part, Ref) and part.kind == "parameter":
                self.scope.inferred.use(part, wanted, at)

    def common(self, typed: list[Typed], at: int) -> tuple[list[Typed], Type]:
        """Bring values to one type: what they are compared or chosen as."""
        types = {part.type for part in typed} - set(_OPEN)
        if len(types) > 1 and types <= {Type.NUMBER, Type.MONTH, Type.QUARTER}:
            if types == {Type.MONTH, Type.QUARTER}:
                raise ExpressionError("a month can't be compared with a quarter", at)
            typed = [Op(_BARE[p.type], (p,), Type.NUMBER) if p.type in _BARE else p for p in typed]
            types = {Type.NUMBER}
        if len(types) > 1:
            first, second = sorted(kind.value for kind in types)[:2]
            hint = "a date is written date '2026-01-31'" if Type.DATE in types else ""
            raise ExpressionError(f"{first} and {second} can't stand together", at, hint)
        kind = next(iter(types), Type.UNKNOWN)
        unknown = [part for part in typed if part.type is Type.UNKNOWN]
        if kind in _BARE and unknown:  # beside a parameter: the bare number
            typed = [Op(_BARE[p.type], (p,), Type.NUMBER) if p.type in _BARE else p for p in typed]
            kind = Type.NUMBER
        if kind is not Type.UNKNOWN:
            for part in unknown:
                self.infer(part, kind, at)
        return typed, kind

    def comparison(self, op: str, left: Typed, right: Node, node: Node) -> Typed:
        if left.type is Type.TIER:
            if not isinstance(left, Ref) or not isinstance(right, Name) or len(right.parts) != 1:
                raise ExpressionError("a tier's name expected", right.at)
            return Op(op, self.scope.tier(left, right), Type.BOOLEAN)
        other = self.node(right)
        if other.type is Type.TIER:
            raise ExpressionError("a tier stands on the left of a comparison", right.at)
        (first, second), kind = self.common([left, other], node.at)
        if kind is Type.LIST:
            raise ExpressionError("a list is compared with 'in'", node.at)
        if kind is Type.BOOLEAN and op not in ("=", "<>"):
            raise ExpressionError("yes or no compares with = and <> only", node.at)
        return Op(op, (first, second), Type.BOOLEAN)

    def membership(self, node: In) -> Typed:
        operand = self.node(node.operand)
        if operand.type in _BARE:
            operand = Op(_BARE[operand.type], (operand,), Type.NUMBER)
        if node.bare:
            items = self.node(node.items[0])
            if items.type is not Type.LIST:
                raise ExpressionError(
                    f"{node.items[0].text!r} is not a list"
                    if isinstance(node.items[0], Name)
                    else "a list expected",
                    node.items[0].at,
                    "write in ('a', 'b') or name a list parameter",
                )
            if isinstance(items, Ref):
                self.scope.inferred.use(
                    Ref("item", (f"{items.path[0]}[]",), Type.UNKNOWN), operand.type, node.at
                )
            return self.negated(Op("in_list", (operand, items), Type.BOOLEAN), node.negated)
        typed, _ = self.common([operand, *map(self.node, node.items)], node.at)
        return self.negated(Op("in", tuple(typed), Type.BOOLEAN), node.negated)

    def case(self, node: Case) -> Typed:
        conditions: list[Typed] = []
        for condition, _ in node.whens:
            if node.operand is None:
                conditions.append(self.boolean(condition))
            else:
                conditions.append(self.comparison("=", self.node(node.operand), condition, node))
        otherwise = Const(None, Type.NULL) if node.otherwise is None else self.node(node.otherwise)
        values, kind = self.common(
            [*(self.node(value) for _, value in node.whens), otherwise], node.at
        )
        flat = [part for pair in zip(conditions, values[:-1], strict=True) for part in pair]
        return Op("case", (*flat, values[-1]), kind)

    def call(self, node: Call) -> Typed:
        special = self.scope.call(node.function, node.arguments, node.at)
        if special is not None:
            return special
        if node.function in AGGREGATES:
            return self.aggregate(node)
        if node.distinct or node.where is not None:
            raise ExpressionError(
                f"{node.function} is not an aggregate: no distinct, no filter", node.at
            )
        if node.function == "if":
            return self.if_(node)
        signature = SIGNATURES.get(node.function)
        if signature is None:
            known = [*SIGNATURES, *AGGREGATES, "if"]
            raise ExpressionError(
                f"unknown function {node.function!r}", node.at, nearest(node.function, known)
            )
        return self.function(node, signature)

    def if_(self, node: Call) -> Typed:
        if len(node.arguments) != 3:
            raise ExpressionError("if(condition, then, otherwise) has three arguments", node.at)
        condition, then, otherwise = node.arguments
        return self.case(Case(None, ((condition, then),), otherwise, at=node.at))

    def function(self, node: Call, signature: Signature) -> Typed:
        count = len(node.arguments)
        if not signature.least <= count <= signature.most:
            raise ExpressionError(f"{signature.usage}: {count} arguments given", node.at)
        if signature.same:
            typed, kind = self.common([self.node(arg) for arg in node.arguments], node.at)
            if signature.name == "coalesce":
                return Op("coalesce", tuple(typed), kind)
            if kind in (Type.BOOLEAN, Type.LIST, Type.TIER):
                raise ExpressionError(f"{signature.name} takes numbers, dates or texts", node.at)
            return Op(signature.name, tuple(typed), kind)
        args = [
            self.as_type(self.node(arg), wanted, arg)
            for arg, wanted in zip(node.arguments, signature.takes, strict=False)
        ]
        if signature.name == "round" and count == 1:
            args.append(Const(Decimal(0), Type.NUMBER))
        if signature.name == "date_add":
            unit = args[2]
            if not isinstance(unit, Const) or unit.value not in ("day", "month", "year"):
                raise ExpressionError("date_add(date, n, 'day' | 'month' | 'year')", node.at)
        return Op(signature.name, tuple(args), signature.gives)

    def aggregate(self, node: Call) -> Typed:
        inner = self.scope.inner
        if inner is None:
            raise ExpressionError(
                f"{node.function}() has no place here: there are no facts to go over", node.at
            )
        if len(node.arguments) > 1 or (not node.arguments and node.function != "count"):
            raise ExpressionError(f"{node.function} takes one argument", node.at)
        if node.distinct and node.function != "count":
            raise ExpressionError("distinct goes with count only", node.at)
        if node.distinct and not node.arguments:
            raise ExpressionError("count(distinct …) needs a column", node.at)
        rows = _Typer(inner, self.steps)
        where = None if node.where is None else rows.boolean(node.where)
        if not node.arguments:
            return Agg("count", None, False, where, Type.NUMBER)
        if node.function in ("sum", "avg", "median"):
            arg = rows.number(node.arguments[0])
        else:
            arg = rows.node(node.arguments[0])
        if node.function in ("min", "max") and arg.type in (Type.BOOLEAN, Type.LIST):
            raise ExpressionError(f"{node.function} takes numbers, dates or texts", node.at)
        kind = arg.type if node.function in ("min", "max") else Type.NUMBER
        return Agg(node.function, arg, node.distinct, where, kind)


def _results(typed: Typed) -> list[Typed]:
    """Return the parts whose type is the type of the whole."""
    if isinstance(typed, Op) and typed.name == "case":
        return [part for value in (*typed.args[1::2], typed.args[-1]) for part in _results(value)]
    if isinstance(typed, Op) and typed.name in ("coalesce", "least", "greatest", "clamp"):
        return [part for value in typed.args for part in _results(value)]
    return [typed]


def _literal_type(value: object) -> Type:
    if value is None:
        return Type.NULL
    if isinstance(value, bool):
        return Type.BOOLEAN
    if isinstance(value, Decimal):
        return Type.NUMBER
    return Type.TEXT if isinstance(value, str) else Type.DATE


def aggregates(typed: Typed) -> list[Agg]:
    """Return the aggregates in a tree, each once."""
    return list(dict.fromkeys(part for part in walk(typed) if isinstance(part, Agg)))
