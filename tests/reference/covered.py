"""What cases have in them: kinds, windows, functions, aggregates, and how near the bars are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from rulebook.expressions import tree
from rulebook.metrics import Measured
from rulebook.program import Leaf
from rulebook.program.requirement import leaves
from tests.reference.evaluator import World
from tests.reference.evaluator.calculate import AGGREGATES, settled, value_of
from tests.reference.evaluator.ladders import is_tier
from tests.reference.evaluator.numbers import shown


@dataclass
class Covered:
    """Counts over many cases."""

    kinds: Counter[str] = field(default_factory=Counter)
    windows: Counter[str] = field(default_factory=Counter)
    functions: Counter[str] = field(default_factory=Counter)
    aggregates: Counter[str] = field(default_factory=Counter)
    requirements: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    leaves: Counter[str] = field(default_factory=Counter)

    def add(self, world: World, as_of: date, answer: dict[str, Any]) -> None:
        """One case."""
        self.others["cases"] += 1
        for key in ("parameters", "tracks", "sequential"):
            self.others[key] += bool(getattr(world.program, key))
        self.others[f"fx {world.program.fx.use}"] += 1
        self.others["families"] += bool(world.tables.parents)
        self.others["enrollments"] += world.tables.enrollments is not None
        for track, ladder in world.program.ladders():
            for metric in ladder.metrics.values():
                self._metric(metric)
            for tier in ladder.tiers.values():
                if tier.requires is not None:
                    self._parts(tier.requires)
                    for _, leaf in leaves(tier.requires, ""):
                        self._leaf(world, track, leaf, as_of)
        for partner in answer.values():
            for found in (partner, *partner["tracks"].values()):
                self._answer(found)

    def _metric(self, metric: Any) -> None:
        kind = type(metric).__name__
        if isinstance(metric, Measured):
            kind += " in groups" if metric.per else ""
            self.others["family: true"] += metric.family
            self.others["another date"] += metric.date is not None
        self.kinds[kind] += 1
        window = getattr(metric, "window", None) or getattr(metric, "over", None)
        while window is not None:
            fiscal = " fiscal" if window.unit.startswith("fiscal") else ""
            self.windows[window.kind + fiscal] += 1
            window = window.of
        for node in _trees(metric):
            self._node(node)

    def _node(self, node: tree.Node) -> None:
        kind = type(node).__name__.lower()
        if isinstance(node, tree.Call):
            words = self.aggregates if node.function in AGGREGATES else self.functions
            words[node.function + (" distinct" if node.distinct else "")] += 1
            words.update(["… filter"] if node.where is not None else [])
        elif isinstance(node, tree.Binary):
            self.functions[node.op] += 1
        elif not isinstance(node, tree.Name | tree.Literal | tree.Test):
            self.functions[kind] += 1
        for child in tree.children(node):
            self._node(child)

    def _parts(self, requirement: Any) -> None:
        self.requirements[type(requirement).__name__] += 1
        for key in ("all", "any", "of"):
            for part in getattr(requirement, key, ()):
                self._parts(part)

    def _leaf(self, world: World, track: str | None, leaf: Leaf, as_of: date) -> None:
        node = leaf.test.tree
        self._node(node)
        if not (isinstance(node, tree.Binary) and node.op in tree.COMPARISONS):
            self.others["leaf without a bar"] += 1
            return
        if is_tier(node.left):
            self.others["leaf of a tier elsewhere"] += 1
            return
        for partner in world.tables.partners:
            if world.enrolled(partner, as_of):
                scope = world.scope(track, partner, as_of)
                have, need = (settled(value_of(side, scope)) for side in (node.left, node.right))
                self.leaves[nearness(have, need)] += 1

    def _answer(self, found: dict[str, Any]) -> None:
        self.answers["tier" if found["qualified"] else "no tier"] += 1
        self.answers["gaps"] += len(found["gaps"])
        self.answers["gaps with other ways"] += sum("or" in gap for gap in found["gaps"])
        for value in found["metrics"].values():
            self.answers["metric null" if value is None else "metric with a value"] += 1
            self.answers["metric below 0"] += isinstance(value, Decimal) and value < 0

    @property
    def near(self) -> float:
        """The percentage of (partner, leaf) cases within one unit of the threshold."""
        near = self.leaves["at the bar"] + self.leaves["within one unit"]
        return round(100 * near / max(1, sum(self.leaves.values())), 1)

    def figures(self) -> Iterator[tuple[str, str]]:
        """Names and values for the summary."""
        yield "(partner, leaf) cases within one unit of the threshold", f"{self.near} %"
        for name in ("leaves", "kinds", "windows", "aggregates", "functions", "requirements",
                     "others", "answers"):  # fmt: skip
            counts = getattr(self, name)
            yield name, ", ".join(f"{key} {count}" for key, count in sorted(counts.items()))


def nearness(have: Any, need: Any) -> str:
    """A unit is one where both are whole, and else a cent."""
    if not (isinstance(have, Decimal) and isinstance(need, Decimal)):
        return "no number"
    have, need = shown(have), shown(need)
    if have == need:
        return "at the bar"
    whole = have == have.to_integral_value() and need == need.to_integral_value()
    unit = Decimal(1) if whole else Decimal("0.01")
    return "within one unit" if abs(have - need) <= unit else "farther"


def _trees(metric: BaseModel) -> Iterator[tree.Node]:
    for key in type(metric).model_fields:
        value = getattr(metric, key)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, tree.Expression):
                yield item.tree
