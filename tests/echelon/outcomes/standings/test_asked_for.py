"""Overrides and moves by hand are asked for and decided; above the limit that takes two."""

from datetime import date, timedelta

import pytest

from echelon.foundation.access import Hidden, Role, system
from echelon.foundation.approvals.errors import Refused
from echelon.foundation.approvals.models import Approval
from echelon.foundation.approvals.selectors import words
from echelon.foundation.approvals.services import approve, ask
from echelon.foundation.audit.models import AuditEvent
from echelon.foundation.jobs.services import run_due
from echelon.outcomes.standings import selectors
from echelon.outcomes.standings.approvals import MOVE, OVERRIDE, MoveAsked, OverrideAsked
from echelon.outcomes.standings.errors import Refused as Unable
from echelon.outcomes.standings.models import Limit, Override, Standing
from echelon.outcomes.standings.services import deciding, levelling, overrides
from echelon.outcomes.standings.services.limits import set_limit
from echelon.outcomes.standings.services.moving import held
from echelon.outcomes.standings.states import Answer, Protection
from echelon.records.partners.models import Partner
from tests.factories.partners import NOW, said, scope, staff

pytestmark = pytest.mark.django_db
SYSTEM, TODAY = system("test"), NOW.date()
YEAR = timedelta(365)


@pytest.fixture
def levelled(asking):
    """Three partners, registered by a yes; Ann is Meg's."""
    meg = staff(Role.ACCOUNT_MANAGER, "Meg")
    Partner.objects.filter(name="Ann").update(manager=meg)
    levelling.run(SYSTEM, program=asking.program.id, at=NOW)
    for waiting in list(selectors.queue(SYSTEM)):
        deciding.approve(SYSTEM, proposal=waiting.id, at=NOW - timedelta(hours=1))
    run_due(lambda: NOW)
    asking.meg, asking.ann = scope(meg), asking.partners[0]
    return asking


@pytest.fixture
def mona():
    return scope(staff(Role.PROGRAM_MANAGER, "Mona"))


@pytest.fixture
def max_():
    return scope(staff(Role.PROGRAM_MANAGER, "Max"))


def by_hand(who, channel, tier="gold", reason="Strategic", **more):
    before = held(channel.program.id, channel.ann.id, "")
    asked = MoveAsked(**{"program": channel.program.id, "tier": tier, "before": before, **more})
    return ask(who, kind=MOVE, partner=channel.ann.id, asked=asked, reason=reason, at=NOW)


def protected(who, channel, kind=Protection.LOCK, tier=None, start=TODAY, days=30):
    asked = OverrideAsked(
        program=channel.program.id, kind=kind, tier=tier, start=start,
        until=start + timedelta(days),
    )  # fmt: skip
    return ask(who, kind=OVERRIDE, partner=channel.ann.id, asked=asked, reason="Merger", at=NOW)


def standing(channel) -> Standing:
    return selectors.of_partner(SYSTEM, channel.ann.id)[0].standing


def test_an_account_managers_move_waits_and_is_made_by_the_yes(levelled, mona):
    made = by_hand(levelled.meg, levelled)
    assert (made.state, standing(levelled).held) == ("waiting", "registered")
    told = words([made], NOW)[made.id]
    assert (told.title, told.details) == ("From Registered to Gold", [("Program", "Solar")])
    later = NOW + timedelta(days=2)
    approve(mona, approval=made.id, at=later)
    now = standing(levelled)
    assert (now.held, now.since, now.reason) == ("gold", later.date(), "by hand")
    assert now.sentence == "You are Gold."
    event = AuditEvent.objects.get(verb="standings.moved_by_hand")
    assert (event.actor_name, event.partner) == ("Mona", levelled.ann.id)
    assert (event.before, event.after["tier"]) == ({"tier": "registered"}, "gold")
    assert said("standings.TierChanged")[-1]["after"] == "gold"


def test_the_rules_go_on_from_a_move_by_hand(levelled, mona):
    by_hand(mona, levelled, tier="silver")
    run_due(lambda: NOW)
    now = standing(levelled)
    assert (now.held, now.qualified, now.below_since) == ("silver", "registered", TODAY)
    levelling.run(SYSTEM, program=levelled.program.id, at=NOW + timedelta(31))
    waiting = selectors.queue(mona).get()
    assert (waiting.direction, waiting.before, waiting.tier) == ("demotion", "silver", "registered")


def test_what_the_rules_proposed_is_withdrawn_and_an_answer_stays_given(levelled, mona):
    levelled.tables.sold(levelled.ann, 1000, TODAY)
    levelling.run(SYSTEM, program=levelled.program.id, at=NOW)
    waiting = selectors.queue(mona).get()
    deciding.approve(mona, proposal=waiting.id, at=NOW - timedelta(minutes=1))
    assert held(levelled.program.id, levelled.ann.id, "") == "silver"
    by_hand(mona, levelled)
    with pytest.raises(Unable, match="too long ago"):
        deciding.undo(mona, proposal=waiting.id, at=NOW + timedelta(minutes=1))
    assert standing(levelled).held == "gold"


def test_a_move_that_waits_is_withdrawn_by_one_by_hand(levelled, mona):
    levelled.tables.sold(levelled.ann, 1000, TODAY)
    levelling.run(SYSTEM, program=levelled.program.id, at=NOW)
    waiting = selectors.queue(mona).get()
    by_hand(mona, levelled)
    waiting.refresh_from_db()
    assert (waiting.answer, waiting.lapsed_at) == (Answer.WITHDRAWN, NOW)


