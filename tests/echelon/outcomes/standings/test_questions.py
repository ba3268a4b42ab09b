"""Every figure opens to its records; a draft is tried and nothing is written."""

import pytest

from echelon.foundation.access import Hidden, Role, system
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.models import Current, Run, Standing
from echelon.outcomes.standings.questions import evidence, simulate
from echelon.outcomes.standings.services import levelling
from echelon.records.partners.selectors import scope_of
from echelon.records.programs.services import draft
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
