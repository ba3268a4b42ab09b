"""Facts are found, opened and withdrawn; kinds are made; rates and products are loaded."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from echelon.foundation.access import Role
from echelon.records.facts import selectors
from echelon.records.facts.kinds import fact_type
from echelon.records.facts.models import Batch, Fact, FactType, Rate, Reference
from echelon.records.facts.services import imports
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.facts import BOSS, NOW, committed, live, recorded, sale
from tests.factories.partners import partner, staff, trail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.CACHE_FOLDER = tmp_path / "cache"
    settings.FILES_FOLDER = tmp_path / "files"


@pytest.fixture
def client():
    partner("Acme")
    return signed_in(staff(Role.PROGRAM_MANAGER, "Mona Manager"))


def file(name, text):
    return {"file": SimpleUploadedFile(name, text.encode())}


def test_the_first_page_says_what_can_be_loaded_and_how_fresh_it_is(client):
    text = said(client.get("/vendor/data/"))
    assert "Sales sales Nothing yet" in text
    assert "There are no exchange rates yet" in text
    committed(["S1,1,acme,2026-05-01,,,5,EUR"])
    text = said(client.get("/vendor/data/"))
    assert "Sales sales 30 Jun 2026" in text
    reader = signed_in(staff(Role.VENDOR_READ_ONLY))
    text = said(reader.get("/vendor/data/"))
    assert ("Sales sales" in text, "Load a file" in text, "Imports" in text) == (True, False, False)


def test_a_kind_says_its_columns_and_gives_a_file_that_can_be_loaded(client):
    text = said(client.get("/vendor/data/kinds/sales/"))
    assert "order_number text needed · part of the key" in text
    assert "amount number · its currency: currency" in text
    assert "order_date date needed · the day by which it counts" in text
    example = client.get("/vendor/data/kinds/sales/example/").content.decode("utf-8-sig")
    assert example.splitlines()[0].startswith("order_number,order_line,partner_id,order_date,")
    for kind in selectors.types(BOSS):
        header, row = selectors.example(fact_type(kind.slug))
        lines = [",".join(row).replace("partner-key", "acme")]
        text = ",".join(header)
        whole = "\n".join([text, *lines]).encode()
        batch = imports.upload(BOSS, type=kind.slug, name="a.csv", stream=whole, at=NOW)
        imports.map_columns(BOSS, batch=batch.pk, columns=batch.mapping, at=NOW)
        imports.check(batch.pk, at=NOW)
        counts = Batch.objects.get(pk=batch.pk).counts
        assert (kind.slug, counts["new"], counts["bad"]) == (kind.slug, 1, 0)
    assert client.get("/vendor/data/kinds/nothing/").status_code == 404


def kind(**more):
    given = {"label": "Reviews", "slug": "reviews", "key": "id", "partner": "who", "date": "day"}
    given |= {"name-0": "stars", "cell-0": "integer"}
    given |= {"name-1": "fee", "cell-1": "money", "currency-1": "EUR"}
    return given | more


def test_a_kind_of_the_vendors_own_is_made(client):
    answer = client.post("/vendor/data/kinds/new/", kind(), follow=True)
    assert "stars whole number" in said(answer)
    assert FactType.objects.get(slug="reviews").spec == {
        "key": "id",
        "partner": "who",
        "date": "day",
        "columns": {"stars": "integer", "fee": {"type": "money", "currency": "EUR"}},
    }
    assert "there is a kind of this short name" in said(
        client.post("/vendor/data/kinds/new/", kind(label="Other"))
    )


def test_a_kind_says_whose_record_a_fact_is(client):
    more = {"name-2": "rep", "cell-2": "text", "owner": "rep"}
    answer = client.post("/vendor/data/kinds/new/", kind(**more), follow=True)
    assert "rep text · whose record it is, by mail address" in said(answer)
    assert FactType.objects.get(slug="reviews").owner == "rep"
    for owner, why in (("nobody", "is a column of this type"), ("stars", "holds a mail address")):
        wrong = client.post("/vendor/data/kinds/new/", kind(slug="more", **more | {"owner": owner}))
        assert why in said(wrong)
    assert not FactType.objects.filter(slug="more").exists()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"currency-1": ""}, "Name the column of the currency, or a code such as EUR."),
        ({"cell-0": ""}, "A column has a name and a content."),
        ({"slug": "Re views"}, "Small letters, digits and _, a letter first."),
        ({"name-0": "a.b c", "cell-0": "text", "key": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_with_a_kind_is_said_and_what_was_typed_is_kept(client, more, why):
    answer = client.post("/vendor/data/kinds/new/", kind(**more))
    assert why in said(answer)
    assert answer.context["form"]["name-1"].value() == "fee"
    assert not FactType.objects.filter(slug="reviews").exists()


def test_facts_are_found_by_kind_partner_day_and_import(client, django_assert_max_num_queries):
    partner("Bolt Ltd")
    recorded(sale("S1", "acme"), sale("S2", "bolt-ltd", order_date="2025-01-31"))
    batch = committed(["S3,1,acme,2026-05-01,,,5,EUR"])
    place = "/vendor/data/facts/"

    def keys(query=""):
        return [row.key for row, _columns in client.get(place + query).context["rows"]]

    with django_assert_max_num_queries(20):
        assert keys() == ["S3|1", "S2|1", "S1|1"]
    assert keys("?type=sales&who=bolt") == ["S2|1"]
    assert keys("?who=acme") == ["S3|1", "S1|1"]
    assert keys("?since=2026-01-01&until=2026-05-01") == ["S3|1", "S1|1"]
    assert keys(f"?batch={batch.pk}") == ["S3|1"]
    assert keys("?batch=nonsense") == keys("?type=leads") == keys("?who=nobody") == []
    text = said(client.get(f"{place}?since=31.12.2025"))
    assert "31.12.2025 is not a date such as 2026-01-31" in text
    text = said(client.get(f"{place}?batch={batch.pk}"))
    assert "Of the import sales.csv" in text
    assert "amount 5" in text


def test_facts_come_page_by_page(client, monkeypatch):
    monkeypatch.setattr("echelon.surfaces.shell.paging.page.__defaults__", ("", 2))
    recorded(*[sale(f"S{n}", "acme") for n in range(5)])
    seen, place = [], "/vendor/data/facts/?type=sales"
    while place:
        context = client.get(place).context
        seen += [row.key for row, _columns in context["rows"]]
        after = context["page"].next
        place = f"/vendor/data/facts/?type=sales&after={after}" if after else ""
    assert seen == ["S4|1", "S3|1", "S2|1", "S1|1", "S0|1"]


def test_before_there_are_facts_the_page_says_what_to_do(client):
    text = said(client.get("/vendor/data/facts/"))
    assert "There are no facts yet" in text
    assert "Load a file" in text


def test_a_fact_tells_its_history_and_is_withdrawn(client):
    recorded(sale("S1", "acme", "100"))
    first = Fact.objects.get()
    committed(["S1,1,acme,2026-05-01,,,5,EUR"])
    text = said(client.get(f"/vendor/data/facts/{first.pk}/"))
    assert "S1|1 Sales · Acme corrected" in text
    assert "test sales.csv" in text
    assert text.index("amount 5") < text.index("amount 100")
    text = said(client.post(f"/vendor/data/facts/{first.pk}/withdraw/", follow=True))
    assert "It does not count any more." in text
    assert "withdraws it" in text
    assert "Withdraw it" not in text
    assert live() == {}
    assert len(trail("facts.committed")) == 3
    again = said(client.post(f"/vendor/data/facts/{first.pk}/withdraw/", follow=True))
    assert "there is no fact with the key" in again


def test_who_may_not_load_does_not_learn_who_brought_a_fact(client):
    committed(["S1,1,acme,2026-05-01,,,5,EUR"])
    fact = Fact.objects.get()
    reader = signed_in(staff(Role.FINANCE))
    text = said(reader.get(f"/vendor/data/facts/{fact.pk}/"))
    assert ("S1|1" in text, "sales.csv" in text, "Withdraw it" in text) == (True, False, False)
    manager = signed_in(staff(Role.ACCOUNT_MANAGER))
    assert manager.get(f"/vendor/data/facts/{fact.pk}/").status_code == 404
    assert "There are no facts yet" in said(manager.get("/vendor/data/facts/"))


def test_rates_of_the_bank_are_loaded_and_the_newest_is_shown(client):
    assert "There are no exchange rates yet" in said(client.get("/vendor/data/rates/"))
    text = "Date, USD, SEK, \n2026-04-30, 1.1, N/A,\n2026-04-29, 1.2, 11.5,\n"
    answer = client.post("/vendor/data/rates/load/", file("eurofxref.csv", text), follow=True)
    assert "Loaded: 3 new, 0 changed, 0 as they were." in said(answer)
    assert "SEK 11.5 29 Apr 2026 USD 1.1 30 Apr 2026" in said(answer)
    answer = client.post("/vendor/data/rates/load/", file("eurofxref.csv", text), follow=True)
    assert "Loaded: 0 new, 0 changed, 3 as they were." in said(answer)
    answer = client.post("/vendor/data/rates/load/", file("a.csv", "Tag;USD\n"))
    assert "not a file of the ECB: its header begins with Date" in said(answer)
    answer = client.post("/vendor/data/rates/load/", file("a.csv", ""))
    assert "The file is empty." in said(answer)


def test_one_rate_is_added_by_hand(client):
    given = {"date": "2026-05-02", "currency": "usd", "rate": "1.0837"}
    answer = client.post("/vendor/data/rates/add/", given, follow=True)
    assert "USD 1.0837 2 May 2026" in said(answer)
    answer = client.post("/vendor/data/rates/add/", {**given, "rate": "0", "currency": "XQZ"})
    assert "is not a currency code of ISO 4217" in said(answer)
    assert answer.context["one"]["rate"].value() == "0", "what was typed is kept"
    answer = client.post("/vendor/data/rates/add/", {**given, "rate": "2", "currency": "EUR"})
    assert "one euro is one euro" in said(answer)
    assert Rate.objects.count() == 1


def test_products_are_loaded_and_shown(client):
    assert "Products: there are none yet" in said(client.get("/vendor/data/references/"))
    place = "/vendor/data/references/load/?type=product"
    text = "product_id;name;family\np-1;Pen;Office\n"
    answer = client.post(place, file("products.csv", text), follow=True)
    assert "Loaded: 1 new, 0 changed, 0 as they were." in said(answer)
    assert "p-1 Pen Office" in said(answer)
    answer = client.post(place, file("products.csv", "product_id,colour\np-1,red\n"))
    assert "there is no column colour" in said(answer)
    answer = client.post(place, file("products.csv", "product_id,name\np-1\n"))
    assert "line 2: 1 cell, the header has 2" in said(answer)
    answer = client.post(place, file("products.csv", "name\nPen\n"))
    assert "the file has no column product_id" in said(answer)
    answer = client.post(place, file("products.pdf", "<html>"))
    assert "is neither CSV, XLSX nor Parquet" in said(answer)
    assert Reference.objects.get().payload == {"name": "Pen", "family": "Office"}


def test_tables_of_all_partners_are_not_loaded_by_who_has_some(client):
    manager = signed_in(staff(Role.ACCOUNT_MANAGER))
    assert "Load the rates" not in said(manager.get("/vendor/data/rates/"))
    given = {"date": "2026-05-02", "currency": "USD", "rate": "1"}
    assert manager.post("/vendor/data/rates/add/", given).status_code == 404
    assert not Rate.objects.exists()
