"""Random expressions, as trees: each of one type, over the columns of `scopes.COLUMNS`."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random

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
)

NUMBERS = "0 1 2 3 12 0.5 0.005 2.675 100 -1 -0.5 7.25 1000 99999.99 0.000000000001".split()
TEXTS = (
    "",
    "a",
    "A",
    "b",
    "it's",
    "ß",
    "Ω",
    "100",
    "a b",
    "--",
    "/*",
    "\\",
    "\u0000x",
    "é",
    "e\u0301",
)
DAYS = ("2020-02-29", "2019-12-31", "2020-01-01", "2021-03-31", "2020-06-30", "1999-05-05")
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
Make = Callable[[int], Node]


class Trees:
    """Draws trees; `depth` bounds how far they nest."""

    def __init__(self, random: Random, *, every: bool = True) -> None:
        """With `every`, also what no database is asked to work out: quotients, lists."""
        self.random, self.every = random, every

    def any(self, depth: int) -> Node:
        return self.random.choice((self.number, self.text, self.day, self.yes))(depth)

    def one(self, leaf: Callable[[], Node], depth: int, *ways: Make) -> Node:
        if depth <= 0 or self.random.random() < 0.15:
            return leaf()
        return self.random.choice(ways)(depth - 1)

    def null_or(self, node: Node) -> Node:
        return Literal(None) if self.random.random() < 0.05 else node

    def choice(self, make: Make, depth: int) -> Node:
        """`case`, `if` or `coalesce` over values of one type."""
        way = self.random.randrange(4)
        if way == 0:
            return Call("if", (self.yes(depth), make(depth), self.null_or(make(depth))))
        if way == 1:
            return Call("coalesce", (make(depth), make(depth)))
        if way == 2:
            whens = tuple((self.yes(depth), make(depth)) for _ in range(self.random.randint(1, 2)))
            return Case(None, whens, make(depth) if self.random.random() < 0.7 else None)
        return Case(self.text(depth), ((self.text(depth), make(depth)),), make(depth))

    def extreme(self, make: Make, depth: int) -> Node:
        if self.random.random() < 0.2:
            return Call("clamp", (make(depth), make(depth), make(depth)))
        name = self.random.choice(("least", "greatest"))
        return Call(name, tuple(make(depth) for _ in range(self.random.randint(1, 3))))

    def number(self, depth: int) -> Node:
        def leaf() -> Node:
            if self.random.random() < 0.6:
                return Name((self.random.choice("nm"),))
            drawn = Decimal(self.random.choice(NUMBERS))
            return Negative(Literal(-drawn)) if drawn < 0 else Literal(drawn)

        operators = "+-*/" if self.every else "+-*"
        return self.one(
            leaf,
            depth,
            lambda d: Binary(self.random.choice(operators), self.number(d), self.number(d)),
            lambda d: Negative(self.number(d)),
            lambda d: Call("abs", (self.number(d),)),
            lambda d: Call("round", (self.number(d), Literal(Decimal(self.random.randint(0, 3))))),
            lambda d: Call(self.random.choice("year month quarter day".split()), (self.day(d),)),
            lambda d: Call("days_between", (self.day(d), self.day(d))),
            lambda d: self.extreme(self.number, d),
            lambda d: self.choice(self.number, d),
        )

    def text(self, depth: int) -> Node:
        def leaf() -> Node:
            if self.random.random() < 0.6:
                return Name((self.random.choice("tu"),))
            return Literal(self.random.choice(TEXTS))

        ways: list[Make] = [
            lambda d: self.extreme(self.text, d),
            lambda d: self.choice(self.text, d),
        ]
        if self.every:
            ways.append(lambda d: Call("lower", (self.text(d),)))
        return self.one(leaf, depth, *ways)

    def day(self, depth: int) -> Node:
        def leaf() -> Node:
            if self.random.random() < 0.7:
                return Name((self.random.choice("de"),))
            return Literal(date.fromisoformat(self.random.choice(DAYS)))

        def added(depth: int) -> Node:
            unit = Literal(self.random.choice(("day", "month", "year")))
            return Call("date_add", (self.day(depth), self.number(depth), unit))

        ways: list[Make] = [
            lambda d: self.extreme(self.day, d),
            lambda d: self.choice(self.day, d),
        ]
        return self.one(leaf, depth, *ways, *([added] if self.every else []))

    def yes(self, depth: int) -> Node:
        def leaf() -> Node:
            if self.random.random() < 0.7:
                return Name((self.random.choice("bc"),))
            return Literal(self.random.random() < 0.5)

        def make() -> Make:
            return self.random.choice((self.number, self.number, self.text, self.day))

        def compared(depth: int) -> Node:
            side = make()
            return Binary(self.random.choice(COMPARISONS), side(depth), self.null_or(side(depth)))

        def among(depth: int) -> Node:
            if self.every and self.random.random() < 0.3:
                word = self.random.choice(("numbers", "texts"))
                side = self.number if word == "numbers" else self.text
                return In(side(depth), (Name((word,)),), self.flip(), bare=True)
            side = make()
            items = tuple(self.null_or(side(depth)) for _ in range(self.random.randint(1, 3)))
            return In(side(depth), items, self.flip())

        def between(depth: int) -> Node:
            side = make()
            return Between(side(depth), side(depth), side(depth), self.flip())

        return self.one(
            leaf,
            depth,
            compared,
            compared,
            among,
            between,
            lambda d: Binary(self.random.choice(("and", "or")), self.yes(d), self.yes(d)),
            lambda d: Not(self.yes(d)),
            lambda d: IsNull(self.any(d), self.flip()),
            lambda d: Binary(self.random.choice(("=", "<>")), self.yes(d), self.yes(d)),
            lambda d: self.choice(self.yes, d),
        )

    def flip(self) -> bool:
        return self.random.random() < 0.5

    def total(self, depth: int) -> Node:
        """An expression over aggregates, as a metric's value is."""
        name = self.random.choice("sum count min max avg median".split())
        make = self.number
        if name in ("min", "max", "count"):
            make = self.random.choice((self.number, self.text, self.day))
        where = self.yes(depth) if self.random.random() < 0.3 else None
        distinct = name == "count" and self.random.random() < 0.5
        arguments = () if name == "count" and not distinct and self.flip() else (make(depth),)
        return Call(name, arguments, distinct, where)


def row(random: Random) -> dict[str, object]:
    """A row of values, a fifth of them null."""

    def some(values: tuple[object, ...] | list[object]) -> object:
        return None if random.random() < 0.2 else random.choice(values)

    numbers = [Decimal(text) for text in (*NUMBERS, "-12.345678", "33.333333333333", "1e10")]
    days = [date.fromisoformat(text) for text in DAYS]
    return {
        "n": some(numbers),
        "m": some(numbers),
        "t": some(TEXTS),
        "u": some(TEXTS),
        "d": some(days),
        "e": some(days),
        "b": some((True, False)),
        "c": some((True, False)),
        "texts": some((("a", "b"), ("a", None), ())),
        "numbers": some(((Decimal(1), Decimal("0.5")), (Decimal(1), None), ())),
    }
