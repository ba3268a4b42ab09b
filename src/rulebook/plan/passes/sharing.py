"""Aggregates of the same table go into one scan; distinct counts of the same value into another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from rulebook.expressions.typed import Agg, Op, Typed
from rulebook.plan.scans import SharedScan, Slot, Wanted
from rulebook.plan.steps import Plan


def shared(asked: Sequence[tuple[Plan, date]]) -> list[SharedScan]:
    """Return the scans that answer plans without groups, in the order in which they are asked."""
    found: dict[Any, list[tuple[Plan, Wanted]]] = {}
    for index, (plan, as_of) in enumerate(asked):
        for wanted, value in _wanted(index, plan, as_of):
            found.setdefault((*_together(plan, wanted), value), []).append((plan, wanted))
    return [_scan(members, key[-1]) for key, members in found.items()]


def _wanted(index: int, plan: Plan, as_of: date) -> Iterator[tuple[Wanted, Typed | None]]:
    slot = Slot(plan.during, as_of)
    kept = tuple(part for condition in plan.conditions for part in conjuncts(condition))
    for place, agg in enumerate(plan.total.aggregates):
        conditions = kept if agg.where is None else (*kept, *conjuncts(agg.where))
        bare = Agg(agg.name, agg.arg, agg.distinct, None, agg.type)
        wanted = Wanted(index, place, bare, tuple(dict.fromkeys(conditions)), slot)
        yield wanted, agg.arg if agg.distinct else None


def _together(plan: Plan, wanted: Wanted) -> tuple[Any, ...]:
    """Return what must be the same for two aggregates to share a scan.

    Rates of the window's last day differ by window; parameters by date.
    """
    rates = wanted.slot if plan.convert.at_window_end and plan.convert.amounts else None
    day = wanted.slot.as_of if plan.constants else None
    return (plan.scan.table, plan.scan.partner, plan.reach.family, plan.convert.day, rates, day)


def _scan(members: Sequence[tuple[Plan, Wanted]], value: Typed | None) -> SharedScan:
    plan = members[0][0]
    amounts = dict.fromkeys(each for plan, _ in members for each in plan.convert.amounts)
    return SharedScan(
        plan.scan.table,
        plan.scan.partner,
        plan.reach.family,
        tuple(amounts),
        plan.convert.day,
        tuple(wanted for _, wanted in members),
        (),
        value,
    )


def conjuncts(tree: Typed) -> tuple[Typed, ...]:
    """Return the conditions that must all be true for a condition to be."""
    if isinstance(tree, Op) and tree.name == "and":
        return tuple(part for arg in tree.args for part in conjuncts(arg))
    return (tree,)
