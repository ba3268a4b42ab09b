"""Values seen in windows: each once, on one date or on many, or refused; never miscounted.

Tables are made here row by row; what is right is counted with sets.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pytest

from rulebook.backends.by_column import ByColumn, table
from rulebook.backends.by_column.pieces import keys_of
from rulebook.backends.by_column.scope import Bounds, Scope
from rulebook.columns import Column, Numbers, column_of
from rulebook.columns.column import Nulls
from rulebook.expressions.typed import Agg, Op, Ref, Type
from rulebook.plan.scans import SharedScan, Slot, Wanted
from rulebook.plan.steps import During
from rulebook.values.windows import Window

AMOUNT, WHO, WON = (
    Ref("column", (name,), kind)
    for name, kind in (("amount", Type.NUMBER), ("who", Type.TEXT), ("won", Type.BOOLEAN))
)
AGGS = {
    "sum": Agg("sum", AMOUNT, False, None, Type.NUMBER),
    "count": Agg("count", None, False, None, Type.NUMBER),
    "distinct": Agg("count", WHO, True, None, Type.NUMBER),
}
Row = tuple[int, int, int, str, bool]  # partner's code, day, amount, who, won


def table_of(rows: Sequence[Row]) -> ByColumn:
    """Return rows as a table; the amount lies there as narrow as it can."""
    rows = sorted(rows, key=lambda row: row[:2])
    codes, days, amounts, names, won = (list(part) for part in zip(*rows, strict=True))
    units = np.array(amounts, np.int16)
    columns: dict[Ref, Column] = {
        AMOUNT: Numbers(len(rows), None, units, 0, 30_000),
        WHO: column_of(names),
        WON: column_of(won),
    }
    keys = keys_of(np.array(codes, np.int64), np.array(days, np.int32))
    return ByColumn(keys, columns.__getitem__)


def scan_of(name: str, slots: Sequence[Slot]) -> SharedScan:
    """Return what asks for an aggregate of rows that are won, in all slots."""
    agg = AGGS[name]
    wanted = tuple(Wanted(n, 0, agg, (WON,), slot) for n, slot in enumerate(slots))
    value = WHO if name == "distinct" else None
    return SharedScan("sales", "partner", True, (), "day", wanted, (), value)


def slots_of(windows: Sequence[Sequence[tuple[int, int]]]) -> dict[Slot, Bounds]:
    """Return a slot for each date, with the days of each place."""
    found = {}
    for number, days in enumerate(windows):
        low, high = (np.array([pair[side] for pair in days], np.int32) for side in (0, 1))
        slot = Slot(
            During(Window("lifetime"), "day", None, None), date.fromordinal(730_000 + number)
        )
        found[slot] = Bounds(low, high, None)
    return found


def right(
    name: str,
    rows: Sequence[Row],
    members: Mapping[int, Sequence[int]],
    days: Sequence[tuple[int, int]],
) -> list[int]:
    """Return an aggregate of each place, one after the other."""
    found = []
    for place, (low, high) in enumerate(days):
        mine = [row for code in members[place] for row in rows if row[0] == code]
        mine = [row for row in mine if low <= row[1] <= high and row[4]]
        by_name = {
            "sum": sum(row[2] for row in mine),
            "count": len(mine),
            "distinct": len({row[3] for row in mine}),
        }
        found.append(by_name[name])
    return found


def chance(seed: int) -> tuple[list[Row], dict[int, list[int]], list[list[tuple[int, int]]]]:
    """Return rows, who counts for whom, and windows; some empty, some that go back."""
    draw = random.Random(seed)
    many = draw.choice((5, 300))  # names: few are bits of a number
    rows = [
        (
            draw.randrange(12),
            draw.randrange(100),
            draw.randrange(-30_000, 30_000),
            f"n{draw.randrange(many)}",
            draw.random() < 0.8,
        )
        for _ in range(draw.choice((40, 600)))
    ]
    members = {
        place: [place, *draw.sample([c for c in range(14) if c != place], draw.choice((0, 0, 3)))]
        for place in range(12)
    }
    windows = []
    for number in range(draw.choice((1, 2, 9))):
        days = []
        for place in range(12):
            cut = place * 7
            low, high = max(number * 10 - 30, cut), number * 10 + draw.choice((0, 0, 3))
            if place % 5 == 0 and number % 4 == 3:
                low, high = low - 25, high - 20
            days.append((low, high) if draw.random() < 0.9 else (1, 0))
        windows.append(days)
    return rows, members, windows


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("pieces", [1 << 18, 50])
def test_in_every_window_what_sets_count(seed: int, pieces: int, monkeypatch: pytest.MonkeyPatch):
    """Whatever is shared between windows and places, and in however many pieces it is read."""
    rows, members, windows = chance(seed)
    if pieces == 50:
        monkeypatch.setattr(table, "PICKED", 0)
        monkeypatch.setattr(table, "PIECE_ROWS", pieces)
    made, bounds = table_of(rows), slots_of(windows)
    pairs = [(place, code) for place, codes in members.items() for code in codes]
    places, codes = (np.array(side) for side in zip(*pairs, strict=True))
    known = {row[0] for row in rows}
    scope = Scope.of(places, np.where(np.isin(codes, list(known)), codes, -1), len(members))
    scans = [scan_of(name, list(bounds)) for name in AGGS]
    for name, answer in zip(AGGS, made.totals(scans, scope, bounds), strict=True):
        assert answer is not None
        for days, column in zip(windows, answer, strict=True):
            assert [int(value) for value in column] == right(name, rows, members, days)


def alone(values: Column, bound: int) -> list[Column] | None:
    """Return how many values one partner's rows have, counted as numbers of a column."""
    columns: dict[Ref, Column] = {AMOUNT: values}
    keys = keys_of(np.zeros(len(values), np.int64), np.arange(len(values), dtype=np.int32))
    made = ByColumn(keys, columns.__getitem__)
    empty = Numbers(0, None, np.zeros(0, np.int64), 2, bound)
    whole = made.column
    made.column = lambda ref: whole(ref) if looked.pop() else empty
    looked = [True, False]  # the first look is at no row
    bounds = slots_of([[(0, 99)]])
    agg = Agg("count", AMOUNT, True, None, Type.NUMBER)
    wanted = (Wanted(0, 0, agg, (), next(iter(bounds))),)
    scan = SharedScan("sales", "partner", False, (), "day", wanted, (), AMOUNT)
    scope = Scope.of(np.zeros(1, np.int64), np.zeros(1, np.int64), 1)
    return made.totals([scan], scope, bounds)[0]


