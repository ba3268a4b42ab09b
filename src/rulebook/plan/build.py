"""Builds the plan of a measured metric from its meaning."""

from __future__ import annotations

from rulebook.dataset.spec import Facts
from rulebook.expressions.typed import Agg, Ref, Typed, replace
from rulebook.expressions.typer import aggregates
from rulebook.meaning.model import MeasuredMeaning
from rulebook.plan.steps import (
    Convert,
    During,
    Exchanged,
    Grouped,
    Keep,
    Plan,
    Reach,
    Scan,
    Total,
)


def plan(meaning: MeasuredMeaning, *, at_window_end: bool) -> Plan:
    """Return the steps that measure a metric; its table must be described."""
    metric, facts = meaning.metric, meaning.facts
    assert facts is not None
    grouped = None
    if meaning.per:
        inside = [tree for tree in (meaning.having, meaning.each) if tree is not None]
        found = _aggregates(inside)
        having, each = (tree and _by_place(tree, found) for tree in (meaning.having, meaning.each))
        grouped = Grouped(meaning.per, found, having, each)
    totals = _aggregates([meaning.value])
    draft = Plan(
        metric=".".join(part for part in meaning.key if part),
        scan=Scan(metric.table, facts.partner, ()),
        convert=Convert((), facts.attained, at_window_end),
        reach=Reach(metric.family),
        during=During(
            metric.window,
            metric.date or facts.attained,
            facts.valid.start if facts.valid else None,
            facts.valid.until if facts.valid else None,
        ),
        keep=None if meaning.where is None else Keep(meaning.where),
        visible=None if meaning.visible is None else Keep(meaning.visible),
        grouped=grouped,
        total=Total(totals, _by_place(meaning.value, totals), meaning.type),
    )
    columns = tuple(ref for ref in draft.refs if ref.kind == "column")
    amounts = tuple(
        exchanged(facts, ref.path[0])
        for ref in columns
        if len(ref.path) == 1 and is_money(facts, ref.path[0])
    )
    return Plan(
        draft.metric,
        Scan(metric.table, facts.partner, columns),
        Convert(amounts, facts.attained, at_window_end),
        draft.reach,
        draft.during,
        draft.keep,
        draft.visible,
        draft.grouped,
        draft.total,
    )


def is_money(facts: Facts, column: str) -> bool:
    """Whether a column of a fact table holds amounts."""
    entry = facts.type_of(column)
    return entry is not None and entry.type == "money"


def exchanged(facts: Facts, column: str) -> Exchanged:
    """Return an amount's column with where its currency stands."""
    currency = facts.columns[column].currency or ""
    return Exchanged(column, currency, facts.constant(currency))


def _aggregates(trees: list[Typed]) -> tuple[Agg, ...]:
    return tuple(dict.fromkeys(agg for tree in trees for agg in aggregates(tree)))


def _by_place(tree: Typed, found: tuple[Agg, ...]) -> Typed:
    def change(node: Typed) -> Typed | None:
        if isinstance(node, Agg):
            return Ref("aggregate", (str(found.index(node)),), node.type)
        return None

    return replace(tree, change)
