"""Tiers: what a partner qualifies for, and what is missing for the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rulebook.expressions import tree
from rulebook.program import AllOf, AnyOf, AtLeast, Leaf
from tests.reference.evaluator import numbers
from tests.reference.evaluator.calculate import Scope, comparable, compare, settled, truth, value_of

Gap = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """A tier on its ladder, or none of them; tiers compare by their place."""

    tiers: tuple[str, ...]
    tier: str | None

    @property
    def place(self) -> int:
        return -1 if self.tier is None else self.tiers.index(self.tier)


def qualified(world: Any, track: str | None, partner: str, day: date) -> str | None:
    """The highest tier whose own `requires` is met."""
    ladder = world.program if track is None else world.program.tracks[track]
    if not world.enrolled(partner, day):
        return None
    scope = world.scope(track, partner, day)
    best = None
    for name, tier in ladder.tiers.items():
        if tier.requires is None or met(tier.requires, scope):
            best = name
        elif ladder.sequential:
            break
    return best


def met(requirement: Any, scope: Scope) -> bool:
    match requirement:
        case AllOf():
            return all(met(part, scope) for part in requirement.all)
        case AnyOf():
            return any(met(part, scope) for part in requirement.any)
        case AtLeast():
            return sum(met(part, scope) for part in requirement.of) >= requirement.at_least
        case Leaf():
            return holds(requirement.test.tree, scope) is True
    raise AssertionError(requirement)


def holds(node: tree.Node, scope: Scope) -> bool | None:
    """A condition's answer; one of tiers compares places on their ladder."""
    match node:
        case tree.Binary(("and" | "or") as op, left, right):
            sides = (holds(left, scope), holds(right, scope))
            decisive = op == "or"
            if decisive in sides:
                return decisive
            return None if None in sides else not decisive
        case tree.Not(operand):
            held = holds(operand, scope)
            return None if held is None else not held
        case tree.Binary(op, left, right) if is_tier(left) or is_tier(right):
            have, need = sides_of(left, right, scope)
            return compare(op, Decimal(have.place), Decimal(need.place))
    return truth(value_of(node, scope))


def is_tier(node: tree.Node) -> bool:
    return isinstance(node, tree.Call) and node.function in ("track", "program")


def sides_of(left: tree.Node, right: tree.Node, scope: Scope) -> tuple[Standing, Standing]:
    """Both sides of a comparison of tiers; a bare name there is a tier of the other's ladder."""
    known = value_of(left if is_tier(left) else right, scope)

    def side(node: tree.Node) -> Standing:
        if is_tier(node):
            return value_of(node, scope)
        return Standing(known.tiers, word_of(node))

    return side(left), side(right)


def word_of(node: tree.Node) -> str:
    return node.text if isinstance(node, tree.Name) else str(getattr(node, "value", None))


def tier_held(world: Any, node: tree.Call, partner: str, day: date) -> Standing:
    """`track(x)`: qualified for there. `program(x)`: held by enrollment there."""
    name = word_of(node.arguments[0])
    if node.function == "track":
        tiers = tuple(world.program.tracks[name].tiers)
        return Standing(tiers, qualified(world, name, partner, day))
    tiers = tuple(world.tables.spec.programs[name])
    rows = [] if world.tables.enrollments is None else world.enrollments(partner, name)
    rows = [row for row in rows if row["program"] == name]
    from tests.reference.evaluator.world import in_force

    rows = [row for row in rows if in_force(row, day)]
    row = max(rows, key=lambda row: row["start"] or date.min, default=None)
    return Standing(tiers, None if row is None else row["tier"])


def counted_tracks(world: Any, node: tree.Call, partner: str, day: date) -> Decimal:
    """How many tracks have a tier of that name and reach it."""
    test = node.arguments[0]
    assert isinstance(test, tree.Test)
    wanted = word_of(test.right)
    count = 0
    for name, track in world.program.tracks.items():
        if wanted in track.tiers:
            tiers = tuple(track.tiers)
            have = Standing(tiers, qualified(world, name, partner, day))
            need = Standing(tiers, wanted)
            count += compare(test.op, Decimal(have.place), Decimal(need.place)) is True
    return Decimal(count)


