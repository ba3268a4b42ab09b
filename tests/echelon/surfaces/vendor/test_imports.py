"""A file is sent, mapped, checked, committed and taken back; what is wrong is said beside it."""

import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from echelon.foundation.access import Role
from echelon.foundation.jobs.models import Job
from echelon.foundation.jobs.services import run_due
from echelon.records.facts import selectors
from echelon.records.facts.kinds import fact_type
from echelon.records.facts.models import Batch, Fact
from echelon.records.facts.services import imports
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.facts import HEADER, NOW, committed, live, recorded, sale, uploaded
from tests.factories.partners import partner, person, scope, staff, trail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.CACHE_FOLDER = tmp_path / "cache"
    settings.FILES_FOLDER = tmp_path / "files"


@pytest.fixture
def client():
    partner("Acme")
    return signed_in(staff(Role.PROGRAM_MANAGER, "Mona Manager"))


def line(number, who="acme", amount="100"):
    return f"{number},1,{who},2026-05-01,,,{amount},EUR"


def sent(client, data, name="sales.csv", kind="sales"):
    text = data if isinstance(data, bytes) else "\n".join([HEADER, *data]).encode()
    given = {"type": kind, "file": SimpleUploadedFile(name, text)}
    return client.post("/vendor/data/imports/new/", given, follow=True)


def address(part=""):
    return f"/vendor/data/imports/{Batch.objects.get(file__isnull=False).pk}/{part}"


def choose(**columns):
    """The form of the columns of sales, by their names: a place in the header, or a value."""
    names = [one.name for one in selectors.columns(fact_type("sales"))]
    return {
        f"{'value' if isinstance(said, str) else 'column'}-{names.index(name)}": said
        for name, said in columns.items()
    }


def known():
    names = HEADER.split(",")
    return choose(**{name: names.index(name) for name in names})


def worked():
    run_due(timezone.now)


def test_a_file_goes_its_way_from_its_upload_to_being_taken_back(client):
    recorded(sale("S1", "acme", "100"))
    text = said(sent(client, [line("S1", amount="5"), line("S2"), line("S3", who="acne")]))
    assert "Which column is which in Sales" in text
    assert "acne" in text, "the first rows are shown"
    text = said(client.post(address("map/"), known(), follow=True))
    assert "The rows are being checked" in text
    worked()
    text = said(client.get(address()))
    assert "1 new 1 corrections of known facts 0 known already, unchanged 1 refused" in text
    assert "4 partner_id acne there is no partner 'acne'" in text
    assert "(did you mean acme?)" in text
    assert live()["S1|1"]["amount"] == "100", "nothing counts yet"
    text = said(client.post(address("commit/"), follow=True))
    assert "2 facts count now." in text
    assert (live()["S1|1"]["amount"], "S2|1" in live()) == ("5", True)
    text = said(client.get(address("undo/")))
    assert "2 facts of this import do not count any more" in text
    assert "1 fact that it had corrected or withdrawn counts again" in text
    text = said(client.post(address("undo/"), follow=True))
    assert "sales.csv was taken back." in text
    assert {key: row["amount"] for key, row in live().items()} == {"S1|1": "100"}


def test_the_list_says_who_loaded_what_and_where_it_stands(client, django_assert_max_num_queries):
    committed([line("S1"), line("S2"), line("S3", who="acne")])
    uploaded([line("S4")])
    with django_assert_max_num_queries(12):
        text = said(client.get("/vendor/data/imports/"))
    assert "sales.csv Sales committed 2 1 test" in text
    assert "sales.csv Sales checked – 0 test" in text
    text = said(client.get("/vendor/data/imports/?state=committed&type=sales"))
    assert text.count("sales.csv") == 2, "its name, and once more for who hears the button"
    text = said(client.get("/vendor/data/imports/?state=undone"))
    assert "No import fits this filter" in text
    assert said(client.get("/vendor/data/imports/?after=x&state=x&type=x")).count("Sales") == 3


