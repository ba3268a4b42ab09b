"""The rows of some partners, with the columns that a scan reads of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
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
#: Codes of up to so many words are compared; of more, each is looked up.
_COMPARED = 8


def keys_of(codes: Places, days: NDArray[np.int32]) -> Places:
    """Return one number for a partner's code and a day, in the order of both."""
    return (codes << DAY_BITS) + (days - np.int64(_DAY_ZERO))


def code_of(key: int) -> int:
    """Return the code in a key."""
    return key >> DAY_BITS


class Piece:
    """Rows sorted by partner code and day: a slice of a table, or chosen rows of it.

    It lives as long as it is worked on: what it keeps is thrown away with it.
    """

    def __init__(
        self,
        rows: slice | Places,
        keys: Places,
        column: Callable[[Ref], Column],
        words: dict[Typed, Flags],
        codes: range | None = None,
    ) -> None:
        """Take the rows' keys, and what gives the whole column that a reference means.

        `words` keeps what conditions on one column of texts are for each word; `codes` are the
        partners whose rows these are, where they are all those of the table.
        """
        self.rows, self.keys, self.column, self.words = rows, keys, column, words
        self.codes = codes
        self._columns: dict[Ref, Column] = {}
        self._stored: dict[Ref, Column] = {}
        self._masks: dict[Typed, Flags] = {}
        self._firsts: dict[int, Places] = {}

    def __len__(self) -> int:
        return len(self.keys)

    def firsts(self, codes: Places, days: NDArray[np.int32], usual: int, asked: Flags) -> Places:
        """Return where each partner's rows from a day on begin; anything where it isn't asked.

        Most have the `usual` day: that is looked for once for all, however often it is asked.
        """
        if self.codes is None or len(codes) < len(self.codes):
            return np.searchsorted(self.keys, keys_of(codes, days), "left")
        if usual not in self._firsts:
            every = np.arange(self.codes.start, self.codes.stop, dtype=np.int64)
            day = np.full(1, usual, np.int32)
            self._firsts[usual] = np.searchsorted(self.keys, keys_of(every, day), "left")
        found = self._firsts[usual][codes - self.codes.start]
        other = np.flatnonzero((days != usual) & asked)
        if len(other):
            keys = keys_of(codes[other], days[other])
            found[other] = np.searchsorted(self.keys, keys, "left")
        return found

    def stored(self, ref: Ref) -> Column:
        """Return a reference for these rows as it lies there: perhaps in a narrower type."""
        if ref not in self._stored:
            self._stored[ref] = part_of(self.column(ref), self.rows, len(self))
        return self._stored[ref]

    def resolve(self, ref: Ref) -> Column:
        """Return a reference for these rows, in the types that columns are worked out in."""
        if ref not in self._columns:
            self._columns[ref] = widened(self.stored(ref))
        return self._columns[ref]

    def value(self, tree: Typed) -> Column:
        """Return an expression for these rows; a column alone as it is stored. Raises Beyond."""
        if isinstance(tree, Ref):
            return self.stored(tree)
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
        texts = self.stored(named[0]) if len(named) == 1 else None
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
        if len(true) <= _COMPARED:
            found = np.zeros(len(codes), np.bool_)
            for code in true.tolist():
                found |= codes == code
        else:
            found = flags[codes]
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
        case Nulls():
            return Nulls(count, None)
    raise Beyond


def widened(column: Column) -> Column:
    """Return a column in the types that columns have, whatever it is stored in."""
    match column:
        case Numbers() if column.units.dtype != np.int64:
            return replace(column, units=column.units.astype(np.int64))
        case Days() if column.days.dtype != np.int32:
            return replace(column, days=column.days.astype(np.int32))
        case Texts() if column.codes.dtype != np.int32:
            return replace(column, codes=column.codes.astype(np.int32))
    return column


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


def once(numbers: Places) -> Places:
    """Return each number once, in order: sorting is quicker here than hashing."""
    return sorted_once(np.sort(numbers))


def sorted_once(ordered: Places) -> Places:
    """Return each number of sorted ones once."""
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    found: Places = ordered[first]
    return found
