"""The vendor's main journey in a real browser: find a partner, invite, write a program."""

import pytest

from echelon.records.enrollments.models import Enrollment
from echelon.records.partners.models import Partner, Person
from echelon.records.programs.models import Version
from tests.factories.programs import program, version

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_vendors_journey(reader, vendor):
    page = reader.page
    reader.go("/vendor/partners/")
    reader.check("sign-in")
    reader.sign_in(vendor["manager"])
    reader.go("/vendor/")
    reader.check("vendor-home")

    reader.go("/vendor/partners/")
    reader.check("partners")
    page.get_by_label("Search").fill("contoso")
    page.get_by_role("button", name="Apply").click()
    assert "2 partners" in page.inner_text("caption")
    page.get_by_label("Save this list as").fill("Contoso's")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Contoso's").click()
    reader.check("partners-filtered")

    page.get_by_role("link", name="Contoso Retail").click()
    reader.check("partner")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Country").fill("Q1")
    page.get_by_role("button", name="Save").click()
    reader.check("partner-refused")
    page.get_by_label("Country").fill("FR")
    page.get_by_role("button", name="Save").click()
    assert Partner.objects.get(key="contoso-retail").country == "FR"

    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_label("Name").fill("Bea New")
    page.get_by_label("Mail address").fill("bea@contoso.test")
    page.get_by_role("button", name="Invite", exact=True).click()
    assert Person.objects.filter(email="bea@contoso.test").exists()
    reader.check("people")

    reader.go("/vendor/programs/new/")
    page.get_by_label("Name", exact=True).fill("Reseller program")
    page.get_by_label("Short name").fill("reseller")
    page.get_by_role("button", name="Begin the first draft").click()
    page.get_by_role("link", name="Text", exact=True).click()
    editor = page.get_by_label("The document, in YAML")
    sound = editor.input_value()
    editor.fill(f"{sound}\nnonsense: 1\n")
    page.get_by_role("button", name="Keep and check").click()
    reader.check("draft-with-a-mistake")
    page.get_by_role("link", name="line").first.click()
    chosen = "(e => e.value.slice(e.selectionStart, e.selectionEnd))"
    assert editor.evaluate(chosen) == "nonsense: 1"
    editor.fill(sound)
    page.get_by_role("button", name="Keep and check").click()
    page.get_by_role("link", name="Compare and publish").click()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/vendor/programs/**")
    assert Version.objects.get().state == "published"
    reader.check("program")
    reader.go("/vendor/nowhere/")
    reader.check("nowhere")


def test_the_menu_and_the_choice_of_light_or_dark(reader, vendor):
    page = reader.page
    reader.sign_in(vendor["manager"])
    if "360" in reader.look:
        page.get_by_role("button", name="Menu", exact=True).click()
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Partners").click()
        page.wait_for_url("**/vendor/partners/")
    before = page.get_attribute("html", "data-bs-theme")
    page.get_by_text("Mona Manager").first.evaluate("e => e.closest('summary').click()")
    page.get_by_role("button", name="Light or dark").click()
    page.reload()
    assert page.get_attribute("html", "data-bs-theme") != before
    reader.go("/sign-in/second/")
    reader.check("security")


def test_three_partners_are_changed_at_once(reader, vendor):
    page = reader.page
    reader.sign_in(vendor["manager"])
    reader.go("/vendor/partners/")
    for name in ("Adatum", "Fabrikam", "Litware"):
        page.get_by_label(f"Choose {name}").check()
    page.get_by_role("button", name="Change the chosen").click()
    page.get_by_label("Add tags").fill("summit, cloud")
    page.get_by_label("Region").first.fill("EMEA")
    reader.check("partners-change")
    page.get_by_role("button", name="Show what this would do").click()
    assert page.inner_text("tbody").count("summit, cloud") == 3
    reader.check("partners-change-shown")
    page.get_by_role("button", name="Change 3 partners").click()
    page.get_by_text("3 partners were changed.").wait_for()
    changed = Partner.objects.filter(region="EMEA", searched__contains="#summit#")
    assert sorted(changed.values_list("name", flat=True)) == ["Adatum", "Fabrikam", "Litware"]


def test_families_lists_and_enrollments_of_many(reader, vendor):
    page = reader.page
    solar = program("solar")
    version(solar)
    reader.sign_in(vendor["manager"])
    reader.go(f"/vendor/partners/{vendor['ours'].pk}/family/")
    page.get_by_label("Under the company with the key").fill("contoso-retail")
    page.get_by_role("button", name="Move", exact=True).click()
    reader.check("family-refused")
    reader.go("/vendor/partners/?regions=AMER")
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Enroll the chosen").click()
    page.get_by_label("From").fill("2025-01-01")
    page.get_by_role("button", name="Show what this would do").click()
    reader.check("enroll-shown")
    page.get_by_role("button", name="Do it for 5").click()
    page.get_by_text("Done for 5 partners.").wait_for()
    reader.check("enrollments")
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Reject").click()
    page.get_by_label("Reason, which the partners read").fill("Not now")
    reader.check("enrollments-change")
    page.get_by_role("button", name="Do it for 5").click()
    page.get_by_text("Done for 5 partners.").wait_for()
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"rejected"}
    reader.go(f"/vendor/programs/{solar.id}/policy/")
    page.get_by_label("Months of a term").fill("12")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("The text").fill("Be fair.")
    page.get_by_role("button", name="Put in force").click()
    reader.check("policy")
