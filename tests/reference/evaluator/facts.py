"""Metrics measured from facts: which count, in which groups, and what they come to."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.reference.evaluator.calculate import Scope, identity, truth, value_of
from tests.reference.evaluator.days import Days
from tests.reference.evaluator.money import converted
from tests.reference.evaluator.tables import Amount, Fact


def measure(world: Any, metric: Any, partner: str, day: date) -> Any:
    """The value of a measured metric for one partner on one day."""
    rows = counted(world, metric, partner, day)
    table = Scope(_only_common(world, partner, day), rows=rows)
    if metric.per is None:
        return value_of(metric.value.tree, table)
    groups: dict[tuple[Any, ...], list[Scope]] = {}
    for row in rows:
        values = [value_of(part.tree, row) for part in metric.per]
        if None not in values:
            groups.setdefault(tuple(map(identity, values)), []).append(row)
    figures: list[Scope] = []
    for members in groups.values():
        group = Scope(members[0].name, rows=members)
        if metric.having is not None and not truth(value_of(metric.having.tree, group)):
            continue
        each = None if metric.each is None else value_of(metric.each.tree, group)
        figures.append(Scope(_with_each(each, members[0])))
    return value_of(metric.value.tree, Scope(_only_common(world, partner, day), rows=figures))


def _with_each(each: Any, member: Scope) -> Any:
    return lambda parts: each if parts == ("each",) else member.name(parts)


def _only_common(world: Any, partner: str, day: date) -> Any:
    return lambda parts: world.common(parts, partner, partner, day)


def counted(world: Any, metric: Any, partner: str, day: date) -> list[Scope]:
    """The facts that count, each as a scope of its own."""
    days = world.days(metric.window, partner, day)
    if days is None:
        return []
    rows = []
    for owner, facts in world.tables.facts[metric.table].items():
        branch = branch_of(world, owner, partner, metric.family)
        for fact in facts if branch is not None else ():
            if not inside(world, metric, fact, days):
                continue
            row = Scope(_names(world, metric, fact, partner, branch, day, days))
            if metric.where is None or truth(value_of(metric.where.tree, row)):
                rows.append(row)
    return rows


def branch_of(world: Any, owner: str, partner: str, family: bool) -> str | None:
    """The direct child through which a fact comes, the partner itself, or None if not its own."""
    if owner == partner:
        return partner
    while family and owner in world.tables.parents:
        parent = world.tables.parents[owner]
        if parent == partner:
            return owner
        owner = parent
    return None


def inside(world: Any, metric: Any, fact: Fact, days: Days) -> bool:
    """Whether a fact's date lies in the window and, for `valid`, whether it holds."""
    attained = fact.row[metric.date] if metric.date is not None else fact.day
    if attained is None or attained not in days:
        return False
    if days.holds is None:
        return True
    validity = world.tables.spec.facts[metric.table].valid
    first = fact.row[validity.start] if validity.start else None
    until = fact.row[validity.until] if validity.until else None
    return (first is None or first <= days.holds) and (until is None or days.holds < until)


def _names(
    world: Any, metric: Any, fact: Fact, partner: str, branch: str, day: date, days: Days
) -> Any:
    """What names mean for one fact."""
    table = world.tables.spec.facts[metric.table]

    def name(parts: tuple[str, ...]) -> Any:
        if parts == ("branch",):
            return branch
        if len(parts) == 1 and parts[0] in fact.row:
            value = fact.row[parts[0]]
            if isinstance(value, Amount):
                return converted(world.program, world.tables, value, fact.day, days.last)
            return value
        if len(parts) == 2 and parts[0] not in ("partner", "enrollment"):
            return _referred(world, table, fact, parts)
        return world.common(parts, partner, fact.partner, day)

    return name


def _referred(world: Any, table: Any, fact: Fact, parts: tuple[str, ...]) -> Any:
    """A column of the row that the fact points to; a missing row gives null."""
    for column, entry in table.columns.items():
        if entry.references and parts[0] in (entry.references, column):
            row = world.tables.references[entry.references].get(fact.row[column])
            return None if row is None else row[parts[1]]
    raise AssertionError(parts)
