"""Keys of machines and the vendor's own choices, on their pages."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from echelon.foundation.access import Role
from echelon.foundation.accounts.models import ApiKey, Vendor
from echelon.foundation.accounts.services.keys import key_of
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import staff, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return staff(Role.VENDOR_ADMIN, "Bo Boss")


def test_a_key_is_shown_once_listed_and_revoked(boss):
    client = signed_in(boss)
    assert "There is no key yet" in said(client.get("/vendor/settings/keys/"))
    day = timezone.localdate() + timedelta(days=30)
    given = {"name": "Import", "rights": ["facts.load", "company.read"], "last_day": str(day)}
    shown = client.post("/vendor/settings/keys/new/", given)
    assert "no-store" in shown.headers["Cache-Control"]
    text = re.search(r'value="(ech_[\w-]+)"', shown.content.decode())[1]
    key = key_of(text, at=timezone.now())
    assert key.rights == ["company.read", "facts.load"]
    assert key.ends_at.date() == day + timedelta(days=1)
    listed = client.get("/vendor/settings/keys/")
    assert text not in listed.content.decode()
    assert f"Import {key.start}… Read partners, Load and correct facts Bo Boss" in said(listed)
    assert "Works" in said(listed)
    client.post(f"/vendor/settings/keys/{key.pk}/revoke/")
    assert "Revoked" in said(client.get("/vendor/settings/keys/"))
    assert [event.verb for event in trail()] == ["accounts.key_made", "accounts.key_revoked"]


def test_what_a_key_lacks_is_said_at_its_field_and_what_was_typed_is_kept(boss):
    answer = signed_in(boss).post(
        "/vendor/settings/keys/new/", {"name": "Import", "last_day": "2020-01-01"}
    )
    assert "This field is required." in said(answer)
    assert "That day has gone by already." in said(answer)
    assert 'value="Import"' in answer.content.decode()
    wrong = signed_in(boss).post(
        "/vendor/settings/keys/new/", {"name": "Import", "rights": ["audit.read"]}
    )
    assert "Select a valid choice" in said(wrong)
    assert not ApiKey.objects.exists()


def test_what_the_vendor_is_called_is_read_where_people_sign_in(boss):
    client = signed_in(boss)
    assert "Echelon" in Client().get("/sign-in/").content.decode()
    given = {"name": "Contoso", "language": "de", "time_zone": "Europe/Berlin"}
    assert client.post("/vendor/settings/", given).status_code == 302
    assert Vendor.objects.get().language == "de"
    assert "Contoso" in said(Client().get("/sign-in/"))
    wrong = client.post("/vendor/settings/", {**given, "time_zone": "Mars/Base"})
    assert "Select a valid choice" in said(wrong)
