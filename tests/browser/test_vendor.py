"""The vendor's main journey in a real browser: find a partner, invite, write a program."""

import pytest

from echelon.records.partners.models import Partner, Person
from echelon.records.programs.models import Version

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
    page.get_by_role("button", name="Publish").click()
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
