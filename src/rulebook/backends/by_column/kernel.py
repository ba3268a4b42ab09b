"""Aggregates over slices of sorted facts.

What one piece gives is added to what the others gave: sums and counts by partner levelled, and
the values seen for distinct counts. Pieces are worked on by two threads: arrays don't hold the
interpreter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.backends.by_column.distinct import Distinct, sorted_once
from rulebook.backends.by_column.pieces import DAY_BITS, Piece, Places, code_of, joined
from rulebook.columns import Column, Numbers, from_units
from rulebook.columns.column import Days, Flags, Nulls
from rulebook.columns.numbers import Beyond
from rulebook.columns.spans import day_number
from rulebook.expressions.typed import Ref, Type, Typed
from rulebook.plan.scans import SharedScan, Slot, Wanted

#: So many rows are worked on at once: what a processor's cache can hold.
PIECE_ROWS = 1 << 20
#: Up to so many partners' rows are picked; beyond, pieces follow the table.
PICKED = 2_000
THREADS = 2
#: Of tables with up to so many rows running sums are kept in memory.
KEPT_ROWS = 1 << 24
_LIMIT = 2**62
_NONE = np.zeros(0, np.int64)


@dataclass(eq=False)
class Scope:
    """Whose facts count for whom: the place levelled and the member's code, sorted by code.

    What was found of a slot is kept until another date is asked for.
    """

    places: Places
    codes: Places
    count: int  # of places
    found: dict[tuple[Slot, int], tuple[Places, Places]] = field(default_factory=dict)

    @classmethod
    def of(cls, places: NDArray[Any], codes: NDArray[Any], count: int) -> Scope:
        """Sort members by code; those without facts (code below 0) are left out."""
        there = codes >= 0
        places, codes = places[there].astype(np.int64), codes[there].astype(np.int64)
        order = np.argsort(codes, kind="stable")
        return cls(places[order], codes[order], count)

    def forget(self, as_of: date) -> None:
        """Forget the slots of other dates."""
        if any(slot.as_of != as_of for slot, _ in self.found):
            self.found.clear()


@dataclass(frozen=True)
class Bounds:
    """The days of a slot by place, and the day on which facts must hold."""

    low: NDArray[np.int32]
    high: NDArray[np.int32]
    holds: date | None


class ByColumn:
    """One table in arrays: `column` gives the whole column that a reference means."""

    def __init__(
        self, keys: Places, column: Callable[[Ref], Column], added: ByColumn | None = None
    ) -> None:
        """Find where each partner's rows begin; `keys` (see `keys_of`) must be in order.

        `added` has rows that came later: few partners are answered with them, all are not.
        """
        self.keys, self.column, self.added = keys, column, added
        self.keeps = False
        self._words: dict[Typed, Flags] = {}
        last = code_of(int(keys[-1])) + 1 if len(keys) else 0
        self.starts = np.searchsorted(keys, np.arange(last + 1) << DAY_BITS)

    def totals(self, scan: SharedScan, scope: Scope, bounds: Mapping[Slot, Bounds]) -> list[Column]:
        """Return each aggregate wanted, by place; raise Beyond where arrays can't do it."""
        scope.forget(scan.slots[0].as_of)
        work = _Work(self, scan, bounds)
        if work.distinct is not None and max(scope.count, 1) * work.distinct.width >= _LIMIT:
            raise Beyond
        sums = [np.zeros(scope.count, np.int64) for _ in scan.wanted]
        seen: list[list[NDArray[Any]]] = [[] for _ in scan.wanted]
        for one, found in _worked(work, list(self._pieces(scope))):
            for number, part in enumerate(found):
                if work.distinct is None:
                    np.add.at(sums[number], scope.places[one], part)
                else:
                    seen[number].append(part)
        if work.distinct is not None:
            sums = [work.distinct.counted(parts, scope.count) for parts in seen]
        return [from_units(s, work.scale(w)) for s, w in zip(sums, scan.wanted, strict=True)]

    def keep(self, keeps: bool) -> None:
        """Keep running sums from now on, or let them go."""
        self.keeps = keeps
        if not keeps:
            for _, piece in self._whole:
                piece.running.clear()

    def piece(self, rows: slice | Places) -> Piece:
        """Return some rows."""
        return Piece(rows, self.keys[rows], self.column, self._words)

    def _pieces(self, scope: Scope) -> Iterator[tuple[slice, Piece, Scope]]:
        """Yield pieces of the table with the part of the scope that they serve."""
        codes = scope.codes
        if len(codes) <= PICKED:
            yield slice(0, len(codes)), self._with_added(sorted_once(codes)), scope
            return
        if self.added is not None:
            raise Beyond
        for (first, last), piece in self._whole:
            part = slice(*(int(n) for n in np.searchsorted(codes, (first, last))))
            if part.stop > part.start:
                yield part, piece, scope

    @cached_property
    def _whole(self) -> list[tuple[tuple[int, int], Piece]]:
        """The table in pieces of whole partners, with the codes that each has."""
        found, first = [], 0
        while first < len(self.starts) - 1:
            target = self.starts[first] + PIECE_ROWS
            last = max(int(np.searchsorted(self.starts, target, "right")) - 1, first + 1)
            rows = slice(int(self.starts[first]), int(self.starts[last]))
            found.append(((first, last), self.piece(rows)))
            first = last
        return found

    def _with_added(self, codes: Places) -> Piece:
        """Return the rows of some partners alone, those that came later among them."""
        mine = self._picked(codes)
        later = None if self.added is None else self.added._picked(codes)
        if later is None or not len(later):
            return mine
        keys = np.concatenate([mine.keys, later.keys])
        order = np.argsort(keys, kind="stable")

        def column(ref: Ref) -> Column:
            return joined(mine.resolve(ref), later.resolve(ref)).take(order)

        return Piece(slice(0, len(keys)), keys[order], column, {})

    def _picked(self, codes: Places) -> Piece:
        """Return the rows of some partners alone, of those that were there first."""
        codes = codes[codes < len(self.starts) - 1]
        if len(codes) == 1:
            return self.piece(slice(int(self.starts[codes[0]]), int(self.starts[codes[0] + 1])))
        ranges = [np.arange(self.starts[code], self.starts[code + 1]) for code in codes]
        return self.piece(np.concatenate([*ranges, _NONE]))


