"""Pages in German: chosen by the browser or the person, with German dates and numbers."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.template import engines
from django.test import Client
from django.utils import timezone, translation

from echelon.foundation.access import Role
from echelon.foundation.accounts.models import User
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import partner, person, staff, trail
from tests.frame.require import ROOT
from tools.words import catalogue, compiled, lacking, marked, path_of

pytestmark = pytest.mark.django_db


def test_a_stranger_is_addressed_as_the_browser_asks_or_as_chosen():
    client = Client(headers={"accept-language": "de"})
    assert "Anmelden" in said(client.get("/sign-in/"))
    answer = client.post("/language/", {"language": "en", "next": "/sign-in/reset/"})
    assert answer.headers["Location"] == "/sign-in/reset/"
    assert "Send me the mail" in said(client.get("/sign-in/reset/"))


def test_a_choice_leads_nowhere_else_and_knows_the_languages_there_are():
    client = Client()
    answer = client.post("/language/", {"language": "tlh", "next": "https://else.test/"})
    assert answer.headers["Location"] == "/"
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies


def test_who_has_signed_in_keeps_the_language_in_every_browser():
    ada = person(partner("Ours"))
    signed_in(ada).post("/language/", {"language": "de", "next": "/portal/"})
    assert User.objects.get(pk=ada.pk).language == "de"
    assert trail("accounts.own_changed")[0].after == {"language": "de"}
    assert "Wo Sie stehen" in said(signed_in(ada).get("/portal/"))


def test_refusals_are_german_too():
    boss = staff(Role.VENDOR_ADMIN, language="de")
    answer = signed_in(boss).post(f"/vendor/people/{boss.pk}/decide/", {"verb": "off"}, follow=True)
    assert "Bestimmen Sie zuerst eine weitere." in said(answer)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "1,234.50 | 30 June 2026 | 30 June 2026, 20:05 | EUR 1,234.50"),
        ("de", "1.234,50 | 30. Juni 2026 | 30. Juni 2026, 20:05 | EUR 1.234,50"),
    ],
)
def test_numbers_dates_and_money_follow_the_language(language, expected):
    template = engines["django"].from_string(
        "{% load shell %}{{ number|figure }} | {{ day|date:'DATE_FORMAT' }} | "
        "{{ moment|date:'DATETIME_FORMAT' }} | EUR {{ number|figure }}"
    )
    moment = timezone.datetime(2026, 6, 30, 20, 5, tzinfo=timezone.get_default_timezone())
    with translation.override(language):
        assert (
            template.render(
                {"number": Decimal("1234.5"), "day": date(2026, 6, 30), "moment": moment}
            )
            == expected
        )


def test_the_catalogue_is_compiled_and_keeps_what_stands_in_braces():
    assert path_of("de").with_suffix(".mo").read_bytes() == compiled("de"), "python -m tools.words"
    assert [each.id for each in catalogue("de") if list(each.check(None))] == []


def test_every_text_has_german_words():
    assert lacking("de") == [], "run python -m tools.words and write them"
    assert len(marked()) > 1500


def test_dates_are_short_in_tables_and_long_elsewhere():
    """One way of each on all pages: `SHORT_DATE_FORMAT` in the body of a table, else the long."""
    wrong = []
    for file in sorted((ROOT / "src" / "echelon" / "surfaces").rglob("*.html")):
        text = file.read_text("utf-8")
        rest = re.sub(r"<tbody.*?</tbody>|<td\b.*?</td>", "", text, flags=re.S)
        inside = "".join(re.findall(r"<tbody.*?</tbody>|<td\b.*?</td>", text, re.S))
        wrong += [file.name for _each in re.findall(r'\|date:"SHORT_', rest)]
        wrong += [file.name for _each in re.findall(r'\|date:"DATE', inside)]
    assert wrong == []
