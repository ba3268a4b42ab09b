"""What somebody sets for themselves, and that pages follow it."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation

from echelon.foundation.access import Role
from echelon.foundation.accounts.models import User
from echelon.foundation.jobs.services import run_due
from echelon.records.partners.models import Person
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import partner, person, staff, trail

pytestmark = pytest.mark.django_db


def test_a_partners_person_is_called_otherwise_everywhere():
    ada = person(partner("Ours"), name="Ada")
    client = signed_in(ada)
    given = {"name": "Ada Two", "language": "", "time_zone": "Asia/Tokyo", "theme": "dark"}
    assert "Saved." in said(client.post("/account/", given, follow=True))
    run_due(timezone.now)
    assert Person.objects.get(user=ada).name == "Ada Two"
    assert trail("accounts.own_changed")[0].after == {
        "name": "Ada Two", "time_zone": "Asia/Tokyo", "theme": "dark",
    }  # fmt: skip
    assert trail("people.renamed")[0].before == {"name": "Ada"}


def test_light_or_dark_is_the_persons_until_a_device_chooses_otherwise():
    user = staff(Role.FINANCE, theme="dark")
    client = signed_in(user)
    assert 'data-bs-theme="dark"' in client.get("/vendor/").content.decode()
    client.cookies["theme"] = "light"
    assert 'data-bs-theme="light"' in client.get("/vendor/").content.decode()
    answer = client.post("/account/", {"name": user.name, "time_zone": "UTC", "theme": ""})
    assert answer.cookies["theme"].value == ""
    assert "data-bs-theme=" not in client.get("/vendor/").content.decode()


def test_pages_speak_the_persons_language_before_the_browsers():
    user = staff(Role.FINANCE)
    client = signed_in(user)
    assert '<html lang="en"' in client.get("/vendor/").content.decode()
    german = client.get("/vendor/", headers={"accept-language": "de"})
    assert '<html lang="de"' in german.content.decode()
    User.objects.filter(pk=user.pk).update(language="en")
    english = client.get("/vendor/", headers={"accept-language": "de"})
    assert '<html lang="en"' in english.content.decode()


def test_what_comes_next_on_a_thread_is_in_the_vendors_own_language_again():
    reader = signed_in(staff(Role.FINANCE, language="de"))
    assert reader.get("/vendor/").headers["content-language"] == "de"
    assert translation.get_language() == settings.LANGUAGE_CODE
    Client().get("/health/live", headers={"accept-language": "de"})
    assert translation.get_language() == settings.LANGUAGE_CODE


def test_moments_are_shown_by_the_persons_clock():
    boss = staff(Role.VENDOR_ADMIN, time_zone="Asia/Tokyo")
    at = timezone.datetime(2026, 6, 30, 20, tzinfo=timezone.get_default_timezone())
    other = staff(Role.FINANCE, last_login=at)
    client = signed_in(boss)
    assert "1 July 2026, 05:00" in said(client.get(f"/vendor/people/{other.pk}/"))
    User.objects.filter(pk=boss.pk).update(time_zone="UTC")
    assert "30 June 2026, 20:00" in said(client.get(f"/vendor/people/{other.pk}/"))


def test_what_cannot_be_is_refused():
    client = signed_in(staff(Role.FINANCE, "Fay"))
    answer = client.post("/account/", {"name": " ", "time_zone": "Mars/Base", "language": "tlh"})
    assert answer.status_code == 200
    assert User.objects.get().name == "Fay"
    assert Client().get("/account/").headers["Location"] == "/sign-in/?next=/account/"
