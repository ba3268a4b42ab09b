"""A fact table in a query: its own columns, references followed, amounts converted.

Joins grow as references need them; the query that holds the source adds whose facts and which
days. No date is ever worked out in a query: only compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from rulebook.backends.sql.engine import Shapes
from rulebook.backends.sql.expressions import NotInSql, Part, cast, decimal
from rulebook.dataset.spec import Column, Dataset
from rulebook.expressions.typed import Ref
from rulebook.plan.steps import During, Exchanged

FACT = "f"


def name(text: str) -> exp.Identifier:
    """Return a quoted identifier."""
    return exp.to_identifier(text, quoted=True)


def column(text: str, table: str) -> exp.Column:
    """Return a column of a table, both quoted."""
    return exp.Column(this=name(text), table=name(table))


def table(text: str, alias: str) -> exp.Table:
    """Return a relation of ours under an alias."""
    return aliased(exp.Table(this=name(text)), alias)


def aliased(found: exp.Table, alias: str) -> exp.Table:
    """Return a table under an alias."""
    return exp.Table(**{**found.args, "alias": exp.TableAlias(this=name(alias))})


def equal(left: exp.Expression, right: exp.Expression) -> exp.EQ:
    """Return left = right."""
    return exp.EQ(this=left, expression=right)


@dataclass(frozen=True)
class Given:
    """What the relations look like, so that a query joins only what it needs."""

    spec: Dataset
    where: Callable[[str], exp.Table]  # where a table lies
    digits: Mapping[str, Shapes]  # table → column → digits, scale
    currency: str  # the program's
    minor: int
    rate_digits: tuple[int, int]
    constants: Mapping[Ref, tuple[str, Part]]  # column of `constant`, and its shape
    missing: frozenset[str]  # amounts (columns) of which some have no rate
    amounts: tuple[Exchanged, ...]  # all amounts of the table that the program reads
    at_window_end: bool


@dataclass
class Source:
    """One fact table under construction. `scope` is the alias that has place and branch."""

    given: Given
    table: str
    partner: str
    rate_day: exp.Expression  # the day whose rate converts
    scope: str
    occasion: exp.Expression | None = None  # which occasion, where there are several
    joins: dict[str, tuple[exp.Expression, exp.Expr]] = field(default_factory=dict)

    def lying(self, text: str, alias: str) -> exp.Table:
        """Return a table of the data, where it lies, under an alias."""
        return aliased(self.given.where(text), alias)

    def joined(self, select: exp.Select) -> exp.Select:
        """Return a query with all that references needed joined to it."""
        for source, on in self.joins.values():
            select = select.join(source, on=on, join_type="left")
        return select

    def counting(self) -> list[exp.Expression]:
        """Return what every fact must fulfil: it is not set aside, and has rates."""
        tests: list[exp.Expression] = [exp.Is(this=column("_aside", FACT), expression=exp.null())]
        for amount in self.given.amounts:
            if amount.column in self.given.missing:
                has_rate = exp.Not(this=exp.Is(this=self.rate(amount), expression=exp.null()))
                tests.append(null_or(column(amount.column, FACT), has_rate))
        return tests

    def resolve(self, ref: Ref) -> Part:
        """Return what a reference is in the query, joining what it needs."""
        match ref.kind:
            case "branch":
                return Part(column("branch", self.scope))
            case "column":
                return self.fact_column(ref)
            case "partner":
                self.join(
                    "p",
                    self.lying("partner", "p"),
                    equal(
                        column(self.given.spec.partners.key, "p"),
                        column(self.partner, FACT),
                    ),
                )
                entry = self.given.spec.partners.columns.get(ref.path[0])
                return self.through("p", "partner", ref.path, entry)
        if ref in self.given.constants:
            word, shape = self.given.constants[ref]
            self.join(
                "c",
                table("constant", "c"),
                exp.and_(*self._of_place("c")),
            )
            return Part(column(word, "c"), shape.whole, shape.scale)
        raise NotInSql

    def _of_place(self, alias: str) -> list[exp.Expression]:
        tests: list[exp.Expression] = [equal(column("place", alias), column("place", self.scope))]
        if self.occasion is not None:
            tests.append(equal(column("o", alias), self.occasion.copy()))
        return tests

    def join(self, alias: str, source: exp.Expression, on: exp.Expr) -> None:
        """Join a relation once."""
        self.joins.setdefault(alias, (source, on))

    def fact_column(self, ref: Ref) -> Part:
        """Return a column of the fact: its own value, an amount converted, a reference's."""
        first = ref.path[0]
        amount = next((a for a in self.given.amounts if a.column == first), None)
        if amount is not None and len(ref.path) == 1:
            return self.converted(amount)
        entry = self.given.spec.facts[self.table].type_of(first)
        return self.through(FACT, f"fact_{self.table}", ref.path, entry)

    def through(self, alias: str, source: str, path: tuple[str, ...], entry: Column | None) -> Part:
        """Follow references by left joins."""
        for step in path[1:]:
            assert entry is not None
            assert entry.references is not None
            reference = self.given.spec.references[entry.references]
            pointing = column(path[0], alias)
            following = f"{alias}>{path[0]}"
            source = f"ref_{entry.references}"
            self.join(
                following,
                self.lying(source, following),
                equal(column(reference.key, following), pointing),
            )
            alias, path, entry = following, path[1:], reference.columns.get(step)
        shape = self.given.digits.get(source, {}).get(path[0])
        piece = column(path[0], alias)
        return Part(piece) if shape is None else Part(piece, shape[0] - shape[1], shape[1])

    def rate(self, amount: Exchanged) -> exp.Expression:
        """Return the rate that converts an amount, joining the rates."""
        alias = f"rate>{amount.column}"
        currency = equal(column("currency", alias), self.currency(amount))
        on = exp.and_(currency, equal(column("day", alias), self.rate_day.copy()))
        self.join(alias, table("rate", alias), on)
        return column("rate", alias)

    def currency(self, amount: Exchanged) -> exp.Expression:
        """Return the currency of an amount: a column of the fact, or a constant."""
        if amount.constant:
            return exp.Literal.string(amount.currency or self.given.currency)
        return column(amount.currency, FACT)

    def converted(self, amount: Exchanged) -> Part:
        """Return an amount in the program's currency, rounded to its minor unit."""
        shapes = self.given.digits[f"fact_{self.table}"]
        beforehand = in_currency(amount.column, self.given.currency)
        if beforehand in shapes and not self.given.at_window_end:
            digits, scale = shapes[beforehand]
            return Part(column(beforehand, FACT), digits - scale, scale)
        digits, scale = shapes[amount.column]
        rate_digits, rate_scale = self.given.rate_digits
        wide = decimal(38 - scale, scale)
        decimal(digits - scale + rate_digits - rate_scale, scale + rate_scale)
        product = exp.Mul(
            this=cast(column(amount.column, FACT), wide), expression=self.rate(amount)
        )
        rounded = exp.Round(this=product, decimals=exp.Literal.number(self.given.minor))
        whole = digits - scale + rate_digits - rate_scale + 1
        return Part(cast(rounded, decimal(whole, self.given.minor)), whole, self.given.minor)


