"""Every figure opens to its records; a draft is tried and nothing is written."""

from datetime import timedelta

import pytest

from echelon.foundation.access import Hidden, Role, system
from echelon.outcomes.standings import folders
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.models import Current, Run, Standing
from echelon.outcomes.standings.questions import evidence, simulate
from echelon.outcomes.standings.services import levelling
from echelon.records.partners.selectors import scope_of
from echelon.records.programs.services.versions import draft
from rulebook.loading.facts import TableFacts
from tests.factories.partners import NOW, person, staff

pytestmark = pytest.mark.django_db

SYSTEM = system("test")
TODAY = NOW.date()


@pytest.fixture
def manager():
    return scope_of(staff(Role.PROGRAM_MANAGER, "Mara"))


def test_a_figure_opens_to_the_facts_that_counted_and_those_that_did_not(channel, manager):
    ann = channel.partners[0]
    channel.tables.sold(ann, "700.10", TODAY)
    channel.tables.sold(ann, "300", TODAY.replace(year=2025))
    opened = evidence(
        manager, partner=ann.id, program=channel.program.id, metric="revenue", as_of=TODAY
    )
    assert opened["value"] == "700.1"
    assert opened["records"]["counted"]["count"] == 1
    assert opened["records"]["others"]["reasons"] == {"window": 1}
    with pytest.raises(Refused, match="did you mean revenue"):
        evidence(manager, partner=ann.id, program=channel.program.id, metric="revenu", as_of=TODAY)


def test_only_the_facts_of_the_family_are_walked(channel, manager, monkeypatch):
    ann, bob, cid = channel.partners
    bob.parent = ann
    bob.save()
    for company in (ann, bob, cid):
        channel.tables.sold(company, 100, TODAY)
    walked, rows = [], TableFacts.rows

    def watched(self, table, partners):
        walked.append(partners)
        return rows(self, table, partners)

    monkeypatch.setattr(TableFacts, "rows", watched)
    asked = {"program": channel.program.id, "metric": "revenue", "as_of": TODAY}
    assert evidence(manager, partner=ann.id, **asked)["records"]["counted"]["count"] == 1
    assert walked == [["ann", "bob"]]


def test_nobody_opens_the_figures_of_others(channel):
    ann, bob, _ = channel.partners
    bob.parent = ann
    bob.save()
    asked = {"program": channel.program.id, "metric": "revenue", "as_of": TODAY}
    distributor = scope_of(person(ann, Role.DISTRIBUTOR_MEMBER))
    assert evidence(distributor, partner=ann.id, **asked)["value"] == "0"
    for scope in (distributor, scope_of(person(channel.partners[2]))):
        with pytest.raises(Hidden):
            evidence(scope, partner=bob.id, **asked)


def test_a_draft_is_tried_on_everybody_and_nothing_is_written(channel, manager):
    ann, bob, _ = channel.partners
    channel.tables.sold(ann, 1000, TODAY)
    channel.tables.sold(bob, 600, TODAY)
    levelling.run(SYSTEM, program=channel.program.id, at=NOW)
    text = channel.version.text.replace("revenue: 1000", "revenue: 500")
    made = draft(manager, program=channel.program.id, text=text, at=NOW)
    before = (Run.objects.count(), Standing.objects.count(), Current.objects.count())
    answer = simulate(manager, version=made.id, at=NOW)
    (mover,) = answer["movers"]
    assert (mover["partner"], mover["held"]["from"], mover["held"]["to"]) == (
        "bob",
        "registered",
        "silver",
    )
    assert (Run.objects.count(), Standing.objects.count(), Current.objects.count()) == before
    wrong = draft(manager, program=channel.program.id, text="program: solar\n", at=NOW)
    with pytest.raises(Refused, match="version"):
        simulate(manager, version=wrong.id, at=NOW)


def test_what_was_measured_is_looked_at_again_until_something_differs(channel, manager):
    """Of the same day, data, enrollments and standings before; levelling never takes it."""
    ann = channel.partners[0]
    channel.tables.sold(ann, 700, TODAY)
    asked = {"partner": ann.id, "program": channel.program.id, "metric": "revenue"}
    made = []

    def looked(day=TODAY):
        value = evidence(manager, as_of=day, **asked)["value"]
        (opened,) = folders._OPEN.values()
        made.append(opened.made[1])
        return value

    assert (looked(), looked()) == ("700", "700")
    assert made[0] is made[1]
    channel.tables.sold(ann, 1, TODAY)
    assert looked() == "701"
    assert looked(TODAY - timedelta(days=1)) == "0"
    levelling.run(SYSTEM, program=channel.program.id, at=NOW)
    assert looked(TODAY) == "701"
    channel.tables.enrolled[0]["start"] = TODAY + timedelta(days=1)
    assert looked(TODAY) == "701"
    assert len({id(run) for run in made}) == len(made) - 1
