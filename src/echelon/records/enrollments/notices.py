"""What somebody should know before an enrollment counts other days than they may think."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from echelon.foundation.access import Scope
from echelon.records.enrollments.days import day_after, day_before, period
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.policies import rules_of, today
from echelon.records.facts.selectors import facts
from rulebook.metrics.measured import Measured

Days = tuple[date, date | None]


def warnings(scope: Scope, row: Enrollment, at: datetime, was: Days | None = None) -> list[str]:
    """Return what a period brings that lies in the past; `was` are the days it had before.

    A start in the past opens windows on what happened since, which counts from now on; days taken
    from the past count no more. The facts of those days are counted as far as the scope reads them.
    """
    now = today(row.program_id, at)
    found = []
    if row.start < now and (was is None or row.start < was[0]):
        until = day_before(min(was[0], now) if was else now)
        said = _(
            "The start is %(count)s days back: what happened from %(first)s to %(last)s counts "
            "from now on"
        ) % {"count": (now - row.start).days, "first": row.start, "last": until}
        found.append(said + _those(scope, row, row.start, until, at))
    if was is not None and row.end is not None:
        once = day_before(now) if was[1] is None else min(was[1], day_before(now))
        if row.end < once:
            said = _("What happened after %(last)s, the new last day, counts no more") % {
                "last": row.end
            }
            found.append(said + _those(scope, row, day_after(row.end), once, at))
    if was is not None and was[0] < min(row.start, now):
        said = _("What happened before %(first)s counts no more") % {"first": row.start}
        found.append(said + _those(scope, row, was[0], day_before(min(row.start, now)), at))
    if row.end is not None and row.end < now and was is None:
        found.append(_("All of it lies in the past: %(period)s") % {"period": period(row)})
    return found


def _those(scope: Scope, row: Enrollment, first: date, last: date, at: datetime) -> str:
    """Say how many facts of the company lie in some days, of the kinds that the program counts."""
    rules = rules_of(row.program_id, at)
    ladders = (rules, *rules.tracks.values()) if rules else ()
    metrics = [metric for ladder in ladders for metric in ladder.metrics.values()]
    tables = {metric.table for metric in metrics if isinstance(metric, Measured)}
    there = facts(scope, partner=row.partner_id).filter(type__in=tables, date__range=(first, last))
    counts = there.order_by().values_list("type__label").annotate(count=Count("pk"))
    said = [f"{count} {label}" for label, count in sorted(counts)]
    return f": {', '.join(said)}" if said else ""