def test_a_long_list_has_pages(client, monkeypatch):
    monkeypatch.setattr("echelon.surfaces.shell.imports.SIZE", 2)
    for number in range(5):
        uploaded([line(f"S{number}")])
    seen, place = [], "/vendor/data/imports/"
    while place:
        answer = client.get(place)
        seen += [each.pk for each, _taken in answer.context["rows"]]
        after = answer.context["next"]
        place = f"/vendor/data/imports/?after={after}" if after else ""
    assert len(seen) == len(set(seen)) == 5


def test_before_anything_was_loaded_the_page_says_what_to_do(client):
    text = said(client.get("/vendor/data/imports/"))
    assert "Nothing was loaded yet" in text
    assert text.count("Load a file") == 3


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.csv", b"", "The file is empty"),
        ("a.csv", b"\n\n", "the file has no header"),
        ("a.csv", b"a,a\n1,2\n", "twice"),
        ("a.csv", b"a,b\nz\xfcrich,\xff\n", "UTF-8"),
        ("a.csv", "a,b\n1,2\n".encode("utf-16"), "UTF-8"),
        ("a.parquet", b"PAR1 no PAR1", "table"),
        ("a.xlsx", b"PK\x03\x04 no workbook", "no file that can be used here"),
        ("a.pdf", b"%PDF-1.7 nothing", "Save it anew"),
        ("a.csv", b"<html></html>", "no file that can be used here"),
    ],
)
def test_what_is_no_table_is_refused_at_its_field(client, name, data, why):
    answer = sent(client, data, name)
    assert answer.status_code == 200
    assert why in said(answer)
    assert "Which column is which" not in said(answer)
    assert not Batch.objects.exists()


def test_columns_that_every_row_needs_are_asked_for_at_their_field(client):
    sent(client, b"Order no.,Reseller,Day,Net\nS1,acme,2026-05-01,5\n")
    assert "No column has a name that is known" in said(client.get(address("map/")))
    given = choose(order_number=0, order_date=2, amount=3, order_line="1", currency="EUR")
    answer = client.post(address("map/"), given)
    assert said(answer).count("Every row needs this: say which column it is.") == 1
    assert answer.context["form"]["value-1"].value() == "1", "what was typed is kept"
    assert "Choose a column or a value" in said(
        client.post(address("map/"), given | choose(partner_id=1) | choose(amount="5"))
    )
    client.post(address("map/"), given | choose(partner_id=1))
    worked()
    assert "1 new" in said(client.get(address()))
    again = sent(client, b"Order no.,Reseller,Day,Net\nS2,acme,2026-05-01,5\n", "next.csv")
    form = again.context["form"]
    assert (form["column-0"].value(), form["value-1"].value()) == ("0", "1"), "it is remembered"


def test_a_file_of_one_column_and_one_of_two_hundred_are_mapped(client):
    text = said(sent(client, b"Order\nS1\n"))
    assert "which has 1 column" in text
    Batch.objects.all().delete()
    names = ",".join(f"c{n}" for n in range(200))
    text = said(sent(client, f"{names}\n{','.join('x' * 200)}\n".encode()))
    assert "which has 200 columns" in text
    text = said(client.post(address("map/"), choose(order_number=0)))
    assert "Every row needs this" in text


def test_while_a_job_works_the_page_asks_again_and_then_is_another(client):
    sent(client, [line("S1")])
    client.post(address("map/"), known())
    asked = {"headers": {"HX-Request": "true"}}
    answer = client.get(address(), **asked)
    assert "it waits for a worker" in said(answer)
    assert b"<main" not in answer.content
    worked()
    answer = client.get(address(), **asked)
    assert (answer.headers["HX-Refresh"], answer.content) == ("true", b"")


def test_a_job_that_failed_is_said_and_tried_again(client, monkeypatch):
    sent(client, [line("S1")])
    client.post(address("map/"), known())
    Job.objects.update(state="failed")
    assert client.get(address(), headers={"HX-Request": "true"}).status_code == 286
    assert "The work on this import failed" in said(client.get(address()))
    client.post(address("again/"))
    worked()
    assert "1 new" in said(client.get(address()))


