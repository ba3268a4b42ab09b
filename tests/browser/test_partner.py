"""A partner's main journey in a real browser: where the company stands, what counted, who is in."""

import re
from datetime import date

import pytest
from django.utils import timezone

from echelon.foundation.access import system
from echelon.outcomes.standings.services import levelling
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.services import policies
from echelon.records.partners.models import Person
from tests.factories import enrollments, facts, programs
from tests.factories.partners import admin

pytestmark = pytest.mark.django_db(transaction=True)
SOLAR = """\
program: solar
name: Solar Partner Program
version: 2026-01-01
currency: EUR
reads:
  partners: {}
  facts:
    sales:
      key: [order_number, order_line]
      partner: partner_id
      date: order_date
      columns: {amount: {type: money, currency: currency}, channel: text}
metrics:
  revenue: {label: Net revenue, from: sales, value: sum(amount), window: trailing 12 months}
  deals: {label: Deals, from: sales, value: count(), window: trailing 12 months}
  plan: {label: Joint business plan, attested: yes_no}
tiers:
  registered: {}
  silver: {requires: {revenue: 1000}}
  gold: {requires: {all: [{revenue: 5000}, {any: [{deals: 20}, plan]}]}}
benefits:
  discount: {label: Discount, type: percent, silver: 10, gold: 15}
  manager: {label: Own account manager, type: yes_no, gold: yes}
movement: {demote: quarterly, grace: 60 days}
"""


@pytest.fixture
def solar(vendor):
    """A program that the company is in, with sales that are levelled, and one that it may join."""
    at, ours = timezone.now(), vendor["ours"]
    inside = enrollments.program("solar", SOLAR, needs_approval=False, needs_acceptance=False)
    enrollments.enrollment(ours, inside, start=date(2026, 1, 1))
    today = at.date().isoformat()
    old = facts.sale("SO-2", ours.key, "700", order_date="2024-03-01")
    facts.recorded(facts.sale("SO-1", ours.key, "2400.50", order_date=today), old)
    run = levelling.run(system("test"), program=inside.pk, at=at)
    assert run.problems == []
    text = programs.TEXT.format(slug="club", name="Club", day="2026-01-01")
    joined = enrollments.program("club", text, needs_approval=False, self_application=True)
    policies.publish_terms(admin(), program=joined.pk, text="Be kind.\n\nPay on time.", at=at)
    return inside


@pytest.mark.usefixtures("solar")
def test_the_partners_journey(reader, vendor):
    page = reader.page
    reader.sign_in(vendor["ada"])
    assert page.url.endswith("/portal/")
    sentence = "You are Silver. For Gold you need EUR 2,599.50 more net revenue"
    assert sentence in page.inner_text("main")
    reader.check("portal-home")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"

    page.get_by_role("link", name="Net revenue").click()
    assert "SO-1" in page.inner_text("main")
    reader.check("portal-counted")
    page.get_by_role("link", name=re.compile("^Not counted")).click()
    assert "Outside the days that count" in page.inner_text("main")
    reader.check("portal-not-counted")
    page.get_by_role("link", name="Tiers and benefits").click()
    assert "you gain" in page.inner_text("main")
    reader.check("portal-program")

    page.get_by_role("link", name="Programs", exact=True).click()
    reader.check("portal-programs")
    page.get_by_role("link", name="Club").click()
    reader.check("portal-apply")
    page.get_by_role("button", name="Accept the terms and apply").click()
    assert Enrollment.objects.get(program__slug="club").accepted_by == "Ada Partner"
    reader.check("portal-enrollment")


@pytest.mark.usefixtures("solar")
def test_a_partners_people_company_and_timeline(reader, vendor):
    page = reader.page
    reader.sign_in(vendor["ada"])
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_label("Name").fill("Bea New")
    page.get_by_label("Mail address").fill("bea@contoso.test")
    page.get_by_role("button", name="Invite", exact=True).click()
    assert "it is shown only now" in page.inner_text("main")
    assert Person.objects.filter(email="bea@contoso.test").exists()
    page.get_by_label("Change Bea New").click()
    reader.check("portal-people")
    page.get_by_role("button", name="Make Admin").click()
    assert "Bea New is Admin now." in page.inner_text("main")

    page.get_by_role("link", name="Timeline", exact=True).click()
    assert "Silver reached" in page.inner_text("main")
    reader.check("portal-timeline")
    page.get_by_role("link", name="Company", exact=True).click()
    reader.check("portal-company")
    page.get_by_role("link", name="Edit the profile").click()
    page.get_by_label("Website").fill("no address")
    page.get_by_role("button", name="Save").click()
    reader.check("portal-profile-refused")
    page.get_by_label("Website").fill("https://contoso.example")
    page.get_by_role("button", name="Save").click()
    assert "https://contoso.example" in page.inner_text("main")
