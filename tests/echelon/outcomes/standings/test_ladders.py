"""What tiers ask for is kept with each levelling: the words once a run, the values by partner."""

import pytest

from echelon.foundation.access import system
from echelon.outcomes.standings.ladders import Choice, Criterion, read
from echelon.outcomes.standings.models import Current, Standing
from echelon.outcomes.standings.services import levelling
from tests.echelon.outcomes.standings.conftest import Channel
from tests.factories.partners import NOW
from tests.factories.programs import version

pytestmark = pytest.mark.django_db

SYSTEM = system("test")
TODAY = NOW.date()
TEXT = """\
program: solar
name: Solar
version: 2026-01-01
currency: EUR
reads:
  partners: {columns: {country: text}}
  facts:
    sales: {date: sold_on, columns: {amount: {type: money, currency: currency}}}
parameters:
  gold_bar: {by: partner.country, values: {DE: 5000, default: 4000}}
metrics:
  revenue: {label: Net revenue, from: sales, value: sum(amount), window: trailing 12 months}
  deals: {from: sales, value: count(), window: trailing 12 months}
  margin: {formula: revenue / 10000, unit: percent}
tiers:
  registered: {}
  silver: {requires: {revenue: 1000}, keep: {revenue: 800}}
  gold: {requires: {all: ["revenue >= gold_bar", {any: [{deals: 5}, "margin >= 0.6"]}]}}
"""


@pytest.fixture
def solar(tables, db):
    made = Channel(tables)
    made.version.delete()
    made.version = version(made.program, text=TEXT)
    return made


def ladder(partner):
    row = Current.objects.select_related("run").get(partner=partner)
    return read(row.run.ladders[row.track], row.criteria)


def test_each_tier_is_a_tree_of_what_is_had_needed_and_short(solar):
    ann, bob, _ = solar.partners
    ann.country = "DE"
    ann.save()
    solar.tables.sold(ann, "1200.50", TODAY)
    solar.tables.sold(bob, "900", TODAY)
    levelling.run(SYSTEM, program=solar.program.id, at=NOW)
    registered, silver, gold = ladder(ann).rungs
    assert (registered.label, registered.requires, registered.met) == ("Registered", None, True)
    assert silver.requires == Criterion(
        "Net revenue", ">=", "money", "EUR", True, "1200.5", "1000", None, ("revenue",)
    )
    assert silver.keep.need == "800"
    assert isinstance(gold.requires, Choice)
    revenue, either = gold.requires.parts
    assert (revenue.need, revenue.short, revenue.met) == ("5000", "3799.5", False)
    assert (either.kind, either.need, either.have, either.met) == ("any", 1, 0, False)
    assert [(part.label, part.have, part.need, part.unit) for part in either.parts] == [
        ("Deals", "1", "5", ""),
        ("Margin", "0.12005", "0.6", "ratio"),
    ]
    assert ladder(bob).rung("gold").requires.parts[0].need == "4000"  # of another country


def test_another_bar_far_away_is_something_new(solar):
    levelling.run(SYSTEM, program=solar.program.id, at=NOW)
    count = Standing.objects.count()
    text = TEXT.replace("2026-01-01", str(TODAY)).replace("default: 4000", "default: 4500")
    version(solar.program, TODAY, text)
    levelling.run(SYSTEM, program=solar.program.id, at=NOW)
    assert ladder(solar.partners[0]).rung("gold").requires.parts[0].need == "4500"
    assert Standing.objects.count() == count + 3


def test_without_values_a_ladder_reads_as_it_is_for_anybody(solar):
    run = levelling.run(SYSTEM, program=solar.program.id, at=NOW)
    bare = read(run.ladders[""])
    assert bare.rung("silver").requires.need == "1000"
    assert bare.rung("silver").met is False
    assert bare.rung("gold").requires.parts[0].need is None  # it depends on the partner
    assert bare.metrics["margin"] == {"label": "Margin", "unit": "ratio"}


def test_a_tier_that_rests_on_another_is_said_by_its_name(tables, db):
    made = Channel(tables)
    made.version.delete()
    track = (
        "tracks:\n  roof:\n    label: Roofs\n"
        "    tiers: {one: {label: One star, requires: {revenue: 10}}}\n"
    )
    text = TEXT.split("tiers:")[0] + track + "tiers:\n  silver: {requires: [track(roof) >= one]}\n"
    version(made.program, text=text)
    made.tables.sold(made.partners[0], "50", TODAY)
    levelling.run(SYSTEM, program=made.program.id, at=NOW)
    rows = Current.objects.filter(partner=made.partners[0]).select_related("run")
    whole = {row.track: read(row.run.ladders[row.track], row.criteria) for row in rows}
    asked = whole[""].rung("silver").requires
    assert (asked.label, asked.unit, asked.have, asked.need, asked.met) == (
        "Roofs", "tier", "One star", "One star", True,
    )  # fmt: skip
    assert whole["roof"].label == "Roofs"
    assert whole["roof"].rung("one").requires.have == "50"