def numbers(units: list[int], scale: int, bound: int) -> Numbers:
    return Numbers(len(units), None, np.array(units, np.int64), scale, bound)


@pytest.mark.parametrize("bound", [3, 1_000])  # as bits, and as numbers
def test_values_are_counted_once(bound: int):
    assert [list(each) for each in alone(numbers([3, 3, -3], 2, bound), bound)] == [[2]]


@pytest.mark.parametrize("bound", [3, 1_000])
def test_rows_without_values_add_nothing(bound: int):
    assert [list(each) for each in alone(Nulls(3, None), bound)] == [[0]]


@pytest.mark.parametrize("value", [numbers([1, 2, 3], 3, 3), numbers([1, 2, 4], 2, 4)])
def test_rows_of_another_scale_or_beyond_the_bound_are_refused(value: Numbers):
    assert alone(value, 3) is None


def test_a_condition_that_arrays_cannot_ask_refuses_its_scan_alone():
    """The other scans of the same reading are answered."""
    rows = [(0, 1, 5, "a", True), (0, 2, 6, "b", True)]
    bounds = slots_of([[(0, 9)]])
    odd = Op("matches", (WHO,), Type.BOOLEAN)
    fine = scan_of("sum", list(bounds))
    wanted = tuple(Wanted(0, 0, AGGS["sum"], (odd,), slot) for slot in bounds)
    wrong = SharedScan("sales", "partner", True, (), "day", wanted, (), None)
    scope = Scope.of(np.zeros(1, np.int64), np.zeros(1, np.int64), 1)
    refused, answer = table_of(rows).totals([wrong, fine], scope, bounds)
    assert (refused, [int(each[0]) for each in answer]) == (None, [11])
