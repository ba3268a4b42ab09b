"""Moves wait in a queue, are answered one by one or many at once, and can be taken back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from echelon.foundation.access import Role
from echelon.outcomes.standings.models import Override, Proposal
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import NOW, partner, staff
from tests.factories.programs import program, version
from tests.factories.standings import propose

pytestmark = pytest.mark.django_db
QUERIES = 15
KEEP = {
    "tier": "silver",
    "lost_from": "2026-07-01",
    "gaps": [{"metric": "revenue", "op": ">=", "have": "300", "need": "1000", "short": "700"}],
}


@pytest.fixture
def scheme():
    made = program("solar")
    version(made)
    return made


@pytest.fixture
def mona():
    return staff(Role.PROGRAM_MANAGER, "Mona")


@pytest.fixture
def client(mona):
    return signed_in(mona)


def shown(answer):
    return [move.row.partner.name for move in answer.context["moves"]]


def decide(client, answer, *proposals, reason="", query=""):
    given = {"proposals": [each.id for each in proposals], "answer": answer, "reason": reason}
    return client.post(f"/vendor/moves/decide/{query}", given, follow=True)


def test_the_queue_says_from_where_to_where_why_and_since_when(client, scheme):
    propose(partner("Ann"), scheme, made_at=NOW)
    bob = propose(
        partner("Bob"), scheme, tier="registered", before="silver", direction="demotion",
        made_at=NOW + timedelta(1),
    )  # fmt: skip
    bob.standing.keep, bob.standing.below_since = KEEP, date(2026, 5, 2)
    type(bob.standing).objects.filter(pk=bob.standing_id).update(
        keep=KEEP, below_since=date(2026, 5, 2)
    )
    answer = client.get("/vendor/moves/")
    assert shown(answer) == ["Ann", "Bob"]
    text = said(answer)
    assert "Promotion No tier Silver Meets what Silver asks for – Revenue: EUR 1,000." in text
    assert (
        "Demotion Silver Registered Below what Silver asks for since 2 May 2026 – "
        "Revenue: EUR 300 of EUR 1,000. 1 Jun 2026"
    ) in text


def test_filters_narrow_by_program_direction_and_account_manager(client, scheme):
    other, meg = program("wind"), staff(Role.ACCOUNT_MANAGER, "Meg")
    propose(partner("Ann", manager=meg), scheme)
    propose(partner("Bob"), other)
    propose(partner("Cid"), scheme, tier="registered", before="silver", direction="demotion")
    asked = {
        f"program={other.id}": ["Bob"],
        "direction=demotion": ["Cid"],
        f"manager={meg.id}": ["Ann"],
        "direction=sideways&program=nonsense&manager=1": ["Ann", "Bob", "Cid"],
    }
    for query, names in asked.items():
        assert shown(client.get(f"/vendor/moves/?{query}")) == names
    assert shown(signed_in(meg).get("/vendor/moves/")) == ["Ann"]


def test_one_is_approved_by_the_button_of_its_row(client, scheme):
    ann, bob = propose(partner("Ann"), scheme), propose(partner("Bob"), scheme)
    answer = client.post("/vendor/moves/decide/", {"approve_one": ann.id}, follow=True)
    assert "1 move is approved." in said(answer)
    assert shown(answer) == ["Bob"]
    ann.refresh_from_db()
    bob.refresh_from_db()
    assert (ann.answer, ann.decided_name, bob.answer) == ("approved", "Mona", "waiting")


def test_a_no_needs_its_reason_and_keeps_what_was_chosen(client, scheme):
    ann = propose(partner("Ann"), scheme)
    answer = decide(client, "reject", ann, reason=" ")
    assert "Say why: the partner's people may ask." in said(answer)
    assert answer.context["ticked"] == {ann.id}
    answer = decide(client, "reject", ann, reason="Merger under way")
    assert "1 move is rejected." in said(answer)
    text = said(client.get("/vendor/moves/decided/"))
    assert "Rejected Mona" in text
    assert "Merger under way" in text


def test_many_are_answered_and_refusals_stand_beside_their_rows(client, scheme):
    rows = [propose(partner(name), scheme) for name in ("Ann", "Bob", "Cid")]
    Override.objects.create(
        partner=rows[0].partner, program=scheme, kind="lock", start=date(2026, 1, 1),
        until=date(2099, 1, 1), reason="merger", approver="1", approver_name="Mona", made_at=NOW,
    )  # fmt: skip
    Proposal.objects.filter(pk=rows[1].pk).update(answer="approved", decided_at=NOW)
    answer = decide(client, "approve", *rows)
    assert "1 move is approved." in said(answer)
    assert "Bob : This was answered already: Approved." in said(answer)
    assert "Ann Solar A lock is in force for this partner: end it first. Promotion" in said(answer)
    assert answer.context["ticked"] == {rows[0].id, rows[1].id}
    assert Proposal.objects.get(pk=rows[2].pk).answer == "approved"


def test_nothing_chosen_is_said(client, scheme):
    propose(partner("Ann"), scheme)
    assert "Choose the moves first" in said(decide(client, "approve"))
    assert "Choose the moves first" in said(client.post("/vendor/moves/decide/", {"answer": "x"}))


def test_the_filter_outlives_a_decision(client, scheme):
    ann = propose(partner("Ann"), scheme)
    answer = decide(client, "approve", ann, query="?direction=promotion")
    assert answer.redirect_chain == [("/vendor/moves/?direction=promotion", 302)]


def test_an_answer_is_taken_back_from_the_second_tab(client, scheme):
    ann = propose(partner("Ann"), scheme)
    decide(client, "approve", ann)
    assert "Take back" in said(client.get("/vendor/moves/decided/"))
    answer = client.post(f"/vendor/moves/{ann.id}/undo/", follow=True)
    assert "the move of Ann waits again" in said(answer)
    assert shown(answer) == ["Ann"]
    Proposal.objects.filter(pk=ann.pk).update(
        answer="rejected", decided_at=timezone.now() - timedelta(minutes=11)
    )
    assert "Take back" not in said(client.get("/vendor/moves/decided/"))
    answer = client.post(f"/vendor/moves/{ann.id}/undo/", follow=True)
    assert "too long ago" in said(answer)


def test_a_move_has_its_page_with_the_figures_of_then(client, scheme):
    ann = propose(partner("Ann"), scheme)
    text = said(client.get(f"/vendor/moves/{ann.id}/"))
    assert "Meets what Silver asks for – Revenue: EUR 1,000." in text
    assert "The figures of 30 June 2026, on which it was proposed" in text
    assert "Revenue EUR 1,000" in text


def test_who_may_not_decide_has_no_buttons_and_no_way_around(scheme):
    meg = staff(Role.ACCOUNT_MANAGER, "Meg")
    ours = propose(partner("Ann", manager=meg), scheme)
    theirs = propose(partner("Bob"), scheme)
    client = signed_in(meg)
    page = client.get("/vendor/moves/")
    assert "Approve" not in said(page)
    assert "Approve" not in said(client.get(f"/vendor/moves/{ours.id}/"))
    assert client.get(f"/vendor/moves/{theirs.id}/").status_code == 404
    assert decide(client, "approve", ours).status_code == 404
    assert signed_in(staff(Role.FINANCE)).get("/vendor/moves/").status_code == 404


@pytest.mark.parametrize("path", ["", "decided/"])
def test_fifty_rows_take_as_few_queries(client, scheme, path, django_assert_max_num_queries):
    answered = {"answer": "rejected", "decided_at": datetime(2026, 7, 1, tzinfo=UTC)}
    for number in range(60):
        propose(
            partner(f"Company {number:02}"), scheme, made_at=NOW + timedelta(minutes=number),
            **(answered if path else {}),
        )  # fmt: skip
    with django_assert_max_num_queries(QUERIES):
        first = client.get(f"/vendor/moves/{path}")
    after = first.context["page"].next
    rest = client.get(f"/vendor/moves/{path}", {"after": after})
    names = shown(first) + shown(rest)
    assert sorted(names) == [f"Company {number:02}" for number in range(60)]
    assert len(names) == 60
