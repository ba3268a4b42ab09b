"""What is asked for waits, is decided once, and is done with the yes or not at all."""

import pytest
from django.utils.functional import SimpleLazyObject

from echelon.foundation.access import EVERY, Hidden, Right, Role
from echelon.foundation.approvals import kinds, selectors
from echelon.foundation.approvals.errors import Refused
from echelon.foundation.approvals.kinds import Asked, Kind, Words
from echelon.foundation.approvals.models import Approval
from echelon.foundation.approvals.services import approve, ask, refuse, withdraw
from echelon.foundation.approvals.states import RequestState
from echelon.foundation.audit.services import record
from tests.factories.partners import NOW, partner, said, scope, staff, trail

pytestmark = pytest.mark.django_db


class Full(Exception):
    """What the room of the test refuses."""

    problems = ("The kitty is empty.",)


class Coffee(Asked):
    cups: int


class Brewing(Kind[Coffee]):
    """Account managers ask for coffee, program managers brew it; above three cups it takes two."""

    name = "kitchen.coffee"
    label = SimpleLazyObject(lambda: "Coffee")
    asks, decides = Right.MOVES_PROPOSE, Right.MOVES_DECIDE
    refuses, form = Full, Coffee

    def __init__(self):
        self.kitty, self.brewed = 10, []

    def check(self, _partner, asked, _reason, _at):
        if asked.cups > self.kitty:
            raise Full

    def do(self, scope, partner, asked, reason, at):
        record(scope, "kitchen.brewed", "coffee", "", at=at, partner=partner)
        self.check(partner, asked, reason, at)
        self.kitty -= asked.cups
        self.brewed.append((scope.actor.name, asked.cups, reason))

    def words(self, asked, _at):
        return [Words(f"{each.cups} cups") for each in asked]

    def needs_another(self, _partner, asked, _at):
        return asked.cups > 3


@pytest.fixture
def coffee(monkeypatch):
    made = Brewing()
    monkeypatch.setitem(kinds.KINDS, made.name, made)
    return made


@pytest.fixture
def meg():
    return staff(Role.ACCOUNT_MANAGER, "Meg")


@pytest.fixture
def ann(meg):
    return partner("Ann", manager=meg)


@pytest.fixture
def mona():
    return scope(staff(Role.PROGRAM_MANAGER, "Mona"))


@pytest.fixture
def max_():
    return scope(staff(Role.PROGRAM_MANAGER, "Max"))


def wish(kind, who, company, cups=2, reason="Monday"):
    partner_id = None if company is None else company.id
    return ask(
        who, kind=kind, partner=partner_id, asked=Coffee(cups=cups), reason=reason, at=NOW
    )  # fmt: skip


def verbs():
    return [(event.verb, event.actor_name) for event in trail()]


def test_asked_for_it_waits_and_with_the_yes_it_is_done(coffee, meg, ann, mona):
    made = wish(coffee, scope(meg), ann)
    assert (made.state, coffee.brewed) == (RequestState.WAITING, [])
    assert said("approvals.RequestAsked") == [
        {"approval": str(made.id), "what": "kitchen.coffee", "partner": str(ann.id)}
    ]
    done = approve(mona, approval=made.id, at=NOW, reason="Why not")
    assert (done.state, done.decided_name, done.answer) == ("approved", "Mona", "Why not")
    assert coffee.brewed == [("Mona", 2, "Monday")]
    assert verbs() == [
        ("approvals.asked", "Meg"),
        ("approvals.approved", "Mona"),
        ("kitchen.brewed", "Mona"),
    ]
    assert trail("approvals.asked")[0].after == {
        "kind": "kitchen.coffee",
        "cups": 2,
        "reason": "Monday",
    }
    assert [each["state"] for each in said("approvals.RequestDecided")] == ["approved"]


def test_a_no_needs_its_reason_and_does_nothing(coffee, meg, ann, mona):
    made = wish(coffee, scope(meg), ann)
    with pytest.raises(Refused, match="Say why: who asked will read it"):
        refuse(mona, approval=made.id, reason=" ", at=NOW)
    assert Approval.objects.get().state == RequestState.WAITING
    refuse(mona, approval=made.id, reason="Tea is cheaper", at=NOW)
    row = selectors.request(scope(meg), made.id)
    assert (row.state, row.decided_name, row.answer) == ("refused", "Mona", "Tea is cheaper")
    assert coffee.brewed == []
    assert [each["state"] for each in said("approvals.RequestDecided")] == ["refused"]


@pytest.mark.parametrize("answer", [approve, refuse, withdraw])
def test_what_is_decided_stays_decided(coffee, meg, ann, mona, answer):
    made = wish(coffee, scope(meg), ann)
    approve(mona, approval=made.id, at=NOW)
    more = {"reason": "No"} if answer is refuse else {}
    with pytest.raises(Refused, match="This is decided already: Approved"):
        answer(mona, approval=made.id, at=NOW, **more)
    assert len(coffee.brewed) == 1


