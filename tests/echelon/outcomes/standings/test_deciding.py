"""Moves wait for a person: answered, taken back, withdrawn; overrides stand above the rules."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from echelon.foundation.access import Hidden, Role, system
from echelon.foundation.audit.models import AuditEvent
from echelon.foundation.jobs.services import run_due
from echelon.foundation.outbox.models import Announcement
from echelon.outcomes.standings import selectors
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.models import Proposal, Standing
from echelon.outcomes.standings.services import deciding, levelling, overrides
from echelon.outcomes.standings.services.due import mark
from echelon.outcomes.standings.states import Answer, Protection
from echelon.records.partners.selectors import scope_of
from tests.factories.partners import NOW, person, staff

pytestmark = pytest.mark.django_db

SYSTEM = system("test")
TODAY = NOW.date()


@pytest.fixture
def manager():
    return scope_of(staff(Role.PROGRAM_MANAGER, "Mara"))


def level(channel, days: int = 0):
    return levelling.run(SYSTEM, program=channel.program.id, at=NOW + timedelta(days=days))


def due(days: int = 0) -> None:
    run_due(lambda: NOW + timedelta(days=days))


def of(who) -> Standing:
    return selectors.of_partner(SYSTEM, who.id)[0].standing


@pytest.fixture
def begun(asking, manager):
    """Everybody is registered: those first moves were approved."""
    level(asking)
    for waiting in list(selectors.queue(manager)):
        deciding.approve(manager, proposal=waiting.id, at=NOW)
    due()
    return asking


def waiting(manager) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (row.partner.name, row.direction, row.before, row.tier) for row in selectors.queue(manager)
    ]


def test_a_first_levelling_waits_too_and_yes_makes_it_count(asking, manager):
    asking.tables.sold(asking.partners[0], 1000, TODAY)
    level(asking)
    assert waiting(manager) == [
        ("Ann", "promotion", None, "silver"),
        ("Bob", "promotion", None, "registered"),
        ("Cid", "promotion", None, "registered"),
    ]
    assert of(asking.partners[0]).held is None
    found = selectors.queue(manager)[0]
    deciding.approve(manager, proposal=found.id, at=NOW)
    standing = of(asking.partners[0])
    assert (standing.held, standing.since, standing.sentence) == (
        "silver",
        TODAY,
        "You are Silver.",
    )
    due()
    standing = of(asking.partners[0])
    assert (standing.held, standing.since) == ("silver", TODAY)
    assert standing.sentence == "You are Silver. For Gold you need EUR 4,000 more revenue."
    event = AuditEvent.objects.get(verb="standings.move_approved")
    assert (event.actor_name, event.partner) == ("Mara", asking.partners[0].id)
    changes = Announcement.objects.filter(kind="standings.TierChanged")
    assert [(c.body["before"], c.body["after"], c.body["run"]) for c in changes] == [
        (None, "silver", None)
    ]


def test_no_is_not_asked_again_and_the_partner_is_not_told_of_it(begun, manager):
    ann = begun.partners[0]
    begun.tables.sold(ann, 1000, TODAY)
    level(begun)
    assert waiting(manager) == [("Ann", "promotion", "registered", "silver")]
    assert "approval" in of(ann).sentence
    with pytest.raises(Refused, match="Say why"):
        deciding.reject(manager, proposal=selectors.queue(manager)[0].id, reason=" ", at=NOW)
    deciding.reject(manager, proposal=selectors.queue(manager)[0].id, reason="no plan", at=NOW)
    due()
    level(begun, days=1)
    assert waiting(manager) == []
    assert "approval" not in of(ann).sentence
    assert of(ann).held == "registered"
    begun.tables.sold(ann, 4000, TODAY)
    level(begun, days=2)
    assert waiting(manager) == [("Ann", "promotion", "registered", "gold")]


def test_a_proposal_that_is_no_longer_due_is_withdrawn(begun, manager):
    ann = begun.partners[0]
    begun.tables.sold(ann, 1000, TODAY)
    level(begun)
    begun.tables.sales.clear()
    begun.tables.changes += 1
    level(begun, days=1)
    assert waiting(manager) == []
    answers = {p.tier: p.answer for p in selectors.proposals(manager).filter(partner=ann)}
    assert answers == {"registered": Answer.APPROVED, "silver": Answer.WITHDRAWN}


def test_an_answer_is_taken_back_for_ten_minutes(begun, manager):
    ann = begun.partners[0]
    begun.tables.sold(ann, 1000, TODAY)
    level(begun)
    found = selectors.queue(manager)[0]
    before = of(ann)
    deciding.approve(manager, proposal=found.id, at=NOW)
    due()
    assert of(ann).held == "silver"
    with pytest.raises(Refused, match="too long ago"):
        deciding.undo(manager, proposal=found.id, at=NOW + timedelta(minutes=11))
    deciding.undo(manager, proposal=found.id, at=NOW + timedelta(minutes=9))
    due()
    after = of(ann)
    assert (after.held, after.since, after.sentence) == (before.held, before.since, before.sentence)
    assert waiting(manager) == [("Ann", "promotion", "registered", "silver")]
    with pytest.raises(Refused, match="no answer to take back"):
        deciding.undo(manager, proposal=found.id, at=NOW)


def test_many_are_answered_each_by_itself(asking, manager):
    level(asking)
    ids = [row.id for row in selectors.queue(manager)]
    deciding.approve(manager, proposal=ids[0], at=NOW)
    found = deciding.decide_many(manager, proposals=ids, answer=Answer.APPROVED, at=NOW)
    assert [each.refusal for each in found] == ["This was answered already: Approved.", "", ""]
    assert waiting(manager) == []


def test_a_demotion_waits_out_its_grace_and_then_for_a_person(begun, manager):
    ann = begun.partners[0]
    begun.tables.sold(ann, 1000, TODAY)
    level(begun)
    deciding.approve(manager, proposal=selectors.queue(manager)[0].id, at=NOW)
    due()
    begun.tables.sales.clear()
    begun.tables.changes += 1
    level(begun, days=1)
    standing = of(ann)
    assert (standing.held, standing.reason) == ("silver", "grace")
    assert standing.below_since == TODAY + timedelta(days=1)
    assert standing.at_risk_from == TODAY + timedelta(days=31)
    assert [row.partner.name for row in selectors.at_risk(manager)] == ["Ann"]
    level(begun, days=31)
    assert waiting(manager) == [("Ann", "demotion", "silver", "registered")]
    deciding.approve(manager, proposal=selectors.queue(manager)[0].id, at=NOW + timedelta(days=31))
    due(31)
    assert (of(ann).held, of(ann).since) == ("registered", TODAY + timedelta(days=31))


def test_overrides_stand_above_the_rules_until_their_day(channel, manager):
    ann = channel.partners[0]
    level(channel)
    made = overrides.grant(
        manager, program=channel.program.id, partner=ann.id, kind=Protection.FLOOR, tier="gold",
        start=TODAY, until=TODAY + timedelta(days=10), reason="strategic", at=NOW,
    )  # fmt: skip
    due()
    assert (of(ann).held, of(ann).qualified, of(ann).reason) == ("gold", "registered", "floor")
    with transaction.atomic():
        mark(channel.program.id, [ann.id], at=NOW + timedelta(days=10))
    due(10)
    assert of(ann).held == "registered"
    with pytest.raises(Refused, match="ended already"):
        overrides.end(manager, override=made.id, at=NOW + timedelta(days=10))


def test_an_override_ended_early_lets_the_rules_go_on(channel, manager):
    ann = channel.partners[0]
    channel.tables.sold(ann, 1000, TODAY)
    level(channel)
    made = overrides.grant(
        manager, program=channel.program.id, partner=ann.id, kind=Protection.LOCK,
        start=TODAY, until=date(2027, 1, 1), reason="merger", at=NOW,
    )  # fmt: skip
    channel.tables.sold(ann, 9000, TODAY)
    due()
    assert (of(ann).held, of(ann).qualified, of(ann).reason) == ("silver", "gold", "lock")
    overrides.end(manager, override=made.id, at=NOW)
    due()
    assert of(ann).held == "gold"


def test_an_override_says_everything_that_is_wrong_with_it(channel, manager):
    with pytest.raises(Refused) as refused:
        overrides.grant(
            manager, program=channel.program.id, partner=channel.partners[0].id,
            kind=Protection.FLOOR, tier="platinum", start=TODAY - timedelta(days=1),
            until=TODAY - timedelta(days=1), reason="", at=NOW,
        )  # fmt: skip
    assert refused.value.problems == [
        "A floor names a tier: registered, silver, gold.",
        "It ends after it begins: choose a later day.",
        "It begins today or later: tiers of the past stand.",
        "Say why: whoever reads the audit will ask.",
    ]
    assert list(selectors.overrides(manager)) == []


def test_who_may_not_decide_meets_nothing(asking, manager):
    level(asking)
    found = selectors.queue(manager)[0]
    for user in (
        staff(Role.ACCOUNT_MANAGER),
        staff(Role.FINANCE),
        person(asking.partners[0], Role.PARTNER_ADMIN),
    ):
        scope = scope_of(user)
        assert list(selectors.queue(scope)) == []
        with pytest.raises(Hidden):
            deciding.approve(scope, proposal=found.id, at=NOW)
        with pytest.raises(Hidden):
            deciding.reject(scope, proposal=found.id, reason="no", at=NOW)
        with pytest.raises(Hidden):
            overrides.grant(
                scope, program=asking.program.id, partner=asking.partners[0].id,
                kind=Protection.LOCK, start=TODAY, until=date(2027, 1, 1), reason="x", at=NOW,
            )  # fmt: skip
    assert set(Proposal.objects.values_list("answer", flat=True)) == {Answer.WAITING}
