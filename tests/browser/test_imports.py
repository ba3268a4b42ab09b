"""A file with bad rows in a real browser: sent, mapped, checked, mended, committed, taken back."""

from pathlib import Path

import pytest
from django.utils import timezone

from echelon.foundation.jobs.services import run_due
from echelon.records.facts.models import Batch
from tests.factories.facts import HEADER, live

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folders(settings, tmp_path: Path) -> None:
    settings.CACHE_FOLDER = tmp_path / "cache"
    settings.FILES_FOLDER = tmp_path / "files"


def line(number: str, who: str = "contoso-retail", amount: str = "100") -> str:
    return f'{number},1,{who},2026-05-01,,,"{amount}",EUR'


def test_the_way_of_a_file(reader, vendor, tmp_path):
    page = reader.page
    reader.sign_in(vendor["manager"])
    reader.go("/vendor/data/imports/")
    reader.check("imports-none")
    page.get_by_role("link", name="Load a file").first.click()
    reader.check("import-new")

    file = tmp_path / "sales.csv"
    file.write_bytes(b"a,a\n1,2\n")
    page.get_by_label("What the rows are").select_option("sales")
    page.get_by_label("File", exact=True).set_input_files(str(file))
    page.get_by_role("button", name="Send the file").click()
    page.get_by_text("twice").wait_for()
    reader.check("import-refused")

    rows = [line("S1"), line("S2", who="contoso-retial"), line("S3", amount="1.000,50"), line("S4")]
    file.write_text("\n".join([HEADER.replace("order_date", "Day"), *rows]))
    page.get_by_label("What the rows are").select_option("sales")
    page.get_by_label("File", exact=True).set_input_files(str(file))
    page.get_by_role("button", name="Send the file").click()
    page.wait_for_url("**/map/")
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_text("Every row needs this").wait_for()
    reader.check("import-map")
    page.get_by_label("order_date", exact=True).select_option("Day")
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_text("The rows are being checked").wait_for()
    reader.check("import-working")
    run_due(timezone.now)
    page.get_by_text("Nothing counts yet").wait_for()
    reader.check("import-checked")

    page.get_by_role("link", name="Mend them here").click()
    reader.check("import-rows")
    assert page.locator(".is-invalid").nth(1).input_value() == "1.000,50"
    page.locator(".is-invalid").first.fill("contoso-retail")
    page.get_by_role("button", name="Check these rows again").click()
    page.get_by_text("1 row is good now").wait_for()
    reader.check("import-rows-mended")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV of the refused rows").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert text.splitlines()[0] == f"line,reason,{HEADER.replace('order_date', 'Day')}"
    assert text.splitlines()[1].startswith("4,\"amount: '1.000,50' is not a number")

    page.get_by_role("link", name="sales.csv").click()
    page.get_by_role("button", name="Commit 3 rows").click()
    page.get_by_text("3 facts count now").wait_for()
    assert sorted(live()) == ["S1|1", "S2|1", "S4|1"]
    reader.check("import-committed")
    reader.go("/vendor/data/imports/")
    reader.check("imports")
    page.get_by_role("link", name="Take back").click()
    page.get_by_text("This is what changes").wait_for()
    reader.check("import-undo")
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("was taken back.").wait_for()
    assert (live(), Batch.objects.get().state) == ({}, "undone")
    reader.check("import-undone")
