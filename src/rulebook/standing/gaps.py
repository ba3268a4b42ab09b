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

from rulebook.dataset.data import Value
from rulebook.expressions.evaluate import getter
from rulebook.expressions.typed import Ref, Type, Typed
from rulebook.meaning.model import Asked, Criterion, FormulaMeaning, Group, bare
from rulebook.meaning.needs import metric_refs
from rulebook.measuring import Figures
from rulebook.values.numbers import TooLarge, add, comparable, divide, subtract

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
        if isinstance(asked, Criterion):
            return self.figures.qualifying.criterion(asked, self.day)[place] is True
        return sum(self.met(part, place) for part in asked.parts) >= asked.need

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
        have = self._side(criterion.left, place)
        need = self._side(criterion.right, place)
        short = _short(criterion.op, have, need)
        if criterion.left.type is Type.TIER:
            have, need = (self._tier(criterion.left, value) for value in (have, need))
            short = None
        elif criterion.left.type in (Type.MONTH, Type.QUARTER):
            have, need = (
                self._side(bare(side), place) for side in (criterion.left, criterion.right)
            )
            short = None
        return Gap(
            criterion.path,
            criterion.left_text,
            criterion.op,
            have,
            need,
            short,
            self._gain(criterion.left, place),
        )

    def _side(self, tree: Typed, place: int) -> Any:
        return getter(tree, lambda ref: self.figures.column(ref, self.day).__getitem__)(place)

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
        now = self._side(formula, place)
        gains: dict[str, Decimal] = {}
        for ref in metric_refs(formula):
            if ref.type is Type.NUMBER and isinstance(now, Decimal):
                try:
                    more = self._with_one_more(formula, ref, place)
                except (TooLarge, DecimalException):  # one more would be beyond what there is
                    continue
                if isinstance(more, Decimal):
                    name = ".".join(part for part in ref.path if part)
                    gains[name] = subtract(more, now)
        return gains

    def _with_one_more(self, tree: Typed, raised: Ref, place: int) -> Any:
        def bind(ref: Ref) -> Any:
            column = self.figures.column(ref, self.day)
            if ref != raised:
                return column.__getitem__
            return lambda index: None if column[index] is None else add(column[index], _ONE)

        return getter(tree, bind)(place)


def _short(op: str, have: Any, need: Any) -> Decimal | None:
    if not isinstance(have, Decimal) or not isinstance(need, Decimal):
        return None
    if op in (">", ">="):
        return subtract(comparable(need), comparable(have))
    if op in ("<", "<="):
        return subtract(comparable(have), comparable(need))
    return None


def _distance(gap: Gap) -> Distance:
    if gap.short is None or not isinstance(gap.need, Decimal):
        return _FAR
    share = divide(gap.short, abs(gap.need) or _ONE)
    return (0, comparable(share or Decimal(0)))


__all__ = ["Gap", "Gaps"]