def test_what_cannot_be_done_any_more_is_refused_and_nothing_changes(coffee, meg, ann, mona):
    made = wish(coffee, scope(meg), ann)
    coffee.kitty = 1
    before = verbs()
    with pytest.raises(Refused) as refused:
        approve(mona, approval=made.id, at=NOW)
    assert refused.value.problems == ["The kitty is empty."]
    row = Approval.objects.get()
    assert (row.state, row.decided_by, row.decided_at) == (RequestState.WAITING, "", None)
    assert (verbs(), said("approvals.RequestDecided"), coffee.kitty) == (before, [], 1)


def test_what_could_never_be_done_is_not_asked_for(coffee, meg, ann):
    with pytest.raises(Refused, match="The kitty is empty"):
        wish(coffee, scope(meg), ann, cups=11)
    with pytest.raises(Refused) as refused:
        wish(coffee, scope(meg), ann, reason=" ")
    assert refused.value.fields == {"reason": "Say why: who decides will ask."}
    wish(coffee, scope(meg), ann)
    with pytest.raises(Refused, match="asked for already"):
        wish(coffee, scope(meg), ann, reason="Tuesday")
    assert Approval.objects.count() == 1


def test_who_may_decide_it_alone_does_so_at_once(coffee, ann, mona):
    made = wish(coffee, mona, ann, cups=3)
    assert (made.state, made.asked_name, made.decided_name) == ("approved", "Mona", "Mona")
    assert coffee.brewed == [("Mona", 3, "Monday")]
    assert said("approvals.RequestAsked") == []
    assert len(said("approvals.RequestDecided")) == 1


def test_above_the_limit_who_asked_decides_neither_way(coffee, ann, mona, max_):
    made = wish(coffee, mona, ann, cups=4)
    assert (made.state, coffee.brewed) == (RequestState.WAITING, [])
    assert not selectors.may_decide(mona, made, NOW)
    assert selectors.may_decide(max_, made, NOW)
    for answer in (approve, refuse):
        with pytest.raises(Refused, match="another person must decide"):
            answer(mona, approval=made.id, reason="Mine", at=NOW)
    approve(max_, approval=made.id, at=NOW)
    assert coffee.brewed == [("Max", 4, "Monday")]


def test_it_is_taken_back_while_it_waits(coffee, meg, ann):
    made = wish(coffee, scope(meg), ann)
    assert selectors.may_withdraw(scope(meg), made)
    withdraw(scope(meg), approval=made.id, at=NOW)
    row = Approval.objects.get()
    assert (row.state, row.decided_name) == (RequestState.WITHDRAWN, "Meg")
    assert not selectors.may_withdraw(scope(meg), row)
    assert len(said("approvals.RequestWithdrawn")) == 1


def test_who_may_not_asks_sees_and_decides_nothing(coffee, meg, ann, mona):
    strange = scope(staff(Role.ACCOUNT_MANAGER, "Nils"))
    finance = scope(staff(Role.FINANCE))
    made = wish(coffee, scope(meg), ann)
    for who in (strange, finance):
        with pytest.raises(Hidden):
            wish(coffee, who, ann, cups=1)
        with pytest.raises(Hidden):
            selectors.request(who, made.id)
        with pytest.raises(Hidden):
            withdraw(who, approval=made.id, at=NOW)
        assert list(selectors.requests(who)) == []
    for who in (strange, finance, scope(meg)):
        with pytest.raises(Hidden):
            approve(who, approval=made.id, at=NOW)
        with pytest.raises(Hidden):
            refuse(who, approval=made.id, reason="No", at=NOW)
    assert [row.id for row in selectors.queue(mona)] == [made.id]
    assert Approval.objects.get().state == RequestState.WAITING


def test_what_concerns_no_partner_takes_rights_that_reach_all(coffee, meg, mona, max_):
    assert mona.partners(Right.MOVES_DECIDE) is EVERY
    with pytest.raises(Hidden):
        wish(coffee, scope(meg), None)
    made = wish(coffee, mona, None, cups=5)
    assert list(selectors.requests(scope(meg))) == []
    approve(max_, approval=made.id, at=NOW)
    assert coffee.brewed == [("Max", 5, "Monday")]


def test_a_kind_that_nobody_registers_any_more_is_not_shown(coffee, meg, ann, mona, monkeypatch):
    wish(coffee, scope(meg), ann)
    monkeypatch.delitem(kinds.KINDS, coffee.name)
    assert list(selectors.requests(mona)) == []


def test_requests_read_as_their_kinds_say(coffee, meg, ann, mona):
    rows = [wish(coffee, scope(meg), ann, cups=cups) for cups in (1, 2)]
    found = selectors.words(rows, NOW)
    assert [found[row.id].title for row in rows] == ["1 cups", "2 cups"]


def test_a_kind_is_registered_once(coffee):
    with pytest.raises(ValueError, match="a kind of requests"):
        kinds.register(coffee)
