"""A partner's page says where it stands, what is missing, what changed and what stands above."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from echelon.foundation.access import Role, system
from echelon.foundation.audit.models import AuditEvent
from echelon.outcomes.standings.models import Due, Override, Proposal
from echelon.outcomes.standings.services import levelling
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import NOW, partner, staff
from tests.factories.programs import program, version
from tests.factories.standings import propose, stand

pytestmark = pytest.mark.django_db
QUERIES = 15
SYSTEM = system("test")


@pytest.fixture
def scheme():
    made = program("solar")
    version(made)
    return made


@pytest.fixture
def client():
    return signed_in(staff(Role.PROGRAM_MANAGER, "Mona"))


def test_a_levelled_partner_has_its_sentence_and_the_bars_of_the_next_tier(channel, client):
    ann = channel.partners[0]
    channel.tables.sold(ann, 1200, NOW.date())
    levelling.run(SYSTEM, program=channel.program.id, at=NOW)
    text = said(client.get(f"/vendor/partners/{ann.id}/standing/"))
    assert "You are Silver. For Gold you need EUR 3,800 more revenue." in text
    assert "On the way to Gold Revenue EUR 1,200 of EUR 5,000 · EUR 3,800 missing" in text
    assert "Tier held Silver , since 30 June 2026" in text
    assert "All figures Metric Figure Revenue EUR 1,200" in text
    assert "What changed last 30 June 2026 Silver Solar" in text


def test_risk_grace_and_what_waits_are_said(client, scheme):
    ann = partner("Ann")
    standing = stand(
        ann, scheme, "silver", qualified="registered", reason="grace",
        below_since=date(2026, 6, 2), at_risk_from=date(2026, 7, 2),
    )  # fmt: skip
    propose(ann, scheme, "registered", "silver", direction="demotion", standing=standing)
    text = said(client.get(f"/vendor/partners/{ann.id}/standing/"))
    assert "A move to Registered waits. No longer qualifies for Silver. Decide" in text
    assert "At risk from 2 July 2026" in text
    assert "Below the bar since 2 June 2026, in grace" in text


def test_a_partner_without_a_standing_says_why(client):
    text = said(client.get(f"/vendor/partners/{partner('Ann').id}/standing/"))
    assert "Nothing is known of this partner yet" in text


def test_an_override_is_granted_and_ended(client, scheme):
    ann, today = partner("Ann"), timezone.now().date()
    stand(ann, scheme)
    path = f"/vendor/partners/{ann.id}/override/"
    given = {
        "ladder": f"{scheme.id}/", "kind": "floor", "tier": "gold", "start": today.isoformat(),
        "until": (today + timedelta(30)).isoformat(), "reason": "Strategic",
    }  # fmt: skip
    answer = client.post(path, given, follow=True)
    assert "Floor: not below Gold In force" in said(answer)
    assert "Strategic Mona End it" in said(answer)
    made = Override.objects.get()
    assert (made.tier, made.track, made.approver_name) == ("gold", "", "Mona")
    answer = client.post(f"/vendor/overrides/{made.id}/end/", follow=True)
    assert "Ended" in said(answer)
    assert "ended by Mona" in said(answer)
    answer = client.post(f"/vendor/overrides/{made.id}/end/", follow=True)
    assert "This has ended already." in said(answer)


def test_what_is_wrong_with_an_override_stands_at_its_field_and_is_kept(client, scheme):
    ann = partner("Ann")
    stand(ann, scheme)
    given = {
        "ladder": f"{scheme.id}/", "kind": "floor", "tier": "", "start": "2020-01-01",
        "until": "2019-01-01", "reason": "Merger of both",
    }  # fmt: skip
    answer = client.post(f"/vendor/partners/{ann.id}/override/", given)
    assert answer.context["form"].errors == {
        "tier": ["A floor names a tier: registered, silver, gold."],
        "start": ["It begins today or later: tiers of the past stand."],
        "until": ["It ends after it begins: choose a later day."],
    }
    assert "Merger of both" in answer.content.decode()
    assert Override.objects.count() == 0


def test_an_override_needs_a_ladder(client):
    text = said(client.get(f"/vendor/partners/{partner('Ann').id}/override/"))
    assert "There is nothing to override yet" in text


def test_one_partner_is_levelled_anew_by_its_manager(scheme):
    meg = staff(Role.ACCOUNT_MANAGER, "Meg")
    ann, bob = partner("Ann", manager=meg), partner("Bob")
    stand(ann, scheme)
    client = signed_in(meg)
    assert "Level anew" in said(client.get(f"/vendor/partners/{ann.id}/standing/"))
    client.post(f"/vendor/partners/{ann.id}/standing/level/", {"program": scheme.id})
    assert list(Due.objects.values_list("partner", flat=True)) == [ann.id]
    assert AuditEvent.objects.get(verb="standings.levelling_asked").actor_name == "Meg"
    assert "Grant" not in said(client.get(f"/vendor/partners/{ann.id}/standing/"))
    for path in ("standing/", "override/", f"programs/{scheme.id}/history/", "counted/"):
        assert client.get(f"/vendor/partners/{bob.id}/{path}").status_code == 404


def test_pages_take_few_queries_with_many_rows(client, scheme, django_assert_max_num_queries):
    ann = partner("Ann")
    for number in range(60):
        stand(ann, scheme, "silver" if number % 2 else "gold")
        Override.objects.create(
            partner=ann, program=scheme, kind="lock", start=date(2026, 1, 1),
            until=date(2026, 2, 1), reason="x", approver="1", approver_name="M", made_at=NOW,
        )  # fmt: skip
    for number in range(5):
        propose(partner(f"Other {number}"), scheme)
    assert Proposal.objects.count() == 5
    with django_assert_max_num_queries(QUERIES):
        client.get(f"/vendor/partners/{ann.id}/standing/")
    path = f"/vendor/partners/{ann.id}/programs/{scheme.id}/history/"
    with django_assert_max_num_queries(QUERIES):
        first = client.get(path)
    rest = client.get(path, {"after": first.context["page"].next})
    shown = [each["row"].pk for page in (first, rest) for each in page.context["changes"]]
    assert len(shown) == 60
    assert shown == sorted(shown, reverse=True)
    with django_assert_max_num_queries(QUERIES):
        client.get(f"/vendor/partners/{ann.id}/override/")
