"""Turns a plan into one query over a folder's tables and the relations of an occasion.

Relations beside the tables: `member` (who counts whose facts), `span` (the days that
count), `rate` (what converts amounts), `constant` (parameters and enrollment). No date is
ever worked out in a query: only compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from rulebook.backends.sql.engine import Shapes
from rulebook.backends.sql.expressions import NotInSql, Part, cast, decimal, part, seen, total
from rulebook.dataset.spec import Column, Dataset
from rulebook.expressions.typed import Ref
from rulebook.plan.steps import Exchanged, Plan

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
    """What the relations look like, so that the query joins only what it needs."""

    spec: Dataset
    where: Callable[[str], exp.Table]  # where a table lies
    digits: Mapping[str, Shapes]  # table → column → digits, scale
    program_currency: str
    minor: int
    rate_digits: tuple[int, int]
    by_partner: bool  # the spans differ by partner
    constants: Mapping[Ref, tuple[str, Part]]  # column of `constant`, and its shape
    missing: frozenset[str]  # amounts (columns) of which some have no rate
    amounts: tuple[Exchanged, ...]  # all amounts of the table that the program reads
    at_window_end: bool


@dataclass
class Query:
    """A query under construction: its joins grow as references need them."""

    plan: Plan
    given: Given
    joins: dict[str, tuple[exp.Expression, exp.Expr]] = field(default_factory=dict)

    def sql(self) -> exp.Select:
        """Return the query: place, occasion and the aggregates, a row for each that has facts."""
        conditions = self.conditions()
        grouped = self.plan.grouped
        if grouped is None:
            parts = [total(agg, self.resolve) for agg in self.plan.total.aggregates]
            select = exp.select(*self.identity(), *_named(parts, "a"))
            return self.filled(select, conditions).group_by(*self.identity())
        return self.over_groups(conditions)

    def lying(self, text: str, alias: str) -> exp.Table:
        """Return a table of the data, where it lies, under an alias."""
        return aliased(self.given.where(text), alias)

    def identity(self) -> list[exp.Expression]:
        """Return the columns that say whose figure on which occasion it is."""
        return [column("place", "m"), column("o", "s")]

    def filled(self, select: exp.Select, conditions: list[exp.Expression]) -> exp.Select:
        """Return the query with its tables joined and its conditions."""
        plan = self.plan
        select = select.from_(self.lying(f"fact_{plan.scan.table}", FACT))
        owner = equal(column("partner", "m"), column(plan.scan.partner, FACT))
        select = select.join(table("member", "m"), on=owner, join_type="inner")
        within = exp.and_(*self.during())
        select = select.join(table("span", "s"), on=within, join_type="inner")
        for source, on in self.joins.values():
            select = select.join(source, on=on, join_type="left")
        return select.where(*conditions)

    def during(self) -> list[exp.Expression]:
        """Return the conditions under which a fact lies in the span of an occasion."""
        during = self.plan.during
        day = column(during.day, FACT)
        tests: list[exp.Expression] = [
            exp.GTE(this=day, expression=column("low", "s")),
            exp.LTE(this=day.copy(), expression=column("high", "s")),
        ]
        if self.given.by_partner:
            tests.append(equal(column("place", "s"), column("place", "m")))
        if during.window.holding:
            holds = column("holds", "s")
            if during.valid_from is not None:
                start = column(during.valid_from, FACT)
                tests.append(_null_or(start, exp.LTE(this=start.copy(), expression=holds)))
            if during.valid_until is not None:
                until = column(during.valid_until, FACT)
                tests.append(_null_or(until, exp.GT(this=until.copy(), expression=holds.copy())))
        return tests

    def conditions(self) -> list[exp.Expression]:
        """Return what a fact must fulfil beside its day."""
        tests: list[exp.Expression] = [exp.Is(this=column("_aside", FACT), expression=exp.null())]
        for amount in self.given.amounts:
            if amount.column in self.given.missing:
                rate = self.rate(amount)
                has_rate = exp.Not(this=exp.Is(this=rate, expression=exp.null()))
                tests.append(_null_or(column(amount.column, FACT), has_rate))
        if self.plan.keep is not None:
            tests.append(part(self.plan.keep.where, self.resolve).sql)
        return tests

    def over_groups(self, conditions: list[exp.Expression]) -> exp.Select:
        """Return the query that groups first and then aggregates the groups."""
        grouped = self.plan.grouped
        assert grouped is not None
        keys = [part(key, self.resolve) for key in grouped.keys]
        inner_parts = [total(agg, self.resolve) for agg in grouped.aggregates]
        keyed = [exp.alias_(seen(key), f"k{i}", quoted=True) for i, key in enumerate(keys)]
        inner = exp.select(*self.identity(), *keyed, *_named(inner_parts, "a"))
        not_null = [
            exp.Not(this=exp.Is(this=exp.Paren(this=seen(key)), expression=exp.null()))
            for key in keys
        ]
        constants = [
            ref
            for tree in (grouped.having, grouped.each)
            if tree is not None
            for ref in self.plan.constants
        ]
        if constants or any(
            ref.kind in ("parameter", "enrollment", "as_of") for ref in self.plan.constants
        ):
            for ref in self.plan.constants:  # they are the same within a group: any one will do
                piece = self.resolve(ref)
                picked = exp.Max(this=piece.sql)
                inner = inner.select(
                    exp.alias_(picked, f"c{self.plan.constants.index(ref)}", quoted=True)
                )
        inner = self.filled(inner, [*conditions, *not_null]).group_by(
            *self.identity(), *[seen(key) for key in keys]
        )

        def resolve(ref: Ref) -> Part:
            if ref.kind == "aggregate":
                piece = inner_parts[int(ref.path[0])]
                return Part(column(f"a{ref.path[0]}", "g"), piece.whole, piece.scale)
            if ref.kind == "key":
                piece = keys[int(ref.path[0])]
                return Part(column(f"k{ref.path[0]}", "g"), piece.whole, min(piece.scale, 12))
            if ref.kind == "each":
                assert grouped.each is not None
                return part(grouped.each, resolve)
            shape = self.given.constants[ref][1]
            return Part(column(f"c{self.plan.constants.index(ref)}", "g"), shape.whole, shape.scale)

        outer = [total(agg, resolve) for agg in self.plan.total.aggregates]
        identity = [column("place", "g"), column("o", "g")]
        select = exp.select(*identity, *_named(outer, "a")).from_(inner.subquery("g"))
        if grouped.having is not None:
            select = select.where(part(grouped.having, resolve).sql)
        return select.group_by(*[piece.copy() for piece in identity])

    def resolve(self, ref: Ref) -> Part:
        """Return what a reference is in the query, joining what it needs."""
        match ref.kind:
            case "branch":
                return Part(column("branch", "m"))
            case "column":
                return self.fact_column(ref)
            case "partner":
                self.join(
                    "p",
                    self.lying("partner", "p"),
                    equal(
                        column(self.given.spec.partners.key, "p"),
                        column(self.plan.scan.partner, FACT),
                    ),
                )
                entry = self.given.spec.partners.columns.get(ref.path[0])
                return self.through("p", "partner", ref.path, entry)
        if ref in self.given.constants:
            word, shape = self.given.constants[ref]
            self.join(
                "c",
                table("constant", "c"),
                exp.and_(
                    equal(column("o", "c"), column("o", "s")),
                    equal(column("place", "c"), column("place", "m")),
                ),
            )
            return Part(column(word, "c"), shape.whole, shape.scale)
        raise NotInSql

    def join(self, alias: str, source: exp.Expression, on: exp.Expr) -> None:
        """Join a relation once."""
        self.joins.setdefault(alias, (source, on))

    def fact_column(self, ref: Ref) -> Part:
        """Return a column of the fact: its own value, an amount converted, a reference's."""
        first = ref.path[0]
        amount = next((a for a in self.plan.convert.amounts if a.column == first), None)
        if amount is not None and len(ref.path) == 1:
            return self.converted(amount)
        entry = self.given.spec.facts[self.plan.scan.table].type_of(first)
        return self.through(FACT, f"fact_{self.plan.scan.table}", ref.path, entry)

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
        day = (
            column("high", "s") if self.given.at_window_end else column(self.plan.convert.day, FACT)
        )
        currency = self.currency(amount)
        self.join(
            alias,
            table("rate", alias),
            exp.and_(equal(column("currency", alias), currency), equal(column("day", alias), day)),
        )
        return column("rate", alias)

    def currency(self, amount: Exchanged) -> exp.Expression:
        """Return the currency of an amount: a column of the fact, or a constant."""
        if amount.constant:
            return exp.Literal.string(amount.currency or self.given.program_currency)
        return column(amount.currency, FACT)

    def converted(self, amount: Exchanged) -> Part:
        """Return an amount in the program's currency, rounded to its minor unit."""
        digits, scale = self.given.digits[f"fact_{self.plan.scan.table}"][amount.column]
        rate_digits, rate_scale = self.given.rate_digits
        wide = decimal(38 - scale, scale)
        decimal(digits - scale + rate_digits - rate_scale, scale + rate_scale)
        product = exp.Mul(
            this=cast(column(amount.column, FACT), wide), expression=self.rate(amount)
        )
        rounded = exp.Round(this=product, decimals=exp.Literal.number(self.given.minor))
        whole = digits - scale + rate_digits - rate_scale + 1
        return Part(cast(rounded, decimal(whole, self.given.minor)), whole, self.given.minor)


def _named(parts: list[Part], prefix: str) -> list[exp.Expr]:
    return [exp.alias_(piece.sql, f"{prefix}{i}", quoted=True) for i, piece in enumerate(parts)]


def _null_or(value: exp.Expression, test: exp.Expression) -> exp.Expression:
    return exp.Paren(this=exp.or_(exp.Is(this=value, expression=exp.null()), test))
