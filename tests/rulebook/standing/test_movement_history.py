"""Daily, monthly or once: when the dates that are worked out may differ and the history not.

1. Whatever the policy, days that are no review day and on which nothing happened may be left
   out. "Nothing" is: tier, clock, what waits and what is proposed stay as they were.
2. Where reviews are scheduled (nothing is `immediately`), there is no grace, whose clock starts on
   a day that is worked out, and no floor begins, only review days need to be worked out,
   whatever was reached in between.
3. Where what was reached stays the same, moves aren't bound to one tier, take effect at once and
   ask nobody, and the clock is known, a single working-out on a demotion review day gives
   what daily ones give, however many reviews were missed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rulebook.dataset.data import Enrollment, Override
from rulebook.program.movement import Movement
from rulebook.standing.decision import Reached, Standing
from rulebook.standing.reviews import Reviews
from rulebook.values.calendar import CIVIL
from tests.frame.size import sample_size
from tests.rulebook.standing.one_by_one import replay
from tests.rulebook.standing.random_movement import (
    FIRST,
    SCHEDULED,
    TIERS,
    Case,
    cases,
    optional,
    policies,
    reached,
    standings,
)

SOME = settings(max_examples=sample_size(ci=100, proof=1500))
SPAN = 200
DAYS = [FIRST + timedelta(days=count) for count in range(SPAN)]
SOME_DAYS = st.sets(st.integers(0, SPAN - 1)).map(lambda picked: {DAYS[at] for at in picked})


@st.composite
def steps(draw: st.DrawFn) -> list[Reached]:
    """Draw what was reached on each of the days: a few changes, on any day."""
    found: list[Reached] = []
    changes = sorted(draw(st.sets(st.integers(1, SPAN - 1), max_size=6)))
    for start, end in zip([0, *changes], [*changes, SPAN], strict=True):
        found += [draw(reached())] * (end - start)
    return found


def worked_out(
    case: Case, before: Standing, days: Iterable[date], what: Sequence[Reached]
) -> dict[date, Standing]:
    found = {}
    for day in sorted(days):
        before = found[day] = case.move(before, what[(day - FIRST).days], day).standing
    return found


def reviewed_alike(standing: Standing) -> Standing:
    """All of a standing but for when it was reviewed last, which follows the dates."""
    return replace(standing, reviewed=None)


@SOME
@given(cases(optional(policies())), standings(FIRST), steps(), SOME_DAYS)
def test_days_without_event_may_be_left_out(
    case: Case, before: Standing, what: list[Reached], picked: set[date]
) -> None:
    daily = worked_out(case, before, DAYS, what)
    needed, last = {FIRST}, before
    for day, standing in daily.items():
        if case.review_day(day, last.since) or reviewed_alike(standing) != reviewed_alike(last):
            needed.add(day)
        last = standing
    fewer = worked_out(case, before, needed | picked, what)
    for day, standing in fewer.items():
        assert reviewed_alike(standing) == reviewed_alike(daily[day])


UNGRACED = policies(st.sampled_from(SCHEDULED), grace=st.none())


@SOME
@given(cases(UNGRACED, ("lock", "suspend")), standings(FIRST, first=False), steps(), SOME_DAYS)
def test_scheduled_reviews_need_only_their_days(
    case: Case, before: Standing, what: list[Reached], picked: set[date]
) -> None:
    assume(case.enrollment.start)  # else an anniversary is that of `since`, which moves
    daily = worked_out(case, before, DAYS, what)
    needed = {FIRST} | {day for day in DAYS if case.review_day(day, None)}
    for day, standing in worked_out(case, before, needed | picked, what).items():
        assert (standing.tier, standing.since) == (daily[day].tier, daily[day].since)


FREE = policies(
    down=st.just("any"),
    up=st.just("any"),
    effective=st.just("immediately"),
    approval=st.just({}),
)


@SOME
@given(cases(FREE, ("suspend",)), standings(FIRST, waits=False, first=False), reached(),
       st.integers(1, SPAN - 1))  # fmt: skip
def test_once_is_enough_when_nothing_changes(
    case: Case, before: Standing, what: Reached, ahead: int
) -> None:
    assert case.policy is not None
    demote = Reviews(case.policy.demote, case.calendar, case.enrollment.start or before.since)
    last = demote.first_from(DAYS[ahead]) or FIRST
    assume(last in DAYS[1:])
    ahead = DAYS.index(last)
    # The clock that a first working-out would start must be known to the single one too.
    before = replace(before, below_since=before.below_since or FIRST)
    month_ends = [day for day in DAYS[:ahead] if CIVIL.end_of("month", day) == day]
    tiers = {
        worked_out(case, before, days, [what] * SPAN)[last].tier
        for days in (DAYS[: ahead + 1], [*month_ends, last], [last])
    }
    assert len(tiers) == 1


def test_replay_starts_with_each_enrollment_anew() -> None:
    first = Enrollment("P1", end=date(2026, 2, 10), tier="gold", since=date(2025, 1, 1))
    again = Enrollment("P1", start=date(2026, 3, 1))
    days = [date(2026, 2, 10), date(2026, 2, 20), date(2026, 3, 1), date(2026, 3, 2)]
    what = Reached("silver", frozenset(TIERS[:2]))
    movement = Movement.model_validate({"demote": "never"})
    found = replay(
        TIERS, movement, CIVIL, [(day, what) for day in days], enrollments=[again, first]
    )
    assert [(day, decision.held) for day, decision in found] == [
        (days[0], "gold"),
        (days[1], None),
        (days[2], "silver"),
        (days[3], "silver"),
    ]


def test_the_year_in_the_docs() -> None:
    page = Path(__file__).parents[3] / "docs" / "algorithms" / "movement.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    shown = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    shown = [row for row in shown if len(row) == 7 and row[0][:2] == "20"]
    policy = {
        "promote": "immediately", "demote": "quarterly", "grace": "90 days", "down": "one",
        "hold": "until_anniversary",
    }  # fmt: skip
    partner = Enrollment(
        "P1", start=date(2025, 3, 15), tier="gold", since=date(2025, 9, 1),
        reviewed=date(2025, 12, 31),
    )  # fmt: skip
    lock = Override("P1", "lock", start=date(2026, 8, 15), until=date(2026, 10, 15))
    dates = [
        (date.fromisoformat(row[0]), Reached(row[1], frozenset(TIERS[: TIERS.index(row[1]) + 1])))
        for row in shown
    ]
    movement = Movement.model_validate(policy)
    found = replay(TIERS, movement, CIVIL, dates, enrollments=[partner], overrides=[lock])
    assert len(shown) == 11
    for row, (_, decision) in zip(shown, found, strict=True):
        standing = decision.standing
        said = (standing.tier, standing.since, standing.below_since, decision.at_risk_from)
        assert row[2:] == [*(str(each or "") for each in said), decision.reason.value]
