"""A program as its partners read it: tiers side by side, how one moves, what is coming."""

from datetime import date

import pytest

from echelon.foundation.access import Role
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.services import policies
from echelon.surfaces.portal.movement import in_words
from rulebook import read_program
from tests.echelon.surfaces.portal.test_home import stand
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories import enrollments, programs
from tests.factories.partners import NOW, admin, partner, person

pytestmark = pytest.mark.django_db
BENEFITS = """\
benefits:
  discount: {label: Discount, type: percent, silver: 10, gold: 12.5}
  fund: {label: Fund, type: amount, gold: 1000}
  manager: {label: Own manager, type: yes_no, silver: yes, gold: yes}
  rebate: {label: Rebate, type: percent, of: revenue, cap: 500, gold: 2}
"""


def solar(more=""):
    made = programs.program("solar")
    text = programs.TEXT.format(slug="solar", name="Solar", day="2026-01-01")
    programs.version(made, text=text + BENEFITS + more)
    policies.set_policy(
        admin(), program=made.pk, at=NOW, needs_approval=False, needs_acceptance=False
    )
    return made


def test_the_tiers_stand_side_by_side_and_what_the_next_one_gives_is_marked(
    few_queries,
):
    ours, scheme = partner("Ours"), solar()
    enrollments.enrollment(ours, scheme)
    stand(ours, scheme)
    client = signed_in(person(ours))
    with few_queries():
        text = said(client.get(f"/portal/programs/{scheme.pk}/"))
    assert "Registered Silver Your tier Gold Next Asks for Nothing" in text
    assert "Discount – none 10 % 12.5 % you gain" in text
    assert "Fund – none – none EUR 1,000 you gain" in text
    assert "Rebate – none – none 2 % of Revenue, at most EUR 500 you gain" in text
    assert "You move up as soon as you meet what a tier asks for." in text
    assert "Active 1 January 2026" not in text  # it has no end
    assert "Active since 1 January 2026" in text


def test_what_is_coming_is_told_with_its_day():
    ours, scheme = partner("Ours"), solar()
    enrollments.enrollment(ours, scheme)
    text = programs.TEXT.format(slug="solar", name="Solar", day="2099-01-01")
    changed = text.replace("gold: {requires: {revenue: 5000}}", "gold: {requires: {revenue: 7000}}")
    programs.version(
        scheme, date(2099, 1, 1), changed.replace("trailing 12", "trailing 6") + BENEFITS
    )
    page = said(signed_in(person(ours)).get(f"/portal/programs/{scheme.pk}/"))
    assert (
        "What changes on 1 January 2099 Gold, revenue: 5000 becomes 7000"
        " How some figures are counted changes." in page
    )
    assert "trailing" not in page


def test_a_company_applies_for_a_program_that_is_open_to_it():
    ours, scheme = partner("Ours", country="DE"), solar()
    policies.set_policy(
        admin(), program=scheme.pk, at=NOW, self_application=True, needs_acceptance=True,
        countries=["DE"],
    )  # fmt: skip
    policies.publish_terms(admin(), program=scheme.pk, text="Be kind.", at=NOW)
    user = person(ours, Role.PARTNER_ADMIN)
    client, address = signed_in(user), f"/portal/programs/{scheme.pk}/"
    assert "Solar Open to you" in said(client.get("/portal/programs/"))
    assert "Terms, version 1 Be kind. Accept the terms and apply" in said(client.get(address))
    client.post(f"{address}apply/", {"terms": "0"})
    assert not Enrollment.objects.exists()  # these aren't the terms in force
    answer = client.post(f"{address}apply/", {"terms": "1"}, follow=True)
    made = Enrollment.objects.get()
    assert (made.state, made.accepted_by, made.terms.version) == ("active", user.name, 1)
    text = said(answer)
    assert "Welcome to the program." in text
    assert f", {user.name}" in text  # who said yes
    assert "apply" not in said(client.get(address))
    other = signed_in(person(partner("French", country="FR"), Role.PARTNER_ADMIN))
    assert other.get(address).status_code == 404
    assert other.post(f"{address}apply/").status_code == 404
    assert signed_in(person(ours)).post(f"{address}apply/").status_code == 404  # no admin


def test_who_declines_says_why():
    ours, scheme = partner("Ours"), enrollments.program("solar")
    made = enrollments.enrollment(ours, scheme)
    client = signed_in(person(ours, Role.PARTNER_ADMIN))
    client.post(f"/portal/enrollments/{made.pk}/decline/", {"reason": " "})
    made.refresh_from_db()
    assert made.state == "submitted"
    client.post(f"/portal/enrollments/{made.pk}/decline/", {"reason": "Too much paper"})
    made.refresh_from_db()
    assert (made.state, made.reason) == ("rejected", "Too much paper")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", ["You move up as soon as you meet what a tier asks for.",
              "A tier is lost when you no longer meet what it takes to keep it."]),
        ("{promote: quarterly, demote: never, up: one, effective: next month}",
         ["Moves up are decided at the end of each quarter.", "You move up one tier at a time.",
          "A move counts from the month after.", "A tier that you hold isn't lost."]),
        ("{promote: {days: [01-15, 07-15]}, demote: anniversary, grace: 1 month, down: one, "
         "hold: until_anniversary, approval: {demotion: required}}",
         ["Moves up are decided each year on 15 January and 15 July.",
          "Moves down are decided on the anniversary of your enrollment.",
          "You may be below the bar for 1 month before a tier is lost.",
          "You move down at most one tier at a time.",
          "A tier once reached is yours until the anniversary of your enrollment.",
          "A person at your vendor approves each move down."]),
        ("{promote: never, demote: {each: month, day: 20}, hold: 12 months, "
         "newcomers: {hold: 90 days}, approval: {promotion: required, demotion: required}}",
         ["Nobody moves up by the figures alone: your vendor decides.",
          "Moves down are decided on day 20 of each month.",
          "A tier once reached is yours for 12 months.",
          "Nobody moves down in the first 90 days after enrolling.",
          "A person at your vendor approves each move."]),
    ],
)  # fmt: skip
def test_movement_in_plain_words(written, told):
    text = programs.TEXT.format(slug="solar", name="Solar", day="2026-01-01")
    rules, _document = read_program(text + (f"movement: {written}\n" if written else ""))
    assert in_words(rules.movement) == told
