"""The vendor's own people: listed, invited, given roles, kept out; refusals in words."""

import re

import pytest
from allauth.mfa.models import Authenticator

from echelon.foundation.access import Role
from echelon.foundation.accounts.models import Invitation, User
from echelon.records.partners.models import Partner
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import NOW, partner, person, staff, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return staff(Role.VENDOR_ADMIN, "Bo Boss")


def test_the_list_says_role_reach_second_factor_and_account(boss):
    ann = staff(Role.ACCOUNT_MANAGER, "Ann Lee", regions=["DACH"], last_login=NOW)
    partner("Ours", manager=ann)
    Authenticator.objects.create(user=ann, type="totp", data={})
    staff(Role.FINANCE, "Fay Out", is_active=False)
    text = said(signed_in(boss).get("/vendor/people/"))
    row = "Ann Lee ann.lee@vendor.test Account manager 1 partner assigned and all of DACH"
    assert f"{row} 30 Jun 2026, 12:00 Yes Active" in text
    assert "Fay Out" in text
    assert "Deactivated" in text
    assert trail("staff.read")[0].after == {"rows": 3}


def test_the_list_is_filtered_by_role_and_account(boss):
    staff(Role.FINANCE, "Fay Out", is_active=False)
    client = signed_in(boss)
    assert "Fay Out" not in said(client.get("/vendor/people/?state=active"))
    assert "Bo Boss" not in said(client.get("/vendor/people/?role=finance"))
    assert "Nobody fits" in said(client.get("/vendor/people/?role=compliance"))
    assert "Bo Boss" in said(client.get("/vendor/people/?role=nonsense&state=x"))


def test_an_invitation_is_made_renewed_and_withdrawn(boss):
    partner("Ours", region="DACH")
    client = signed_in(boss)
    given = {"name": "Ada", "email": "ada@vendor.test", "role": "account_manager"}
    shown = client.post("/vendor/people/invite/", {**given, "regions": ["DACH"]}, follow=True)
    link = re.search(r"/invitation/\?token=([\w-]+)", said(shown))
    assert link is not None
    made = Invitation.objects.get()
    assert (made.role, made.regions, made.partner) == ("account_manager", ["DACH"], None)
    page = f"/vendor/people/invitations/{made.pk}/"
    renewed = re.search(
        r"/invitation/\?token=([\w-]+)", said(client.post(page, {"verb": "renew"}, follow=True))
    )
    assert renewed is not None
    assert renewed[1] != link[1]
    assert client.get(link[0]).status_code == 404
    assert "withdrawn" in said(client.post(page, {"verb": "withdraw"}, follow=True))
    assert client.get(renewed[0]).status_code == 404
    assert "ended already" in said(client.post(page, {"verb": "renew"}, follow=True))


def test_what_was_typed_is_kept_when_an_invitation_is_refused(boss):
    answer = signed_in(boss).post(
        "/vendor/people/invite/", {"name": "Ada", "email": "no address", "role": "finance"}
    )
    assert "Enter a valid email address." in said(answer)
    assert 'value="no address"' in answer.content.decode()


def test_a_region_for_who_is_no_account_manager_is_refused_in_words(boss):
    partner("Ours", region="DACH")
    user = staff(Role.FINANCE)
    answer = signed_in(boss).post(
        f"/vendor/people/{user.pk}/role/", {"role": "finance", "regions": ["DACH"]}
    )
    assert "Only an account manager works by region" in said(answer)


def test_the_last_administrator_is_told_why_not(boss):
    client = signed_in(boss)
    out = client.post(f"/vendor/people/{boss.pk}/decide/", {"verb": "off"}, follow=True)
    assert "This is the last administrator. Make another one first." in said(out)
    less = client.post(f"/vendor/people/{boss.pk}/role/", {"role": "finance"})
    assert "This is the last administrator. Make another one first." in said(less)
    staff(Role.VENDOR_ADMIN)
    own = client.post(f"/vendor/people/{boss.pk}/decide/", {"verb": "off"}, follow=True)
    assert "You can't deactivate yourself" in said(own)
    assert User.objects.get(pk=boss.pk).is_active


def test_somebody_is_kept_out_and_let_in_again(boss):
    user = staff(Role.FINANCE, "Fay Fin")
    theirs, client = signed_in(user), signed_in(boss)
    assert theirs.get("/vendor/").status_code == 200
    page = f"/vendor/people/{user.pk}/decide/"
    assert "Fay Fin is out" in said(client.post(page, {"verb": "off"}, follow=True))
    assert theirs.get("/vendor/").status_code == 302
    assert "may sign in again" in said(client.post(page, {"verb": "on"}, follow=True))
    assert "Choose one of the buttons" in said(client.post(page, {"verb": "?"}, follow=True))
    assert "has no second factor" in said(client.post(page, {"verb": "forget"}, follow=True))
    assert "signed out everywhere" in said(client.post(page, {"verb": "sign-out"}, follow=True))


def test_partners_are_handed_over_and_assigned(boss):
    ann, ben = staff(Role.ACCOUNT_MANAGER, "Ann"), staff(Role.ACCOUNT_MANAGER, "Ben")
    ours = partner("Ours", manager=ann)
    client = signed_in(boss)
    page = f"/vendor/people/{ann.pk}/"
    assert "1 partner is assigned to them" in said(client.get(page))
    over = client.post(f"{page}hand-over/", {"manager": str(ben.pk)}, follow=True)
    assert "Handed over: 1." in said(over)
    assert Partner.objects.get(pk=ours.pk).manager == ben
    none = client.post(f"{page}hand-over/", {"manager": str(ben.pk)}, follow=True)
    assert "nobody is assigned to them" in said(none)
    client.post(f"/vendor/partners/{ours.pk}/manager/", {"manager": str(ann.pk)})
    assert Partner.objects.get(pk=ours.pk).manager == ann
    finance = staff(Role.FINANCE)
    client.post(f"/vendor/partners/{ours.pk}/manager/", {"manager": "nonsense"})
    assert Partner.objects.get(pk=ours.pk).manager == ann
    assert client.post(f"{page}hand-over/", {"manager": str(finance.pk)}).status_code == 404


def test_the_page_of_somebody_who_is_no_colleague_is_no_page(boss):
    other = person(partner("Ours"))
    assert signed_in(boss).get(f"/vendor/people/{other.pk}/").status_code == 404
