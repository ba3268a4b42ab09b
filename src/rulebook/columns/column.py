"""A column: one value for each partner, held as arrays, read as a sequence of values.

Whole columns are worked on as arrays; whoever asks for one place gets exactly the value that
the rest of the engine knows: a Decimal, a bool, a date, a text, None.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
Places = NDArray[np.int64]

_EVERYWHERE = np.ones(1, np.bool_)

#: The day 0 of a column of days, counted as `date.toordinal` does.
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(eq=False)
class Column(Sequence[Any]):
    """`length` values. Each array has one entry a place, or a single one that stands for all.

    `valid` says where there is a value; None: everywhere. What an array holds where there is no
    value means nothing.
    """

    length: int
    valid: Flags | None

    @property
    @abstractmethod
    def stored(self) -> int:
        """How many entries the arrays have: 1 where all places have the same value."""

    @abstractmethod
    def values(self) -> list[Any]:
        """Return the entries of the arrays as values, whether they are valid or not."""

    @abstractmethod
    def at(self, index: int) -> Any:
        """Return one entry of the arrays as a value."""

    @abstractmethod
    def take(self, places: Places) -> Self:
        """Return the values at some places, in their order."""

    @property
    def same(self) -> bool:
        """Whether one entry stands for all places."""
        return self.stored == 1

    @property
    def there(self) -> Flags:
        """Where there is a value; one entry or one for each place."""
        return _EVERYWHERE if self.valid is None else self.valid

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Any]:
        if not self.length:
            return iter(())
        values = self.values()
        if self.valid is not None:
            flags = np.broadcast_to(self.valid, max(len(values), len(self.valid))).tolist()
            if len(values) < len(flags):
                values = values * len(flags)
            values = [each if ok else None for each, ok in zip(values, flags, strict=True)]
        return iter(values * self.length if len(values) == 1 else values)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return list(self)[place]
        if not -self.length <= place < self.length:
            raise IndexError(place)
        valid = self.valid
        if valid is not None and not valid.item(place if len(valid) > 1 else 0):
            return None
        return self.at(place if self.stored > 1 else 0)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))


def taken(array: Any, places: Places) -> Any:
    """Return an array's entries at some places; a single entry, or no array, stands for all."""
    return array if array is None or len(array) == 1 else array[places]


def both(one: Flags | None, other: Flags | None) -> Flags | None:
    """Return where two columns have a value."""
    if one is None:
        return other
    return one if other is None else one & other


@dataclass(eq=False)
class Nulls(Column):
    """No value anywhere, of whatever type."""

    stored = 1

    def values(self) -> list[Any]:
        """Return the one entry."""
        return [None]

    def at(self, _index: int) -> Any:
        """Return no value."""
        return None

    def take(self, places: Places) -> Nulls:
        """Return as many nulls."""
        return Nulls(len(places), None)

    @property
    def there(self) -> Flags:
        """Nowhere."""
        return np.zeros(1, np.bool_)


@dataclass(eq=False)
class Booleans(Column):
    """Yes or no."""

    flags: Flags

    @property
    def stored(self) -> int:
        """How many entries there are."""
        return len(self.flags)

    def values(self) -> list[Any]:
        """Return the entries as bools."""
        found: list[Any] = self.flags.tolist()
        return found

    def at(self, index: int) -> Any:
        """Return one entry as a bool."""
        return bool(self.flags[index])

    def take(self, places: Places) -> Booleans:
        """Return the values at some places."""
        return Booleans(len(places), taken(self.valid, places), taken(self.flags, places))

    @property
    def true(self) -> Flags:
        """Where the value is yes: neither no nor null; an entry for each place."""
        found = self.flags if self.valid is None else self.flags & self.valid
        return found if len(found) == self.length else np.broadcast_to(found, self.length)


@dataclass(eq=False)
class Days(Column):
    """Days, as their number since 1970-01-01."""

    days: NDArray[np.int32]

    @property
    def stored(self) -> int:
        """How many entries there are."""
        return len(self.days)

    def values(self) -> list[Any]:
        """Return the entries as dates."""
        return [date.fromordinal(day + EPOCH) for day in self.days.tolist()]

    def at(self, index: int) -> Any:
        """Return one entry as a date."""
        return date.fromordinal(int(self.days[index]) + EPOCH)

    def take(self, places: Places) -> Days:
        """Return the values at some places."""
        return Days(len(places), taken(self.valid, places), taken(self.days, places))


@dataclass(eq=False)
class Texts(Column):
    """Texts: for each place a word's number; no word stands twice."""

    codes: NDArray[np.int32]
    words: Sequence[str]

    @property
    def stored(self) -> int:
        """How many entries there are."""
        return len(self.codes)

    def values(self) -> list[Any]:
        """Return the entries as texts."""
        words = self.words
        return [words[code] for code in self.codes.tolist()]

    def at(self, index: int) -> Any:
        """Return one entry as a text."""
        return self.words[int(self.codes[index])]

    def take(self, places: Places) -> Texts:
        """Return the values at some places."""
        return Texts(len(places), taken(self.valid, places), taken(self.codes, places), self.words)


@dataclass(eq=False)
class Objects(Column):
    """Values that fit no array: lists, numbers beyond 36 digits, values of several types."""

    objects: list[Any]

    @property
    def stored(self) -> int:
        """How many entries there are."""
        return len(self.objects)

    def values(self) -> list[Any]:
        """Return the entries."""
        return list(self.objects)

    def at(self, index: int) -> Any:
        """Return one entry."""
        return self.objects[index]

    def take(self, places: Places) -> Objects:
        """Return the values at some places."""
        picked = self.objects if self.same else [self.objects[place] for place in places.tolist()]
        return Objects(len(places), taken(self.valid, places), picked)


def truth(flags: Flags, length: int | None = None) -> Booleans:
    """Return flags as a column without nulls."""
    return Booleans(len(flags) if length is None else length, None, flags)
