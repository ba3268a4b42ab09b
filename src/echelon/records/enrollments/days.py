"""Days of enrollments: which comes before, and how a period is said."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from echelon.records.enrollments.models import Enrollment


def day_before(day: date) -> date:
    """Return the day before a day."""
    return day - timedelta(days=1)


def day_after(day: date) -> date:
    """Return the day after a day."""
    return day + timedelta(days=1)


def period(row: Enrollment) -> str:
    """Return an enrollment's days in words."""
    if row.end is None:
        return _("from %(start)s on") % {"start": row.start}
    return _("%(start)s to %(end)s") % {"start": row.start, "end": row.end}
