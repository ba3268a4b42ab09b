"""What is missing for a tier: the criteria not met, and how far away each is.

`any` lists its nearest way and `at_least` the nearest missing ones, so that closing all
listed gaps earns the tier; the other ways follow under `others`. Near is a small
short ÷ |need|; for `all` its largest counts, for `any` its nearest, for `at_least` the
largest of those listed; what has no value yet comes last; ties go by the document's order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, DecimalException
from typing import Any

import numpy as np

from rulebook.columns import Column, column_of, constant, evaluate
from rulebook.columns.column import Places
from rulebook.columns.differing import differences, seen_differences, sums
from rulebook.columns.evaluating import Resolve
from rulebook.dataset.data import Value
from rulebook.expressions.typed import Ref, Type, Typed
from rulebook.meaning.model import Asked, Criterion, FormulaMeaning, Group, bare
from rulebook.meaning.needs import metric_refs
from rulebook.measuring import Figures
from rulebook.values.numbers import TooLarge, comparable, divide

_ONE = Decimal(1)
_FAR = (1, Decimal(0))
Distance = tuple[int, Decimal]


@dataclass(frozen=True)
class Gap:
    """One criterion not met. `short` is None where there is no number that closes it."""

    path: str
    metric: str
    op: str | None
    have: Value
    need: Value
    short: Decimal | None
    gain: Mapping[str, Decimal] = field(default_factory=dict)
    others: tuple[tuple[Gap, ...], ...] = ()


class Gaps:
    """The gaps of every partner on one date."""

    def __init__(self, figures: Figures, day: date) -> None:
        """Take the figures; criteria already worked out are used again."""
        self.figures, self.day = figures, day

    def of(self, asked: Asked | None, place: int) -> tuple[Gap, ...]:
        """Return what the partner at a place lacks for a requirement, in the document's order."""
        return () if asked is None else self._of(asked, place)[0]

    def met(self, asked: Asked, place: int) -> bool:
        """Return whether the partner at a place meets a requirement."""
        return bool(self.figures.qualifying.met(asked, self.day)[place])

    def _of(self, asked: Asked, place: int) -> tuple[tuple[Gap, ...], Distance]:
        """Return the gaps and how far away they are; nothing where it is met."""
        if self.met(asked, place):
            return (), (0, Decimal(0))
        if isinstance(asked, Criterion):
            gap = self.gap(asked, place)
            return (gap,), _distance(gap)
        ways = [self._of(part, place) for part in asked.parts if not self.met(part, place)]
        if asked.kind == "all":
            return tuple(gap for gaps, _ in ways for gap in gaps), max(far for _, far in ways)
        return self._nearest(asked, ways)

    def _nearest(
        self, asked: Group, ways: list[tuple[tuple[Gap, ...], Distance]]
    ) -> tuple[tuple[Gap, ...], Distance]:
        missing = asked.need - (len(asked.parts) - len(ways))
        order = sorted(range(len(ways)), key=lambda index: (ways[index][1], index))
        chosen = sorted(order[:missing])
        others = tuple(ways[index][0] for index in range(len(ways)) if index not in chosen)
        listed = [gap for index in chosen for gap in ways[index][0]]
        if others and listed:
            listed[0] = replace(listed[0], others=(*listed[0].others, *others))
        return tuple(listed), max(ways[index][1] for index in chosen)

    def gap(self, criterion: Criterion, place: int) -> Gap:
        """Return a criterion's two sides for the partner at a place, met or not."""
        if criterion.op is None or criterion.left is None or criterion.right is None:
            have: Any = self.figures.qualifying.criterion(criterion, self.day)[place]
            need: Any = True
            if criterion.negated:  # `not x`: show x, which must be false
                have, need = (None if have is None else not have), False
            return Gap(criterion.path, criterion.left_text, None, have, need, None)
        left, right = self._sides(criterion)
        have, need = left[place], right[place]
        if criterion.left.type is Type.TIER:
            have, need = (self._tier(criterion.left, value) for value in (have, need))
        elif criterion.left.type in (Type.MONTH, Type.QUARTER):
            have, need = (
                self._column(bare(side))[place] for side in (criterion.left, criterion.right)
            )
        return Gap(
            criterion.path,
            criterion.left_text,
            criterion.op,
            have,
            need,
            self.shorts(criterion)[place],
            self._gain(criterion.left, place),
        )

    def shorts(self, criterion: Criterion) -> Column:
        """Return how much is short of a criterion; null where no number closes the gap."""
        qualifying, left, right = self.figures.qualifying, criterion.left, criterion.right
        key = (criterion.path, self.day)
        if key not in qualifying.shorts:
            found: Column = constant(None, len(self.figures.partners))
            numeric = left is not None and left.type not in (Type.TIER, Type.MONTH, Type.QUARTER)
            if criterion.op is not None and left is not None and right is not None and numeric:
                found = _short(criterion.op, *self._sides(criterion))
            qualifying.shorts[key] = found
        return qualifying.shorts[key]

    def _sides(self, criterion: Criterion) -> tuple[Column, Column]:
        """Return both sides for everybody; null where one is beyond what there is."""
        try:
            return self.figures.qualifying.sides(criterion, self.day)
        except (TooLarge, DecimalException):
            assert criterion.left is not None
            assert criterion.right is not None
            return self._column(criterion.left), self._column(criterion.right)

    def _column(self, tree: Typed) -> Column:
        """Return an expression for everybody; null where it is beyond what there is."""
        known = self.figures.qualifying.shown
        if (tree, self.day) not in known:
            try:
                known[tree, self.day] = self.figures.evaluate(tree, self.day)
            except (TooLarge, DecimalException):
                known[tree, self.day] = self._one_by_one(
                    tree, lambda ref: self.figures.column(ref, self.day)
                )
        return known[tree, self.day]

    def _tier(self, ref: Typed, value: Any) -> str | None:
        assert isinstance(ref, Ref)
        if ref.kind == "tier":
            order = tuple(self.figures.program.tracks[ref.path[0]].tiers)
        else:
            order = ref.path[1:]
        return None if value is None or value < 0 else order[int(value)]

    def _gain(self, left: Typed, place: int) -> dict[str, Decimal]:
        """Return how much one more unit of each metric in a formula adds to it."""
        formula = left
        if isinstance(left, Ref) and left.kind == "metric":
            meaning = self.figures.meaning.metrics[left.path[0], left.path[1]]
            if not isinstance(meaning, FormulaMeaning):
                return {}
            formula = meaning.formula
        gains = {name: column[place] for name, column in self._gains(formula).items()}
        return {name: gain for name, gain in gains.items() if gain is not None}

    def _gains(self, formula: Typed) -> dict[str, Column]:
        """Return for each metric in a formula what one more unit of it adds, for everybody."""
        known = self.figures.qualifying.gains
        if (formula, self.day) not in known:
            now = self._column(formula)
            known[formula, self.day] = {
                ".".join(part for part in ref.path if part): differences(
                    self._with_one_more(formula, ref), now
                )
                for ref in metric_refs(formula)
                if ref.type is Type.NUMBER
            }
        return known[formula, self.day]

    def _with_one_more(self, tree: Typed, raised: Ref) -> Column:
        """Return a formula with one more of a metric; null where that is beyond what there is."""
        length = len(self.figures.partners)
        one = constant(_ONE, length)

        def resolve(ref: Ref) -> Column:
            column = self.figures.column(ref, self.day)
            return column if ref != raised else sums(column, one)

        try:
            return evaluate(tree, resolve, length)
        except (TooLarge, DecimalException):
            return self._one_by_one(tree, resolve)

    def _one_by_one(self, tree: Typed, resolve: Resolve) -> Column:
        found = []
        for place in range(len(self.figures.partners)):
            here = np.array([place])
            try:
                found.append(evaluate(tree, _taking(resolve, here), 1)[0])
            except (TooLarge, DecimalException):
                found.append(None)
        return column_of(found)


def _taking(resolve: Resolve, places: Places) -> Resolve:
    return lambda ref: resolve(ref).take(places)


def _short(op: str, have: Column, need: Column) -> Column:
    if op in (">", ">="):
        return seen_differences(need, have)
    if op in ("<", "<="):
        return seen_differences(have, need)
    return constant(None, have.length)


def _distance(gap: Gap) -> Distance:
    if gap.short is None or not isinstance(gap.need, Decimal):
        return _FAR
    share = divide(gap.short, abs(gap.need) or _ONE)
    return (0, comparable(share or Decimal(0)))


__all__ = ["Gap", "Gaps"]
