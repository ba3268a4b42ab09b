"""The rows of some partners, with the columns that a scan reads of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.columns import Booleans, Column, Numbers, Texts, column_of
from rulebook.columns.column import Days, Flags, Nulls
from rulebook.columns.evaluating import in_arrays
from rulebook.columns.numbers import Beyond
from rulebook.expressions.typed import Ref, Typed, refs

Places = NDArray[np.int64]
#: Days are less than so many bits beside a partner's code.
DAY_BITS = 23
_DAY_ZERO = -(2**22)


def keys_of(codes: Places, days: NDArray[np.int32]) -> Places:
    """Return one number for a partner's code and a day, in the order of both."""
    return (codes << DAY_BITS) + (days - np.int64(_DAY_ZERO))


def code_of(key: int) -> int:
    """Return the code in a key."""
    return key >> DAY_BITS


@dataclass
class Piece:
    """Rows sorted by partner code and day: a slice of a table, or chosen rows of it."""

    rows: slice | Places
    keys: Places  # of these rows
    column: Callable[[Ref], Column]  # the whole column that a reference means
    words: dict[Typed, Flags]  # what conditions on one column of texts are for each word
    running: dict[Any, NDArray[np.int64]] = field(default_factory=dict)
    _columns: dict[Ref, Column] = field(default_factory=dict)
    _masks: dict[Typed, Flags] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.keys)

    def slices(
        self, codes: Places, low: NDArray[np.int32], high: NDArray[np.int32]
    ) -> tuple[Places, Places]:
        """Return where the rows of partners between two days begin and end."""
        begin = np.searchsorted(self.keys, keys_of(codes, low), "left")
        end = np.searchsorted(self.keys, keys_of(codes, high), "right")
        return begin, np.maximum(begin, end)

    def resolve(self, ref: Ref) -> Column:
        """Return a reference for these rows."""
        if ref not in self._columns:
            self._columns[ref] = part_of(self.column(ref), self.rows, len(self))
        return self._columns[ref]

    def value(self, tree: Typed) -> Column:
        """Return an expression for these rows, or raise Beyond."""
        return in_arrays(tree, self.resolve, len(self))

    def true(self, tree: Typed) -> Flags:
        """Return where a condition is true."""
        if tree not in self._masks:
            found = self._by_word(tree)
            self._masks[tree] = flags_of(self.value(tree), len(self)) if found is None else found
        return self._masks[tree]

    def _by_word(self, tree: Typed) -> Flags | None:
        """Return where a condition on one column of texts is true: asked once for each word."""
        named = refs(tree)
        texts = self.resolve(named[0]) if len(named) == 1 else None
        if not isinstance(texts, Texts) or len(texts.words) >= max(len(self), 1):
            return None
        if tree not in self.words:
            count = len(texts.words) + 1
            codes = np.arange(count, dtype=np.int32)
            valid = codes < count - 1
            each = Texts(count, valid, np.minimum(codes, max(count - 2, 0)), texts.words or [""])
            self.words[tree] = flags_of(in_arrays(tree, lambda _: each, count), count)
        flags = self.words[tree]
        true = np.flatnonzero(flags[:-1])
        codes = texts.codes
        found: Flags = codes == true[0] if len(true) == 1 else flags[codes]
        if texts.valid is None:
            return found
        return np.where(texts.valid, found, flags[-1])

    def all_true(self, trees: Sequence[Typed]) -> Flags | None:
        """Return where all conditions are true; None without any."""
        found: Flags | None = None
        for tree in trees:
            mask = self.true(tree)
            found = mask if found is None else found & mask
        return found


def flags_of(found: Column, count: int) -> Flags:
    """Return where a condition's values are true."""
    if isinstance(found, Nulls):
        return np.zeros(count, np.bool_)
    if not isinstance(found, Booleans):
        raise Beyond
    return found.true


def part_of(whole: Column, rows: slice | Places, count: int) -> Column:
    """Return some rows of a column; a slice of it is a view."""
    if not isinstance(rows, slice):
        return whole.take(rows)
    valid = None if whole.valid is None else whole.valid[rows]
    match whole:
        case Numbers():
            high = None if whole.high is None else whole.high[rows]
            return Numbers(count, valid, whole.units[rows], whole.scale, whole.bound, high)
        case Days():
            return Days(count, valid, whole.days[rows])
        case Booleans():
            return Booleans(count, valid, whole.flags[rows])
        case Texts():
            return replace(whole, length=count, valid=valid, codes=whole.codes[rows])
    raise Beyond


def joined(one: Column, other: Column) -> Column:
    """Return the rows of two columns, one after the other."""
    count = one.length + other.length
    valid = None
    if one.valid is not None or other.valid is not None:
        valid = np.concatenate([np.broadcast_to(c.there, c.length) for c in (one, other)])
    match one, other:
        case (Numbers(), Numbers()) if one.scale == other.scale and one.high is other.high is None:
            units = np.concatenate([one.units, other.units])
            return Numbers(count, valid, units, one.scale, max(one.bound, other.bound))
        case Days(), Days():
            return Days(count, valid, np.concatenate([one.days, other.days]))
        case Booleans(), Booleans():
            return Booleans(count, valid, np.concatenate([one.flags, other.flags]))
        case Texts(), Texts():
            known, more = index_of(one.words), dict[str, int]()
            later = np.zeros(len(other.words) + 1, np.int32)
            for code in np.unique(other.codes).tolist():  # few of the words that there may be
                word = other.words[code]
                if word not in known:
                    more.setdefault(word, len(known) + len(more))
                later[code] = known[word] if word in known else more[word]
            later = later[other.codes]
            words = Words(one.words, list(more)) if more else one.words
            return Texts(count, valid, np.concatenate([one.codes, later]), words)
        case _, Nulls():
            return Nulls(count, None) if isinstance(one, Nulls) else _with_nulls(one, other.length)
    raise Beyond


def _with_nulls(column: Column, more: int) -> Column:
    """Return a column with nulls behind it."""
    if not len(column):
        return Nulls(more, None)
    found = column.take(np.append(np.arange(len(column)), np.zeros(more, np.int64)))
    valid = np.ones(len(found), np.bool_) if found.valid is None else np.array(found.valid)
    valid[len(column) :] = False
    found.valid = valid
    return found


class Words(Sequence[str]):
    """Words, and some more behind them, without a copy of the first."""

    def __init__(self, first: Sequence[str], more: Sequence[str]) -> None:
        """Keep both."""
        self.first, self.more = first, more

    def __len__(self) -> int:
        return len(self.first) + len(self.more)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        known = len(self.first)
        return self.first[place] if place < known else self.more[place - known]


_indexes: dict[int, tuple[Sequence[str], dict[str, int]]] = {}


def index_of(words: Sequence[str]) -> dict[str, int]:
    """Return the place of each word; the last few lists asked for are remembered."""
    known = _indexes.get(id(words))
    if known is None or known[0] is not words:
        while len(_indexes) > 8:
            _indexes.pop(next(iter(_indexes)))
        known = _indexes[id(words)] = (words, {word: n for n, word in enumerate(words)})
    return known[1]


def through(pointing: Column, values: Sequence[object]) -> Column:
    """Return what a column of texts points to: `values` has one for each of its words."""
    if not isinstance(pointing, Texts):
        raise Beyond
    found = column_of(list(values)) if values else Nulls(0, None)
    if isinstance(found, Nulls):
        return Nulls(pointing.length, None)
    taken = found.take(pointing.codes.astype(np.int64))
    if pointing.valid is not None:
        valid = pointing.valid if taken.valid is None else taken.valid & pointing.valid
        taken.valid = valid
    return taken
