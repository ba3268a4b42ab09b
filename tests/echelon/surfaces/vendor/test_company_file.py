"""A file of companies is looked at first, its columns are named, and then it is loaded."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from echelon.foundation.access import Role
from echelon.records.partners.models import Partner
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import partner, staff, trail

pytestmark = pytest.mark.django_db
PLACE = "/vendor/partners/load/"


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"


@pytest.fixture
def client():
    return signed_in(staff(Role.PROGRAM_MANAGER))


def sent(client, text, name="partners.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(PLACE, {"file": SimpleUploadedFile(name, data)})


def stored(answer):
    found = re.search(r'name="stored" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def test_what_would_change_is_said_and_then_changed(client):
    partner("Acme", region="EMEA")
    answer = sent(client, "key,name,region\nacme,Acme,AMER\nbolt,Bolt,EMEA\n")
    assert "1 new companies 1 changed 0 as they were 0 mistakes" in said(answer)
    assert Partner.objects.count() == 1
    done = client.post(PLACE, {"stored": stored(answer), "verb": "load"}, follow=True)
    assert "1 companies are new, 1 were changed." in said(done)
    assert Partner.objects.get(key="acme").region == "AMER"
    assert len(trail("partners.loaded")) == 1
    again = sent(client, "key,name,region\nacme,Acme,AMER\nbolt,Bolt,EMEA\n")
    assert "All of this is known already" in said(again)


def test_mistakes_are_said_by_line_and_column_and_nothing_is_loaded(client):
    answer = sent(client, "key,name,country\nacme,Acme,Q1\nbolt,,DE\n")
    text = said(answer)
    assert "2 mistakes" in text
    assert "2 country Q1" in text
    done = client.post(PLACE, {"stored": stored(answer), "verb": "load"})
    assert "Nothing can be loaded while something is wrong" in said(done)
    assert not Partner.objects.exists()


def test_columns_are_named_or_left_out(client):
    answer = sent(client, "Nr,Noise,Firm\nacme,x,Acme\n")
    assert "there is no column Nr" in said(answer)
    given = {"stored": stored(answer), "column-0": "key", "column-1": "", "column-2": "name"}
    answer = client.post(PLACE, {**given, "verb": "look"})
    assert "1 new companies" in said(answer)
    assert answer.content.decode().count("selected") == 3, "what was chosen is kept"
    client.post(PLACE, {**given, "verb": "load"})
    assert Partner.objects.get().name == "Acme"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.csv", b"", "The file is empty"),
        ("a.csv", b"key,name\nz\xfcrich,\xff\n", "UTF-8"),
        ("a.csv", b'key,name\n"open,1\n', "quote"),
        ("a.xlsx", b"PK\x03\x04 no workbook", "no file that can be used"),
    ],
)
def test_what_is_no_table_is_refused_at_its_field(client, name, data, why):
    assert why in said(sent(client, data, name))


def test_a_file_is_its_bringers_alone(client):
    mine = stored(sent(client, "key,name\nacme,Acme\n"))
    other = signed_in(staff(Role.VENDOR_ADMIN))
    assert other.post(PLACE, {"stored": mine, "verb": "load"}).status_code == 404
    assert signed_in(staff(Role.ACCOUNT_MANAGER)).get(PLACE).status_code == 404
    assert not Partner.objects.exists()
