"""Replay: the decisions over a series of dates, each from the standing that the last one left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rulebook.dataset.data import Enrollment, Override
from rulebook.program.movement import Movement
from rulebook.standing.decision import Decision, Reached, Standing
from rulebook.standing.movement import move
from rulebook.values.calendar import Calendar


def replay(
    tiers: Sequence[str],
    movement: Movement | None,
    calendar: Calendar,
    dates: Iterable[tuple[date, Reached]],
    *,
    enrollments: Sequence[Enrollment],
    overrides: Sequence[Override] = (),
) -> Iterator[tuple[date, Decision]]:
    """Yield the decision at each date; dates ascend, enrollments are one partner's.

    On the first date on which an enrollment is in force it starts from its own standing
    before: a partner that comes back doesn't get its old tier by itself. Where several are
    in force, the one that began last counts.
    """
    current: Enrollment | None = None
    standing = Standing()
    for as_of, reached in dates:
        enrollment = in_force(enrollments, as_of)
        if enrollment is not None and enrollment is not current:
            standing = standing_before(enrollment)
        current = enrollment or current
        decision = move(
            tiers, movement, calendar, standing, reached, as_of,
            enrollment=enrollment, overrides=overrides,
        )  # fmt: skip
        standing = decision.standing
        yield as_of, decision


def standing_before(enrollment: Enrollment) -> Standing:
    """Return the standing with which an enrollment comes."""
    return Standing(enrollment.tier, enrollment.since, enrollment.below_since, enrollment.reviewed)


def in_force(enrollments: Iterable[Enrollment], day: date) -> Enrollment | None:
    """Return the enrollment in force on a day, the latest begun of several."""
    there = [each for each in enrollments if each.covers(day)]
    return max(there, key=lambda each: each.start or date.min, default=None)