def in_currency(amount: str, currency: str) -> str:
    """Return the column of an amount converted beforehand; no dataset has such a name."""
    return f"{amount}\x1f{currency}"


def within(
    during: During, low: exp.Expression, high: exp.Expression, holds: exp.Expression | None
) -> list[exp.Expression]:
    """Return the conditions under which a fact lies between two days, and holds on one."""
    day = column(during.day, FACT)
    tests: list[exp.Expression] = [
        exp.GTE(this=day, expression=low),
        exp.LTE(this=day.copy(), expression=high),
    ]
    if holds is not None:
        if during.valid_from is not None:
            start = column(during.valid_from, FACT)
            tests.append(null_or(start, exp.LTE(this=start.copy(), expression=holds)))
        if during.valid_until is not None:
            until = column(during.valid_until, FACT)
            tests.append(null_or(until, exp.GT(this=until.copy(), expression=holds.copy())))
    return tests


def named(parts: Sequence[Part], prefix: str) -> list[exp.Expr]:
    """Return pieces as columns `a0`, `a1`, …"""
    return [exp.alias_(piece.sql, f"{prefix}{i}", quoted=True) for i, piece in enumerate(parts)]


def null_or(value: exp.Expression, test: exp.Expression) -> exp.Expression:
    """Return that a value is null, or the test true."""
    return exp.Paren(this=exp.or_(exp.Is(this=value, expression=exp.null()), test))
