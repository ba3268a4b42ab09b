"""Viewing as a partner: reading only, no more than the viewer may see, for a while, told to all."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from echelon.foundation.access import RIGHTS, Hidden, Right, Role
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import Viewing
from echelon.records.partners.services import viewing
from tests.echelon.surfaces.reading import said as words
from tests.echelon.surfaces.reading import signed_in
from tests.factories.partners import NOW, partner, person, said, scope, staff, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    return partner("Acme")


@pytest.fixture
def manager():
    return staff(Role.PROGRAM_MANAGER, "Maud")


@pytest.fixture
def browser(manager):
    client = Client()
    client.force_login(manager)
    return client


def view(browser, company):
    return browser.post(f"/vendor/partners/{company.id}/view/")


def test_one_sees_the_portal_reads_and_changes_nothing(browser, acme):
    other = partner("Other")
    colleague = person(acme, Role.PARTNER_ADMIN, "Ann")
    assert view(browser, acme).headers["Location"] == "/portal/"
    page = browser.get("/portal/people/")
    assert page.status_code == 200
    assert "Ann" in page.text
    assert "You see the portal as <strong><bdi>Acme</bdi></strong> does." in page.text
    assert browser.get("/").headers["Location"] == "/portal/"
    for address in ("/vendor/", f"/vendor/partners/{acme.id}/", f"/vendor/partners/{other.id}/"):
        assert browser.get(address).status_code == 404
    assert browser.post(f"/vendor/partners/{other.id}/view/").status_code == 404
    assert browser.post("/portal/people/").status_code == 404
    assert colleague.is_active


def test_it_is_told_to_the_audit_and_to_whoever_listens(browser, manager, acme):
    view(browser, acme)
    (begun,) = trail("partners.view_begun")
    assert (begun.actor_name, begun.partner, begun.behalf) == ("Maud", acme.id, "")
    made = Viewing.objects.get()
    assert said("partners.PartnerViewed") == [{"partner": str(acme.id), "viewing": str(made.pk)}]
    assert (
        browser.post("/portal/viewing/end/").headers["Location"] == f"/vendor/partners/{acme.id}/"
    )
    (ended,) = trail("partners.view_ended")
    assert (ended.actor_name, ended.behalf) == ("Maud", "Acme")
    assert browser.get("/vendor/").status_code == 200
    assert browser.post("/portal/viewing/end/").status_code == 404


def test_it_ends_by_itself_and_says_so(browser, acme):
    view(browser, acme)
    Viewing.objects.update(until=timezone.now())
    answer = browser.get("/portal/people/", follow=True)
    assert answer.redirect_chain[-1][0] == "/vendor/"
    assert "Viewing as a partner has ended." in answer.text
    assert browser.get("/portal/people/").status_code == 404


@pytest.mark.parametrize("loss", ["right", "company", "account"])
def test_who_loses_the_right_sees_nothing_more_at_once(browser, manager, acme, loss):
    view(browser, acme)
    if loss == "right":
        manager.role = Role.FINANCE
        manager.save()
    elif loss == "company":
        acme.archived_at = NOW
        acme.save()
    else:
        manager.is_active = False
        manager.save()
    assert b"Acme" not in browser.get("/portal/people/").content


def test_an_account_manager_views_as_their_own_partners_alone(acme):
    user = staff(Role.ACCOUNT_MANAGER)
    mine = partner("Mine", manager=user)
    assert viewing.begin(scope(user), partner=mine.id, at=NOW).partner == mine
    with pytest.raises(Hidden):
        viewing.begin(scope(user), partner=acme.id, at=NOW)
    with pytest.raises(Hidden):
        viewing.begin(scope(person(mine)), partner=mine.id, at=NOW)


def test_anothers_viewing_opens_nothing(manager, acme):
    made = viewing.begin(scope(manager), partner=acme.id, at=NOW)
    thief = scope(staff(Role.VENDOR_ADMIN))
    assert viewing.narrowed(thief, viewing=made.pk, at=NOW) is None
    with pytest.raises(Hidden):
        viewing.end(thief, viewing=made.pk, at=NOW)


def test_nothing_is_seen_that_the_viewer_may_not_read_anyway():
    for role in (each for each in Role if Right.VIEW_AS_PARTNER in RIGHTS[each]):
        seen = set(RIGHTS[Role.PARTNER_MEMBER]) - {Right.PORTAL_ENTER}
        assert seen <= set(RIGHTS[role]), role


def test_looking_at_many_partners_is_slowed_down(manager, acme):
    mine = scope(manager)
    for _ in range(viewing.MOST):
        viewing.begin(mine, partner=acme.id, at=NOW)
    with pytest.raises(Refused, match="try again later"):
        viewing.begin(mine, partner=acme.id, at=NOW + timedelta(minutes=59))
    assert viewing.begin(mine, partner=acme.id, at=NOW + timedelta(minutes=61))
    assert Viewing.objects.filter(until__gt=NOW + timedelta(minutes=61)).count() == 1


def test_the_partners_admins_read_who_of_the_vendor_looked_when_and_how_long(browser, acme):
    other = partner("Other")
    admin, member = person(acme, Role.PARTNER_ADMIN, "Ann"), person(acme)
    view(browser, acme)
    assert "When your vendor looked" not in browser.get("/portal/company/").text
    page = words(signed_in(admin).get("/portal/company/"))
    assert "Maud" in page
    assert "· looking now" in page
    now = timezone.now()
    Viewing.objects.update(begun_at=now - timedelta(minutes=12, seconds=30), until=now)
    assert "· 13 minutes" in words(signed_in(admin).get("/portal/company/"))
    for user in (member, person(other, Role.PARTNER_ADMIN)):
        assert "Maud" not in words(signed_in(user).get("/portal/company/"))
    text = words(signed_in(person(other, Role.PARTNER_ADMIN)).get("/portal/company/"))
    assert "Nobody has looked so far." in text
