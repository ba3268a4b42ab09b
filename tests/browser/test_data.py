"""Kinds, facts, products and rates in a real browser: found, opened, withdrawn, loaded."""

from pathlib import Path

import pytest

from echelon.records.facts.models import Rate, Reference
from echelon.records.partners.models import Partner
from echelon.records.partners.selectors import scope_of
from tests.factories.facts import live, recorded, sale, uploaded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folders(settings, tmp_path: Path) -> None:
    settings.CACHE_FOLDER = tmp_path / "cache"
    settings.FILES_FOLDER = tmp_path / "files"


def test_the_pages_of_data(reader, vendor, tmp_path):
    page = reader.page
    recorded(sale("S1", "contoso-retail", "100", channel="web"), sale("S2", "adatum", "7"))
    recorded(sale("S1", "contoso-retail", "120.50", channel="web"))
    reader.sign_in(vendor["manager"])
    reader.go("/vendor/data/")
    reader.check("data")
    page.get_by_role("link", name="Sales", exact=True).click()
    reader.check("kind")
    page.get_by_role("link", name="Facts", exact=True).click()
    page.get_by_label("Partner").fill("contoso")
    page.get_by_role("button", name="Apply").click()
    reader.check("facts")
    page.get_by_role("link", name="S1|1").click()
    assert "120.5" in page.inner_text("main")
    reader.check("fact")
    page.get_by_role("button", name="Withdraw it").click()
    page.get_by_text("It does not count any more").wait_for()
    assert list(live()) == ["S2|1"]
    reader.check("fact-withdrawn")

    reader.go("/vendor/data/kinds/new/")
    page.get_by_label("Name", exact=True).fill("Reviews")
    page.get_by_label("Short name").fill("reviews")
    page.get_by_label("Column of the key").fill("review_id")
    page.get_by_label("Column of the day by which it counts").fill("written_on")
    page.get_by_label("Name of column 1", exact=True).fill("stars")
    page.get_by_role("button", name="Add it").click()
    reader.check("kind-new-refused")
    page.get_by_label("What column 1 holds").select_option("integer")
    page.get_by_role("button", name="Add it").click()
    page.get_by_text("stars").wait_for()

    reader.go("/vendor/data/rates/")
    reader.check("rates-none")
    file = tmp_path / "eurofxref.csv"
    file.write_text("Date, USD, SEK, \n2026-04-30, 1.1, 11.52,\n")
    page.get_by_label("File").set_input_files(str(file))
    page.get_by_role("button", name="Load the rates").click()
    page.get_by_text("Loaded: 2 new").wait_for()
    reader.check("rates")
    page.get_by_label("Day").fill("2026-05-02")
    page.get_by_label("Currency", exact=True).fill("XQZ")
    page.get_by_label("Units for one euro").fill("1")
    page.get_by_role("button", name="Add the rate").click()
    reader.check("rates-refused")
    assert Rate.objects.count() == 2

    reader.go("/vendor/data/references/")
    reader.check("references-none")
    file = tmp_path / "products.csv"
    file.write_text("product_id,name,family\np-1,Pen,Office\n")
    page.get_by_label("File").set_input_files(str(file))
    page.get_by_role("button", name="Load the file").click()
    page.get_by_text("Loaded: 1 new").wait_for()
    reader.check("references")
    assert Reference.objects.get().key == "p-1"


def test_a_partners_own_reports(reader, vendor):
    reader.sign_in(vendor["ada"])
    reader.go("/portal/data/")
    reader.check("portal-imports")
    reader.page.get_by_role("link", name="Load a file").first.click()
    reader.check("portal-import-new")
    batch = uploaded(["S1,1,nobody,2026-05-01,,,5,EUR"], scope=scope_of(vendor["ada"]))
    for part in ("", "map/", "rows/"):
        reader.go(f"/portal/data/{batch.pk}/{part}")
        reader.check(f"portal-import-{part.strip('/')}")


def test_companies_from_a_file(reader, vendor, tmp_path):
    page = reader.page
    reader.sign_in(vendor["manager"])
    reader.go("/vendor/partners/load/")
    reader.check("partners-load")
    file = tmp_path / "partners.csv"
    file.write_text("key,name,land\nnew,New,DE\n")
    page.get_by_label("File").set_input_files(str(file))
    page.get_by_role("button", name="Send the file").click()
    page.get_by_text("there is no column land").wait_for()
    reader.check("partners-look")
    page.get_by_label("land").select_option("country")
    page.get_by_role("button", name="Look again").click()
    page.get_by_role("button", name="Load the companies").click()
    page.get_by_text("1 companies are new").wait_for()
    assert Partner.objects.get(key="new").country == "DE"
