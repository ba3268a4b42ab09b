"""Reads the text of an expression into its syntax tree, by precedence climbing.

Loosest to tightest: `or`, `and`, `not`, comparisons with `in between is`, `+ -`, `* /`,
minus. A comparison is not chained: `a < b < c` is refused.
"""

from __future__ import annotations

import re
from datetime import date

from rulebook.expressions.tokens import ExpressionError, Token, tokenize
from rulebook.expressions.tree import (
    COMPARISONS,
    Between,
    Binary,
    Call,
    Case,
    Expression,
    In,
    IsNull,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Test,
)
from rulebook.values.numbers import read_number

MAX_LENGTH = 20_000
MAX_DEPTH = 60
MAX_OPERATORS = 250

#: Words that mean something only in their place; elsewhere, outside `case`, they are names.
SOFT = ("end", "when", "then", "else", "filter", "where", "distinct")
STATEMENTS = frozenset(
    "select insert update delete drop create alter with union from exists".split()
)

_AFTER_STATEMENT = frozenset("* distinct true false null case not".split())

__all__ = ["ExpressionError", "parse"]


def parse(text: str) -> Expression:
    """Return the expression that `text` says, or raise ExpressionError with the offset."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression has at most {MAX_LENGTH:,} characters", MAX_LENGTH)
    try:
        return Expression(text, _Parser(tokenize(text)).whole())
    except RecursionError:  # a caller that stands deep already
        raise ExpressionError(f"brackets nest deeper than {MAX_DEPTH}", 0) from None


class _Parser:
    """Walks the tokens once; every method leaves the position behind what it read."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0
        self.operators = 0
        self.cases = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def take(self, *texts: str) -> Token | None:
        """Step over the next token if it is one of these signs or keywords."""
        token = self.token
        if token.kind in ("sign", "keyword") and token.text in texts:
            self.position += 1
            return token
        return None

    def expect(self, text: str, why: str) -> Token:
        found = self.take(text)
        if found is None:
            raise self.unexpected(f"{text!r} expected {why}")
        return found

    def unexpected(self, message: str) -> ExpressionError:
        token = self.token
        found = "the end" if token.kind == "end" else repr(token.text[:30])
        hint = ""
        if token.kind == "name" and token.text.lower() in STATEMENTS:
            hint = "statements and subqueries have no place in an expression"
        return ExpressionError(f"{message}, found {found}", token.at, hint)

    def binary(self, found: Token, left: Node, right: Node) -> Binary:
        self.operators += 1
        if self.operators > MAX_OPERATORS:
            raise ExpressionError(
                f"an expression has at most {MAX_OPERATORS} operators",
                found.at,
                "split it into several metrics",
            )
        return Binary(found.text, left, right, at=found.at)

    def whole(self) -> Node:
        if self.token.kind == "end":
            raise ExpressionError("an expression is empty", 0)
        node = self.either()
        if self.token.kind != "end":
            raise self.unexpected("an operator or the end expected")
        return node

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(f"brackets nest deeper than {MAX_DEPTH}", self.token.at)

    def either(self) -> Node:
        self.deeper()
        node = self.both()
        while found := self.take("or"):
            node = self.binary(found, node, self.both())
        self.depth -= 1
        return node

    def both(self) -> Node:
        node = self.negation()
        while found := self.take("and"):
            node = self.binary(found, node, self.negation())
        return node

    def negation(self) -> Node:
        if found := self.take("not"):
            self.deeper()
            node = Not(self.negation(), at=found.at)
            self.depth -= 1
            return node
        return self.comparison()

    def comparison(self) -> Node:
        left = self.sum()
        if found := self.take(*COMPARISONS):
            node: Node = self.binary(found, left, self.sum())
        else:
            node = self.membership(left)
        if self.token.text in COMPARISONS and self.token.kind == "sign":
            raise ExpressionError(
                "comparisons can't be chained", self.token.at, "join two by 'and'"
            )
        return node

    def membership(self, left: Node) -> Node:
        at = self.token.at
        if self.take("is"):
            negated = self.take("not") is not None
            self.expect("null", "after 'is'")
            return IsNull(left, negated, at=at)
        negated = self.take("not") is not None
        if self.take("in"):
            return self.items(left, negated, at)
        if self.take("between"):
            low = self.sum()
            self.expect("and", "in 'between low and high'")
            return Between(left, low, self.sum(), negated, at=at)
        if negated:
            raise self.unexpected("'in' or 'between' expected after 'not'")
        return left

    def items(self, left: Node, negated: bool, at: int) -> Node:
        if self.token.kind == "name":
            return In(left, (self.name(),), negated, bare=True, at=at)
        self.expect("(", "after 'in'")
        items = [self.either()]
        while self.take(","):
            items.append(self.either())
        self.expect(")", "after the list")
        return In(left, tuple(items), negated, at=at)

    def sum(self) -> Node:
        node = self.product()
        while found := self.take("+", "-"):
            node = self.binary(found, node, self.product())
        return node

    def product(self) -> Node:
        node = self.unary()
        while found := self.take("*", "/"):
            node = self.binary(found, node, self.unary())
        return node

    def unary(self) -> Node:
        if found := self.take("-"):
            self.deeper()
            node = Negative(self.unary(), at=found.at)
            self.depth -= 1
            return node
        return self.primary()

    def primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.position += 1
            return self.number(token)
        if token.kind == "text":
            self.position += 1
            return Literal(token.text[1:-1].replace("''", "'"), at=token.at)
        if token.kind == "name":
            return self.named()
        if found := self.take("true", "false", "null"):
            value = {"true": True, "false": False, "null": None}[found.text]
            return Literal(value, at=found.at)
        if self.take("case"):
            return self.case(token.at)
        if self.take("("):
            node = self.either()
            self.expect(")", "to close the bracket")
            return node
        if token.kind == "keyword" and token.text in SOFT and not self.cases:
            return self.name()  # a column may be called so: `end` of a contract
        raise self.unexpected("a value expected")

    def number(self, token: Token) -> Node:
        try:
            return Literal(read_number(token.text), at=token.at)
        except ValueError as error:
            raise ExpressionError(str(error), token.at) from None

    def named(self) -> Node:
        token = self.token
        following = self.tokens[self.position + 1]
        if following.kind == "text" and token.text.lower() == "date":
            self.position += 2
            return Literal(_day(following), at=token.at)
        if following.text == "(" and following.kind == "sign":
            return self.call()
        return self.name()

    def name(self) -> Name:
        token = self.token
        if token.text.lower() in STATEMENTS and self.tokens[self.position + 1].kind != "end":
            following = self.tokens[self.position + 1]
            if following.kind in ("name", "number", "text") or following.text in _AFTER_STATEMENT:
                raise self.unexpected("a value expected")
        self.position += 1
        return Name(tuple(token.text.split(".")), at=token.at)

    def call(self) -> Node:
        token = self.token
        if token.text.lower() in STATEMENTS:
            raise self.unexpected("a value expected")
        self.position += 2
        distinct = self.take("distinct") is not None
        arguments: list[Node] = []
        star = token.text.lower() == "count" and self.take("*") is not None
        if star:
            self.expect(")", "to close count(*)")
        elif not self.take(")"):
            arguments.append(self.argument())
            while self.take(","):
                arguments.append(self.argument())
            self.expect(")", f"to close {token.text}(")
        where = None
        if self.take("filter"):
            self.expect("(", "after 'filter'")
            self.expect("where", "after 'filter ('")
            where = self.either()
            self.expect(")", "to close 'filter ('")
        return Call(token.text.lower(), tuple(arguments), distinct, where, at=token.at)

    def argument(self) -> Node:
        if found := self.take(*COMPARISONS):
            return Test(found.text, self.sum(), at=found.at)
        return self.either()

    def case(self, at: int) -> Node:
        self.cases += 1
        operand = None
        if not (self.token.kind == "keyword" and self.token.text == "when"):
            operand = self.either()
        whens: list[tuple[Node, Node]] = []
        while self.take("when"):
            condition = self.either()
            self.expect("then", "after the condition of 'when'")
            whens.append((condition, self.either()))
        if not whens:
            raise self.unexpected("'when' expected after 'case'")
        otherwise = self.either() if self.take("else") else None
        self.expect("end", "to close 'case'")
        self.cases -= 1
        return Case(operand, tuple(whens), otherwise, at=at)


def _day(token: Token) -> date:
    text = token.text[1:-1]
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ExpressionError(f"{text[:30]!r} is not a day such as date '2026-01-31'", token.at)
