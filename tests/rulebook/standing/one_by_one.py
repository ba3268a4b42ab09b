"""One partner's decisions over a series of dates: what the history of all is held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rulebook.dataset.data import Enrollment, Override
from rulebook.measuring.enrolled import begun
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
    carriers: Sequence[Enrollment] | None = None,
    overrides: Sequence[Override] = (),
) -> Iterator[tuple[date, Decision]]:
    """Yield the decision at each date; dates ascend, enrollments are one partner's.

    On the first date on which an enrollment is in force it starts from its own standing
    before: a partner that comes back doesn't get its old tier by itself. Where several are
    in force, the one that began last counts. A track's standing before stands in rows of its
    own, the `carriers`; one that comes into force later is started from too.
    """
    current: Enrollment | None = None
    carrier: Enrollment | None = None
    standing = Standing()
    for as_of, reached in dates:
        enrollment = in_force(enrollments, as_of)
        row = enrollment if carriers is None else in_force(carriers, as_of)
        begins = enrollment is not current or (row is not None and row is not carrier)
        if enrollment is not None and begins:
            standing = Standing() if row is None else standing_before(row)
            current, carrier = enrollment, row
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
    return max(there, key=begun, default=None)
