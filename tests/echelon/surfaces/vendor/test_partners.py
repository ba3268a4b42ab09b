"""The list of partners shows, sorts, saves and gives away what its filter says, and no more."""

import csv
import io
import zipfile

import pytest

from echelon.foundation.access import Role
from echelon.foundation.audit.models import AuditEvent
from echelon.records.partners.models import Partner, Person
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories import programs
from tests.factories.partners import partner, person, staff
from tests.factories.standings import SENTENCE, stand

pytestmark = pytest.mark.django_db
QUERIES = 15


@pytest.fixture
def client():
    return signed_in(staff(Role.PROGRAM_MANAGER, "Mona Manager"))


def names(answer):
    return [each.name for each in answer.context["page"].rows]


def test_the_list_shows_all_by_name_in_few_queries(client, django_assert_max_num_queries):
    for name in ("Zeta", "alpha", "Mid"):
        partner(name, kind="reseller", country="DE")
    with django_assert_max_num_queries(QUERIES):
        answer = client.get("/vendor/partners/")
    assert names(answer) == ["alpha", "Mid", "Zeta"]
    assert "3 partners" in said(answer)


def test_a_filter_in_the_address_narrows_and_can_be_saved_and_opened(client):
    partner("North", region="EMEA")
    partner("South", region="APAC")
    assert names(client.get("/vendor/partners/?regions=EMEA")) == ["North"]
    client.post("/vendor/partners/save/?regions=EMEA", {"name": "Ours"})
    [(view, query)] = client.get("/vendor/partners/").context["views"]
    assert (view.name, query) == ("Ours", "regions=EMEA")


def test_pages_follow_each_other_without_gap_or_repetition(client):
    for number in range(60):
        partner(f"Company {number:03}")
    first = client.get("/vendor/partners/")
    second = client.get("/vendor/partners/", {"after": first.context["page"].next})
    assert names(first) + names(second) == [f"Company {number:03}" for number in range(60)]


def test_an_address_that_cannot_be_read_shows_all_and_says_so(client):
    partner("Ours")
    answer = client.get("/vendor/partners/?order=nonsense")
    assert names(answer) == ["Ours"]
    assert "can't be sorted by nonsense" in said(answer)


def test_a_file_has_exactly_the_rows_of_the_filter_and_is_audited(client):
    partner("=North", key="north", region="EMEA")
    partner("South", region="APAC")
    answer = client.post("/vendor/partners/export/?regions=EMEA", {"form": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["key"], row["name"]) for row in rows] == [("north", "'=North")]
    event = AuditEvent.objects.get(verb="partners.exported")
    assert event.after["filter"] == {"regions": ["EMEA"]}
    assert (event.after["kind"], event.after["count"]) == ("csv", 1)
    book = client.post("/vendor/partners/export/?regions=EMEA", {"form": "xlsx"})
    sheets = zipfile.ZipFile(io.BytesIO(book.content)).read("xl/sharedStrings.xml").decode()
    assert "=North" in sheets
    assert "South" not in sheets
    assert '{"regions": ["EMEA"]}' in sheets


def test_who_may_not_export_finds_no_such_page():
    partner("Ours")
    reader = signed_in(staff(Role.VENDOR_READ_ONLY))
    assert reader.post("/vendor/partners/export/").status_code == 404
    assert "Excel" not in said(reader.get("/vendor/partners/"))


def test_an_account_manager_sees_the_own_partners_alone():
    manager = staff(Role.ACCOUNT_MANAGER)
    mine, other = partner("Mine", manager=manager), partner("Other")
    client = signed_in(manager)
    assert names(client.get("/vendor/partners/")) == ["Mine"]
    assert client.get(f"/vendor/partners/{mine.id}/").status_code == 200
    assert client.get(f"/vendor/partners/{other.id}/").status_code == 404