def test_a_move_whose_ground_has_changed_is_refused_and_waits(levelled, mona):
    made = by_hand(levelled.meg, levelled)
    by_hand(mona, levelled, tier="silver")
    before = AuditEvent.objects.count()
    with pytest.raises(Refused, match="holds another tier by now"):
        approve(mona, approval=made.id, at=NOW)
    assert standing(levelled).held == "silver"
    made.refresh_from_db()
    assert (made.state, AuditEvent.objects.count()) == ("waiting", before)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"tier": "platinum"}, "A move leads to a tier: registered, silver, gold."),
        ({"tier": "registered"}, "The partner holds this tier already."),
        ({"reason": " "}, "Say why: whoever reads the audit will ask."),
        ({"track": "wind"}, "This program has no track wind."),
    ],
)
def test_a_move_that_cannot_be_is_not_asked_for(levelled, given, sentence):
    with pytest.raises(Refused) as refused:
        by_hand(levelled.meg, levelled, **given)
    assert refused.value.problems == [sentence]
    assert Approval.objects.count() == 0


def test_a_lock_holds_against_hands_too(levelled, mona):
    made = by_hand(levelled.meg, levelled)
    protected(mona, levelled)
    with pytest.raises(Refused, match="A lock is in force"):
        approve(mona, approval=made.id, at=NOW)
    assert standing(levelled).held == "registered"


def test_an_account_managers_override_is_granted_by_the_yes_from_that_day(levelled, mona):
    made = protected(levelled.meg, levelled, Protection.FLOOR, "silver")
    told = words([made], NOW)[made.id]
    assert told.title == "Floor: not below Silver"
    assert told.details == [
        ("Program", "Solar"), ("From", "30 June 2026"), ("Until", "30 July 2026"),
    ]  # fmt: skip
    assert Override.objects.count() == 0
    later = NOW + timedelta(days=3)
    approve(mona, approval=made.id, at=later)
    row = Override.objects.get()
    assert (row.kind, row.tier, row.start, row.until) == (
        "floor", "silver", later.date(), date(2026, 7, 30),
    )  # fmt: skip
    assert (row.reason, row.approver_name) == ("Merger", "Mona")


def test_an_override_that_waited_too_long_is_refused(levelled, mona):
    made = protected(levelled.meg, levelled, days=10)
    with pytest.raises(Refused, match="It ends after it begins"):
        approve(mona, approval=made.id, at=NOW + timedelta(days=10))
    assert Override.objects.count() == 0


def test_where_no_version_is_in_force_nothing_is_approved(levelled, mona):
    made = by_hand(levelled.meg, levelled)
    with pytest.raises(Refused, match="No version of this program is in force"):
        approve(mona, approval=made.id, at=NOW - YEAR)
    assert standing(levelled).held == "registered"


def limited(who, channel, tier="gold", overrides=False):
    tiers = {"": tier} if tier else {}
    set_limit(who, program=channel.program.id, tiers=tiers, overrides=overrides, at=NOW)


def test_below_the_limit_one_decides_alone_from_it_on_two(levelled, mona, max_):
    limited(mona, levelled)
    assert by_hand(mona, levelled, tier="silver").state == "approved"
    up = by_hand(mona, levelled)
    assert (up.state, standing(levelled).held) == ("waiting", "silver")
    with pytest.raises(Refused, match="another person must decide"):
        approve(mona, approval=up.id, at=NOW)
    approve(max_, approval=up.id, at=NOW)
    assert standing(levelled).held == "gold"
    assert by_hand(mona, levelled, tier="silver").state == "waiting"  # taking it away, too


def test_a_floor_is_under_the_limit_of_its_tier(levelled, mona, max_):
    limited(mona, levelled)
    assert protected(mona, levelled, Protection.FLOOR, "silver").state == "approved"
    assert protected(mona, levelled).state == "approved"
    made = protected(mona, levelled, Protection.FLOOR, "gold")
    assert made.state == "waiting"
    assert not Override.objects.filter(tier="gold").exists()
    approve(max_, approval=made.id, at=NOW)
    assert Override.objects.filter(tier="gold").count() == 1


def test_overrides_at_all_may_take_two(levelled, mona):
    limited(mona, levelled, tier="", overrides=True)
    assert protected(mona, levelled).state == "waiting"
    assert by_hand(mona, levelled).state == "approved"
    given = {
        "program": levelled.program.id, "partner": levelled.ann.id, "kind": Protection.LOCK,
        "start": TODAY, "until": TODAY + YEAR, "reason": "Merger",
    }  # fmt: skip
    with pytest.raises(Unable, match="another person must agree"):
        overrides.grant(mona, at=NOW, **given)
    assert Override.objects.count() == 0
    limited(mona, levelled, tier="")
    overrides.grant(mona, at=NOW, **given)
    assert Override.objects.count() == 1


def test_a_limit_at_a_tier_that_is_gone_holds_for_all(levelled, mona):
    Limit.objects.create(program=levelled.program, tiers={"": "platinum"})
    assert by_hand(mona, levelled, tier="silver").state == "waiting"


def test_a_limit_names_a_tier_of_the_ladder_and_is_audited(levelled, mona):
    limited(mona, levelled)
    with pytest.raises(Unable, match="There is no tier diamond on this ladder"):
        limited(mona, levelled, tier="diamond", overrides=True)
    with pytest.raises(Hidden):
        limited(levelled.meg, levelled, tier="silver")
    limit = Limit.objects.get()
    assert (limit.tiers, limit.overrides) == ({"": "gold"}, False)
    event = AuditEvent.objects.get(verb="standings.limit_set")
    assert (event.before, event.after) == (
        {"tiers": {}, "overrides": False},
        {"tiers": {"": "gold"}, "overrides": False},
    )
