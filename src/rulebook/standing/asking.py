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
from rulebook.meaning.model import Asked, Criterion, Group, asked_criteria
from rulebook.measuring import Figures
from rulebook.measuring.qualify import Qualifying
from rulebook.standing.sets import WORD, Bits, Ranks, at_least, bits_of
from rulebook.values.numbers import TooLarge, plain

#: By path, the values of each scenario.
Values = Mapping[str, Sequence[Decimal]]
#: Who meets a requirement, for some scenarios, in the part of the partners that is looked at.
Meets = Callable[[slice], Bits]


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


def words(bits: Bits, part: slice) -> Bits:
    """Return of some sets the part that has these partners; it begins with a word."""
    return bits[:, part.start // WORD : -(-part.stop // WORD)]


@dataclass(frozen=True)
class _Compared:
    """A left side, all values that scenarios compare it with, and its ranks where it has some."""

    numbers: Mapping[Decimal, int]
    ranks: Ranks | None


class Asking:
    """The requirements of one run's tiers, with the values that scenarios give their bars.

    Partners are looked at part by part, so that sets stay small however many scenarios there are.
    """

    def __init__(
        self, figures: Figures, day: date, bars: Mapping[str, Criterion], values: Values
    ) -> None:
        """Rank what scenarios compare."""
        self.figures, self.day = figures, day
        self.bars, self.values = bars, values
        self.part = slice(0, 0)
        self._kinds: dict[tuple[Typed, str], int] = {}  # left sides and how they are compared
        self._tables: dict[int, Bits] = {}  # by kind, of the part that is looked at
        self._whole: dict[int, Bits] = {}  # of everybody, where there are no ranks
        of_left: dict[Typed, dict[Decimal, int]] = {}
        for path, column in values.items():
            numbers = of_left.setdefault(self._left(path), {})
            for value in dict.fromkeys(column):
                numbers.setdefault(value, len(numbers))
        self._compared = {
            left: _Compared(numbers, self._ranks(left, numbers))
            for left, numbers in of_left.items()
        }

    def look_at(self, part: slice) -> None:
        """Look at the partners in these places; the first is the first of a word."""
        self.part = part
        self._tables.clear()

    def of(self, asked: Asked | None) -> Meets:
        """Return who meets a requirement; none is met by everybody."""
        if isinstance(asked, Criterion) and asked.path in self.values:
            return self._bar(asked)
        if asked is None or not any(each.path in self.values for each in asked_criteria(asked)):
            whole = bits_of(self.figures.qualifying.met(asked, self.day)[None])
            return lambda _: words(whole, self.part)
        assert isinstance(asked, Group)
        parts, need = [self.of(part) for part in asked.parts], asked.need
        if need == len(parts):
            return lambda some: _all_of([part(some) for part in parts])
        return lambda some: at_least(need, [part(some) for part in parts])

    def _left(self, path: str) -> Typed:
        left = self.bars[path].left
        assert left is not None
        return left

    def _ranks(self, left: Typed, values: Mapping[Decimal, int]) -> Ranks | None:
        try:
            return Ranks(self.figures.evaluate(left, self.day), list(values))
        except (Beyond, TooLarge, DecimalException):
            return None

    def _bar(self, criterion: Criterion) -> Meets:
        """Return who meets a bar that scenarios set."""
        left, op = self._left(criterion.path), str(criterion.op)
        kind = self._kinds.setdefault((left, op), len(self._kinds))
        compared = self._compared[left]
        numbers = [compared.numbers[value] for value in self.values[criterion.path]]
        rows = np.array(numbers, np.intp)
        if compared.ranks is not None:
            rows = compared.ranks.place[rows]

        def meets(some: slice) -> Bits:
            if kind not in self._tables:
                self._tables[kind] = self._table(kind, compared, criterion)
            return self._tables[kind].take(rows[some], axis=0)

        return meets

    def _table(self, kind: int, compared: _Compared, criterion: Criterion) -> Bits:
        """Return who compares so with each value, a row each, in the part that is looked at."""
        if compared.ranks is not None:
            return compared.ranks.meets(str(criterion.op), self.part)
        if kind not in self._whole:
            tested = [self._tested(criterion, value) for value in compared.numbers]
            self._whole[kind] = bits_of(np.array(tested))
        return words(self._whole[kind], self.part)

    def _tested(self, criterion: Criterion, value: Decimal) -> Flags:
        """Return who meets a criterion with another bar, as `simulate` finds it."""
        other = Qualifying(self.figures).criterion(with_bar(criterion, value), self.day)
        tested = column_of(other)
        return tested.true if isinstance(tested, Booleans) else np.zeros(len(tested), np.bool_)


def _all_of(sets: Sequence[Bits]) -> Bits:
    """Return who is in all sets; one row stands for as many as others have."""
    rows = max(map(len, sets), default=0)
    found = np.repeat(sets[0], rows, axis=0) if len(sets[0]) < rows else sets[0].copy()
    for each in sets[1:]:
        found &= each
    return found
