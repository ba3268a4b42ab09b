"""What the vendor's own people reach; invitations made anew; the vendor's own words."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator

from echelon.foundation.access import Hidden, Role
from echelon.foundation.accounts import selectors
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.models import Vendor
from echelon.foundation.accounts.services import invitations, users, vendor
from echelon.records.partners.selectors import scope_of
from tests.factories.partners import NOW, admin, partner, person, staff, trail

pytestmark = pytest.mark.django_db
PASSWORD = "a long one, of 4 words"


def test_an_account_manager_reaches_those_assigned_and_those_of_the_regions():
    user = staff(Role.ACCOUNT_MANAGER, regions=["DACH"])
    mine = partner("Mine", manager=user)
    near = partner("Near", region="DACH")
    partner("Far", region="Nordics")
    assert scope_of(user).own == {mine.pk, near.pk}


def test_a_region_is_an_account_managers_alone():
    user = staff(Role.FINANCE)
    with pytest.raises(Refused, match="Only an account manager"):
        users.set_role(
            admin(), user=user.pk, partner=None, role=Role.FINANCE, regions=["DACH"], at=NOW
        )
    users.set_role(
        admin(),
        user=user.pk,
        partner=None,
        role=Role.ACCOUNT_MANAGER,
        regions=["DACH", " "],
        at=NOW,
    )
    user.refresh_from_db()
    assert (user.role, user.regions) == ("account_manager", ["DACH"])
    event = trail("accounts.role_changed")[0]
    assert event.before == {"role": "finance", "regions": []}
    assert event.after == {"role": "account_manager", "regions": ["DACH"]}


def test_who_is_no_account_manager_any_more_has_no_region():
    user = staff(Role.ACCOUNT_MANAGER, regions=["DACH"])
    users.set_role(admin(), user=user.pk, partner=None, role=Role.COMPLIANCE, at=NOW)
    user.refresh_from_db()
    assert user.regions == []


def test_an_invitation_carries_the_reach_and_what_new_accounts_begin_with():
    vendor.set_vendor(admin(), language="de", time_zone="Europe/Berlin", at=NOW)
    _, token = invitations.invite(
        admin(), email="a@vendor.test", name="A", role=Role.ACCOUNT_MANAGER, partner=None, at=NOW,
        regions=["DACH"],
    )  # fmt: skip
    user = invitations.accept(token, password=PASSWORD, at=NOW)
    assert (user.regions, user.language, user.time_zone) == (["DACH"], "de", "Europe/Berlin")


def test_a_renewed_invitation_waits_anew_and_its_old_address_is_dead():
    scope = admin()
    made, old = invitations.invite(
        scope, email="a@vendor.test", name="A", role=Role.FINANCE, partner=None, at=NOW
    )
    later = NOW + invitations.WAITS + timedelta(days=1)
    _, new = invitations.renew(scope, invitation=made.id, at=later)
    with pytest.raises(Hidden):
        invitations.open_invitation(old, at=later)
    assert invitations.open_invitation(new, at=later) == made
    invitations.withdraw(scope, invitation=made.id, at=later)
    with pytest.raises(Refused, match="ended already"):
        invitations.renew(scope, invitation=made.id, at=later)
    assert [event.verb for event in trail()] == [
        "accounts.invited", "accounts.invitation_renewed", "accounts.invitation_withdrawn",
    ]  # fmt: skip


def test_who_is_one_of_the_vendors_people_is_not_invited_again():
    user, rival = staff(Role.FINANCE), person(partner("Ours"))

    def ask(email):
        return invitations.invite(
            admin(), email=email, name="A", role=Role.FINANCE, partner=None, at=NOW
        )

    with pytest.raises(Refused, match="one of your people already"):
        ask(user.email)
    ask(rival.email)  # that somebody else's people have an account isn't told


def test_nobody_deactivates_themselves():
    one = staff(Role.VENDOR_ADMIN)
    staff(Role.VENDOR_ADMIN)
    with pytest.raises(Refused, match="can't deactivate yourself"):
        users.disable(scope_of(one), user=one.pk, partner=None, at=NOW)


def test_a_lost_second_factor_is_taken_away_and_sessions_end():
    user = staff(Role.FINANCE)
    Authenticator.objects.create(user=user, type="totp", data={})
    Authenticator.objects.create(user=user, type="recovery_codes", data={})
    scope = admin()
    assert {each.pk: each.factor for each in selectors.staff(scope)}[user.pk] is True
    users.forget_second_factors(scope, user=user.pk, partner=None, at=NOW)
    assert {each.pk: each.factor for each in selectors.staff(scope)}[user.pk] is False
    user.refresh_from_db()
    assert user.sessions == 1
    assert trail()[0].before == {"kinds": ["recovery_codes", "totp"]}
    with pytest.raises(Refused, match="has no second factor"):
        users.forget_second_factors(scope, user=user.pk, partner=None, at=NOW)


def test_what_the_vendor_says_of_itself():
    assert selectors.vendor().name == ""
    vendor.set_vendor(admin(), name="Contoso", second_factor=True, at=NOW)
    vendor.set_vendor(admin(), name="Contoso", second_factor=True, at=NOW)
    assert (selectors.vendor().name, Vendor.objects.count()) == ("Contoso", 1)
    event = trail("accounts.vendor_changed")
    assert [(each.before, each.after) for each in event] == [
        ({"name": "", "second_factor": False}, {"name": "Contoso", "second_factor": True})
    ]
    with pytest.raises(Refused, match="no time zone"):
        vendor.set_vendor(admin(), time_zone="Europe/Nowhere", at=NOW)
    with pytest.raises(Refused, match="no language"):
        vendor.set_vendor(admin(), language="tlh", at=NOW)
    with pytest.raises(Hidden):
        vendor.set_vendor(scope_of(staff(Role.PROGRAM_MANAGER)), name="Mine", at=NOW)
