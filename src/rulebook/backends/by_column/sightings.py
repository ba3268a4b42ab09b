"""Distinct counts in many windows at once.

Windows move on: each begins and ends no earlier than the one before it, so a row is in those from
a first to a last. A value counts from the first window of its first row to the last of that row;
each later row of the same place and value adds the windows that no earlier one reached. Counted
are the beginnings and ends of such stretches, by place and window.

A place whose windows go back (its enrollment changed) has runs of windows that move on; each run
is counted by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from rulebook.backends.by_column.pieces import Places, once
from rulebook.backends.by_column.scope import Bounds, Part, Scope
from rulebook.columns.column import Flags
from rulebook.columns.numbers import Beyond

_WIDEST = 62
_Numbers = NDArray[np.int64]


class Numbering(Protocol):
    """What makes numbers from 0 on of stored values."""

    def numbered(self, stored: NDArray[Any]) -> _Numbers:
        """Return the numbers of stored values."""


class Slices(NamedTuple):
    """Members' slices by window, moving on: where they begin and end, and their outermost."""

    members: Places  # of the part, those that have rows in some window
    begin: _Numbers
    end: _Numbers
    first: Places
    after: Places


class Sightings:
    """The distinct values of one kind in windows given by their days, in the order of dates."""

    def __init__(self, days: Sequence[Bounds], scope: Scope, width: int) -> None:
        """Raise Beyond where a sighting has no room in one number."""
        self.days, self.scope, self.windows = days, scope, len(days)
        self.bits = self.windows.bit_length()
        self.value_bits = max(width - 1, 1).bit_length()
        if max(scope.count, 1).bit_length() + self.value_bits + 2 * self.bits > _WIDEST:
            raise Beyond
        low = np.stack([np.broadcast_to(each.low, scope.count) for each in days])
        high = np.stack([np.broadcast_to(each.high, scope.count) for each in days])
        self.there: Flags = low <= high
        self.run = _runs(low, high, self.there)
        self.runs = int(self.run.max(initial=0)) + 1
        self.grids = [np.zeros((scope.count, self.windows + 1), np.int32) for _ in range(self.runs)]
        self.several: list[list[_Numbers]] = [[] for _ in range(self.runs)]

    def piece(
        self, part: Part, stored: NDArray[Any], mask: Flags | None, numbering: Numbering
    ) -> list[tuple[_Numbers, Places, NDArray[np.int32]]]:
        """Return for each run: sightings of places with several members, and others' counts.

        `stored` are the values of all rows, `mask` says which count.
        """
        edges = [part.slices(days) for days in self.days]
        begin, end = (np.stack([pair[side] for pair in edges]) for side in (0, 1))
        found = []
        for run in range(self.runs):
            real = (self.run == run)[:, part.places] & self.there[:, part.places]
            slices = _moving_on(begin, end, real)
            keys = self._seen(part, slices, stored, mask, numbering)
            places = keys >> (self.value_bits + 2 * self.bits)
            several = self.scope.several[places]
            single = keys[~several]
            own, counts = self._counted(single)
            found.append((keys[several], own, counts))
        return found

    def _seen(
        self,
        part: Part,
        slices: Slices,
        stored: NDArray[Any],
        mask: Flags | None,
        numbering: Numbering,
    ) -> _Numbers:
        """Return each sighting once, in order: place, value, first and last window in a number."""
        counts = slices.after - slices.first
        starts = np.cumsum(counts) - counts
        total = int(counts.sum())
        member = np.repeat(np.arange(len(counts)), counts)
        rows = np.arange(total) + (slices.first - starts)[member]
        # How many windows end by a row, and begin by it: marks before it, less other members'.
        ended = _marks(slices.end - slices.first + starts, total)
        begun = _marks(slices.begin - slices.first + starts, total)
        if mask is not None:
            kept = np.flatnonzero(mask[rows])
            rows, member, ended, begun = rows[kept], member[kept], ended[kept], begun[kept]
        others = member * self.windows
        first, last = ended - others, begun - others - 1
        keys = part.places[slices.members][member] << self.value_bits
        keys |= numbering.numbered(stored[rows])
        keys <<= self.bits
        keys |= first
        keys <<= self.bits
        keys |= last
        return once(keys[first <= last])

    def _counted(self, keys: _Numbers) -> tuple[Places, NDArray[np.int32]]:
        """Return places, and for each window how many values begin to count there, less ended."""
        few = (1 << self.bits) - 1
        last, first = keys & few, (keys >> self.bits) & few
        seen = keys >> (2 * self.bits)
        again = np.zeros(len(keys), np.bool_)
        np.equal(seen[1:], seen[:-1], out=again[1:])
        reached = np.zeros(len(keys), np.int64)
        reached[1:] = last[:-1] + 1
        first = np.where(again, np.maximum(first, reached), first)
        more = first <= last
        place, first, last = (seen >> self.value_bits)[more], first[more], last[more]
        new = np.ones(len(place), np.bool_)
        np.not_equal(place[1:], place[:-1], out=new[1:])
        own, width = place[new], self.windows + 1
        at = (np.cumsum(new) - 1) * width
        shape = (len(own), width)
        begins = np.bincount(at + first, minlength=len(own) * width).reshape(shape)
        begins -= np.bincount(at + last + 1, minlength=len(own) * width).reshape(shape)
        return own, begins.astype(np.int32)

    def take(self, found: Sequence[tuple[_Numbers, Places, NDArray[np.int32]]]) -> None:
        """Add what a part gave."""
        for run, (several, own, counts) in enumerate(found):
            self.several[run].append(several)
            self.grids[run][own] += counts

    def counts(self) -> list[_Numbers]:
        """Return by window how many values each place saw."""
        found = np.zeros((self.windows, self.scope.count), np.int64)
        for run, grid in enumerate(self.grids):
            own, counts = self._counted(once(np.concatenate([*self.several[run]])))
            grid[own] += counts
            here = np.cumsum(grid, axis=1).T[:-1]
            found += np.where(self.there & (self.run == run), here, 0)
        return list(found)


def _runs(low: NDArray[np.int32], high: NDArray[np.int32], there: Flags) -> NDArray[np.int16]:
    """Return by window and place the number of the run of windows moving on that it is in."""
    found = np.zeros(low.shape, np.int16)
    run = np.zeros(low.shape[1], np.int16)
    least, most = (np.full(low.shape[1], np.iinfo(np.int32).min, np.int32) for _ in range(2))
    for window, here in enumerate(there):
        back = here & ((low[window] < least) | (high[window] < most))
        run += back
        found[window] = run
        least = np.where(here, low[window], least)
        most = np.where(here, high[window], most)
    return found


def _moving_on(begin: _Numbers, end: _Numbers, real: Flags) -> Slices:
    """Return the slices of real windows; the others begin and end with the ones before them."""
    members = np.flatnonzero(real.any(axis=0))
    begin, end, real = begin[:, members], end[:, members], real[:, members]
    after = np.where(real, end, 0).max(axis=0, initial=0)
    first = np.where(real, begin, after).min(axis=0, initial=np.iinfo(np.int64).max)
    begin = np.maximum.accumulate(np.where(real, begin, first), axis=0)
    end = np.maximum.accumulate(np.where(real, end, first), axis=0)
    return Slices(members, begin, end, first, after)


def _marks(at: _Numbers, total: int) -> _Numbers:
    """Return how many marks there are at each of so many rows or before it."""
    return np.cumsum(np.bincount(at.ravel(), minlength=total)[:total])
