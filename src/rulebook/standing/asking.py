"""Who meets a requirement in each of many scenarios: criteria as sets, put together as asked.

A bar that scenarios set is compared in ranks; what can't be is tested as `simulate` tests it. What
no scenario changes is a set once and for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, DecimalException

import numpy as np

from rulebook.columns import Beyond, Booleans, column_of
from rulebook.columns.column import Flags
from rulebook.expressions.typed import Const, Op, Type, Typed
from rulebook.meaning.model import Asked, Criterion
from rulebook.measuring import Figures
from rulebook.measuring.qualify import Qualifying
from rulebook.standing.sets import Bits, Kept, Ranks, at_least, bits_of
from rulebook.values.numbers import TooLarge, plain

#: By path, the values of each scenario.
Values = Mapping[str, Sequence[Decimal]]
#: Who meets a requirement in a scenario, by its number; or who does in all of them.
Meets = Callable[[int], Bits] | Bits


def with_bar(criterion: Criterion, value: Decimal) -> Criterion:
    """Return a comparison with another right side, typed as a document's would be."""
    right: Typed = Const(abs(value), Type.NUMBER)
    if value < 0:
        right = Op("negative", (right,), Type.NUMBER)
    assert isinstance(criterion.test, Op)
    assert criterion.left is not None
    test = replace(criterion.test, args=(criterion.left, right))
    text = f"{criterion.left_text} {criterion.op} {plain(value)}"
    return replace(criterion, text=text, test=test, right=right)


@dataclass(frozen=True)
class _Compared:
    """A left side, all values that scenarios compare it with, and its ranks where it has some."""

    numbers: Mapping[Decimal, int]
    ranks: Ranks | None


class Asking:
    """The requirements of one run's tiers, with the values that scenarios give their bars."""

    def __init__(self, figures: Figures, day: date, bars: Mapping[str, Criterion], values: Values):
        """Rank what scenarios compare."""
        self.figures, self.day = figures, day
        self.bars, self.values = bars, values
        self.sets = Kept()
        self.kinds: list[tuple[_Compared, Criterion]] = []
        of_left: dict[Typed, dict[Decimal, int]] = {}
        for path, column in values.items():
            numbers = of_left.setdefault(self._left(path), {})
            for value in dict.fromkeys(column):
                numbers.setdefault(value, len(numbers))
        self.compared = {
            left: _Compared(numbers, self._ranks(left, numbers))
            for left, numbers in of_left.items()
        }

    def of(self, asked: Asked | None) -> Meets:
        """Return who meets a requirement; none is met by everybody."""
        if asked is None or (isinstance(asked, Criterion) and asked.path not in self.values):
            return bits_of(self.figures.qualifying.met(asked, self.day))
        if isinstance(asked, Criterion):
            return self._bar(asked)
        parts = [self.of(part) for part in asked.parts]
        fixed = [part for part in parts if isinstance(part, np.ndarray)]
        varied = [part for part in parts if not isinstance(part, np.ndarray)]
        if not varied:
            return bits_of(self.figures.qualifying.met(asked, self.day))
        if asked.need == len(parts):
            return _all_of(fixed, varied)
        return lambda number: at_least(asked.need, [*fixed, *(each(number) for each in varied)])

    def _left(self, path: str) -> Typed:
        left = self.bars[path].left
        assert left is not None
        return left

    def _ranks(self, left: Typed, values: Mapping[Decimal, int]) -> Ranks | None:
        try:
            return Ranks(self.figures.evaluate(left, self.day), list(values))
        except (Beyond, TooLarge, DecimalException):
            return None

    def _bar(self, criterion: Criterion) -> Callable[[int], Bits]:
        """Return who meets a bar that scenarios set."""
        compared = self.compared[self._left(criterion.path)]
        kind, sets, make = len(self.kinds), self.sets, self._meets
        for number, (known, other) in enumerate(self.kinds):
            if known is compared and other.op == criterion.op:
                kind = number  # two tiers that compare the same
        if kind == len(self.kinds):
            self.kinds.append((compared, criterion))
        numbers = [compared.numbers[value] for value in self.values[criterion.path]]
        return lambda scenario: sets.get(kind, numbers[scenario], make)

    def _meets(self, kind: int, number: int) -> Flags:
        compared, criterion = self.kinds[kind]
        if compared.ranks is not None:
            assert criterion.op is not None
            return compared.ranks.meets(criterion.op, number)
        value = list(compared.numbers)[number]
        asked = with_bar(criterion, value)
        tested = column_of(Qualifying(self.figures).criterion(asked, self.day))
        return tested.true if isinstance(tested, Booleans) else np.zeros(len(tested), np.bool_)


def _all_of(
    fixed: Sequence[Bits], varied: Sequence[Callable[[int], Bits]]
) -> Callable[[int], Bits]:
    """Return who is in all sets."""
    always = np.bitwise_and.reduce(fixed) if fixed else None
    first, *others = varied

    def meets(scenario: int) -> Bits:
        found = first(scenario).copy() if always is None else first(scenario) & always
        for each in others:
            np.bitwise_and(found, each(scenario), out=found)
        return found

    return meets
