"""A company's admin lets colleagues in, gives roles, ends access; members read."""

import re

import pytest
from django.test import Client

from echelon.foundation.access import Role
from echelon.foundation.accounts.models import Invitation, User
from echelon.records.partners.models import Person
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import partner, person, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return partner("Ours")


@pytest.fixture
def ada(ours):
    return person(ours, Role.PARTNER_ADMIN, "Ada Admin")


def invite(client, email="bo@ours.test", role="partner_member", name="Bo New"):
    form = {"name": name, "email": email, "role": role}
    return client.post("/portal/people/invite/", form, follow=True)


def test_a_colleague_is_invited_accepts_and_signs_in(ours, ada):
    text = said(invite(signed_in(ada)))
    link = re.search(r"http://testserver(/invitation/\?token=\S+)", text)[1]
    assert "Bo New bo@ours.test Member Invited" in text
    stranger = Client()
    assert "Your account will be" in said(stranger.get(link))
    stranger.post(link, {"name": "Bo New", "password": "correct horse battery"})
    bo = User.objects.get(email="bo@ours.test")
    assert bo.role == Role.PARTNER_MEMBER


def test_what_was_typed_stays_where_something_is_wrong(ada):
    answer = invite(signed_in(ada), email="nonsense")
    assert 'value="Bo New"' in answer.content.decode()
    assert "nonsense" in said(answer) or "mail" in said(answer).lower()
    assert not Invitation.objects.exists()


def test_nobody_gives_more_than_they_have(ada):
    client = signed_in(ada)
    assert "Distributor" not in said(client.get("/portal/people/"))
    invite(client, role="distributor_admin")
    invite(client, role="vendor_admin")
    assert not Invitation.objects.exists()


def test_an_invitation_waits_anew_and_the_old_address_works_no_more(ada):
    client = signed_in(ada)
    first = re.search(r"token=(\S+)", said(invite(client)))[1]
    found = Invitation.objects.get()
    text = said(client.post(f"/portal/invitations/{found.pk}/again/", follow=True))
    second = re.search(r"token=(\S+)", text)[1]
    assert first != second
    assert Client().get("/invitation/", {"token": first}).status_code == 404
    assert Client().get("/invitation/", {"token": second}).status_code == 200


def test_who_was_invited_and_is_taken_off_can_not_come_in_any_more(ada):
    client = signed_in(ada)
    token = re.search(r"token=(\S+)", said(invite(client)))[1]
    bo = Person.objects.get(email="bo@ours.test")
    assert "Bo New has no access" in said(client.post(f"/portal/people/{bo.pk}/left/", follow=True))
    assert Client().get("/invitation/", {"token": token}).status_code == 404


def test_roles_change_and_the_last_admin_goes_only_when_confirmed(ours, ada):
    bo = Person.objects.get(user=person(ours, name="Bo"))
    me, client = Person.objects.get(user=ada), signed_in(ada)
    text = said(client.post(f"/portal/people/{me.pk}/role/", {"role": "partner_member"}))
    assert "Are you sure? Ada Admin is the last admin of this company" in text
    client.post(f"/portal/people/{bo.pk}/role/", {"role": "partner_admin"})
    client.post(f"/portal/people/{me.pk}/role/", {"role": "partner_member"})
    roles = dict(User.objects.values_list("name", "role"))
    assert roles == {"Ada Admin": "partner_member", "Bo": "partner_admin"}
    assert [event.after["role"] for event in trail("people.role")] == [
        "partner_admin", "partner_member",
    ]  # fmt: skip
    bo_client = signed_in(User.objects.get(name="Bo"))
    bo_client.post(f"/portal/people/{bo.pk}/left/")
    bo.refresh_from_db()
    assert bo.left_at is None
    bo_client.post(f"/portal/people/{bo.pk}/left/", {"anyway": "yes"})
    bo.refresh_from_db()
    assert bo.left_at is not None


def test_members_read_and_no_more(ours, ada):
    client = signed_in(person(ours))
    text = said(client.get("/portal/people/"))
    assert "Ada Admin ada.admin@ours.test Admin Signs in" in text
    assert "Invite" not in text
    assert invite(client).status_code == 404


def test_the_page_takes_few_queries(ours, ada, few_queries):
    for _number in range(10):
        person(ours)
    client = signed_in(ada)
    with few_queries():
        client.get("/portal/people/")