def test_a_large_import_is_committed_by_a_job(client, monkeypatch):
    monkeypatch.setattr("echelon.surfaces.shell.imports.AT_ONCE", 1)
    batch = uploaded([line("S1"), line("S2")])
    text = said(client.post(address("commit/"), follow=True))
    assert "The rows are being committed" in text
    assert not Fact.objects.exists()
    assert trail("facts.commit_asked")[0].subject_id == str(batch.pk)
    worked()
    assert "This counts since" in said(client.get(address()))
    assert len(live()) == 2


def test_an_import_is_given_up_and_says_so(client):
    uploaded([line("S1")])
    text = said(client.post(address("drop/"), follow=True))
    assert "sales.csv was given up: nothing counts." in text
    assert "the import is dropped: it can't be committed" in said(
        client.post(address("commit/"), follow=True)
    )
    assert client.get(address("undo/")).headers["Location"] == address()
    assert client.get(address("map/")).headers["Location"] == address()


def test_columns_may_be_chosen_anew_after_the_check(client):
    uploaded([line("S1", who="acne")])
    client.post(address("map/"), known() | choose(partner_id=0))
    worked()
    assert "S1 there is no partner 'S1'" in said(client.get(address()))


def test_a_file_that_breaks_off_says_where_and_keeps_the_choice(client, monkeypatch):
    monkeypatch.setattr("echelon.records.facts.sources._PIECE", 128)
    text = "\n".join([HEADER, line("S1")]) + f'\n{line("S2")}"\n"open,1\n'
    sent(client, text.encode())
    client.post(address("map/"), known())
    worked()
    told = said(client.get(address(), follow=True))
    assert "The check stopped, and nothing was taken" in told
    assert "quote" in told


def test_who_may_not_load_finds_no_imports(client):
    batch = uploaded([line("S1")])
    acme = person(partner("Bolt"), Role.PARTNER_ADMIN)
    for user in (staff(Role.FINANCE), staff(Role.VENDOR_READ_ONLY), acme):
        other = signed_in(user)
        for place in ("", "new/", f"{batch.pk}/", f"{batch.pk}/map/", f"{batch.pk}/undo/"):
            assert other.get(f"/vendor/data/imports/{place}").status_code == 404
        assert other.post(f"/vendor/data/imports/{batch.pk}/commit/").status_code == 404
    assert Batch.objects.get().state == "checked"


def test_an_account_manager_sees_the_own_imports_alone(client):
    uploaded([line("S1")])
    manager = staff(Role.ACCOUNT_MANAGER)
    theirs = signed_in(manager)
    assert theirs.get(address()).status_code == 404
    assert "Nothing was loaded yet" in said(theirs.get("/vendor/data/imports/"))
    imports.upload(
        scope(manager), type="sales", name="mine.csv", stream=io.BytesIO(HEADER.encode()), at=NOW
    )
    assert "mine.csv" in said(theirs.get("/vendor/data/imports/"))


def cells(batch, line, **typed):
    """What is typed into the cells of a line, by the names of columns."""
    names = [one.name for one in selectors.columns(fact_type("sales"))]
    return {f"cell-{line}-{names.index(name)}": text for name, text in typed.items()}


def test_refused_rows_are_mended_in_place_and_what_is_typed_is_kept(client):
    batch = uploaded([line("S1"), line("S2", who="acne"), line("S3", amount="x")])
    text = said(client.get(address("rows/")))
    assert "there is no partner 'acne' (did you mean acme?)" in text
    assert "'x' is not a number" in text
    given = cells(batch, 3, partner_id="acme") | cells(batch, 4, amount="seven", channel="web")
    answer = client.post(address("rows/"), given, follow=True)
    text = said(answer)
    assert "1 row is good now. 1 row is still refused." in text
    assert "Line 3" not in text
    assert 'value="seven"' in answer.content.decode()
    assert 'value="web"' in answer.content.decode()
    text = said(client.post(address("rows/"), cells(batch, 4, amount="seven"), follow=True))
    assert "Nothing was changed, so nothing was checked." in text
    text = said(client.post(address("rows/"), cells(batch, 4, amount="7"), follow=True))
    assert "No row is refused" in text
    client.post(address("commit/"))
    assert (live()["S2|1"]["amount"], live()["S3|1"]["channel"]) == ("100", "web")


