"""Runs are listed with what they rest on and who moved; one can be asked for."""

from datetime import date, timedelta

import pytest

from echelon.foundation.access import Role
from echelon.foundation.jobs.models import Job
from echelon.outcomes.standings.models import Due, Run
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import NOW, partner, staff
from tests.factories.programs import program, version
from tests.factories.standings import stand

pytestmark = pytest.mark.django_db
QUERIES = 15


@pytest.fixture
def scheme():
    made = program("solar")
    version(made)
    return made


@pytest.fixture
def client():
    return signed_in(staff(Role.PROGRAM_MANAGER, "Mona"))


def ran(scheme, number=0, **more):
    given = {
        "program": scheme, "version": scheme.versions.get(), "as_of": date(2026, 6, 30),
        "kind": "facts", "outcome": "done", "whole": True, "watermark": f"sales={number}",
        "digest": f"{number:04}digest", "levelled": 1200, "changed": 7, "moved": 1,
        "asked_by": "Mona", "started_at": NOW + timedelta(minutes=number),
        "ended_at": NOW + timedelta(minutes=number, seconds=2, milliseconds=340), **more,
    }  # fmt: skip
    return Run.objects.create(**given)


def test_the_list_says_what_was_levelled_and_how_it_went(client, scheme):
    ran(scheme)
    other = program("wind")
    version(other)
    ran(other, outcome="failed", problems=["no such column"], digest="")
    text = said(client.get("/vendor/runs/"))
    assert "Solar as of 30 Jun 2026 version of 1 Jan 2026 Something changed" in text
    assert "Done in 2.3 s 1,200 7 1 0000digest" in text
    assert "Failed" in text
    assert "Wind as of" not in said(client.get(f"/vendor/runs/?program={scheme.id}"))


def test_freshness_says_what_waits(client, scheme):
    assert "Everything that came in is levelled" in said(client.get("/vendor/runs/"))
    Due.objects.create(program=scheme, partner=partner("Ann").id, made_at=NOW)
    assert "Solar 1 partner is to be levelled" in said(client.get("/vendor/runs/"))


def test_a_run_opens_to_who_moved_and_what_it_rests_on(client, scheme):
    made = ran(scheme, counts={"": {"held": {"silver": 3, "": 1}, "qualified": {"silver": 4}}})
    ann = partner("Ann")
    stand(ann, scheme, "registered")
    stand(ann, scheme, "silver", run=made)
    stand(partner("Bob"), scheme, "gold", run=ran(scheme, 1))
    text = said(client.get(f"/vendor/runs/{made.id}/"))
    assert "Ann Registered Silver You are Silver." in text
    assert "Bob" not in text
    assert "0000digest" in text
    assert "sales=0" in text
    assert "Silver 3 4" in text
    assert "No tier 1 0" in text


def test_a_run_that_failed_says_what_to_mend(client, scheme):
    made = ran(scheme, outcome="failed", problems=["sales: there is no column amount"])
    text = said(client.get(f"/vendor/runs/{made.id}/"))
    assert "To mend sales: there is no column amount" in text


def test_a_run_is_asked_for_and_its_progress_shown(client, scheme):
    answer = client.post("/vendor/runs/ask/", {"program": scheme.id}, follow=True)
    assert "The run you asked for is under way" in said(answer)
    job = Job.objects.get(kind="standings.level_asked")
    part = client.get(f"/vendor/runs/asked/?job={job.id}")
    assert 'hx-trigger="every 1s"' in part.content.decode()
    Job.objects.filter(pk=job.pk).update(state="done")
    part = client.get(f"/vendor/runs/asked/?job={job.id}")
    assert "is done" in said(part)
    assert "hx-get" not in part.content.decode()
    other = Job.objects.create(kind="files.sweep", not_before=NOW, made_at=NOW)
    assert client.get(f"/vendor/runs/asked/?job={other.id}").status_code == 404


def test_a_day_that_may_not_be_is_refused_at_its_field(client, scheme):
    given = {"program": scheme.id, "as_of": "2199-01-01"}
    answer = client.post("/vendor/runs/ask/", given)
    assert "2199-01-01 is still to come" in said(answer)
    assert 'value="2199-01-01"' in answer.content.decode()
    assert not Job.objects.filter(kind="standings.level_asked").exists()


def test_runs_are_for_who_sees_everybody(scheme):
    made = ran(scheme)
    meg = signed_in(staff(Role.ACCOUNT_MANAGER, "Meg"))
    assert "Runs" not in meg.get("/vendor/").content.decode()
    for path in ("/vendor/runs/", f"/vendor/runs/{made.id}/", "/vendor/runs/asked/"):
        assert meg.get(path).status_code == 404
    finance = signed_in(staff(Role.FINANCE))
    assert "Level now" not in said(finance.get("/vendor/runs/"))
    assert finance.post("/vendor/runs/ask/", {"program": scheme.id}).status_code == 404


def test_fifty_rows_take_as_few_queries(client, scheme, django_assert_max_num_queries):
    for number in range(60):
        ran(scheme, number)
    with django_assert_max_num_queries(QUERIES):
        first = client.get("/vendor/runs/")
    assert len(first.context["runs"]) == 50
    made = Run.objects.latest("started_at")
    for number in range(60):
        stand(partner(f"Company {number:02}"), scheme, run=made)
    with django_assert_max_num_queries(QUERIES):
        first = client.get(f"/vendor/runs/{made.id}/")
    rest = client.get(f"/vendor/runs/{made.id}/", {"after": first.context["page"].next})
    names = [row[0].partner.name for each in (first, rest) for row in each.context["movers"]]
    assert names == [f"Company {number:02}" for number in range(60)]
