"""Sums and counts over slices of sorted facts: differences of running sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.backends.by_column.pieces import Piece, Places
from rulebook.backends.by_column.scope import Bounds, Part, Scope
from rulebook.columns import Column, Numbers, from_units
from rulebook.columns.column import Days, Flags, Nulls
from rulebook.columns.numbers import Beyond
from rulebook.columns.spans import day_number
from rulebook.expressions.typed import Agg, Ref, Type, Typed
from rulebook.plan.scans import SharedScan, Slot, Wanted

_LIMIT = 2**62


class Work:
    """What is wanted of one scan: those with the same conditions stand together.

    `alike` has for each aggregate and its conditions the places of what is wanted: they differ
    in their days. Facts that must hold on a day are looked at for each day.
    """

    def __init__(
        self, scan: SharedScan, scope: Scope, bounds: Mapping[Slot, Bounds], nothing: Piece
    ) -> None:
        """Look at conditions before there are rows: raises Beyond where one can't be asked."""
        self.scan, self.scope, self.bounds = scan, scope, bounds
        self.failed = False
        self.days = [bounds[wanted.slot] for wanted in scan.wanted]
        found: dict[tuple[Agg, tuple[Typed, ...], Slot | None], list[int]] = {}
        for place, wanted in enumerate(scan.wanted):
            held = None if bounds[wanted.slot].holds is None else wanted.slot
            found.setdefault((wanted.agg, wanted.conditions, held), []).append(place)
        self.alike = list(found.values())
        for places in self.alike:
            self.mask(nothing, scan.wanted[places[0]])

    def mask(self, piece: Piece, wanted: Wanted) -> Flags | None:
        """Return which rows count, whatever their day; None where all do."""
        found = piece.all_true((*self.scan.conditions, *wanted.conditions))
        return both(found, self._held(piece, wanted.slot))

    def _held(self, piece: Piece, slot: Slot) -> Flags | None:
        """Return which facts hold on the day that the slot asks for."""
        holds, during = self.bounds[slot].holds, slot.during
        if holds is None:
            return None
        day, found = day_number(holds), None
        for name, test in ((during.valid_from, np.less_equal), (during.valid_until, np.greater)):
            if name is None:
                continue
            column = piece.stored(Ref("column", (name,), Type.DATE))
            if isinstance(column, Nulls):
                continue
            if not isinstance(column, Days):
                raise Beyond
            flags: Flags = test(column.days, day)
            if column.valid is not None:
                flags = flags | ~column.valid
            found = both(found, flags)
        return found


class Added(Work):
    """Sums and counts."""

    def __init__(
        self,
        scan: SharedScan,
        scope: Scope,
        bounds: Mapping[Slot, Bounds],
        nothing: Piece,
        rows: int,
    ) -> None:
        """Refuse what can't be done before anything is; `rows` is how many there are in all."""
        super().__init__(scan, scope, bounds, nothing)
        self.rows = max(rows, 1)
        self.scales = [0] * len(scan.wanted)
        for places in self.alike:
            agg = scan.wanted[places[0]].agg
            if agg.name not in ("sum", "count"):
                raise Beyond
            value = None if agg.arg is None else nothing.value(agg.arg)
            if agg.name == "sum":
                if not isinstance(value, Nulls | Numbers):
                    raise Beyond
                for place in places:
                    self.scales[place] = getattr(value, "scale", 0)
        self.sums = [np.zeros(scope.count, np.int64) for _ in scan.wanted]

    def piece(self, part: Part) -> tuple[Places, list[NDArray[np.int64]]]:
        """Return the places that have rows in a part, and what each wanted is there."""
        found: list[NDArray[np.int64]] = [_NONE] * len(self.days)
        for places in self.alike:
            running = self._running(part.piece, places[0])
            for place in places:
                begin, end = part.slices(self.days[place])
                found[place] = part.summed(running[end] - running[begin])
        return part.own, found

    def take(self, found: tuple[Places, Sequence[NDArray[np.int64]]]) -> None:
        """Add what a part gave."""
        own, parts = found
        for sums, part in zip(self.sums, parts, strict=True):
            sums[own] += part

    def columns(self) -> list[Column]:
        """Return each wanted by place."""
        return [from_units(*each) for each in zip(self.sums, self.scales, strict=True)]

    def _running(self, piece: Piece, place: int) -> NDArray[np.int64]:
        """Return running sums of what each row adds, one more than there are rows."""
        running = np.zeros(len(piece) + 1, np.int64)
        np.cumsum(self._adds(piece, place), dtype=np.int64, out=running[1:])
        return running

    def _adds(self, piece: Piece, place: int) -> NDArray[Any]:
        """Return what each row adds."""
        wanted = self.scan.wanted[place]
        mask, agg = self.mask(piece, wanted), wanted.agg
        value = None if agg.arg is None else piece.value(agg.arg)
        if isinstance(value, Nulls):
            return np.zeros(len(piece), np.int8)
        if value is not None:
            mask = both(mask, value.valid)
        if agg.name == "count":
            every = np.ones(1, np.bool_) if mask is None else mask
            return np.broadcast_to(every, len(piece))
        if not isinstance(value, Numbers) or value.high is not None:
            raise Beyond
        if value.bound * self.rows >= _LIMIT:  # so that no running sum can overflow
            raise Beyond
        if value.scale != self.scales[place]:  # pieces' sums are added as units
            raise Beyond
        units = np.broadcast_to(value.units, len(piece))
        return units if mask is None else units * mask


_NONE = np.zeros(0, np.int64)


def both(one: Flags | None, other: Flags | None) -> Flags | None:
    """Return where both hold; None is everywhere."""
    if one is None or other is None:
        return other if one is None else one
    return one & other
