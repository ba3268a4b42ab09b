"""Two years of levelling, a run a quarter, and what the program manager answered to the moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from echelon.demo.calendar import reviews
from echelon.demo.story.promises import SLUGS, ask_for_both, second_version
from echelon.demo.story.vendor import Vendor
from echelon.foundation.access import system
from echelon.foundation.jobs.services import run_due
from echelon.outcomes.standings import selectors
from echelon.outcomes.standings.services import deciding, levelling
from echelon.outcomes.standings.states import Answer, Direction, Kind

#: So many promotions, and demotions, wait at the end of the story.
_UP, _DOWN = 6, 5


def years(vendor: Vendor) -> None:
    """Level quarter by quarter up to today, and answer what was proposed."""
    days = reviews(vendor.today)
    january = date(vendor.today.year, 1, 1)
    for number, day in enumerate(days):
        vendor.say("Two years of runs", number, len(days) + 1)
        at = vendor.at(day, 20)
        if number == 0:
            run_due(lambda at=at: at)  # whoever has enrolled until then is levelled by that
        else:
            level(vendor, at)
        last = day == days[-1]
        answer(vendor, vendor.at(day + timedelta(days=4), 10), leave=last)
        if day < january <= day + timedelta(days=92):
            second_version(vendor, january)
        if last:
            ask_for_both(vendor, day)
    level(vendor, vendor.ago(minutes=12))
    answer(vendor, vendor.ago(minutes=6), leave=True)
    vendor.say("Two years of runs", len(days) + 1, len(days) + 1)


def level(vendor: Vendor, at: datetime) -> None:
    """Level both programs as the calendar would."""
    for slug in SLUGS:
        levelling.run(
            system("standings.level_all"), program=vendor.programs[slug], at=at,
            kind=Kind.SCHEDULED,
        )  # fmt: skip


def answer(vendor: Vendor, at: datetime, *, leave: bool) -> None:
    """Say yes to what waits, and to some demotions no; `leave` some of each, the cast's first."""
    cast = {vendor.partners[each.key] for each in vendor.companies if each.role}
    queue = sorted(selectors.queue(vendor.boss), key=lambda each: each.partner_id not in cast)
    up = [each.pk for each in queue if each.direction == Direction.PROMOTION]
    down = [each.pk for each in queue if each.direction == Direction.DEMOTION]
    spared = [] if leave else down[::6]
    agreed = up[_UP:] + down[_DOWN:] if leave else up + [pk for pk in down if pk not in spared]
    deciding.decide_many(vendor.boss, proposals=agreed, answer=Answer.APPROVED, at=at)
    deciding.decide_many(
        vendor.boss, proposals=spared, answer=Answer.REJECTED, at=at,
        reason="Their large order of the season is on its way; we look again next quarter.",
    )  # fmt: skip
