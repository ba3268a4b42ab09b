"""Who is enrolled when: the enrollment in force on a day, else the last that ended.

Asked of one partner it looks at that partner's rows; asked of all, at arrays in which the rows
stand by partner, the one that counts most last.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.columns import Column, Nulls, column_of, constant
from rulebook.columns.column import Flags, Places
from rulebook.columns.spans import NO_END, NO_START, DayNumbers, Terms, day_number
from rulebook.dataset.data import Data, Enrollment
from rulebook.values.windows import Term

Rows = dict[tuple[str, str], list[Enrollment]]


#: So many answers about a day are kept; a history of years asks for some hundreds.
DAYS_KEPT = 1_000
_KEPT: deque[Enrolled] = deque(maxlen=4)


def enrolled_in(data: Data, program: str) -> Enrolled:
    """Return who is enrolled in a program; what was sorted lately isn't sorted again.

    Many runs are made over the same enrollments: one a document, one a change of facts.
    """
    for each in _KEPT:
        if each.is_of(data, program):
            return each
    found = Enrolled(data, program)
    _KEPT.append(found)
    return found


class Enrolled:
    """The enrollments of one program, by the partners' places.

    Without an enrollment table every partner is enrolled without limits.
    """

    def __init__(self, data: Data, program: str) -> None:
        """Take the rows; they are sorted out when they are first asked for."""
        self.partners = list(data.partners)
        self.open = data.enrollments is None
        self.program = program
        self._of_track: dict[str, SortedRows] = {}
        self._given: list[Enrollment] = list(data.enrollments or ())

    def is_of(self, data: Data, program: str) -> bool:
        """Whether this is what would be made of data: quick where rows are the same objects."""
        given = data.enrollments
        return (
            program == self.program
            and self.open == (given is None)
            and self.partners == list(data.partners)
            and self._given == list(given or ())
        )

    # -- one partner --------------------------------------------------------------------

    @cached_property
    def rows(self) -> list[Enrollment]:
        """The rows of this program that count; those of a track carry only its standing."""
        mine = (None, self.program)
        return [row for row in self._given if not row.track and row.program in mine]

    @cached_property
    def own(self) -> dict[str, list[Enrollment]]:
        """The rows that count, by partner."""
        found: dict[str, list[Enrollment]] = {}
        for row in self.rows:
            found.setdefault(row.partner, []).append(row)
        return found

    @cached_property
    def tracks(self) -> Rows:
        """The rows of this program's tracks, by partner and track."""
        found: Rows = {}
        for row in self._given:
            if row.track and row.program in (None, self.program):
                found.setdefault((row.partner, row.track), []).append(row)
        return found

    @cached_property
    def elsewhere(self) -> Rows:
        """The rows of other programs, by partner and program."""
        found: Rows = {}
        for row in self._given:
            if row.program not in (None, self.program):
                found.setdefault((row.partner, str(row.program)), []).append(row)
        return found

    def in_force(self, partner: str, day: date) -> Enrollment | None:
        """Return the enrollment in force on a day; of several the one that began last."""
        if self.open:
            return Enrollment(partner)
        return self.sorted.row(partner, self.sorted.in_force(day))

    def relevant(self, partner: str, day: date) -> Enrollment | None:
        """Return the enrollment in force on a day, else the last that ended before it."""
        if self.open:
            return Enrollment(partner)
        return self.sorted.row(partner, self.sorted.relevant(day))

    def term(self, partner: str, day: date) -> Term | None:
        """Return the days to which `enrolled` cuts a window."""
        found = self.relevant(partner, day)
        return None if found is None else Term(found.start, found.end)

    def standing_before(self, partner: str, track: str, day: date) -> Enrollment | None:
        """Return the row that carries the standing before, for the program or a track."""
        if not track:
            return self.in_force(partner, day)
        rows = self.of_track(track)
        return rows.row(partner, rows.in_force(day))

    def tier_elsewhere(self, partner: str, program: str, day: date) -> str | None:
        """Return the tier held in another program, by the enrollment in force there."""
        rows = self.elsewhere.get((partner, program), [])
        found = _latest([row for row in rows if row.covers(day) and not row.track])
        return None if found is None else found.tier

    # -- all partners -------------------------------------------------------------------

    @cached_property
    def sorted(self) -> SortedRows:
        """The rows that count, in arrays."""
        return SortedRows(self.rows, self.partners)

    def of_track(self, track: str) -> SortedRows:
        """Return in arrays the rows that carry the standing before on a track."""
        if track not in self._of_track:
            rows = [row for (_, name), rows in self.tracks.items() if name == track for row in rows]
            self._of_track[track] = SortedRows(rows, self.partners)
        return self._of_track[track]

    def on(self, day: date, places: Places | None = None) -> Flags:
        """Return for every partner (or those at some places) whether it is enrolled on a day."""
        if self.open:
            return np.ones(len(self.partners if places is None else places), np.bool_)
        return taken(self.sorted.in_force(day), places) >= 0

    def terms(self, day: date, places: Places | None = None) -> Terms:
        """Return for every partner (or some) the days to which `enrolled` cuts a window."""
        if self.open:
            length = len(self.partners if places is None else places)
            start, end = (np.full(length, each, np.int32) for each in (NO_START, NO_END))
            return Terms(start, end, np.ones(length, np.bool_))
        rows, found = self.sorted, taken(self.sorted.relevant(day), places)
        if not len(rows.start):
            return Terms(found, found, found >= 0)
        return Terms(rows.start[found], rows.end[found], found >= 0)

    def column(self, word: str, day: date, places: Places | None = None) -> Column:
        """Return a word of each partner's enrollment in force, else of the last that ended."""
        if self.open:
            return constant(None, len(self.partners if places is None else places))
        return self.sorted.column(word, taken(self.sorted.relevant(day), places))


