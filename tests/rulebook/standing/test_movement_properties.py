"""What holds for each policy, standing and override, drawn at random."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rulebook.dataset.data import Override
from rulebook.program.movement import Movement, TimeSpan
from rulebook.standing.decision import Decision, Direction, Reached, Reason, Standing
from rulebook.values.calendar import add
from tests.frame.size import sample_size
from tests.rulebook.standing.random_movement import (
    DAYS,
    TIER,
    Case,
    cases,
    optional,
    policies,
    rank,
    reached,
    standings,
)

SOME = settings(max_examples=sample_size(ci=200, proof=5000))
FEW = settings(  # hundreds of days each; few draws are below a tier
    max_examples=sample_size(ci=60, proof=1000),
    suppress_health_check=[HealthCheck.filter_too_much],
)


@st.composite
def questions(
    draw: st.DrawFn, case: st.SearchStrategy[Case], waits: bool = True, first: bool = True
) -> tuple[Case, Standing, Reached, date]:
    as_of = draw(DAYS)
    before = draw(standings(as_of, waits, first))
    return draw(case), before, draw(reached()), as_of


def required(direction: Direction) -> st.SearchStrategy[Movement]:
    return policies(approval=st.just({direction.value: "required"}))


@SOME
@given(questions(cases(policies(down=st.just("one"))), waits=False, first=False))
def test_never_two_tiers_down_at_once(question: tuple[Case, Standing, Reached, date]) -> None:
    case, before, *asked = question
    assert rank(case.move(before, *asked).held) >= rank(before.tier) - 1


@SOME
@given(questions(cases(policies(up=st.just("one")), ("lock",)), waits=False, first=False))
def test_never_two_tiers_up_at_once(question: tuple[Case, Standing, Reached, date]) -> None:
    case, before, *asked = question
    assert rank(case.move(before, *asked).held) <= rank(before.tier) + 1


@SOME
@given(questions(cases(optional(policies())), waits=False), TIER)
def test_a_lock_always_holds(
    question: tuple[Case, Standing, Reached, date], tier: str | None
) -> None:
    case, before, what, as_of = question
    lock = Override("P1", "lock", tier=tier, start=as_of, until=as_of + timedelta(days=1))
    locked = replace(case, overrides=(*case.overrides, lock))
    decision = locked.move(before, what, as_of)
    assert decision.held == before.tier
    assert decision.reason is Reason.LOCK
    assert decision.proposal is None


@SOME
@given(questions(cases(optional(policies()))))
def test_a_floor_is_never_undercut(question: tuple[Case, Standing, Reached, date]) -> None:
    case, before, what, as_of = question
    held = case.move(before, what, as_of).held
    kinds = {each.kind for each in case.overrides if each.covers(as_of)}
    for each in case.overrides:
        if each.kind == "floor" and each.covers(as_of) and "lock" not in kinds:
            assert rank(held) >= rank(each.tier)


@SOME
@given(questions(cases(), waits=False, first=False))
def test_no_demotion_while_protected(question: tuple[Case, Standing, Reached, date]) -> None:
    case, before, what, as_of = question
    policy, start = case.policy, case.enrollment.start
    assert policy is not None
    assert before.since is not None
    below = rank(before.tier) > max(map(rank, (what.qualified, *what.met)))
    ends = []
    if isinstance(policy.grace, TimeSpan):
        since = before.below_since if below and before.below_since else as_of
        ends.append(add(since, policy.grace.count, policy.grace.unit))
    if isinstance(policy.hold, TimeSpan):
        ends.append(add(before.since, policy.hold.count, policy.hold.unit))
    elif policy.hold:
        anchor = start or before.since
        following = (add(anchor, years, "year") for years in range(1, 20))
        ends.append(next(day for day in following if day > before.since))
    if policy.newcomers.hold and start:
        ends.append(add(start, policy.newcomers.hold.count, policy.newcomers.hold.unit))
    assume(any(as_of < end for end in ends))
    assert rank(case.move(before, what, as_of).held) >= rank(before.tier)


@SOME
@given(questions(cases(required(Direction.PROMOTION), ("lock",)), waits=False))
def test_no_promotion_without_approval(question: tuple[Case, Standing, Reached, date]) -> None:
    case, before, *asked = question
    assert rank(case.move(before, *asked).held) <= rank(before.tier)


@SOME
@given(questions(cases(required(Direction.DEMOTION)), waits=False))
def test_no_demotion_without_approval(question: tuple[Case, Standing, Reached, date]) -> None:
    case, before, *asked = question
    assert rank(case.move(before, *asked).held) >= rank(before.tier)


@SOME
@given(questions(cases(optional(policies()))))
def test_asked_again_nothing_changes(question: tuple[Case, Standing, Reached, date]) -> None:
    case, before, *asked = question
    once = case.move(before, *asked)
    again = case.move(once.standing, *asked)
    assert again.standing == once.standing
    assert (again.below, again.due, again.at_risk_from) == (
        once.below, once.due, once.at_risk_from
    )  # fmt: skip


@SOME
@given(questions(cases(optional(policies()))))
def test_the_same_in_is_the_same_out(question: tuple[Case, Standing, Reached, date]) -> None:
    case, before, what, as_of = question
    turned = replace(case, overrides=case.overrides[::-1])
    with_own = replace(what, met=what.met | ({what.qualified} if what.qualified else set()))
    answers = {
        case.move(before, what, as_of),
        case.move(before, what, as_of),
        turned.move(before, what, as_of),
        case.move(before, with_own, as_of),
    }
    assert len(answers) == 1


@SOME
@given(questions(cases(optional(policies()))))
def test_suspension_touches_benefits_only(question: tuple[Case, Standing, Reached, date]) -> None:
    case, before, *asked = question
    without = replace(case, overrides=tuple(o for o in case.overrides if o.kind != "suspend"))
    decision = case.move(before, *asked)
    assert replace(decision, suspended=False) == without.move(before, *asked)


@FEW
@given(questions(cases(), waits=False))
def test_the_day_at_risk_is_the_day_of_loss(
    question: tuple[Case, Standing, Reached, date],
) -> None:
    """Worked out daily, with nothing else changing, it is lost on the day told, not before."""
    case, before, what, as_of = question
    policy = case.policy
    assert policy is not None
    automatic = policy.model_copy(update={"approval": type(policy.approval)()})
    case = replace(case, policy=automatic)
    now = case.move(before, what, as_of)
    assume(now.below)
    told, last = now.at_risk_from, as_of + timedelta(days=400)
    decision: Decision = now
    for ahead in range(1, 401):
        day = as_of + timedelta(days=ahead)
        decision = case.move(decision.standing, what, day)
        if rank(decision.held) != rank(now.held):
            break
    if rank(decision.held) < rank(now.held):
        assert day == told
    elif rank(decision.held) == rank(now.held):
        assert told is None or told > last