def test_a_row_is_checked_again_as_it_is_once_its_partner_is_there(client):
    uploaded([line("S1", who="bolt")])
    partner("Bolt")
    text = said(client.post(address("rows/"), {"again": "2"}, follow=True))
    assert "1 row is good now." in text


def test_cells_of_several_lines_and_long_ones_are_not_harmed_by_the_page(client):
    long = "y" * 5000
    rows = ['S1,1,acme,2026-05-01,"a\nb",,x,EUR', f"S2,1,acne,2026-05-01,{long},,1,EUR"]
    batch = uploaded(rows)
    page = client.get(address("rows/")).content.decode()
    assert ("<textarea" in page, "5000 characters: mend it in the file" in page) == (True, True)
    assert long not in page
    given = cells(batch, 2, product_id="a\r\nb", amount="5") | cells(batch, 4, partner_id="acme")
    client.post(address("rows/"), given)
    client.post(address("commit/"))
    assert live()["S1|1"]["product_id"] == "a\nb"
    assert live()["S2|1"]["product_id"] == long


def test_rows_come_page_by_page(client, monkeypatch):
    monkeypatch.setattr("echelon.surfaces.shell.import_rows.ROWS", 2)
    batch = uploaded([line(f"S{n}", amount="x") for n in range(5)])
    text = said(client.get(address("rows/")))
    assert ("Line 2" in text, "Line 3" in text, "Line 4" in text) == (True, True, False)
    given = cells(batch, 4, amount="1")
    answer = client.post(address("rows/?after=3"), given)
    assert answer.headers["Location"] == address("rows/?after=3")
    assert "Line 5" in said(client.get(address("rows/?after=3")))
    assert "No refused rows from here on" in said(client.get(address("rows/?after=99")))


def test_refused_rows_are_taken_home_with_their_reasons(client):
    uploaded([line("S1", who="acne")])
    answer = client.get(address("rows/csv/"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sales-refused.csv"'
    assert answer.content.decode("utf-8-sig").splitlines() == [
        f"line,reason,{HEADER}",
        "2,partner_id: there is no partner 'acne',S1,1,acne,2026-05-01,,,100,EUR",
    ]
    answer = client.get(address("rows/xlsx/"))
    assert answer.content[:2] == b"PK"


def test_once_committed_rows_are_shown_and_not_mended(client):
    batch = uploaded([line("S1"), line("S2", who="acne")])
    client.post(address("commit/"))
    text = said(client.get(address("rows/")))
    assert "Check these rows again" not in text
    answer = client.post(address("rows/"), cells(batch, 3, partner_id="acme"))
    assert "rows can be mended once the import is checked" in said(answer)
    assert 'value="acme"' in answer.content.decode(), "what was typed is kept"


def test_formulas_of_a_workbook_come_as_their_values_and_huge_cells_are_refused_alone(client):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER.split(","))
    sheet.write_row(1, 0, ["S1", "1", "acme", "2026-05-01", "", ""])
    sheet.write_formula(1, 6, "=10+2.5", value=12.5)
    sheet.write_string(1, 7, "EUR")
    book.close()
    sent(client, out.getvalue(), "sales.xlsx")
    client.post(address("map/"), known())
    worked()
    client.post(address("commit/"))
    assert live()["S1|1"]["amount"] == "12.5"

    Batch.objects.update(file=None)
    huge = "y" * 3_000_000
    sent(client, [line("S2"), f"{huge},1,acme,2026-05-01,,,1,EUR"], "huge.csv")
    assert huge not in client.get(address("map/")).content.decode()
    client.post(address("map/"), known())
    worked()
    answer = client.get(address())
    assert "the key has more than 200 characters" in said(answer)
    assert "1 new" in said(answer)
    assert len(answer.content) < 100_000
    assert len(client.get(address("rows/")).content) < 100_000