def gaps(world: Any, track: str | None, partner: str, day: date) -> list[Gap]:
    """What is missing for the tier above the one qualified for."""
    ladder = world.program if track is None else world.program.tracks[track]
    if not world.enrolled(partner, day):
        return []
    names = list(ladder.tiers)
    best = qualified(world, track, partner, day)
    above = names[0 if best is None else names.index(best) + 1 :]
    if not above or ladder.tiers[above[0]].requires is None:
        return []
    return missing(ladder.tiers[above[0]].requires, world.scope(track, partner, day))[0]


def missing(requirement: Any, scope: Scope) -> tuple[list[Gap], Decimal | None]:
    """The gaps of a requirement that is not met, and how far it is (None: no telling)."""
    match requirement:
        case Leaf():
            gap = leaf_gap(requirement.test, scope)
            return [gap], distance(gap)
        case AllOf():
            parts, wanted = requirement.all, len(requirement.all)
        case AnyOf():
            parts, wanted = requirement.any, 1
        case AtLeast():
            parts, wanted = requirement.of, requirement.at_least
    unmet = [missing(part, scope) for part in parts if not met(part, scope)]
    lacking = wanted - (len(parts) - len(unmet))
    order = sorted(range(len(unmet)), key=lambda index: (*_far(unmet[index][1]), index))
    listed = sorted(order[:lacking])
    result = [dict(gap) for index in listed for gap in unmet[index][0]]
    other = [unmet[index][0] for index in sorted(order[lacking:])]
    if other and result:
        result[-1]["or"] = [*result[-1].get("or", []), *other]
    reach = [unmet[index][1] for index in listed]
    return result, None if None in reach else max(reach, default=Decimal(0))


def _far(length: Decimal | None) -> tuple[int, Decimal]:
    return (1, Decimal(0)) if length is None else (0, length)


def leaf_gap(test: Any, scope: Scope) -> Gap:
    """One criterion that is not met."""
    node = test.tree
    if not (isinstance(node, tree.Binary) and node.op in tree.COMPARISONS):
        words, need = node.text if isinstance(node, tree.Name) else test.text.strip(), True
        if isinstance(node, tree.Not) and isinstance(node.operand, tree.Name):
            node, words, need = node.operand, node.operand.text, False
        return {
            "metric": words,
            "op": None,
            "have": holds(node, scope),
            "need": need,
            "short": None,
        }
    written = test.text[: node.at].strip() if node.at else _shown_name(node.left)
    while written.startswith("(") and written.count("(") > written.count(")"):
        written = written[1:].strip()  # the brackets were around the whole criterion
    gap: Gap = {"metric": written, "op": node.op, "short": None}
    if is_tier(node.left) or is_tier(node.right):
        have, need = sides_of(node.left, node.right, scope)
        return {**gap, "have": have.tier, "need": need.tier}
    left, right = value_of(node.left, scope), value_of(node.right, scope)
    if left is not None and right is not None:
        a, b = comparable(left, right)
        if isinstance(a, Decimal) and isinstance(b, Decimal):
            if node.op in (">=", ">"):
                gap["short"] = b - a
            if node.op in ("<=", "<"):
                gap["short"] = a - b
    return {**gap, "have": _out(left), "need": _out(right)}


def _shown_name(node: tree.Node) -> str:
    """The short form has a metric's name for its left side."""
    assert isinstance(node, tree.Name)
    return node.text


def _out(value: Any) -> Any:
    value = settled(value)
    return numbers.shown(value) if isinstance(value, Decimal) else value


def distance(gap: Gap) -> Decimal | None:
    """Short ÷ |need|; a zero need counts as 1."""
    if gap["short"] is None:
        return None
    length = numbers.quotient(gap["short"], abs(gap["need"]) or Decimal(1))
    return None if length is None else numbers.shown(length)