def test_the_name_of_a_parent_that_is_not_the_readers_is_nowhere():
    manager = staff(Role.ACCOUNT_MANAGER)
    mine = partner("Mine", parent=partner("Secret Holding"), manager=manager)
    client = signed_in(manager)
    for page in ("/vendor/partners/", f"/vendor/partners/{mine.id}/"):
        assert "Secret" not in client.get(page).content.decode()
    exported = client.post("/vendor/partners/export/", {"form": "csv"}).content.decode()
    assert "mine" in exported
    assert "secret" not in exported


def test_a_company_shows_its_family(client, django_assert_max_num_queries):
    top = partner("Top")
    ours = partner("Ours", parent=top, segment="Large")
    partner("Below", parent=ours)
    with django_assert_max_num_queries(QUERIES):
        text = said(client.get(f"/vendor/partners/{ours.id}/"))
    assert "Top" in text
    assert "Below" in text
    assert "Large" in text


def test_a_company_is_added_and_what_is_wrong_stands_beside_it(client):
    wrong = client.post("/vendor/partners/new/", {"key": "new", "name": "New", "country": "Q1"})
    assert wrong.status_code == 200
    assert 'id="id_country_error"' in wrong.content.decode()
    assert 'value="New"' in wrong.content.decode()
    assert not Partner.objects.exists()
    given = {"key": "new", "name": "New", "country": "DE", "tags": "a, b"}
    made = client.post("/vendor/partners/new/", given)
    company = Partner.objects.get()
    assert made.headers["Location"] == f"/vendor/partners/{company.id}/"
    assert (company.key, company.country, company.tags) == ("new", "DE", ["a", "b"])


def test_a_company_is_edited(client):
    ours = partner("Ours", region="EMEA")
    page = f"/vendor/partners/{ours.id}/edit/"
    assert 'value="EMEA"' in client.get(page).content.decode()
    client.post(page, {"name": "Ours anew", "region": "APAC"})
    ours.refresh_from_db()
    assert (ours.name, ours.region, ours.key) == ("Ours anew", "APAC", "ours")


def test_people_are_invited_and_leave(client):
    ours = partner("Ours")
    page = f"/vendor/partners/{ours.id}/people/"
    given = {"name": "Ada", "email": "ada@ours.test", "role": "partner_admin"}
    shown = client.post(f"{page}invite/", given, follow=True)
    assert "/invitation/" in said(shown)
    assert "Ada ada@ours.test Admin Invited" in said(shown)
    bob = Person.objects.get(user=person(ours, name="Bob"))
    client.post(f"{page}{bob.id}/left/")
    client.get(page)  # says once that he left
    assert "Bob" not in said(client.get(page))


def test_a_person_of_another_company_is_nobody_here(client):
    ours, theirs = partner("Ours"), partner("Theirs")
    bob = Person.objects.get(user=person(theirs, name="Bob"))
    assert client.post(f"/vendor/partners/{ours.id}/people/{bob.id}/left/").status_code == 404
    bob.refresh_from_db()
    assert bob.left_at is None


def test_the_tiers_held_are_shown_by_program_in_few_queries(client, django_assert_max_num_queries):
    ours, other = partner("Ours"), partner("Other")
    for slug in ("solar", "wind"):
        scheme = programs.program(slug, name=slug.capitalize())
        programs.version(scheme)
        stand(ours, scheme, "gold" if slug == "wind" else "silver")
        stand(other, scheme, None)
    with django_assert_max_num_queries(QUERIES):
        text = said(client.get("/vendor/partners/"))
    assert "Ours Silver Gold" in " ".join(text.split())
    with django_assert_max_num_queries(QUERIES):
        text = said(client.get(f"/vendor/partners/{ours.id}/"))
    assert f"Silver Solar {SENTENCE} Gold Wind {SENTENCE}" in text
    assert f"No tier Solar {SENTENCE}" in said(client.get(f"/vendor/partners/{other.id}/"))
