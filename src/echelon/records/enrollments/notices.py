"""What somebody should know before an enrollment counts other days than they may think."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from echelon.records.enrollments.days import day_before, period
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.policies import today

Days = tuple[date, date | None]


def warnings(row: Enrollment, at: datetime, was: Days | None = None) -> list[str]:
    """Return what a period brings that lies in the past; `was` are the days it had before.

    A start in the past opens windows on what happened since, which counts from now on; days taken
    from the past count no more.
    """
    now = today(row.program_id, at)
    found = []
    if row.start < now and (was is None or row.start < was[0]):
        until = day_before(min(was[0], now) if was else now)
        found.append(
            _(
                "The start is %(count)s days back: what happened from %(first)s to %(last)s "
                "counts from now on"
            )
            % {"count": (now - row.start).days, "first": row.start, "last": until}
        )
    if was is not None and row.end is not None:
        once = day_before(now) if was[1] is None else min(was[1], day_before(now))
        if row.end < once:
            found.append(
                _("What happened after %(last)s, the new last day, counts no more")
                % {"last": row.end}
            )
    if was is not None and was[0] < min(row.start, now):
        found.append(_("What happened before %(first)s counts no more") % {"first": row.start})
    if row.end is not None and row.end < now and was is None:
        found.append(_("All of it lies in the past: %(period)s") % {"period": period(row)})
    return found