def _worked(
    work: _Work, pieces: Sequence[tuple[slice, Piece, Scope]]
) -> Iterator[tuple[slice, list[NDArray[Any]]]]:
    """Yield what pieces give, in their order; a single one needs no thread."""
    if len(pieces) < 2:
        yield from (_run(work, piece) for piece in pieces)
        return
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(partial(_run, work), pieces)


def _run(work: _Work, given: tuple[slice, Piece, Scope]) -> tuple[slice, list[NDArray[Any]]]:
    part, piece, scope = given
    return part, work.piece(piece, scope, part)


class _Work:
    """What is wanted of every piece."""

    def __init__(self, table: ByColumn, scan: SharedScan, bounds: Mapping[Slot, Bounds]) -> None:
        self.scan, self.bounds = scan, bounds
        self.values: dict[int, Column] = {}
        later = 0 if table.added is None else len(table.added.keys)
        self.keeps = table.keeps and len(table.keys) <= KEPT_ROWS
        self.rows = max(len(table.keys) + later, 1)
        nothing = table.piece(slice(0, 0))
        # Whatever is read is mapped now: the threads find it there.
        for number, wanted in enumerate(scan.wanted):
            self._look(number, wanted, nothing)
            nothing.all_true((*scan.conditions, *wanted.conditions))
            self._held(nothing, wanted.slot)
        self.distinct = None
        if scan.distinct is not None:
            self.distinct = Distinct(scan.distinct, nothing.value(scan.distinct), later)

    def _look(self, number: int, wanted: Wanted, nothing: Piece) -> None:
        """Refuse what can't be done before anything is."""
        agg = wanted.agg
        if agg.name not in ("sum", "count"):
            raise Beyond
        if agg.arg is not None and not agg.distinct:
            value = nothing.value(agg.arg)
            self.values[number] = value
            if agg.name == "sum" and not isinstance(value, Nulls | Numbers):
                raise Beyond

    def scale(self, wanted: Wanted) -> int:
        """Return how many decimals a sum has."""
        value = self.values.get(self.scan.wanted.index(wanted))
        sums = wanted.agg.name == "sum" and isinstance(value, Numbers)
        return value.scale if sums and isinstance(value, Numbers) else 0

    def piece(self, piece: Piece, scope: Scope, part: slice) -> list[NDArray[Any]]:
        """Return what each wanted is for the members of a piece, or the values seen."""
        common = piece.all_true(self.scan.conditions)
        places, codes = scope.places[part], scope.codes[part]
        slices = {}
        for slot in self.scan.slots:
            known = scope.found.get((slot, part.start))
            if known is None:
                days = self.bounds[slot]
                known = piece.slices(codes, days.low[places], days.high[places])
                scope.found[slot, part.start] = known
            slices[slot] = known
        found = []
        for wanted in self.scan.wanted:
            mask = _both(common, piece.all_true(wanted.conditions), self._held(piece, wanted.slot))
            begin, end = slices[wanted.slot]
            if self.distinct is None or self.scan.distinct is None:
                running = self._running(piece, wanted, mask)
                found.append(running[end] - running[begin])
            else:
                value = piece.value(self.scan.distinct)
                found.append(self.distinct.seen(value, mask, places, begin, end))
        return found

    def _held(self, piece: Piece, slot: Slot) -> Flags | None:
        """Return which facts hold on the day that the slot asks for."""
        holds, during = self.bounds[slot].holds, slot.during
        if holds is None:
            return None
        day, found = day_number(holds), None
        for name, test in ((during.valid_from, np.less_equal), (during.valid_until, np.greater)):
            if name is None:
                continue
            column = piece.resolve(_day_ref(name))
            if isinstance(column, Nulls):
                continue
            if not isinstance(column, Days):
                raise Beyond
            flags: Flags = test(column.days, day)
            if column.valid is not None:
                flags = flags | ~column.valid
            found = _both(found, flags)
        return found

    def _running(self, piece: Piece, wanted: Wanted, mask: Flags | None) -> NDArray[np.int64]:
        """Return running sums of what each row adds, one more than there are rows.

        They don't depend on the date: where many are asked for they are kept meanwhile.
        """
        key = (wanted.agg, self.scan.conditions, wanted.conditions)
        held = self.bounds[wanted.slot].holds is not None
        known = None if held else piece.running.get(key)
        if known is None:
            known = np.zeros(len(piece) + 1, np.int64)
            np.cumsum(self._added(piece, wanted, mask), out=known[1:])
            if self.keeps and not held:
                piece.running[key] = known
        return known

    def _added(self, piece: Piece, wanted: Wanted, mask: Flags | None) -> NDArray[Any]:
        """Return what each row adds."""
        agg = wanted.agg
        value = None if agg.arg is None else piece.value(agg.arg)
        if isinstance(value, Nulls):
            return np.zeros(len(piece), np.int64)
        if value is not None:
            mask = _both(mask, value.valid)
        if agg.name == "count":
            return np.ones(len(piece), np.int64) if mask is None else mask.astype(np.int64)
        if not isinstance(value, Numbers) or value.high is not None:
            raise Beyond
        if value.bound * self.rows >= _LIMIT:  # so that no running sum can overflow
            raise Beyond
        if value.scale != self.scale(wanted):  # pieces' sums are added as units
            raise Beyond
        units = np.broadcast_to(value.units, len(piece))
        return units if mask is None else units * mask


def _both(*masks: Flags | None) -> Flags | None:
    found: Flags | None = None
    for mask in masks:
        if mask is not None:
            found = mask if found is None else found & mask
    return found


def _day_ref(name: str) -> Ref:
    return Ref("column", (name,), Type.DATE)
