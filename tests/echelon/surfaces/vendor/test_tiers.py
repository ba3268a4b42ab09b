"""The catalogue's pages, and tiers shown with their badges elsewhere."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from echelon.foundation.access import Role
from echelon.records.programs.models import TierEntry
from tests.echelon.records.programs.test_catalogue import SVG, png
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import partner, person, scope, staff
from tests.factories.programs import program, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return signed_in(staff(Role.PROGRAM_MANAGER))


@pytest.fixture
def gold(client):
    client.post("/vendor/tiers/", {"key": "gold", "name": "Gold", "colour": "#c0a040"})
    return TierEntry.objects.get()


def drawn(user, text, **more):
    request = RequestFactory().get("/")
    request.scope = scope(user)
    return Template("{% load tiers %}" + text).render(Context({"request": request, **more}))


def test_tiers_that_programs_have_are_offered(client, gold):
    version(program("solar"))
    text = said(client.get("/vendor/tiers/"))
    assert "Gold gold Solar" in text
    assert "silver · Solar · Add silver" in text


def test_a_badge_is_brought_shown_to_partners_and_taken_away(client, gold):
    address = f"/vendor/tiers/{gold.id}/badge/"
    refused = client.post(address, {"badge": SimpleUploadedFile("g.svg", SVG)})
    assert "no file that can be used here" in said(refused)
    client.post(address, {"badge": SimpleUploadedFile("g.png", png())})
    reader = person(partner())
    shown = signed_in(reader).get("/badges/gold/")
    assert b"".join(shown.streaming_content) == png()
    assert drawn(reader, "{% tier_badge 'gold' %}").startswith(
        '<span class="tier"><img class="tier-badge" src="/badges/gold/?v='
    )
    client.post(address, {"act": "clear"})
    assert signed_in(reader).get("/badges/gold/").status_code == 404


def test_a_tier_is_drawn_as_well_as_it_is_known(client, gold):
    reader = person(partner())
    assert 'fill="#c0a040"' in drawn(reader, "{% tier_badge 'gold' 'Or' %}")
    assert drawn(reader, "{% tier_badge 'solid_gold' %}") == '<span class="tier">Solid gold</span>'
    assert drawn(reader, "{% tier_badge nothing %}") == ""


def test_the_catalogue_is_read_once_a_page(client, gold):
    reader = person(partner())
    with CaptureQueriesContext(connection) as asked:
        drawn(reader, "{% for i in '1234' %}{% tier_badge 'gold' %}{% endfor %}")
    assert sum("programs_tierentry" in query["sql"] for query in asked) == 1
