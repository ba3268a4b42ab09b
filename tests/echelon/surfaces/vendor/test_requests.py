"""Account managers ask, program managers decide, and who asked sees what became of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from echelon.foundation.access import Role
from echelon.foundation.approvals.models import Approval
from echelon.foundation.approvals.services import ask
from echelon.outcomes.standings.approvals import MOVE, MoveAsked
from echelon.outcomes.standings.models import Current, Limit, Override, Pace
from echelon.surfaces.shell.navigation import links
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import partner, scope, staff
from tests.factories.programs import program, version
from tests.factories.standings import stand

pytestmark = pytest.mark.django_db
QUERIES = 15


@pytest.fixture
def scheme():
    made = program("solar")
    version(made)
    Pace.objects.create(program=made)
    return made


@pytest.fixture
def meg():
    return staff(Role.ACCOUNT_MANAGER, "Meg")


@pytest.fixture
def mona():
    return staff(Role.PROGRAM_MANAGER, "Mona")


@pytest.fixture
def ann(meg, scheme):
    made = partner("Ann", manager=meg)
    stand(made, scheme, "registered")
    return made


def move(who, company, scheme, tier="gold", reason="Strategic"):
    given = {"ladder": f"{scheme.id}/", "tier": tier, "reason": reason}
    return signed_in(who).post(f"/vendor/partners/{company.id}/tier/", given, follow=True)


def protect(who, company, scheme, **more):
    today = timezone.now().date()
    given = {
        "ladder": f"{scheme.id}/", "kind": "lock", "start": today.isoformat(),
        "until": (today + timedelta(30)).isoformat(), "reason": "Merger", **more,
    }  # fmt: skip
    return signed_in(who).post(f"/vendor/partners/{company.id}/override/", given, follow=True)


def decide(who, approval, answer="approve", reason=""):
    given = {"answer": answer, "reason": reason}
    return signed_in(who).post(f"/vendor/moves/requests/{approval.id}/decide/", given, follow=True)


def held():
    return Current.objects.get().standing.held


def test_a_move_is_asked_for_found_beside_the_moves_and_made(ann, scheme, meg, mona):
    text = said(signed_in(meg).get(f"/vendor/partners/{ann.id}/standing/"))
    assert "Ask for a move Ask for an override" in text
    answer = move(meg, ann, scheme)
    made = Approval.objects.get()
    assert answer.redirect_chain == [(f"/vendor/moves/requests/{made.id}/", 302)]
    assert "Asked for: it waits for somebody who may decide it." in said(answer)
    assert "Move by hand: From Registered to Gold Waiting" in said(answer)
    assert "Decide" not in said(answer)
    assert "Withdraw" in said(answer)
    assert held() == "registered"
    text = said(signed_in(meg).get(f"/vendor/partners/{ann.id}/standing/"))
    assert "Move by hand: From Registered to Gold. Asked for by Meg on" in text

    theirs = signed_in(mona)
    assert "1 request waits for a decision" in said(theirs.get("/vendor/"))
    assert "Requests (1)" in said(theirs.get("/vendor/moves/"))
    assert "Requests (1)" in said(theirs.get("/vendor/moves/decided/"))
    page = theirs.get("/vendor/moves/requests/")
    assert [str(link.label) for link in links(page.wsgi_request) if link.here] == ["Moves"]
    text = said(page)
    assert "Ann From Registered to Gold Move by hand · Solar Strategic Meg" in text
    answer = decide(mona, made, reason="Agreed")
    assert "Approved, and done." in said(answer)
    assert held() == "gold"
    text = said(signed_in(meg).get("/vendor/moves/requests/?show=all"))
    assert "Approved Mona : Agreed" in text
    text = said(signed_in(meg).get(f"/vendor/moves/requests/{made.id}/"))
    assert "Why it was decided so Agreed" in text
    assert "Withdraw" not in text


def test_an_override_is_asked_for_and_refused_with_a_reason(ann, scheme, meg, mona):
    answer = protect(meg, ann, scheme)
    assert "Override: Lock: no move Waiting" in said(answer)
    made = Approval.objects.get()
    answer = decide(mona, made, "refuse")
    assert "Say why: who asked will read it." in said(answer)
    answer = decide(mona, made, "refuse", "The merger is off")
    assert "Refused. Who asked sees why." in said(answer)
    text = said(signed_in(meg).get(f"/vendor/moves/requests/{made.id}/"))
    assert "Refused" in text
    assert "The merger is off" in text
    assert Override.objects.count() == 0


def test_who_may_decide_alone_has_it_at_once(ann, scheme, mona):
    text = said(signed_in(mona).get(f"/vendor/partners/{ann.id}/standing/"))
    assert "Move by hand Grant an override" in text
    answer = move(mona, ann, scheme, "silver")
    assert answer.redirect_chain == [(f"/vendor/partners/{ann.id}/standing/", 302)]
    assert "Moved. The rules go on from there within seconds." in said(answer)
    assert held() == "silver"


def test_above_the_limit_it_waits_for_another(ann, scheme, mona):
    Limit.objects.create(program=scheme, tiers={"": "gold"})
    assert "it waits for somebody" in said(move(mona, ann, scheme))
    made = Approval.objects.get()
    text = said(signed_in(mona).get(f"/vendor/moves/requests/{made.id}/"))
    assert "Somebody else who may decide it finds it in the queue" in text
    assert "Approve" not in text
    answer = decide(mona, made)
    assert "You asked for this yourself: another person must decide." in said(answer)
    assert held() == "registered"
    assert "Approved, and done." in said(decide(staff(Role.PROGRAM_MANAGER, "Max"), made))
    assert held() == "gold"


def test_what_cannot_be_done_any_more_says_why(ann, scheme, meg, mona):
    move(meg, ann, scheme)
    stand(ann, scheme, "silver")
    made = Approval.objects.get()
    text = said(decide(mona, made))
    assert "The partner holds another tier by now than when this was asked for." in text
    assert (held(), Approval.objects.get().state) == ("silver", "waiting")
    answer = signed_in(meg).post(f"/vendor/moves/requests/{made.id}/withdraw/", follow=True)
    assert "Withdrawn: it no longer waits." in said(answer)
    answer = signed_in(meg).post(f"/vendor/moves/requests/{made.id}/withdraw/")
    assert "This is decided already: Withdrawn." in said(answer)


def test_what_is_wrong_stands_beside_its_field(ann, scheme, meg):
    assert "The partner holds this tier already." in said(move(meg, ann, scheme, "registered"))
    assert "Only a floor names a tier." in said(protect(meg, ann, scheme, tier="gold"))
    assert Approval.objects.count() == 0


def test_nobody_asks_for_others_partners_or_sees_their_requests(ann, scheme, meg, mona):
    move(meg, ann, scheme)
    made = Approval.objects.get()
    nils = signed_in(staff(Role.ACCOUNT_MANAGER, "Nils"))
    assert nils.get(f"/vendor/partners/{ann.id}/tier/").status_code == 404
    assert nils.get(f"/vendor/moves/requests/{made.id}/").status_code == 404
    assert "No request waits" in said(nils.get("/vendor/moves/requests/"))
    assert signed_in(staff(Role.FINANCE)).get("/vendor/moves/requests/").status_code == 404
    assert decide(meg, made).status_code == 404
    assert Approval.objects.get().state == "waiting"


def test_the_limit_is_set_on_the_programs_page(scheme, mona):
    client = signed_in(mona)
    assert "What takes two" in said(client.get(f"/vendor/programs/{scheme.id}/"))
    path = f"/vendor/programs/{scheme.id}/limit/"
    assert "One person decides on every tier Registered Silver Gold" in said(client.get(path))
    answer = client.post(path, {"from_": "silver", "overrides": "on"}, follow=True)
    assert "Saved." in said(answer)
    limit = Limit.objects.get()
    assert (limit.tiers, limit.overrides) == ({"": "silver"}, True)
    client.post(path, {"from_": ""})
    limit.refresh_from_db()
    assert (limit.tiers, limit.overrides) == ({}, False)


def test_a_long_queue_asks_the_database_no_more_often(
    scheme, meg, mona, django_assert_max_num_queries
):
    for number in range(60):
        company = partner(f"Company {number:02}", manager=meg)
        stand(company, scheme, "registered")
        asked = MoveAsked(program=scheme.id, tier="gold", before="registered")
        ask(
            scope(meg), kind=MOVE, partner=company.id, asked=asked, reason="Strategic",
            at=timezone.now(),
        )  # fmt: skip
    client = signed_in(mona)
    with django_assert_max_num_queries(QUERIES):
        answer = client.get("/vendor/moves/requests/")
    assert len(answer.context["requests"]) == 50
    with django_assert_max_num_queries(QUERIES):
        answer = client.get(f"/vendor/moves/requests/?after={answer.context['page'].next}")
    assert len(answer.context["requests"]) == 10
