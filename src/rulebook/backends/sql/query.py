"""Turns a plan into one query over a table and the relations of its occasions.

Relations beside the tables: `member` (who counts whose facts), `span` (the days that
count), `rate` (what converts amounts), `constant` (parameters and enrollment).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from rulebook.backends.sql.expressions import Part, part, seen, total
from rulebook.backends.sql.source import FACT, Given, Source, column, equal, named, table, within
from rulebook.expressions.typed import Ref
from rulebook.plan.steps import Plan


@dataclass
class Query:
    """One plan on several occasions, with groups or without."""

    plan: Plan
    given: Given
    by_partner: bool  # the spans differ by partner

    @cached_property
    def source(self) -> Source:
        """The plan's fact table."""
        scan, day = self.plan.scan, column(self.plan.convert.day, FACT)
        rate_day = column("high", "s") if self.given.at_window_end else day
        return Source(self.given, scan.table, scan.partner, rate_day, "m", column("o", "s"))

    def sql(self) -> exp.Select:
        """Return the query: place, occasion and the aggregates, a row for each that has facts."""
        conditions = self.conditions()
        grouped = self.plan.grouped
        if grouped is None:
            parts = [total(agg, self.source.resolve) for agg in self.plan.total.aggregates]
            select = exp.select(*self.identity(), *named(parts, "a"))
            return self.filled(select, conditions).group_by(*self.identity())
        return self.over_groups(conditions)

    def identity(self) -> list[exp.Expression]:
        """Return the columns that say whose figure on which occasion it is."""
        return [column("place", "m"), column("o", "s")]

    def filled(self, select: exp.Select, conditions: list[exp.Expression]) -> exp.Select:
        """Return the query with its tables joined and its conditions."""
        scan = self.plan.scan
        select = select.from_(self.source.lying(f"fact_{scan.table}", FACT))
        owner = equal(column("partner", "m"), column(scan.partner, FACT))
        select = select.join(table("member", "m"), on=owner, join_type="inner")
        select = select.join(table("span", "s"), on=exp.and_(*self.during()), join_type="inner")
        return self.source.joined(select).where(*conditions)

    def during(self) -> list[exp.Expression]:
        """Return the conditions under which a fact lies in the span of an occasion."""
        during = self.plan.during
        holds = column("holds", "s") if during.window.holding else None
        tests = within(during, column("low", "s"), column("high", "s"), holds)
        if self.by_partner:
            tests.insert(2, equal(column("place", "s"), column("place", "m")))
        return tests

    def conditions(self) -> list[exp.Expression]:
        """Return what a fact must fulfil beside its day."""
        tests = self.source.counting()
        return tests + [part(each, self.source.resolve).sql for each in self.plan.conditions]

    def over_groups(self, conditions: list[exp.Expression]) -> exp.Select:
        """Return the query that groups first and then aggregates the groups."""
        grouped = self.plan.grouped
        assert grouped is not None
        keys = [part(key, self.source.resolve) for key in grouped.keys]
        inner_parts = [total(agg, self.source.resolve) for agg in grouped.aggregates]
        keyed = [exp.alias_(seen(key), f"k{i}", quoted=True) for i, key in enumerate(keys)]
        inner = exp.select(*self.identity(), *keyed, *named(inner_parts, "a"))
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
                piece = self.source.resolve(ref)
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
        select = exp.select(*identity, *named(outer, "a")).from_(inner.subquery("g"))
        if grouped.having is not None:
            select = select.where(part(grouped.having, resolve).sql)
        return select.group_by(*[piece.copy() for piece in identity])
