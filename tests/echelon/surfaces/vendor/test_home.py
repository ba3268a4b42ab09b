"""The first page counts what waits and leads there; a new vendor is told what comes first."""

from datetime import date

import pytest
from django.db import connection

from echelon.foundation.access import Role
from echelon.foundation.audit.models import AuditEvent
from echelon.outcomes.standings.models import Due, Pace, Run
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories import enrollments
from tests.factories.partners import NOW, partner, staff
from tests.factories.programs import program, version
from tests.factories.standings import propose, stand

pytestmark = pytest.mark.django_db
QUERIES = 15 + 2 * (connection.vendor == "postgresql")  # and what the walls ask themselves


@pytest.fixture
def client():
    return signed_in(staff(Role.PROGRAM_MANAGER, "Mona"))


def test_a_new_vendor_is_told_what_comes_first(client):
    text = said(client.get("/vendor/"))
    assert "To begin with Write a program" in text
    assert "Add your partners" in text
    assert 'href="/vendor/programs/new/"' in client.get("/vendor/").content.decode()
    reader = signed_in(staff(Role.VENDOR_READ_ONLY))
    assert "To begin with" not in said(reader.get("/vendor/"))


def test_what_waits_is_counted_and_each_count_leads_to_its_list(
    client, django_assert_max_num_queries
):
    scheme = enrollments.program("solar")
    enrollments.enrollment(partner("Newcomer"), scheme)
    for number in range(20):
        stand(partner(f"Risky {number:02}"), scheme, "gold", at_risk_from=date(2026, 9, 1))
        propose(partner(f"Mover {number:02}"), scheme)
        Run.objects.create(
            program=scheme, version=scheme.versions.get(), as_of=date(2026, 6, 30), kind="facts",
            outcome="done", whole=False, levelled=3, moved=2, started_at=NOW, ended_at=NOW,
        )  # fmt: skip
    Due.objects.create(program=scheme, partner=None, made_at=NOW)
    with django_assert_max_num_queries(QUERIES):
        answer = client.get("/vendor/")
    text, page = said(answer), answer.content.decode()
    assert "20 moves wait for a decision" in text
    assert "1 enrollment waits for a yes" in text
    assert "20 tiers are at risk" in text
    assert "1 program has news to level" in text
    assert "Risky 00 Solar Gold 1 Sep 2026" in text
    assert "Risky 08" not in text
    assert "All 20" in text
    assert "Solar, 30 June 2026 3 levelled, 2 moved" in text
    assert "To begin with" not in text
    for link in ("/vendor/moves/", "/vendor/enrollments/?state=submitted", "/vendor/runs/",
                 "/vendor/standings/?risk=yes"):  # fmt: skip
        assert f'href="{link}"' in page


def test_an_account_manager_has_own_counts_and_no_runs():
    scheme, meg = program("solar"), staff(Role.ACCOUNT_MANAGER, "Meg")
    version(scheme)
    stand(partner("Ann", manager=meg), scheme, at_risk_from=date(2026, 9, 1))
    stand(partner("Bob"), scheme, at_risk_from=date(2026, 9, 1))
    text = said(signed_in(meg).get("/vendor/"))
    assert "1 tier is at risk" in text
    assert "Bob" not in text
    assert "Last runs" not in text


def test_a_program_says_how_often_it_is_levelled_and_leads_to_its_standings(client):
    scheme = program("solar")
    version(scheme)
    page = client.get(f"/vendor/programs/{scheme.id}/")
    assert f'href="/vendor/standings/?program={scheme.id}"' in page.content.decode()
    client.post(f"/vendor/programs/{scheme.id}/pace/", {"every": "monthly"})
    assert Pace.objects.get(program=scheme).every == "monthly"
    assert AuditEvent.objects.filter(verb="standings.pace_set").count() == 1
    answer = client.post(f"/vendor/programs/{scheme.id}/pace/", {"every": "hourly"}, follow=True)
    assert "Choose how often." in said(answer)
    assert Pace.objects.get(program=scheme).every == "monthly"
    finance = signed_in(staff(Role.FINANCE))
    assert (
        finance.post(f"/vendor/programs/{scheme.id}/pace/", {"every": "daily"}).status_code == 404
    )
