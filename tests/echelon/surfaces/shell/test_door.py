"""The door holds: tries are limited, addresses by mail work once, the vendor's people show more."""

import re
from smtplib import SMTPServerDisconnected

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from echelon.foundation.access import Role
from echelon.foundation.accounts.services import users, vendor
from echelon.foundation.jobs.services import run_due
from echelon.records.partners.selectors import scope_of
from tests.echelon.surfaces.reading import said
from tests.factories.partners import NOW, admin, partner, person, staff

pytestmark = pytest.mark.django_db
SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def _nobody_has_tried():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def user():
    made = staff(Role.FINANCE, "Fay Fin")
    made.set_password(SECRET)
    made.save()
    return made


def tried(email, password=SECRET, ip="192.0.2.1"):
    """Whether a password lets somebody in."""
    client = Client(REMOTE_ADDR=ip)
    client.post("/sign-in/", {"login": email, "password": password})
    return client.get("/vendor/").status_code == 200


def test_after_five_wrong_passwords_the_right_one_waits_too(user):
    other = staff(Role.FINANCE)
    other.set_password(SECRET)
    other.save()
    for number in range(5):
        assert not tried(user.email, f"wrong {number}", ip=f"192.0.2.{number}")
    assert not tried(user.email, ip="192.0.2.99")
    assert tried(other.email, ip="192.0.2.99")
    answer = Client().post("/sign-in/", {"login": user.email, "password": SECRET})
    assert "Too many failed login attempts" in said(answer)


def test_one_address_on_the_net_tries_few_accounts(user):
    for number in range(10):
        assert not tried(f"somebody.{number}@vendor.test", "wrong")
    assert not tried(user.email)
    assert tried(user.email, ip="192.0.2.2")


def test_who_asks_for_mails_again_and_again_is_told_to_wait(user):
    answers = [Client().post("/sign-in/reset/", {"email": user.email}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "Too many tries Nothing was done." in said(answers[-1])
    assert mail.outbox == []
    run_due(timezone.now)
    assert len(mail.outbox) == 1


def reset(user):
    Client().post("/sign-in/reset/", {"email": user.email})
    run_due(timezone.now)
    sent = mail.outbox[-1]
    return sent, re.search(r"http://localhost:8000(/sign-in/reset/\S+)", sent.body)[1]


def test_a_new_password_is_chosen_once_by_mail_and_other_sessions_end(user):
    inside = Client()
    inside.force_login(user)
    sent, page = reset(user)
    assert (sent.subject, sent.to) == ("Choose a new password", [user.email])
    assert "you do nothing" not in sent.body
    client = Client()
    form = client.get(page, follow=True)
    assert "Choose a new password" in said(form)
    where = form.redirect_chain[-1][0]
    short = client.post(where, {"password1": "short", "password2": "short"})
    assert "at least 12 characters" in said(short)
    done = client.post(
        where, {"password1": f"{SECRET} new", "password2": f"{SECRET} new"}, follow=True
    )
    assert "Your password is changed" in said(done)
    assert tried(user.email, f"{SECRET} new")
    assert inside.get("/vendor/").status_code == 302
    assert "This address works no more" in said(Client().get(page, follow=True))


def test_nobody_learns_who_has_an_account_not_even_while_mail_is_down(user, monkeypatch):
    def down(*_, **__):
        raise SMTPServerDisconnected

    known = Client().post("/sign-in/reset/", {"email": user.email}, follow=True)
    unknown = Client().post("/sign-in/reset/", {"email": "nobody@vendor.test"}, follow=True)
    assert said(known) == said(unknown)
    run_due(timezone.now)
    assert [sent.to for sent in mail.outbox] == [[user.email]]
    monkeypatch.setattr(mail.EmailMessage, "send", down)
    failing = Client().post("/sign-in/reset/", {"email": user.email}, follow=True)
    assert said(failing) == said(unknown)


def code_of(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_who_has_an_app_shows_its_code_and_guesses_few(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    client = Client()
    answer = client.post("/sign-in/", {"login": user.email, "password": SECRET})
    assert answer.headers["Location"].startswith("/sign-in/second/authenticate/")
    assert client.get("/vendor/").status_code == 302
    for _ in range(5):
        wrong = client.post("/sign-in/second/authenticate/", {"code": "000000"})
        assert "That code is not right" in said(wrong)
    limited = client.post("/sign-in/second/authenticate/", {"code": code_of(secret)})
    assert "Too many failed" in said(limited)
    assert client.get("/vendor/").status_code == 302
    cache.clear()
    client.post("/sign-in/second/authenticate/", {"code": code_of(secret)})
    assert client.get("/vendor/").status_code == 200


def test_where_the_vendor_asks_for_a_second_factor_its_people_set_one_up_first(user):
    vendor.set_vendor(admin(), second_factor=True, at=NOW)
    client = Client()
    client.force_login(user)
    answer = client.get("/vendor/partners/")
    assert answer.headers["Location"] == "/sign-in/second/"
    assert "Set up a second factor first" in said(client.get("/sign-in/second/"))
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    assert client.get("/vendor/partners/").status_code == 200
    users.forget_second_factors(admin(), user=user.pk, partner=None, at=NOW)
    ours = Client()
    ours.force_login(person(partner("Ours")))
    assert ours.get("/portal/").status_code == 200


def test_who_is_deactivated_is_told_so_only_with_the_right_password(user):
    users.disable(admin(), user=user.pk, partner=None, at=NOW)
    right = Client().post("/sign-in/", {"login": user.email, "password": SECRET}, follow=True)
    wrong = Client().post("/sign-in/", {"login": user.email, "password": "wrong"}, follow=True)
    assert "deactivated" not in said(wrong)
    assert scope_of(user.__class__.objects.get(pk=user.pk)).actor.kind == "anonymous"
    assert "This account is deactivated" in said(right)
