"""Who is enrolled when: the enrollment in force on a day, else the last that ended."""

from __future__ import annotations

from datetime import date

from rulebook.dataset.data import Data, Enrollment
from rulebook.values.windows import Term


class Enrolled:
    """The enrollments of one program, by the partners' places.

    Without an enrollment table every partner is enrolled without limits.
    """

    def __init__(self, data: Data, program: str) -> None:
        """Sort out whose enrollments count; rows of a track carry only its standing."""
        self.partners = list(data.partners)
        self.open = data.enrollments is None
        self.own: dict[str, list[Enrollment]] = {}
        self.tracks: dict[tuple[str, str], list[Enrollment]] = {}
        self.elsewhere: dict[tuple[str, str], list[Enrollment]] = {}
        for row in data.enrollments or ():
            if row.program not in (None, program):
                self.elsewhere.setdefault((row.partner, str(row.program)), []).append(row)
            elif row.track:
                self.tracks.setdefault((row.partner, row.track), []).append(row)
            else:
                self.own.setdefault(row.partner, []).append(row)

    def in_force(self, partner: str, day: date) -> Enrollment | None:
        """Return the enrollment in force on a day; of several the one that began last."""
        if self.open:
            return Enrollment(partner)
        return _latest([row for row in self.own.get(partner, ()) if row.covers(day)])

    def relevant(self, partner: str, day: date) -> Enrollment | None:
        """Return the enrollment in force on a day, else the last that ended before it."""
        found = self.in_force(partner, day)
        if found is not None:
            return found
        ended = [row for row in self.own.get(partner, ()) if row.end is not None and row.end < day]
        return max(
            ended, key=lambda row: (row.end or date.max, row.start or date.min), default=None
        )

    def term(self, partner: str, day: date) -> Term | None:
        """Return the days to which `enrolled` cuts a window."""
        found = self.relevant(partner, day)
        return None if found is None else Term(found.start, found.end)

    def standing_before(self, partner: str, track: str, day: date) -> Enrollment | None:
        """Return the row that carries the standing before, for the program or a track."""
        if not track:
            return self.in_force(partner, day)
        rows = self.tracks.get((partner, track), [])
        return _latest([row for row in rows if row.covers(day)])

    def tier_elsewhere(self, partner: str, program: str, day: date) -> str | None:
        """Return the tier held in another program, by the enrollment in force there."""
        rows = self.elsewhere.get((partner, program), [])
        found = _latest([row for row in rows if row.covers(day) and not row.track])
        return None if found is None else found.tier


def _latest(rows: list[Enrollment]) -> Enrollment | None:
    return max(rows, key=begun, default=None)


def begun(row: Enrollment) -> tuple[date, date, str]:
    """Return a key by which the enrollment begun last is the greatest; ties have an order too."""
    return (row.start or date.min, row.end or date.max, row.tier or "")
