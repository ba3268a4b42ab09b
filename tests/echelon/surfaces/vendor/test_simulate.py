"""A draft is tried on everybody: tiers before and after, who moves and why, what it costs."""

import pytest

from echelon.foundation.access import Role, system
from echelon.outcomes.standings.models import Run
from echelon.outcomes.standings.services import levelling
from echelon.records.partners.selectors import scope_of
from echelon.records.programs.models import Version
from echelon.records.programs.services.versions import draft
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import NOW, partner, staff

pytestmark = pytest.mark.django_db
BENEFITS = "benefits:\n  fund: {label: Fund, type: amount, silver: 1000, gold: 3000}\n"


@pytest.fixture
def mona():
    return staff(Role.PROGRAM_MANAGER, "Mona")


@pytest.fixture
def tried(channel, mona):
    ann, bob, _cid = channel.partners
    channel.tables.sold(ann, 1000, NOW.date())
    channel.tables.sold(bob, 600, NOW.date())
    text = channel.version.text + BENEFITS
    Version.objects.filter(pk=channel.version.pk).delete()
    kept = Version(
        **{f.attname: getattr(channel.version, f.attname) for f in Version._meta.concrete_fields}
    )
    kept.text = text
    kept.save(force_insert=True)
    levelling.run(system("test"), program=channel.program.id, at=NOW)
    text = text.replace("revenue: 1000", "revenue: 500").replace("gold: 3000", "gold: 9000")
    return draft(scope_of(mona), program=channel.program.id, text=text, at=NOW)


def test_the_page_asks_for_its_answer_and_can_do_without_scripts(tried, mona):
    page = signed_in(mona).get(f"/vendor/versions/{tried.id}/simulate/").content.decode()
    assert f'hx-get="/vendor/versions/{tried.id}/simulate/?answer=yes"' in page
    assert 'hx-trigger="load"' in page
    assert "<noscript>" in page


def test_the_answer_says_who_moves_why_and_what_it_costs(tried, mona, monkeypatch):
    monkeypatch.setattr("echelon.surfaces.vendor.simulate.timezone.now", lambda: NOW)
    client, runs = signed_in(mona), Run.objects.count()
    text = said(client.get(f"/vendor/versions/{tried.id}/simulate/?answer=yes"))
    assert "1 would stand elsewhere" in text
    assert "Silver 1 2 +1" in text
    assert "Registered 2 1 -1" in text
    assert "Bob Registered Silver Revenue: EUR 600 of EUR 500, before of EUR 1,000" in text
    assert "Fund EUR 1,000 1 partner EUR 2,000 2 partners +EUR 1,000" in text
    part = client.get(
        f"/vendor/versions/{tried.id}/simulate/?answer=yes", headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in part
    assert 'id="simulated"' in part
    assert Run.objects.count() == runs


def test_what_can_not_be_tried_says_why(channel, mona):
    made = draft(scope_of(mona), program=channel.program.id, text="program: solar\n", at=NOW)
    text = said(signed_in(mona).get(f"/vendor/versions/{made.id}/simulate/?answer=yes"))
    assert "version" in text.split("Nothing is written.")[1]


def test_who_may_not_draft_may_not_try(tried):
    client = signed_in(staff(Role.VENDOR_READ_ONLY))
    assert client.get(f"/vendor/versions/{tried.id}/simulate/").status_code == 404


def test_who_is_not_in_the_program_is_left_out_of_the_counts(tried, mona, monkeypatch):
    monkeypatch.setattr("echelon.surfaces.vendor.simulate.timezone.now", lambda: NOW)
    address = f"/vendor/versions/{tried.id}/simulate/?answer=yes"
    text = said(signed_in(mona).get(address))
    assert "No tier 0 0 0" in text
    assert "not enrolled" not in text
    partner("Stranger")
    text = said(signed_in(mona).get(address))
    assert "1 partner is not enrolled in this program and is left out of the counts." in text
    assert "No tier 0 0 0" in text
