"""A table in arrays, read piece by piece: one pass for all that is wanted of it.

Pieces are worked on by two threads: arrays don't hold the interpreter. What one gives is added to
what the others gave, and nothing of a piece is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from rulebook.backends.by_column.distinct import Seen
from rulebook.backends.by_column.kernel import Added
from rulebook.backends.by_column.pieces import (
    DAY_BITS,
    Piece,
    Places,
    code_of,
    joined,
    sorted_once,
)
from rulebook.backends.by_column.scope import Bounds, Part, Scope
from rulebook.columns import Column
from rulebook.columns.column import Flags
from rulebook.columns.numbers import Beyond
from rulebook.expressions.typed import Ref, Typed
from rulebook.plan.scans import SharedScan, Slot

#: So many rows are worked on at once: what a processor's cache can hold.
PIECE_ROWS = 1 << 18
#: Up to so many partners' rows are picked; beyond, pieces follow the table.
PICKED = 2_000
THREADS = 2
_NONE = np.zeros(0, np.int64)


class ByColumn:
    """One table in arrays: `column` gives the whole column that a reference means."""

    def __init__(
        self, keys: Places, column: Callable[[Ref], Column], added: ByColumn | None = None
    ) -> None:
        """Find where each partner's rows begin; `keys` (see `keys_of`) must be in order.

        `added` has rows that came later: few partners are answered with them, all are not.
        """
        self.keys, self.column, self.added = keys, column, added
        self._words: dict[Typed, Flags] = {}
        last = code_of(int(keys[-1])) + 1 if len(keys) else 0
        self.starts = np.searchsorted(keys, np.arange(last + 1) << DAY_BITS)

    def totals(
        self, scans: Sequence[SharedScan], scope: Scope, bounds: Mapping[Slot, Bounds]
    ) -> list[list[Column] | None]:
        """Return for each scan its aggregates, by place; None where arrays can't do one.

        All scans have the same scope, and are answered in one pass.
        """
        works = [_work(self, scan, scope, bounds) for scan in scans]
        todo = [work for work in works if work is not None]
        for work, found in _worked(todo, self._parts(scope) if todo else []):
            if not work.failed:
                work.take(found)
        return [None if work is None or work.failed else work.columns() for work in works]

    def piece(self, rows: slice | Places, codes: range | None = None) -> Piece:
        """Return some rows."""
        return Piece(rows, self.keys[rows], self.column, self._words, codes)

    @property
    def rows(self) -> int:
        """How many rows there are, with those that came later."""
        return len(self.keys) + (0 if self.added is None else len(self.added.keys))

    def _parts(self, scope: Scope) -> list[Callable[[], Part]]:
        """Return what makes the parts of a scope, each with its piece of the table."""
        codes = scope.codes
        if len(codes) <= PICKED:
            every = slice(0, len(codes))
            return [lambda: Part(self._with_added(sorted_once(codes)), scope, every)]
        found: list[Callable[[], Part]] = []
        for first, last in self._pieces():
            part = slice(*(int(n) for n in np.searchsorted(codes, (first, last))))
            if part.stop > part.start:
                found.append(partial(self._part, range(first, last), scope, part))
        return found

    def _part(self, codes: range, scope: Scope, part: slice) -> Part:
        rows = slice(int(self.starts[codes.start]), int(self.starts[codes.stop]))
        return Part(self.piece(rows, codes), scope, part)

    def _pieces(self) -> Iterator[tuple[int, int]]:
        """Yield the codes at which pieces of whole partners begin and end."""
        first = 0
        while first < len(self.starts) - 1:
            target = self.starts[first] + PIECE_ROWS
            last = max(int(np.searchsorted(self.starts, target, "right")) - 1, first + 1)
            yield first, last
            first = last

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


def _work(
    table: ByColumn, scan: SharedScan, scope: Scope, bounds: Mapping[Slot, Bounds]
) -> Added | Seen | None:
    """Return what works a scan out, None where arrays can't.

    Whatever is read is mapped now: the threads find it there.
    """
    if table.added is not None and len(scope.codes) > PICKED:
        return None
    try:
        nothing = table.piece(slice(0, 0))
        if scan.distinct is None:
            return Added(scan, scope, bounds, nothing, table.rows)
        later = 0 if table.added is None else len(table.added.keys)
        return Seen(scan, scope, bounds, nothing, later)
    except Beyond:
        return None


def _worked(
    works: Sequence[Added | Seen], parts: Sequence[Callable[[], Part]]
) -> Iterator[tuple[Added | Seen, Any]]:
    """Yield what parts give, in their order; a single one needs no thread."""
    if len(parts) < 2:
        for part in parts:
            yield from _run(works, part)
        return
    with ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(partial(_run, works), parts):
            yield from found


def _run(works: Sequence[Added | Seen], make: Callable[[], Part]) -> list[tuple[Added | Seen, Any]]:
    """Return what each work finds in a part; one that arrays can't do is given up."""
    part, found = make(), []
    for work in works:
        if work.failed:
            continue
        try:
            found.append((work, work.piece(part)))
        except Beyond:
            work.failed = True
    return found
