"""The demo's vendor at small size: what it has, what waits in it, who gets in, and its trail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from echelon.demo.story.telling import SignIn, password, sign_ins, tell
from echelon.demo.story.vendor import Vendor
from echelon.foundation.audit.verifying import verify
from echelon.foundation.jobs.selectors import counts
from echelon.outcomes.standings import selectors as standings
from echelon.outcomes.standings.states import Direction
from echelon.records.enrollments import selectors as enrollments
from echelon.records.enrollments.states import State
from echelon.records.facts import selectors as facts
from echelon.records.facts.states import BatchState
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
COUNT = 30


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """Keep pytest-django from a transaction a test: the vendor is made once for all."""


@pytest.fixture(scope="module")
def vendor(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Vendor]:
    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            pytest.skip("the demo is a file of SQLite")
        with transaction.atomic():
            yield tell(NOW, COUNT, lambda _step, _done, _total: None)
            transaction.set_rollback(True)


def test_there_are_partners_in_two_programs_that_were_levelled_today(vendor: Vendor) -> None:
    boss = vendor.boss
    assert len(vendor.partners) == COUNT
    assert [each.slug for each in programs.programs(boss)] == ["partner", "services"]
    assert {each.as_of for each in standings.standings(boss)} == {NOW.date()}
    held = Counter(each.standing.held for each in standings.standings(boss))
    assert {"registered", "silver", "gold"} <= set(held)
    assert {run.outcome for run in standings.runs(boss)} == {"done"}


def test_the_draft_for_next_year_could_be_published(vendor: Vendor) -> None:
    [draft] = programs.versions(vendor.boss).filter(state="draft")
    assert str(draft.effective) == "2027-01-01"
    assert documents.check(draft.text, "partner").problems == ()


def test_decisions_wait_for_the_program_manager(vendor: Vendor) -> None:
    ways = {each.direction for each in standings.queue(vendor.boss)}
    assert ways == {Direction.PROMOTION, Direction.DEMOTION}
    states = Counter(each.state for each in enrollments.enrollments(vendor.boss))
    assert states[State.ACCEPTED] == 1  # the application: the partner has said yes
    assert states[State.APPROVED] == 1  # and one that the partner is to accept
    assert {each.partner.key for each in standings.overrides(vendor.boss)} == {"P1007", "P1009"}
    assert standings.at_risk(vendor.boss).count() > 0


def test_an_import_waits_with_rows_to_mend(vendor: Vendor) -> None:
    manager = vendor.scopes["account manager"]
    [found] = facts.batches(manager, state=BatchState.CHECKED)
    assert (found.counts["rows"], found.counts["bad"]) == (40, 8)
    assert len(facts.bad_rows(manager, found.pk)) == 8


def test_the_partner_is_short_of_gold_and_the_distributor_has_a_family(vendor: Vendor) -> None:
    [mine] = standings.of_partner(vendor.scopes["partner"], vendor.partners["P1001"])
    assert mine.standing.held == "silver"
    assert "For Gold by" in mine.standing.sentence
    below = vendor.scopes["distributor"].below
    assert below == {vendor.partners[key] for key in ("P1003", "P1004", "P1005", "P1006")}


def test_no_job_waits_or_failed(vendor: Vendor) -> None:
    assert {state for state, count in counts().items() if count} == {"done"}


def test_the_trail_is_as_it_was_written(vendor: Vendor) -> None:
    found = verify({})
    assert found.findings == []
    assert found.events > 300


@pytest.mark.parametrize("who", sign_ins(), ids=lambda who: who.role)
def test_everybody_named_gets_in(vendor: Vendor, who: SignIn) -> None:
    client = Client()
    answer = client.post("/sign-in/", {"login": who.email, "password": password()}, follow=True)
    assert answer.status_code == 200
    home = "/portal/" if who.role in {"partner", "distributor"} else "/vendor/"
    assert answer.redirect_chain[-1][0] == home
