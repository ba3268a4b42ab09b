"""AdventureWorks through the platform: levelled, one sale corrected, and taken back.

The tiers are those of the data set's own answer, which was worked out without this software.
"""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from echelon.foundation.access import system
from echelon.foundation.jobs.services import run_due
from echelon.outcomes.standings import folders, selectors
from echelon.outcomes.standings.models import Current, Run
from echelon.outcomes.standings.services import levelling
from echelon.outcomes.standings.states import Kind, Outcome
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.states import State
from echelon.records.facts.services import batches, imports, rates, recording, references
from echelon.records.partners.models import Partner
from echelon.records.programs.services import versions as programs
from tests.factories.partners import partner

pytestmark = pytest.mark.django_db

AT = datetime(2019, 6, 30, 12, tzinfo=UTC)
BOSS = system("test")


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture
def folder(require, settings, tmp_path):
    settings.CACHE_FOLDER = tmp_path / "cache"
    settings.FILES_FOLDER = tmp_path / "files"
    yield require("shared")
    folders.close_all()


@pytest.fixture
def program(folder):
    """Everything loaded, the program in force, all resellers in it."""
    for row in rows(folder / "partners.csv"):
        partner(row["name"], key=row["partner_id"])
    products = [
        {name: row[name] for name in ("product_id", "name", "category")}
        for row in rows(folder / "products.csv")
    ]
    references.load(BOSS, type="product", rows=products, at=AT)
    given = {
        (date.fromisoformat(row["date"]), row["currency"]): row["per_eur"]
        for row in rows(folder / "fx_rates.csv")
    }
    rates.add(BOSS, rates=given, at=AT)
    with (folder / "sales.csv").open("rb") as stream:
        batch = imports.upload(BOSS, type="sales", name="sales.csv", stream=stream, at=AT)
    imports.map_columns(BOSS, batch=batch.pk, columns=batch.mapping, at=AT)
    imports.check(batch.pk, at=AT)
    batches.commit(BOSS, batch=batch.pk, at=AT)
    text = (folder / "program" / "program.yaml").read_text("utf-8")
    made = programs.create(BOSS, slug="adventureworks-resellers", name="A", text=text, at=AT)
    programs.publish(BOSS, version=made.id, at=AT)
    Enrollment.objects.bulk_create(
        Enrollment(
            partner=each, program_id=made.program_id, state=State.ACTIVE, start=date(2017, 7, 1),
            made_at=AT, changed_at=AT,
        )
        for each in Partner.objects.all()
    )  # fmt: skip
    return made.program_id


def tiers() -> dict[str, str | None]:
    return {row.partner.key: row.standing.held for row in selectors.standings(BOSS)}


def test_the_tiers_are_those_expected_and_a_corrected_sale_moves_its_partner_alone(
    folder, program, figures
):
    run = levelling.run(BOSS, program=program, at=AT)
    assert (run.outcome, run.levelled, run.problems) == (Outcome.DONE, 701, [])
    expected = rows(folder / "program" / "expected-2019-06-30.csv")
    wanted = {row["partner"]: row["qualified"] or None for row in expected}
    assert tiers() == wanted
    figures.record(
        "The platform", "AdventureWorks resellers whose tier is as expected", len(wanted)
    )
    run_due(lambda: AT)  # what the load itself had asked for
    before = tiers()
    standings = dict(Current.objects.values_list("partner__key", "standing"))

    sale = next(
        row
        for row in rows(folder / "sales.csv")
        if wanted.get(row["partner_id"]) == "member" and row["order_date"] >= "2019-01-01"
    )
    same = ("order_number", "order_line", "order_date", "partner_id", "product_id", "quantity",
            "currency", "territory")  # fmt: skip
    earlier = set(Run.objects.values_list("pk", flat=True))
    batch = recording.record(
        BOSS, type="sales", source="correction", at=AT,
        rows=[{name: sale[name] for name in same} | {"amount": "60000"}],
    )  # fmt: skip
    run_due(lambda: AT)
    due = list(Run.objects.exclude(pk__in=earlier))
    assert [(each.kind, each.levelled, each.whole) for each in due] == [(Kind.FACTS, 1, False)]
    after = dict(Current.objects.values_list("partner__key", "standing"))
    who = {key for key, standing in after.items() if standings[key] != standing}
    assert who == {sale["partner_id"]}
    row = Current.objects.get(partner__key=sale["partner_id"])
    assert row.run_id == due[0].pk
    assert row.standing.metrics["revenue"] != next(
        each["revenue"] for each in expected if each["partner"] == sale["partner_id"]
    )

    batches.undo(BOSS, batch=batch.pk, at=AT)
    run_due(lambda: AT)
    assert tiers() == before
    again = Current.objects.get(partner__key=sale["partner_id"]).standing
    assert again.metrics["revenue"] == next(
        each["revenue"] for each in expected if each["partner"] == sale["partner_id"]
    ).rstrip("0").rstrip(".")
