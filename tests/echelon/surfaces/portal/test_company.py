"""The own company: its profile is its own; a distributor sees those below."""

import pytest

from echelon.foundation.access import Role
from tests.echelon.surfaces.portal.test_home import stand
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories import enrollments
from tests.factories.partners import partner, person

pytestmark = pytest.mark.django_db


def test_an_admin_edits_the_profile_and_nothing_else():
    ours = partner("Ours", country="DE", kind="reseller")
    client = signed_in(person(ours, Role.PARTNER_ADMIN))
    text = said(client.get("/portal/company/"))
    assert "Type Reseller Country DE" in text
    answer = client.post(
        "/portal/company/edit/",
        {"website": "nonsense", "phone": "+49 1", "name": "Mine", "country": "FR"},
    )
    assert "+49 1" in answer.content.decode()  # what was typed stays
    form = {"website": "https://ours.example", "phone": "+49 1", "name": "Mine", "country": "FR"}
    client.post("/portal/company/edit/", form)
    ours.refresh_from_db()
    assert (ours.website, ours.phone) == ("https://ours.example", "+49 1")
    assert (ours.name, ours.country) == ("Ours", "DE")
    member = signed_in(person(ours))
    assert "Edit" not in said(member.get("/portal/company/"))
    assert member.get("/portal/company/edit/").status_code == 404


def test_a_distributor_goes_from_company_to_company_and_sees_tiers_alone(
    few_queries,
):
    top = partner("Top")
    below, beside = partner("Below", parent=top, phone="+1 555"), partner("Beside")
    ours, theirs = enrollments.open_program(slug="solar"), enrollments.open_program(slug="secret")
    enrollments.enrollment(top, ours)
    for scheme in (ours, theirs):
        enrollments.enrollment(below, scheme)
        stand(below, scheme, sentence="You are Silver and rich.")
    client = signed_in(person(top, Role.DISTRIBUTOR_MEMBER))
    with few_queries():
        text = said(client.get("/portal/companies/"))
    assert "2 companies" in text
    assert "Below – Silver Another program Silver Solar" in text or (
        "Below – Silver Solar Silver Another program" in text
    )
    with few_queries():
        text = said(client.get(f"/portal/companies/{below.pk}/"))
    assert "Below Top All 2" in text  # from one to the other
    assert "+1 555" in text
    assert "Silver" in text
    assert "Secret" not in text  # a program that isn't the distributor's
    assert "rich" not in text
    assert "57,700" not in text
    assert client.get(f"/portal/companies/{beside.pk}/").status_code == 404
    assert said(client.get("/portal/companies/?q=bel")).count("Below") == 1
    member = signed_in(person(top))
    assert member.get(f"/portal/companies/{below.pk}/").status_code == 404
    assert "Below" not in said(member.get("/portal/companies/"))
