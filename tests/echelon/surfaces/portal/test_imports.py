"""A partner's admin loads the own reports: they count for that company alone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from echelon.foundation.access import Role
from echelon.foundation.jobs.services import run_due
from echelon.records.facts import selectors
from echelon.records.facts.kinds import fact_type
from echelon.records.facts.models import Batch, Fact
from echelon.records.partners.selectors import scope_of
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.facts import live, uploaded
from tests.factories.partners import partner, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.CACHE_FOLDER = tmp_path / "cache"
    settings.FILES_FOLDER = tmp_path / "files"


def test_a_report_goes_its_way_and_rows_of_others_are_refused():
    acme, _bolt = partner("Acme"), partner("Bolt")
    client = signed_in(person(acme, Role.PARTNER_ADMIN))
    assert "Nothing was loaded yet" in said(client.get("/portal/data/"))
    text = "order_number,order_line,who,order_date,amount,currency\n"
    text += "S1,1,acme,2026-05-01,5,EUR\nS2,1,bolt,2026-05-01,5,EUR\n"
    given = {"type": "sales", "file": SimpleUploadedFile("sales.csv", text.encode())}
    answer = client.post("/portal/data/new/", given)
    place = f"/portal/data/{Batch.objects.get().pk}/"
    assert answer.headers["Location"] == f"{place}map/"
    names = [one.name for one in selectors.columns(fact_type("sales"), "acme")]
    columns = ["order_number", "order_line", None, "order_date", "amount", "currency"]
    chosen = {f"column-{names.index(name)}": n for n, name in enumerate(columns) if name}
    assert "The rows are being checked" in said(client.post(f"{place}map/", chosen, follow=True))
    run_due(timezone.now)
    assert "2 new" in said(client.get(place)), "a report that names no partner is one's own"
    client.post(f"{place}drop/")

    lines = ["S1,1,acme,2026-05-01,,,5,EUR", "S2,1,bolt,2026-05-01,,,5,EUR"]
    batch = uploaded(lines, scope=scope_of(person(acme, Role.PARTNER_ADMIN)))
    place = f"/portal/data/{batch.pk}/"
    assert "3 partner_id bolt there is no partner 'bolt'" in said(client.get(place))
    assert "did you mean" not in said(client.get(place))
    assert "1 fact counts now." in said(client.post(f"{place}commit/", follow=True))
    assert (list(live()), Fact.objects.get().partner_id) == (["S1|1"], acme.pk)
    assert "This is what changes" in said(client.get(f"{place}undo/"))
    client.post(f"{place}undo/")
    assert live() == {}


def test_members_and_other_companies_find_nothing():
    acme, bolt = partner("Acme"), partner("Bolt")
    admin = person(acme, Role.PARTNER_ADMIN)
    batch = uploaded(["S1,1,acme,2026-05-01,,,5,EUR"], scope=scope_of(admin))
    for user in (person(acme, Role.PARTNER_MEMBER), person(bolt, Role.PARTNER_ADMIN)):
        other = signed_in(user)
        assert other.get(f"/portal/data/{batch.pk}/").status_code == 404
        assert other.post(f"/portal/data/{batch.pk}/commit/").status_code == 404
    assert signed_in(person(acme)).get("/portal/data/").status_code == 404
    assert live() == {}
