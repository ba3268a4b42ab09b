"""Signing in and all that belongs to it in a real browser, with an app's codes and a passkey."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from echelon.foundation.access import Role
from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.services import invitations
from echelon.foundation.jobs.services import run_due
from tests.browser.conftest import SECRET
from tests.factories.partners import admin

pytestmark = pytest.mark.django_db(transaction=True)
#: A device that says yes to every passkey.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def _door(settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    cache.clear()
    yield
    cache.clear()


def sign_in(page, user, password=SECRET):
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_an_invitation_is_accepted(reader):
    _, token = invitations.invite(
        admin(), email="new@vendor.test", name="New", role=Role.FINANCE, partner=None,
        at=timezone.now(),
    )  # fmt: skip
    page = reader.page
    reader.go(f"/invitation/?token={token}")
    page.get_by_label("Choose a password").fill("short")
    page.get_by_role("button", name="Make my account").click()
    reader.check("invitation-refused")
    page.get_by_label("Choose a password").fill(SECRET)
    page.get_by_role("button", name="Make my account").click()
    sign_in(page, User.objects.get(email="new@vendor.test"))
    page.wait_for_url("**/vendor/")


def test_a_forgotten_password(reader, vendor):
    page = reader.page
    reader.go("/sign-in/")
    sign_in(page, vendor["ada"], "wrong")
    reader.check("sign-in-refused")
    page.get_by_role("link", name="Forgot your password?").click()
    reader.check("reset")
    page.get_by_label("Email").fill(vendor["ada"].email)
    page.get_by_role("button", name="Send me the mail").click()
    reader.check("reset-sent")
    run_due(timezone.now)
    link = re.search(r"http://localhost:8000(\S+)", mail.outbox[0].body)[1]
    reader.go(link)
    reader.check("reset-choose")
    for field in page.locator("input[type=password]").all():
        field.fill(f"{SECRET} new")
    page.get_by_role("button", name="Take this password").click()
    reader.check("reset-done")
    reader.go(link)
    reader.check("reset-dead")
    for path, name in {"up/": "signup-closed", "inactive/": "inactive"}.items():
        reader.go(f"/sign-in/{path}")
        reader.check(name)


def test_an_app_and_recovery_codes(reader, vendor):
    page = reader.page
    reader.sign_in(vendor["ada"])
    reader.go("/sign-in/second/")
    reader.check("second")
    page.get_by_role("link", name="Set up an app").click()
    reader.check("again")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("button").filter(has_text="Confirm").click()
    reader.check("app")
    secret = page.get_by_label("Authenticator secret").input_value()
    page.locator("input[name=code]").fill("000000")
    page.get_by_role("button", name="Activate").click()
    reader.check("app-refused")
    counter = next(iter(yield_hotp_counters_from_time()))
    page.locator("input[name=code]").fill(format_hotp_value(hotp_value(secret, counter)))
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url("**/recovery-codes/**")
    reader.check("recovery-codes")
    codes = page.get_by_label("Codes that were not used yet").input_value().split()
    assert len(codes) == 10
    reader.go("/sign-in/second/recovery-codes/generate/")
    reader.check("recovery-generate")
    reader.go("/sign-in/second/totp/deactivate/")
    reader.check("app-away")
    reader.go("/sign-in/sessions/")
    reader.check("sessions")
    reader.go("/sign-in/password/")
    reader.check("password")
    reader.go("/sign-in/out/")
    reader.check("sign-out")
    page.get_by_role("button", name="Sign out").click()
    reader.go("/sign-in/")
    sign_in(page, vendor["ada"])
    page.wait_for_url("**/authenticate/**")
    reader.check("code")
    page.locator("input[name=code]").first.fill(codes[0])
    page.get_by_role("button", name="Sign In").click()
    page.wait_for_url("**/portal/")


def test_a_passkey(reader, vendor):
    page = reader.page
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    reader.sign_in(vendor["manager"])
    reader.go("/sign-in/second/webauthn/add/")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("button").filter(has_text="Confirm").click()
    reader.check("passkey-add")
    page.get_by_label("Name").fill("My laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/recovery-codes/**")
    key = Authenticator.objects.get(type="webauthn")
    reader.go("/sign-in/second/webauthn/")
    reader.check("passkeys")
    reader.go(f"/sign-in/second/webauthn/keys/{key.pk}/edit/")
    reader.check("passkey-edit")
    reader.go(f"/sign-in/second/webauthn/keys/{key.pk}/remove/")
    reader.check("passkey-remove")
    reader.go("/sign-in/second/")
    reader.check("second-set-up")
    reader.go("/sign-in/out/")
    page.get_by_role("button", name="Sign out").click()
    reader.go("/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/vendor/")


def test_german(reader, vendor):
    page = reader.page
    reader.go("/sign-in/")
    page.get_by_role("button", name="Deutsch").click()
    page.get_by_label("Passwort").wait_for()
    reader.check("de-sign-in")
    page.get_by_role("button", name="English").click()
    sign_in(page, vendor["ada"])
    page.wait_for_url("**/portal/")
    page.get_by_text("Ada Partner").first.evaluate("e => e.closest('summary').click()")
    page.get_by_role("button", name="Deutsch").click()
    page.get_by_role("heading", name="Wo Sie stehen").wait_for()
    reader.check("de-portal")
    page.get_by_text("Ada Partner").first.evaluate("e => e.closest('summary').click()")
    reader.check("de-menu")
    reader.go("/account/")
    reader.check("de-own")
    reader.go("/sign-in/second/")
    reader.check("de-second")
