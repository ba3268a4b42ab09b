"""The administrator's journey in a real browser: people and what they may do, the trail."""

import pytest

from echelon.foundation.access import Role
from echelon.foundation.accounts.models import Invitation, User
from echelon.records.partners.selectors import scope_of
from echelon.records.partners.services import companies
from tests.browser.conftest import SECRET
from tests.factories.partners import NOW, partner, staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def boss(vendor):  # noqa: ARG001 - a vendor to be the boss of
    made = staff(Role.VENDOR_ADMIN, "Bo Boss")
    made.set_password(SECRET)
    made.save()
    ann = staff(Role.ACCOUNT_MANAGER, "Ann Lee", regions=["EMEA"], last_login=NOW)
    partner("Proseware", region="EMEA", country="FR", manager=ann)
    staff(Role.FINANCE, "Fay Out", is_active=False)
    return made


def test_people_and_access(reader, boss):
    page = reader.page
    reader.sign_in(boss)
    reader.go("/vendor/people/")
    reader.check("staff")
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Name").fill("Cy New")
    page.get_by_label("Mail address").fill("cy@")
    page.get_by_label("Account manager").check()
    page.get_by_label("AMER").check()
    page.get_by_role("button", name="Invite", exact=True).click()
    reader.check("staff-invite-refused")
    page.get_by_label("Mail address").fill("cy@vendor.test")
    page.get_by_role("button", name="Invite", exact=True).click()
    assert Invitation.objects.get(email="cy@vendor.test").regions == ["AMER"]
    reader.check("staff-invited")
    page.get_by_role("button", name="New link cy@vendor.test").click()
    page.get_by_role("button", name="Withdraw cy@vendor.test").click()
    assert Invitation.objects.get(email="cy@vendor.test").withdrawn_at is not None

    page.get_by_role("link", name="Ann Lee").click()
    reader.check("colleague")
    page.get_by_label("New account manager").select_option(label="Mona Manager (Program manager)")
    page.get_by_role("button", name="Hand over", exact=True).click()
    page.get_by_role("button", name="Deactivate").click()
    assert not User.objects.get(name="Ann Lee").is_active
    reader.check("colleague-off")
    reader.go(f"/vendor/people/{boss.pk}/")
    page.get_by_role("button", name="Deactivate").click()
    assert "This is the last administrator" in page.inner_text("main")
    reader.check("colleague-last")


def test_the_trail(reader, boss):
    page = reader.page
    reader.sign_in(boss)
    ours = partner("Woodgrove", country="DE")
    mine = scope_of(boss)
    companies.edit(mine, partner=ours.pk, at=NOW, country="FR", tags=["cloud", "security"])
    reader.go("/vendor/audit/")
    reader.check("audit")
    page.get_by_label("What", exact=True).fill("edited")
    page.get_by_label("From").fill("2026-06-30")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("link", name="Partner edited").click()
    reader.check("audit-event")
    reader.go("/vendor/audit/?who=nobody+at+all")
    reader.check("audit-none")
    page.get_by_role("button", name="Verify now").click()
    assert "being verified" in page.inner_text("main")


def test_keys_and_settings(reader, boss):
    page = reader.page
    reader.sign_in(boss)
    reader.go("/vendor/settings/keys/")
    reader.check("keys-none")
    page.get_by_role("link", name="Make a key").first.click()
    page.get_by_label("Name").fill("Nightly import")
    page.get_by_role("button", name="Make the key").click()
    reader.check("key-refused")
    page.get_by_label("Load and correct facts").check()
    page.get_by_label("Read partners", exact=True).check()
    page.get_by_role("button", name="Make the key").click()
    assert page.get_by_label("The key").input_value().startswith("ech_")
    reader.check("key-made")
    page.get_by_role("link", name="Done").click()
    reader.check("keys")
    page.get_by_role("button", name="Revoke Nightly import").click()
    reader.go("/vendor/settings/")
    page.get_by_label("Your name").fill("Contoso")
    page.get_by_role("button", name="Save").click()
    reader.check("settings")


def test_own_settings(reader, vendor):
    page = reader.page
    reader.sign_in(vendor["ada"])
    reader.go("/account/")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("Dark", exact=True).check()
    page.get_by_role("button", name="Save").click()
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    reader.check("own")
