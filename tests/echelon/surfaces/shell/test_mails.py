"""Who is invited gets a mail: by a job, once, and its link lies nowhere else."""

from __future__ import annotations

import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.apps import apps
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from echelon.config import environment
from echelon.foundation.access import Role, system
from echelon.foundation.accounts.models import Invitation, Vendor
from echelon.foundation.accounts.services import invitations
from echelon.foundation.jobs.models import Job
from echelon.foundation.jobs.services import run_due
from echelon.records.partners.services import people
from tests.echelon.surfaces.api.calling import somebody
from tests.factories.partners import partner, person

pytestmark = pytest.mark.django_db
SYSTEM = system("test")


def invite(email: str = "ada@acme.test", company=None) -> str:
    """Invite Ada to a company; return the token that the inviter is told."""
    company = company or partner("Acme")
    return people.invite(
        SYSTEM, partner=company.pk, name="Ada", email=email, role="partner_member",
        at=timezone.now(),
    )[1]  # fmt: skip


def sent() -> list[EmailMessage]:
    """What has left once all that is due was done."""
    run_due(timezone.now)
    return mail.outbox


def test_the_mail_of_an_invitation_has_the_link_that_works():
    Vendor.objects.create(pk=1, name="Contoso")
    token = invite()
    assert mail.outbox == []
    [letter] = sent()
    assert (letter.subject, letter.to) == ("Your account with Contoso", ["ada@acme.test"])
    link = f"http://localhost:8000/invitation/?token={token}"
    ends = date_format(Invitation.objects.get().ends_at, "DATE_FORMAT")
    assert letter.body.splitlines() == [
        "Hello Ada,",
        "",
        "you are invited to the partner program of Contoso. With this address you make your "
        "account:",
        "",
        link,
        "",
        f"It works once, until {ends}. If you don't expect it, do nothing.",
        "",
        "Contoso",
    ]
    assert Client().get(link.removeprefix("http://localhost:8000")).status_code == 200
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_it_is_in_the_vendors_language():
    Vendor.objects.create(pk=1, name="Contoso", language="de")
    invite()
    [letter] = sent()
    assert letter.subject == "Ihr Konto bei Contoso"
    assert "Sie sind zum Partnerprogramm von Contoso eingeladen." in letter.body


def test_a_token_lies_nowhere_but_in_the_mail():
    token = invite()
    [letter] = sent()
    assert token in letter.body
    for model in apps.get_models():
        if model.__module__.startswith("echelon."):
            assert token not in str(list(model.objects.values())), model


def test_it_leaves_once_and_anew_when_the_invitation_is_renewed():
    invite()
    assert len(sent()) == 1
    found = Invitation.objects.get()
    assert found.mailed_at is not None
    Job.objects.filter(kind="shell.mail_invitation").update(state="waiting")
    assert len(sent()) == 1
    later = timezone.now() + timedelta(minutes=1)
    _made, token = invitations.renew(SYSTEM, invitation=found.pk, at=later)
    run_due(lambda: later)
    first, second = mail.outbox
    assert token in second.body
    assert token not in first.body
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]


def test_a_mail_server_that_is_down_is_tried_again(monkeypatch):
    def down(*_, **__):
        raise SMTPServerDisconnected("down")

    invite()
    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", down)
        assert sent() == []
    job = Job.objects.get(kind="shell.mail_invitation")
    assert (job.state, job.attempts) == ("waiting", 1)
    run_due(lambda: timezone.now() + timedelta(minutes=1))
    assert len(mail.outbox) == 1
    assert Invitation.objects.get().mailed_at is not None


def test_nothing_is_sent_of_what_was_rolled_back_withdrawn_or_accepted():
    company = partner("Acme")
    with transaction.atomic():
        invite(company=company)
        transaction.set_rollback(True)
    invite("bo@acme.test", company)
    people.withdraw(SYSTEM, invitation=Invitation.objects.get().pk, at=timezone.now())
    token = invite("cy@acme.test", company)
    invitations.accept(token, password="correct horse battery", at=timezone.now())
    assert sent() == []


def test_links_begin_with_the_address_that_is_set(monkeypatch):
    for name in ("ECHELON_URL", "ECHELON_HTTPS", "ECHELON_HOSTS", "ECHELON_PORT"):
        monkeypatch.delenv(name, raising=False)
    assert environment.address() == "http://localhost:8000"
    monkeypatch.setenv("ECHELON_PORT", "9000")
    monkeypatch.setenv("ECHELON_HOSTS", "*.x.test, partners.x.test")
    assert environment.address() == "http://partners.x.test:9000"
    monkeypatch.setenv("ECHELON_HTTPS", "on")
    assert environment.address() == "https://partners.x.test"
    monkeypatch.setenv("ECHELON_URL", "https://x.test/partners/")
    assert environment.address() == "https://x.test/partners"
    monkeypatch.setenv("ECHELON_URL", "partners")
    with pytest.raises(ValueError, match="ECHELON_URL"):
        environment.address()


def test_without_a_mail_server_mails_are_files(tmp_path, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    token = invite()
    run_due(timezone.now)
    [file] = tmp_path.iterdir()
    assert re.search(rf"token={token}\b", file.read_text("utf-8"))


# -- the API --------------------------------------------------------------------------------


def test_people_are_invited_listed_renewed_and_withdrawn_by_calls():
    company, other = partner("Acme"), partner("Other")
    person(other, Role.PARTNER_ADMIN)
    caller = somebody(Role.PROGRAM_MANAGER)
    given = {"name": "Ada", "email": "ada@acme.test", "role": "partner_admin"}
    answer = caller("POST", f"/partners/{company.pk}/invitations", given)
    made = answer.json()
    assert (answer.status_code, made["email"], made["mailed_at"]) == (201, given["email"], None)
    token = re.search(r"token=(\S+)", sent()[0].body)[1]
    assert token not in answer.content.decode()
    [listed] = caller.get("/invitations", partner=str(company.pk))["items"]
    assert listed["mailed_at"] is not None
    assert caller.get("/invitations", partner=str(other.pk))["items"] == []
    renewed = caller("POST", f"/invitations/{made['id']}/renew", {})
    assert (renewed.status_code, renewed.json()["mailed_at"]) == (200, None)
    assert Client().get(f"/invitation/?token={token}").status_code == 404
    assert caller("POST", f"/invitations/{made['id']}/withdraw", {}).status_code == 204
    assert caller.get(f"/partners/{company.pk}/people") == []
    again = caller("POST", f"/invitations/{made['id']}/withdraw", {})
    assert "ended already" in again.content.decode()


def test_who_comes_back_has_an_account_and_gets_no_mail():
    company = partner("Acme")
    user = person(company, name="Ada")
    people.leave(SYSTEM, person=user.person.pk, at=timezone.now())
    caller = somebody(Role.PROGRAM_MANAGER)
    given = {"name": "Ada", "email": user.email}
    assert caller("POST", f"/partners/{company.pk}/invitations", given).status_code == 204
    assert sent() == []
