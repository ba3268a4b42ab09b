"""Who is let in stays in the hands of who may: tokens work once, the disabled are out at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from echelon.foundation.access import Hidden, Right, Role
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.models import ApiKey, Invitation, User
from echelon.foundation.accounts.selectors import invitations
from echelon.foundation.accounts.services.invitations import (
    WAITS,
    accept,
    invite,
    open_invitation,
    withdraw,
)
from echelon.foundation.accounts.services.keys import key_of, make_key, revoke_key
from echelon.foundation.accounts.services.users import disable, enable, end_sessions, set_role
from echelon.foundation.audit.models import AuditEvent
from echelon.records.partners.selectors import scope_of
from tests.factories.partners import NOW, partner, person, staff

pytestmark = pytest.mark.django_db
PASSWORD = "a long one, of 4 words"


def invited(scope, company, role=Role.PARTNER_MEMBER, email="New@Here.test"):
    return invite(scope, email=email, name="New", role=role, partner=company.id, at=NOW)


def test_an_invitation_makes_one_account_once():
    ours = partner("Ours")
    invitation, token = invited(scope_of(person(ours, Role.PARTNER_ADMIN)), ours)
    assert token not in str(Invitation.objects.values())
    user = accept(token, password=PASSWORD, at=NOW)
    assert (user.email, user.role, user.name) == ("new@here.test", Role.PARTNER_MEMBER, "New")
    assert user.check_password(PASSWORD)
    with pytest.raises(Hidden):
        accept(token, password=PASSWORD, at=NOW)
    verbs = AuditEvent.objects.order_by("number").values_list("verb", "partner")
    assert list(verbs) == [
        ("accounts.invited", ours.id),
        ("accounts.invitation_accepted", ours.id),
    ]
    assert str(invitation.id) in str(AuditEvent.objects.values_list("after", flat=True))


def test_an_invitation_ends_by_time_by_hand_and_by_a_newer_one():
    ours = partner("Ours")
    scope = scope_of(person(ours, Role.PARTNER_ADMIN))
    _, first = invited(scope, ours)
    second, token = invited(scope, ours)
    with pytest.raises(Hidden):
        open_invitation(first, at=NOW)
    with pytest.raises(Hidden):
        open_invitation(token, at=NOW + WAITS)
    assert open_invitation(token, at=NOW + WAITS - timedelta(seconds=1)) == second
    withdraw(scope, invitation=second.id, at=NOW)
    with pytest.raises(Hidden):
        open_invitation(token, at=NOW)


def test_an_invitation_does_not_tell_who_has_an_account():
    ours, theirs = partner("Ours"), partner("Theirs")
    rival = person(theirs)
    _, token = invited(scope_of(person(ours, Role.PARTNER_ADMIN)), ours, email=rival.email)
    with pytest.raises(Refused, match="can't be used"):
        accept(token, password=PASSWORD, at=NOW)
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize(
    ("giver", "role", "may"),
    [
        (Role.PARTNER_ADMIN, Role.PARTNER_ADMIN, True),
        (Role.PARTNER_ADMIN, Role.DISTRIBUTOR_MEMBER, False),
        (Role.PARTNER_ADMIN, Role.VENDOR_ADMIN, False),
        (Role.PARTNER_MEMBER, Role.PARTNER_MEMBER, False),
        (Role.DISTRIBUTOR_ADMIN, Role.DISTRIBUTOR_MEMBER, True),
        (Role.PROGRAM_MANAGER, Role.DISTRIBUTOR_ADMIN, True),
        (Role.PROGRAM_MANAGER, Role.VENDOR_ADMIN, False),
        (Role.VENDOR_ADMIN, Role.PARTNER_ADMIN, True),
        (Role.FINANCE, Role.PARTNER_MEMBER, False),
    ],
)
def test_nobody_gives_a_role_beyond_their_hand(giver, role, may):
    ours = partner("Ours")
    vendors = giver not in {
        Role.PARTNER_ADMIN,
        Role.PARTNER_MEMBER,
        Role.DISTRIBUTOR_ADMIN,
    }
    scope = scope_of(staff(giver) if vendors else person(ours, giver))
    if may:
        invited(scope, ours, role)
    else:
        with pytest.raises(Hidden):
            invited(scope, ours, role)
    assert Invitation.objects.count() == may


def test_only_who_manages_settings_invites_the_vendors_own_people():
    def ask(giver):
        return invite(
            scope_of(staff(giver)),
            email="a@vendor.test",
            name="A",
            role=Role.FINANCE,
            partner=None,
            at=NOW,
        )

    with pytest.raises(Hidden):
        ask(Role.PROGRAM_MANAGER)
    ask(Role.VENDOR_ADMIN)
    assert Invitation.objects.count() == 1


def test_an_admin_sees_and_ends_invitations_of_the_own_company_alone():
    ours, theirs = partner("Ours"), partner("Theirs")
    mine = scope_of(person(ours, Role.PARTNER_ADMIN))
    foreign, _ = invited(scope_of(person(theirs, Role.PARTNER_ADMIN)), theirs)
    own, _ = invited(mine, ours)
    assert list(invitations(mine)) == [own]
    with pytest.raises(Hidden):
        withdraw(mine, invitation=foreign.id, at=NOW)
    foreign.refresh_from_db()
    assert foreign.withdrawn_at is None


def test_disabling_ends_sessions_and_keys_with_the_next_request():
    admin, other = staff(Role.VENDOR_ADMIN), staff(Role.VENDOR_ADMIN)
    _, text = make_key(scope_of(other), name="Import", rights=[Right.FACTS_LOAD], at=NOW)
    client = Client()
    client.force_login(other)
    assert signed_in(client) == other
    disable(scope_of(admin), user=other.id, partner=None, at=NOW)
    assert signed_in(client) is None
    with pytest.raises(Hidden):
        key_of(text, at=NOW)
    enable(scope_of(admin), user=other.id, partner=None, at=NOW)
    assert signed_in(client) is None  # the old session stays ended
    client.force_login(User.objects.get(pk=other.pk))
    assert signed_in(client) == other


def signed_in(client):
    """Who the session of a client belongs to, asked as the middleware asks."""
    from django.contrib.auth import get_user

    request = type("Request", (), {"session": client.session})()
    user = get_user(request)
    return user if user.is_authenticated else None


def test_all_sessions_end_when_asked():
    user = person(partner("Ours"))
    first, second = Client(), Client()
    first.force_login(user)
    second.force_login(user)
    end_sessions(scope_of(user), user=user.id, partner=None, at=NOW)
    assert signed_in(first) is None
    assert signed_in(second) is None


def test_the_last_administrator_stays():
    admin = staff(Role.VENDOR_ADMIN)
    with pytest.raises(Refused, match="last administrator"):
        disable(scope_of(admin), user=admin.id, partner=None, at=NOW)
    with pytest.raises(Refused, match="last administrator"):
        set_role(scope_of(admin), user=admin.id, partner=None, role=Role.FINANCE, at=NOW)
    admin.refresh_from_db()
    assert (admin.is_active, admin.role) == (True, Role.VENDOR_ADMIN)


def test_a_partner_admin_reaches_no_user_of_the_vendor():
    ours = partner("Ours")
    scope, other = scope_of(person(ours, Role.PARTNER_ADMIN)), staff(Role.VENDOR_ADMIN)
    with pytest.raises(Hidden):
        disable(scope, user=other.id, partner=ours.id, at=NOW)
    with pytest.raises(Hidden):
        set_role(scope, user=other.id, partner=ours.id, role=Role.PARTNER_MEMBER, at=NOW)
    with pytest.raises(Hidden):
        disable(scope, user=uuid4(), partner=ours.id, at=NOW)


def test_a_key_has_the_rights_it_was_given_and_ends():
    admin = staff(Role.VENDOR_ADMIN)
    scope = scope_of(admin)
    made, text = make_key(
        scope, name="Import", rights=[Right.FACTS_LOAD], at=NOW, ends_at=NOW + timedelta(days=1)
    )
    assert text.startswith("ech_")
    assert text not in str(ApiKey.objects.values())
    assert key_of(text, at=NOW) == made
    with pytest.raises(Hidden):
        key_of(text, at=NOW + timedelta(days=1))
    with pytest.raises(Hidden):
        key_of(text + "x", at=NOW)
    revoke_key(scope, key=made.id, at=NOW)
    with pytest.raises(Hidden):
        key_of(text, at=NOW)


def test_a_key_gets_no_right_that_machines_never_have():
    with pytest.raises(Refused) as refused:
        make_key(scope_of(staff(Role.VENDOR_ADMIN)), name=" ", rights=[Right.AUDIT_READ], at=NOW)
    assert refused.value.problems == ["The key needs a name.", "A key can't have: audit.read."]
    assert not ApiKey.objects.exists()
    with pytest.raises(Hidden):
        make_key(scope_of(staff(Role.PROGRAM_MANAGER)), name="x", rights=[], at=NOW)
