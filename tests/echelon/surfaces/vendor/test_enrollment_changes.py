"""Many enrollments from the lists: shown first, then done; a program's policy and terms."""

import pytest

from echelon.foundation.access import Role
from echelon.records.enrollments.models import Enrollment, Policy, Terms
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.enrollments import program
from tests.factories.partners import partner, staff, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return signed_in(staff(Role.PROGRAM_MANAGER))


def test_the_chosen_are_enrolled_after_a_look_with_its_warnings(client):
    solar, made = program("solar"), [partner("One"), partner("Two", archived_at=None)]
    query = "&".join(f"chosen={each.pk}" for each in made)
    page = client.get(f"/vendor/partners/enroll/?{query}")
    given = {
        "partners": dict(page.context["hidden"])["partners"], "program": solar.pk,
        "start": "2020-01-01", "submit": "on",
    }  # fmt: skip
    before = len(trail())
    shown = client.post("/vendor/partners/enroll/", {**given, "act": "preview"})
    assert "days back: what happened from 2020-01-01" in said(shown)
    assert (Enrollment.objects.count(), len(trail())) == (0, before)
    done = client.post("/vendor/partners/enroll/", {**given, "act": "do"}, follow=True)
    assert "Done for 2 partners. One, Two: The start is" in said(done)
    assert Enrollment.objects.count() == 2
    again = client.post("/vendor/partners/enroll/", {**given, "act": "preview"})
    assert (again.context["doing"], again.context["refused"]) == (0, 2)


def test_the_chosen_are_approved_and_ended_with_a_reason(client):
    solar, ours = program("solar", needs_acceptance=False), partner("Ours")
    given = {"partners": ours.pk, "program": solar.pk, "start": "2026-01-01", "submit": "on"}
    client.post("/vendor/partners/enroll/", {**given, "act": "do"})
    row = Enrollment.objects.get()
    chosen = {"enrollments": str(row.pk), "verb": "approve"}
    shown = client.get("/vendor/enrollments/change/", {"chosen": row.pk, "verb": "approve"})
    assert "Ours Solar Active" in said(shown)
    client.post("/vendor/enrollments/change/", {**chosen, "act": "do"})
    row.refresh_from_db()
    assert row.state == "active"
    chosen["verb"] = "terminate"
    wrong = client.post("/vendor/enrollments/change/", {**chosen, "act": "do"})
    assert "This field is required" in said(wrong)
    client.post("/vendor/enrollments/change/", {**chosen, "act": "do", "reason": "Left us"})
    row.refresh_from_db()
    assert (row.state, row.reason) == ("terminated", "Left us")
    none = client.get("/vendor/enrollments/change/", {"verb": "approve"}, follow=True)
    assert "Choose enrollments first" in said(none)


def test_a_programs_policy_and_terms_have_a_page(client):
    solar = program("solar")
    address = f"/vendor/programs/{solar.pk}/"
    given = {"months": "12", "self_application": "on", "kinds": ["reseller"], "countries": "de, fr"}
    client.post(f"{address}policy/set/", given)
    policy = Policy.objects.get(pk=solar.pk)
    assert (policy.months, policy.needs_approval, policy.countries) == (12, False, ["DE", "FR"])
    assert policy.counts == "account"
    client.post(f"{address}policy/set/", {**given, "counts": "primary_user"})
    assert Policy.objects.get(pk=solar.pk).counts == "primary_user"
    wrong = client.post(f"{address}policy/set/", {**given, "countries": "XX"})
    assert "there is no XX" in said(wrong)
    client.post(f"{address}terms/", {"text": "Be fair."})
    client.post(f"{address}terms/", {"text": "Be fair and quick."})
    assert [each.version for each in Terms.objects.order_by("version")] == [1, 2]
    assert "terms need a text" in said(client.post(f"{address}terms/", {"text": " "}))
    client.post(f"{address}second-person/", {"asked": "yes"})
    solar.refresh_from_db()
    assert solar.second_person
    reader = signed_in(staff(Role.FINANCE))
    text = said(reader.get(f"{address}policy/"))
    assert "Months of a term 12" in text
    assert "What counts Only records of people whom the primary user may see" in text
    assert "Put in force" not in text