def taken(found: DayNumbers, places: Places | None) -> DayNumbers:
    """Return what was found for every partner, or for those at some places."""
    return found if places is None else found[places]


class SortedRows:
    """Enrollments in arrays: of a partner's rows, the one that counts most stands last."""

    def __init__(self, rows: Sequence[Enrollment], partners: Sequence[str]) -> None:
        """Sort by what counts: the latest begun, and the latest ended."""
        self.places = {partner: place for place, partner in enumerate(partners)}
        found = [self.places.get(row.partner, -1) for row in rows]
        self.rows = [row for row, place in zip(rows, found, strict=True) if place >= 0]
        self.length = len(partners)
        self.place = np.array([place for place in found if place >= 0], np.int64)
        self.start = _numbers([row.start for row in self.rows], NO_START)
        self.end = _numbers([row.end for row in self.rows], NO_END)
        latest_first = -np.arange(len(self.rows))  # of equal rows the first counts
        self.by_end = np.lexsort((latest_first, _least(self.start), self.end, self.place))
        most = np.minimum(self.end, day_number(date.max))
        keys = (latest_first, self._tiers(), most, _least(self.start), self.place)
        self.by_begin = np.lexsort(keys)
        self._columns: dict[str, Column] = {}
        self._kinds: dict[bool, NDArray[np.int64]] = {}
        self._found: dict[tuple[str, date], DayNumbers] = {}

    def _tiers(self) -> NDArray[Any]:
        tiers = [row.tier or "" for row in self.rows]
        order = {tier: place for place, tier in enumerate(sorted(set(tiers)))}
        return np.array([order[tier] for tier in tiers], np.int32)

    def row(self, partner: str, found: DayNumbers) -> Enrollment | None:
        """Return a partner's row among those found for every partner."""
        place = self.places.get(partner)
        number = -1 if place is None else int(found[place])
        return None if number < 0 else self.rows[number]

    def kinds(self, *, by_start: bool) -> NDArray[np.int64]:
        """Return the same number for rows that carry the same standing before.

        With `by_start` they have also begun on the same day.
        """
        if by_start not in self._kinds:
            words = ["tier", "since", "below_since", "reviewed", "pending", "proposal"]
            words += ["start"] if by_start else []
            kinds = list(map(attrgetter(*words), self.rows))
            numbers = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
            self._kinds[by_start] = np.array([numbers[kind] for kind in kinds], np.int64)
        return self._kinds[by_start]

    def in_force(self, day: date) -> DayNumbers:
        """Return for every partner the row in force on a day, the latest begun; else -1."""
        if ("in force", day) not in self._found:
            if len(self._found) > DAYS_KEPT:
                self._found.clear()
            number, order = day_number(day), self.by_begin
            covers = (self.start[order] <= number) & (self.end[order] >= number)
            self._found["in force", day] = self._last(order[covers])
        return self._found["in force", day]

    def relevant(self, day: date) -> DayNumbers:
        """Return for every partner the row in force on a day, else the last that ended; else -1."""
        if ("relevant", day) not in self._found:
            found = self.in_force(day)
            if (found < 0).any():
                order = self.by_end
                ended = self._last(order[self.end[order] < day_number(day)])
                found = np.where(found < 0, ended, found)
            self._found["relevant", day] = found
        return self._found["relevant", day]

    def _last(self, rows: Places) -> DayNumbers:
        found = np.full(self.length, -1, np.int32)
        found[self.place[rows]] = rows  # where a place comes again, the last stays
        return found

    def column(self, word: str, rows: DayNumbers) -> Column:
        """Return a word of rows, one a partner; null where the row is -1."""
        if word not in self._columns:
            self._columns[word] = column_of([getattr(row, word) for row in self.rows])
        column = self._columns[word]
        if isinstance(column, Nulls) or not (rows >= 0).any():
            return Nulls(len(rows), None)
        found = column.take(np.maximum(rows, 0).astype(np.int64))
        found.valid = (rows >= 0) if found.valid is None else found.valid & (rows >= 0)
        return found


def _numbers(days: Sequence[date | None], missing: int) -> DayNumbers:
    found = np.array(days, "datetime64[D]")  # in numpy's C: days are many
    return np.where(np.isnat(found), missing, found.astype(np.int64)).astype(np.int32)


def _least(start: DayNumbers) -> DayNumbers:
    """Return starts as they are compared: without one it began on the calendar's first day."""
    return np.maximum(start, day_number(date.min))


def _latest(rows: list[Enrollment]) -> Enrollment | None:
    return max(rows, key=begun, default=None)


def begun(row: Enrollment) -> tuple[date, date, str]:
    """Return a key by which the enrollment begun last is the greatest; ties have an order too."""
    return (row.start or date.min, row.end or date.max, row.tier or "")
