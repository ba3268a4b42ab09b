"""Who signs in lands on the own surface; nobody signs up; an invitation works once."""

import pytest
from django.test import Client
from django.utils import timezone

from echelon.foundation.access import Role, system
from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.services import invitations
from tests.factories.partners import partner, person, staff

pytestmark = pytest.mark.django_db
SECRET = "correct horse battery"


def sign_in(user: User, password: str = SECRET) -> Client:
    user.set_password(SECRET)
    user.save()
    client = Client()
    client.post("/sign-in/", {"login": user.email, "password": password})
    return client


@pytest.mark.parametrize("role", [Role.PROGRAM_MANAGER, Role.ACCOUNT_MANAGER, Role.FINANCE])
def test_the_vendors_people_land_on_the_vendors_pages(role):
    client = sign_in(staff(role))
    assert client.get("/").headers["Location"] == "/vendor/"
    assert client.get("/vendor/").status_code == 200
    assert client.get("/portal/").status_code == 404


def test_partners_people_land_on_the_portal():
    client = sign_in(person(partner("Ours")))
    assert client.get("/").headers["Location"] == "/portal/"
    assert client.get("/portal/").status_code == 200
    assert client.get("/vendor/").status_code == 404


def test_a_wrong_password_lets_nobody_in_and_says_so():
    client = sign_in(staff(Role.FINANCE), "something else")
    answer = client.get("/vendor/")
    assert answer.headers["Location"] == "/sign-in/?next=/vendor/"


def test_the_address_that_was_asked_for_survives_signing_in():
    user = staff(Role.FINANCE)
    user.set_password(SECRET)
    user.save()
    answer = Client().post(
        "/sign-in/", {"login": user.email, "password": SECRET, "next": "/vendor/?x=1"}
    )
    assert answer.headers["Location"] == "/vendor/?x=1"


def test_nobody_signs_up_by_themselves():
    answer = Client().post(
        "/sign-in/up/", {"email": "new@people.test", "password1": SECRET}, follow=True
    )
    assert not User.objects.filter(email="new@people.test").exists()
    assert "Nobody signs up here by themselves." in answer.content.decode()


def test_an_invitation_makes_an_account_once():
    company = partner("Ours")
    _, token = invitations.invite(
        system("test"), email="ada@ours.test", name="Ada", role=Role.PARTNER_MEMBER,
        partner=company.id, at=timezone.now(),
    )  # fmt: skip
    page = f"/invitation/?token={token}"
    client = Client()
    assert "ada@ours.test" in client.get(page).content.decode()
    short = client.post(page, {"name": "Ada", "password": "short"})
    assert "at least 12 characters" in short.content.decode()
    assert not User.objects.filter(email="ada@ours.test").exists()
    assert client.post(page, {"name": "Ada", "password": SECRET}).status_code == 302
    assert User.objects.get(email="ada@ours.test").name == "Ada"
    assert client.get(page).status_code == 404


@pytest.mark.parametrize(
    "page",
    ["/sign-in/", "/sign-in/reset/", "/sign-in/reset/sent/", "/sign-in/inactive/"],
)
def test_pages_of_the_door_open(page):
    assert Client().get(page).status_code == 200


@pytest.mark.parametrize("page", ["/sign-in/password/", "/sign-in/second/"])
def test_pages_of_the_own_account_open(page):
    assert sign_in(staff(Role.PROGRAM_MANAGER)).get(page).status_code == 200


@pytest.mark.parametrize(
    "page", ["/sign-in/second/totp/activate/", "/sign-in/second/webauthn/add/"]
)
def test_a_second_factor_is_added_by_who_says_the_password_again(page):
    client = sign_in(staff(Role.PROGRAM_MANAGER))
    assert client.get(page).headers["Location"].startswith("/sign-in/again/?next=")
    again = client.post("/sign-in/again/", {"password": SECRET, "next": page})
    assert again.headers["Location"] == page
    assert client.get(page).status_code == 200
